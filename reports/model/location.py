"""What makes two addresses one location."""

from __future__ import annotations

from urllib.parse import urlsplit


def location_key(url: str) -> str:
    """Return what makes two URLs one location: host, path without its last slash, query."""
    parts = urlsplit(url)
    if not parts.hostname:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.hostname}{parts.path.rstrip('/')}{query}"
