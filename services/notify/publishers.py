"""How the publishers of all sources are cited."""

from __future__ import annotations

from scrapers.registry import all_sources


def publishers() -> dict[str, str]:
    """Return every source's publisher by the source's name."""
    return {name: source.publisher for name, source in all_sources().items()}
