"""Schema migrations, applied at start by ``storage.database.migrate``."""

HEAD = "0025"
"""The newest revision; a test holds it against the scripts."""
