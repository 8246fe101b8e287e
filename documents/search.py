"""What a search found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from storage.search.find import Hit, SearchResults


class ExcerptDocument(JsonDocument):
    """A paragraph; ``marks`` are pairs of its characters between which stands what was found."""

    block: int
    text: str
    marks: list[list[int]]


class HitDocument(JsonDocument):
    """One passage, from which version on it was said and until when."""

    report: str
    title: str
    state: str
    part: str
    from_version: int
    until_version: int | None
    said_from: Moment
    said_until: Moment | None
    excerpts: list[ExcerptDocument]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return one passage."""
        return cls(
            report=str(hit.report),
            title=hit.title,
            state=hit.state,
            part=hit.part_name,
            from_version=hit.from_version,
            until_version=hit.until_version,
            said_from=stamp(hit.from_at),
            said_until=stamp(hit.until_at) if hit.until_at else None,
            excerpts=hit.excerpts,
        )


class SearchDocument(JsonDocument):
    """A page of results; ``total`` is a lower bound if ``is_cut``.

    ``did_you_mean`` are queries that find something, if this one finds nothing.
    """

    query: str
    as_of: Moment | None
    is_removed: bool
    total: int
    is_cut: bool
    results: list[HitDocument]
    did_you_mean: list[str]

    @classmethod
    def of(
        cls,
        query: str,
        found: SearchResults,
        *,
        as_of: datetime | None,
        is_removed: bool,
        did_you_mean: Sequence[str] = (),
    ) -> Self:
        """Return what ``search`` prints."""
        return cls(
            query=query,
            as_of=stamp(as_of) if as_of else None,
            is_removed=is_removed,
            total=found.total,
            is_cut=found.is_cut,
            results=[HitDocument.of(each) for each in found.hits],
            did_you_mean=list(did_you_mean),
        )
