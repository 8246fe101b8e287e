"""Schema migrations, applied at start by ``storage.migrate``."""

HEAD = "0003"
"""The newest revision; a test holds it against the scripts."""
