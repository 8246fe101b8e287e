"""What a search found, as the command line and the API give it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reports.wording.citation import stamp
from storage.search.index import Hit, SearchResults

Document = dict[str, Any]


def search_document(
    query: str, found: SearchResults, *, as_of: datetime | None, is_removed: bool
) -> Document:
    """Return a page of results; ``total`` is a floor where ``is_cut``."""
    return {
        "query": query,
        "as_of": stamp(as_of) if as_of else None,
        "is_removed": is_removed,
        "total": found.total,
        "is_cut": found.is_cut,
        "results": [_hit(each) for each in found.hits],
    }


def _hit(hit: Hit) -> Document:
    """Return one passage: ``marks`` are spans of characters of an excerpt's text."""
    return {
        "report": str(hit.report),
        "title": hit.title,
        "state": hit.state,
        "part": hit.part_name,
        "from_version": hit.from_version,
        "until_version": hit.until_version,
        "said_from": stamp(hit.from_at),
        "said_until": stamp(hit.until_at) if hit.until_at else None,
        "excerpts": [
            {"block": each.block, "text": each.text, "marks": [list(mark) for mark in each.marks]}
            for each in hit.excerpts
        ],
    }
