"""Reports for programs: lists, what a version says, its history, differences, comparisons."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from documents.citation import CitationDocument
from documents.compare import CompareDocument
from documents.diff import DiffDocument
from documents.fate import FateDocument
from documents.reports import ReportDocument, VersionDocument
from documents.show import ShowDocument
from monitor.api.answers import (
    AS_CSV,
    PREFIX,
    Cursor,
    Format,
    Limit,
    add,
    read_cursor,
    reply,
    write_cursor,
)
from monitor.api.citing import area_cite, area_fate, cite, fate
from monitor.api.names import Code, Country, Edition, Name, Number, Part, Source
from monitor.pages.report import find_version
from monitor.web.countries import place_asked
from monitor.web.routing import MOST, OpenParts, ReportName, find_report
from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.model.identity import ReportId
from reports.model.values import VersionView
from scrapers.registry import publisher_of
from services.assembly import Parts
from storage.unit import Unit

Offset = Annotated[int, Query(ge=0, le=MOST, description="So many are left out at the start.")]
Version = Annotated[int | None, Query(ge=1, le=MOST, description="Default: the latest.")]

ONE = f"{PREFIX}/reports/{{source}}/{{edition}}/{{country}}"
COMPARE = f"{PREFIX}/compare/{{source}}/{{country}}"


def report_api_router() -> APIRouter:
    """Return the routes; what lies below a report comes before its areas."""
    router = APIRouter()
    add(router, f"{PREFIX}/reports", reports, list[ReportDocument], others=AS_CSV)
    add(router, f"{ONE}/versions", versions, list[VersionDocument])
    add(router, f"{ONE}/v/{{number}}", version, ShowDocument)
    add(router, f"{ONE}/v/{{number}}/cite", cite, CitationDocument)
    add(router, f"{ONE}/v/{{number}}/p/{{anchor}}", fate, FateDocument)
    add(router, f"{ONE}/diff/{{before}}..{{after}}", diff, DiffDocument)
    add(router, f"{ONE}/{{part}}/versions", area_versions, list[VersionDocument])
    add(router, f"{ONE}/{{part}}/v/{{number}}", area_version, ShowDocument)
    add(router, f"{ONE}/{{part}}/v/{{number}}/cite", area_cite, CitationDocument)
    add(router, f"{ONE}/{{part}}/v/{{number}}/p/{{anchor}}", area_fate, FateDocument)
    add(router, f"{ONE}/{{part}}/diff/{{before}}..{{after}}", area_diff, DiffDocument)
    add(router, ONE, report, ShowDocument)
    add(router, f"{ONE}/{{part}}", area, ShowDocument)
    add(router, f"{COMPARE}/{{first}}..{{second}}", compare, CompareDocument)
    add(router, f"{COMPARE}/{{part}}/{{first}}..{{second}}", compare_area, CompareDocument)
    return router


def reports(
    parts: OpenParts,
    request: Request,
    source: Name = "",
    edition: Name = "",
    country: Country = "",
    state: Name = "",
    limit: Limit = None,
    offset: Offset = 0,
    cursor: Cursor = "",
    format: Format = "json",
) -> Response:
    """List the reports held, in order of their names."""
    place = place_asked(country)
    after = read_cursor(cursor, str, str, str, str)
    with parts.store.read() as unit:
        found = unit.reports.find(
            source=source,
            edition=edition,
            country=place.country if place else "",
            part=(place.part if place else "") or None,
            state=state,
            limit=MOST if limit is None else limit + 1,
            offset=0 if after else offset,
            after=ReportId(*after) if after else None,
        )
    shown = found[:limit]
    last = shown[-1].report if shown else None
    onward = ""
    if last and len(found) > len(shown):
        onward = write_cursor(last.source, last.edition, last.country, last.part)
    return reply(
        request, [ReportDocument.of(each) for each in shown], cursor=onward, format_=format
    )


def report(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    version: Version = None,
) -> Response:
    """Show what a country's report says: its summary, notes, issues and sections."""
    return _show(parts, request, (source, edition, country, ""), version)


def area(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    part: Part,
    version: Version = None,
) -> Response:
    """Show what the report of a child area says, such as `CHN/tibet`."""
    return _show(parts, request, (source, edition, country, part), version)


def version(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    number: Number,
) -> Response:
    """Show what one version of a country's report said."""
    return _show(parts, request, (source, edition, country, ""), number)


def area_version(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    part: Part,
    number: Number,
) -> Response:
    """Show what one version of a child area's report said."""
    return _show(parts, request, (source, edition, country, part), number)


def _show(parts: Parts, request: Request, name: ReportName, number: int | None) -> Response:
    with parts.store.read() as unit:
        held = find_report(unit, name)
        view = find_version(unit, held, number) if number else unit.versions.latest(held.report)
        notices = unit.reports.notices(held.report)
    assert view is not None  # a report is stored together with its first version
    return reply(request, ShowDocument.of(view, held, notices))


def versions(
    parts: OpenParts, request: Request, source: Source, edition: Edition, country: Code
) -> Response:
    """List the versions of a country's report, newest first."""
    return _versions(parts, request, (source, edition, country, ""))


def area_versions(
    parts: OpenParts, request: Request, source: Source, edition: Edition, country: Code, part: Part
) -> Response:
    """List the versions of a child area's report, newest first."""
    return _versions(parts, request, (source, edition, country, part))


def _versions(parts: Parts, request: Request, name: ReportName) -> Response:
    with parts.store.read() as unit:
        held = find_report(unit, name)
        found = unit.versions.all(held.report)
    return reply(request, [VersionDocument.of(each) for each in found])


def diff(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    before: Number,
    after: Number,
) -> Response:
    """Lay two versions of a country's report over each other."""
    return _diff(parts, request, (source, edition, country, ""), before, after)


def area_diff(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    part: Part,
    before: Number,
    after: Number,
) -> Response:
    """Lay two versions of a child area's report over each other."""
    return _diff(parts, request, (source, edition, country, part), before, after)


def _diff(parts: Parts, request: Request, name: ReportName, before: int, after: int) -> Response:
    with parts.store.read() as unit:
        held = find_report(unit, name)
        old = find_version(unit, held, before)
        new = find_version(unit, held, after)
    compared = compare_readings(old.reading, new.reading)
    return reply(request, DiffDocument.of(old, new, compared))


def compare(
    parts: OpenParts, request: Request, source: Source, country: Code, first: str, second: str
) -> Response:
    """Compare two editions of a country's report: issues, sections, lengths, standing sentences."""
    return _compare(parts, request, source, (country, ""), (first, second))


def compare_area(
    parts: OpenParts,
    request: Request,
    source: Source,
    country: Code,
    part: Part,
    first: str,
    second: str,
) -> Response:
    """Compare two editions of a child area's report."""
    return _compare(parts, request, source, (country, part), (first, second))


def _compare(
    parts: Parts, request: Request, source: str, place: tuple[str, str], pair: tuple[str, str]
) -> Response:
    if pair[0] == pair[1]:
        raise HTTPException(404, f"{pair[0]} is one edition; compare it with another one.")
    with parts.store.read() as unit:
        older, newer = (_latest(unit, source, each, place) for each in pair)
    compared = compare_editions(older.reading, newer.reading)
    return reply(request, CompareDocument.of(older, newer, compared, publisher_of(source)))


def _latest(unit: Unit, source: str, edition: str, place: tuple[str, str]) -> VersionView:
    view = unit.versions.latest(find_report(unit, (source, edition, *place)).report)
    assert view is not None  # a report is stored together with its first version
    return view
