"""The pages of one report: what it says, what one version said, and what differs between two."""

from __future__ import annotations

from itertools import pairwise

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.links import report_path
from monitor.reading_layout import (
    fact_rows,
    issue_runs,
    note_rows,
    parts_unsaid,
    topics_named,
)
from monitor.redline import lay_out
from monitor.rendering import publisher_of
from monitor.routing import Number, OpenParts, add_page, find_report, other_name, page
from reports.citation import cite
from reports.diff import compare_readings
from reports.model import VersionView
from reports.topics import taxonomy
from storage.read_models import Library, ReportView
from storage.store import Unit

COUNTRY = "/reports/{source}/{edition}/{country}"
AREA = f"{COUNTRY}/{{part}}"


def report_router() -> APIRouter:
    """Return the routes of one report, a country's or an area's."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, prefix, report)
        add_page(router, f"{prefix}/v/{{number}}", version)
        add_page(router, f"{prefix}/diff/{{before}}..{{after}}", diff)
    return router


def report(parts: OpenParts, source: str, edition: str, country: str, part: str = "") -> Response:
    """Show a report as it stands; a country's other name leads to the report itself."""
    with parts.store.read() as unit:
        try:
            held = find_report(unit.library, source, edition, country, part)
        except HTTPException:
            other = None if part else other_name(unit.library, source, edition, country)
            if other is None:
                raise
            return RedirectResponse(report_path(other))
        latest = unit.library.latest(held.report)
        assert latest is not None  # a report is stored together with its first version
        return _report_page(unit, held, latest)


def version(
    parts: OpenParts, source: str, edition: str, country: str, number: Number, part: str = ""
) -> HTMLResponse:
    """Show what one version said."""
    with parts.store.read() as unit:
        held = find_report(unit.library, source, edition, country, part)
        return _report_page(unit, held, find_version(unit.library, held, number))


def diff(
    parts: OpenParts,
    source: str,
    edition: str,
    country: str,
    before: Number,
    after: Number,
    part: str = "",
) -> HTMLResponse:
    """Lay two versions over each other."""
    with parts.store.read() as unit:
        held = find_report(unit.library, source, edition, country, part)
        old = find_version(unit.library, held, before)
        new = find_version(unit.library, held, after)
        changes = unit.changes.find(of=held.report)
    between = [each for each in changes if (each.from_version, each.to_version) == (before, after)]
    redline = lay_out(old, new, compare_readings(old.reading, new.reading))
    return page("diff.html", "/reports", report=held, redline=redline, changes=between)


def find_version(library: Library, held: ReportView, number: int) -> VersionView:
    """Return a version of a report; raises 404."""
    view = library.version(held.report, number)
    if view is None:
        raise HTTPException(
            404, f"{held.report} has no version {number}; its page lists those it has."
        )
    return view


def _report_page(unit: Unit, held: ReportView, view: VersionView) -> HTMLResponse:
    history = unit.library.history(held.report)
    numbers = [row.number for row in history]
    return page(
        "report.html",
        "/reports",
        report=held,
        view=view,
        history=history,
        earlier=dict(pairwise(numbers)),  # each version's predecessor
        is_latest=view.number == numbers[0],
        changes=unit.changes.find(of=held.report),
        notes=note_rows(view.reading.notes),
        runs=issue_runs(view.reading.issues),
        topics=topics_named(view.reading.issues),
        taxonomy_version=taxonomy().version,
        facts=fact_rows(view.reading.facts),
        unsaid=parts_unsaid(view.reading.facts),
        citation=cite(view, publisher_of(held.report.source)),
    )
