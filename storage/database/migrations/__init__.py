"""Schema migrations, applied at start by ``storage.database.migrate``."""

HEAD = "0026"
"""The newest revision; a test holds it against the scripts."""
