"""Schema migrations, applied at start by ``storage.migrate``."""

HEAD = "0004"
"""The newest revision; a test holds it against the scripts."""
