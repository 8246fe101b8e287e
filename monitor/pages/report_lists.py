"""The reports held: a matrix of places by editions, and a list to filter and sort."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from monitor.layout.matrix import SHOWS, build_matrix
from monitor.web.countries import country_names, place_asked
from monitor.web.routing import (
    PAGE_SIZE,
    OpenParts,
    PageNumber,
    Text,
    add_page,
    page,
    pages_of,
    refuse_odd,
)
from scrapers.registry import all_sources
from services.assembly import Parts
from storage.read.report_rows import SORTS, SourceView

REPORT_STATES = ("present", "suspected", "removed")
MATRIX_EDITIONS = 10
MATRIX_ROWS = 250

COLUMNS = (
    ("country", "Country or area", False),
    ("edition", "Edition", False),
    ("state", "State", False),
    ("versions", "Versions", True),
    ("words", "Words", True),
    ("issues", "Issues", True),
    ("changed", "Last changed", False),
)


def report_list_router() -> APIRouter:
    """Return the route."""
    router = APIRouter()
    add_page(router, "/reports", reports)
    return router


def reports(
    parts: OpenParts,
    source: Text = "",
    edition: Text = "",
    country: Text = "",
    state: Text = "",
    view: Text = "",
    show: Text = "",
    sort: Text = "",
    order: Text = "",
    page_number: PageNumber = 1,
) -> HTMLResponse:
    """Show the reports held: as a matrix unless a list, or what only a list can show, is asked."""
    source, edition, country, state = (each.strip() for each in (source, edition, country, state))
    refuse_odd(source=source, edition=edition, state=state)
    if view == "matrix":
        return _matrix(parts, source, show or "state", page_number)
    _check_order(sort, order)
    place = place_asked(country)
    asked = {"source": source, "edition": edition, "state": state}
    asked["country"] = place.country if place else ""
    part = (place.part if place else "") or None
    with parts.store.read() as unit:
        pages = pages_of(page_number, unit.reports.count(**asked, part=part))
        found = unit.reports.page(
            **asked,
            part=part,
            sort=sort,
            is_descending=order == "desc",
            limit=PAGE_SIZE,
            offset=pages.offset,
        )
        held = unit.reports.sources()
        names = country_names(unit)
    return page(
        "reports.html",
        "/reports",
        reports=found,
        pages=pages,
        filters={"source": source, "edition": edition, "country": country, "state": state},
        sorting={"sort": sort, "order": order},
        columns=COLUMNS,
        country_names=names,
        sources=[each.source for each in held],
        editions=sorted({each for view in held for each in view.editions}, reverse=True),
        states=REPORT_STATES,
    )


def _matrix(parts: Parts, source: str, show: str, number: int) -> HTMLResponse:
    if show not in SHOWS:
        raise HTTPException(404, f"The matrix shows one of {', '.join(SHOWS)}.")
    with parts.store.read() as unit:
        held = {each.source: each for each in unit.reports.sources()}
        chosen = held.get(source) if source else _largest(held)
        if source and source not in {*held, *all_sources()}:
            raise HTTPException(404, f"There is no source “{source}”.")
        editions = sorted(chosen.editions, reverse=True)[:MATRIX_EDITIONS] if chosen else []
        rows = unit.reports.matrix(chosen.source, editions) if chosen else []
    matrix = build_matrix(chosen.source if chosen else "", rows, editions, show)
    pages = pages_of(number, len(matrix), MATRIX_ROWS)
    return page(
        "matrix.html",
        "/reports",
        rows=matrix[pages.offset : pages.offset + MATRIX_ROWS],
        pages=pages,
        editions=editions,
        older=len(chosen.editions) - len(editions) if chosen else 0,
        source=chosen.source if chosen else "",
        sources=sorted(held),
        show=show,
        shows=SHOWS,
        reports=len(rows),
    )


def _largest(held: dict[str, SourceView]) -> SourceView | None:
    return max(held.values(), key=lambda each: each.reports, default=None)


def _check_order(sort: str, order: str) -> None:
    if (sort and sort not in SORTS) or order not in ("", "asc", "desc"):
        raise HTTPException(404, f"Lists are sorted by one of {', '.join(SORTS)}, asc or desc.")
