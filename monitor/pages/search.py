"""The page and the API of the search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse

from monitor.web.countries import UnknownCountry, country_names, place_asked
from monitor.web.links import diff_path, list_path, version_path
from monitor.web.routing import (
    OpenParts,
    Pages,
    Text,
    add_page,
    page,
    pages_of,
    refuse_odd,
)
from reports.model.identity import ReportId
from reports.search.excerpts import Excerpt, stretch
from reports.search.query import BadQuery, parse_query
from reports.text.plain import one_line
from storage.search.find import Hit, SearchResults, SearchScope

RESULTS = 10
WHEN = {
    "now": "what reports say now",
    "then": "what they said on a date",
    "removed": "removed words",
}

Asked = Annotated[str, Query(max_length=500)]

_AROUND = 320  # characters of a paragraph shown on either side of what was found


@dataclass(frozen=True)
class ExcerptPart:
    """A stretch of an excerpt, and whether it is what was looked for."""

    text: str
    is_mark: bool


@dataclass(frozen=True)
class Result:
    """One passage as the page shows it."""

    hit: Hit
    link: str
    diff: str
    excerpts: tuple[tuple[ExcerptPart, ...], ...]


def search_router() -> APIRouter:
    """Return the routes of the search."""
    router = APIRouter()
    add_page(router, "/search", search)
    return router


def search(
    parts: OpenParts,
    q: Asked = "",
    source: Text = "",
    edition: Text = "",
    country: Text = "",
    where: Text = "",
    when: Text = "now",
    as_of: Text = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=1000)] = 1,
) -> HTMLResponse:
    """Show the form and, once something is asked, what was found."""
    filters = {"source": source, "edition": edition, "country": country, "where": where}
    filters |= {"when": when, "as_of": as_of}
    found, fault, meant = None, "", []
    with parts.store.read() as unit:
        if q.strip():
            try:
                scope = read_scope(source, edition, country, where == "summaries", when, as_of)
                offset = (page_number - 1) * RESULTS
                found = unit.search.find(parse_query(q), scope, limit=RESULTS, offset=offset)
                if not found.total:
                    meant = [{"q": each} for each in unit.search.did_you_mean(q, scope)]
            except UnknownCountry as error:
                fault = str(error.detail)
                meant = [{"country": each} for each in error.alike]
            except (BadQuery, HTTPException) as error:
                fault = error.detail if isinstance(error, HTTPException) else str(error)
        held = unit.reports.sources()
        index = unit.search_index
        behind = len(index.behind()) if found and index.may_be_behind() else 0
        names = country_names(unit)
    asked = {**filters, "q": q}
    return page(
        "search.html",
        "/search",
        q=q,
        filters=filters,
        fault=fault,
        found=found,
        behind=behind,
        suggestions=[(list_path("/search", **{**asked, **new}), *new.values()) for new in meant],
        results=_by_report(found.hits) if found else [],
        pages=_pages(page_number, found),
        whens=WHEN,
        country_names=names,
        sources=[view.source for view in held],
        editions=sorted({each for view in held for each in view.editions}, reverse=True),
    )


def _by_report(hits: Sequence[Hit]) -> list[tuple[ReportId, list[Result]]]:
    """Return what was found on one page, report by report."""
    groups = groupby(map(_result, hits), key=lambda each: each.hit.report)
    return [(report, list(results)) for report, results in groups]


def read_scope(
    source: str, edition: str, country: str, summaries: bool, when: str, as_of: str
) -> SearchScope:
    """Return where and when to look; raises 400 or 404 for what cannot be asked."""
    refuse_odd(source=source, edition=edition)
    place = place_asked(country)
    if when not in WHEN:
        raise HTTPException(400, f"There is no “{when}” to search; there are: {', '.join(WHEN)}.")
    return SearchScope(
        source=source,
        edition=edition,
        country=place.country if place else "",
        part=(place.part if place else "") or None,
        summaries_only=summaries,
        as_of=_moment(as_of) if when == "then" else None,
        is_removed=when == "removed",
    )


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise HTTPException(400, "Give a date such as 2025-08-12 to search as of.") from None


def _pages(number: int, found: SearchResults | None) -> Pages | None:
    return pages_of(number, found.total, RESULTS) if found else None


def _result(hit: Hit) -> Result:
    link = version_path(hit.report, hit.from_version)
    diff = ""
    if hit.until_version is not None:
        diff = diff_path(hit.report, hit.from_version, hit.until_version)
    return Result(hit, link, diff, tuple(tuple(_pieces(each)) for each in hit.excerpts))


def _pieces(excerpt: Excerpt) -> Iterator[ExcerptPart]:
    """Cut a paragraph around what was found, at the marks."""
    start, end = stretch(excerpt, _AROUND)
    if start:
        yield ExcerptPart("…", False)
    position = start
    for begin, close in excerpt.marks:
        if begin >= end:
            break
        yield ExcerptPart(excerpt.text[position:begin], False)
        yield ExcerptPart(one_line(excerpt.text[begin:close]), True)
        position = close
    yield ExcerptPart(excerpt.text[position : max(end, position)], False)
    if max(end, position) < len(excerpt.text):
        yield ExcerptPart("…", False)
