"""The pages that compare editions of a country's report: two of them, or all."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from exhibits.filed_documents import render_comparison_docx
from monitor.layout.bars import bars_svg
from monitor.layout.country import edition_lines, lengths_of, topic_grid
from monitor.web.countries import country_names
from monitor.web.documents import document
from monitor.web.links import is_name, list_path
from monitor.web.routing import OpenParts, Text, add_page, find_report, page
from reports.compare.editions import compare_editions
from reports.model.identity import ReportId
from reports.model.values import VersionView
from reports.wording.edition_view import lay_out_editions
from scrapers.registry import countries_alike, find_place, lists_issues, place_name, publisher_of
from storage.read.report_rows import ReportView
from storage.unit import Unit

START = "/compare"
COUNTRY = f"{START}/{{source}}/{{country}}"
AREA = f"{COUNTRY}/{{part}}"
_PAIR = "/{first}..{second}"

Edition = Annotated[str, Query(max_length=40)]


def comparison_router() -> APIRouter:
    """Return the routes that compare editions, of a country or an area."""
    router = APIRouter()
    add_page(router, START, start)
    for prefix in (COUNTRY, AREA):  # pairs first: an area's name could look like one
        add_page(router, f"{prefix}{_PAIR}.docx", comparison_document)
        add_page(router, f"{prefix}{_PAIR}", compare)
    for prefix in (COUNTRY, AREA):
        add_page(router, prefix, choose)
    return router


def start(parts: OpenParts, country: Text = "") -> Response:
    """Ask for a country; lead on to its editions."""
    place = find_place(country) if country.strip() else None
    if place is not None:
        with parts.store.read() as unit:
            held = unit.reports.find(country=place.country, part=place.part)
        if held:
            return RedirectResponse(choice_path(held[0].report))
    with parts.store.read() as unit:
        names = country_names(unit)
    alike = [] if place or not country.strip() else countries_alike(country)
    return page(
        "compare_start.html",
        START,
        country=country,
        known=place.name if place else "",
        suggestions=[(list_path(START, country=each), each) for each in alike],
        country_names=names,
    )


def choose(
    parts: OpenParts,
    source: str,
    country: str,
    part: str = "",
    first: Edition = "",
    second: Edition = "",
) -> Response:
    """Show a report through all its editions; lead on to the pair that was chosen."""
    with parts.store.read() as unit:
        held = _editions(unit, source, country, part)
    name = held[-1].report
    if is_name(first) and is_name(second):
        return RedirectResponse(compare_path(name, first, second))
    with parts.store.read() as unit:
        rows = unit.reports.editions(name.source, name.country, name.part)
    has_lists = lists_issues(name.source)
    return page(
        "country.html",
        START,
        name=name,
        place=place_name(name),
        path=choice_path(name),
        editions=_names(held),
        lines=edition_lines(rows),
        grid=topic_grid(rows) if has_lists else [],
        has_lists=has_lists,
        chart=Markup(bars_svg(lengths_of(rows))),  # noqa: S704  # nosec B704 # escaped there
    )


def compare(
    parts: OpenParts, source: str, country: str, first: str, second: str, part: str = ""
) -> Response:
    """Lay the latest versions of two editions side by side."""
    with parts.store.read() as unit:
        held, before, after = _pair(unit, (source, country, part), first, second)
    compared = compare_editions(before.reading, after.reading)
    return page(
        "compare.html",
        START,
        compared=lay_out_editions(before, after, compared, publisher_of(source)),
        path=choice_path(after.report),
        editions=_names(held),
        document_path=f"{compare_path(after.report, first, second)}.docx",
    )


def comparison_document(
    parts: OpenParts, source: str, country: str, first: str, second: str, part: str = ""
) -> Response:
    """Give a comparison of two editions as a document with tracked changes."""
    with parts.store.read() as unit:
        _, before, after = _pair(unit, (source, country, part), first, second)
    compared = compare_editions(before.reading, after.reading)
    return document(
        render_comparison_docx(before, after, compared), f"{before.report}-against-{second}"
    )


def choice_path(name: ReportId) -> str:
    """Return the page that offers the editions of a report."""
    area = f"{name.country}/{name.part}" if name.part else name.country
    return f"{START}/{quote(name.source)}/{quote(area)}"


def compare_path(name: ReportId, first: str, second: str) -> str:
    """Return the page that compares two editions of a report."""
    return f"{choice_path(name)}/{quote(first)}..{quote(second)}"


def _editions(unit: Unit, source: str, country: str, part: str) -> list[ReportView]:
    """Return the editions held of a report, oldest first; raises 404 if there are none."""
    can_be_held = all(map(is_name, (source, country, *([part] if part else []))))
    held = unit.reports.find(source=source, country=country, part=part) if can_be_held else []
    if not held:
        raise HTTPException(
            404, "No report of that name is stored; the list of reports shows what is."
        )
    return held


def _pair(
    unit: Unit, name: tuple[str, str, str], first: str, second: str
) -> tuple[list[ReportView], VersionView, VersionView]:
    """Return the editions held of a report, and the latest versions of two; raises 404."""
    source, country, part = name
    held = _editions(unit, source, country, part)
    if first == second:
        raise HTTPException(404, f"{first} is one edition; compare it with another one.")
    before = _latest(unit, source, first, country, part)
    return held, before, _latest(unit, source, second, country, part)


def _names(held: list[ReportView]) -> list[str]:
    return [view.report.edition for view in held]


def _latest(unit: Unit, source: str, edition: str, country: str, part: str) -> VersionView:
    view = unit.versions.latest(find_report(unit, (source, edition, country, part)).report)
    assert view is not None  # a report is stored together with its first version
    return view
