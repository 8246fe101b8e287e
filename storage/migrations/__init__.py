"""Schema migrations, applied at start by ``storage.migrate``."""

HEAD = "0005"
"""The newest revision; a test holds it against the scripts."""
