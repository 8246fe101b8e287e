"""The pages of one report: what it says, what one version said, and what differs between two."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from exhibits.filed_documents import render_diff_docx
from exhibits.redline import Redline, lay_out, render_diff_html
from monitor.doors.gatekeeper import policy
from monitor.layout.citations import citation_rows
from monitor.layout.reading import (
    fact_rows,
    issue_runs,
    note_rows,
    topics_named,
)
from monitor.layout.side_by_side import lay_beside
from monitor.layout.standing import standing_of
from monitor.layout.timeline import timeline
from monitor.pages.watching import BOUNDS
from monitor.web.documents import document
from monitor.web.links import change_path, diff_path, list_path, report_path, subscribe_path
from monitor.web.routing import (
    MOST,
    Named,
    Number,
    OpenParts,
    ReportName,
    Text,
    add_page,
    find_report,
    other_name,
    page,
)
from reports.compare.diff import compare_readings
from reports.model.values import Change, VersionView
from reports.text.plain import web_url
from reports.topics.classify import taxonomy
from reports.wording.citation import cite_difference
from reports.wording.cited import section_keys
from scrapers.registry import publisher_of
from services.assembly import Parts
from services.citing import cited_of
from services.evidence.standing import standing_of_leaf
from services.newer_files import newer_files
from storage.read.report_rows import ReportView
from storage.unit import Unit

COUNTRY = "/reports/{source}/{edition}/{country}"
AREA = f"{COUNTRY}/{{part}}"

VIEWS = ("inline", "beside")
"""How a difference is shown; the first unless another is asked for."""

SUMMARY = "summary"
"""What of a report may be shown alone, for paper: the rest fills forty sheets."""

Opened = Annotated[int, Query(ge=0, le=MOST)]
Chosen = Annotated[int, Query(ge=1, le=MOST)]


def report_router() -> APIRouter:
    """Return the routes of one report, a country's or an area's."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, prefix, report)
        add_page(router, f"{prefix}/v/{{number}}", version)
        add_page(router, f"{prefix}/diff/{{before}}..{{after}}.html", saved_diff)
        add_page(router, f"{prefix}/diff/{{before}}..{{after}}.docx", diff_document)
        add_page(router, f"{prefix}/diff/{{before}}..{{after}}", diff)
        add_page(router, f"{prefix}/diff", choose_diff)
    return router


def report(parts: OpenParts, name: Named, only: Text = "") -> Response:
    """Show a report as it stands; a country's other name leads to the report itself."""
    _refuse_other_parts(only)
    with parts.store.read() as unit:
        try:
            held = find_report(unit, name)
        except HTTPException:
            other = other_name(unit, name)
            if other is None:
                raise
            return RedirectResponse(report_path(other))
        latest = unit.versions.latest(held.report)
        assert latest is not None  # a report is stored together with its first version
        return _report_page(unit, parts, held, latest, only)


def version(
    parts: OpenParts,
    name: Named,
    number: Number,
    only: Text = "",
    open: Opened = 0,
) -> HTMLResponse:
    """Show what one version said; ``open`` is the section that is unfolded, counted from 1."""
    _refuse_other_parts(only)
    with parts.store.read() as unit:
        held = find_report(unit, name)
        shown = find_version(unit, held, number)
        return _report_page(unit, parts, held, shown, only, open)


def _refuse_other_parts(only: str) -> None:
    if only not in ("", SUMMARY):
        raise HTTPException(404, f"A report is shown whole, or its {SUMMARY} alone.")


def diff(
    parts: OpenParts,
    name: Named,
    before: Number,
    after: Number,
    view: Text = "",
) -> HTMLResponse:
    """Lay two versions over each other, or side by side."""
    if view not in ("", *VIEWS):
        raise HTTPException(404, f"A difference is shown {' or '.join(VIEWS)}.")
    with parts.store.read() as unit:
        held, redline = _redline(unit, name, before, after)
        changes = unit.changes.find(of=held.report)
        numbers = [row.number for row in reversed(unit.versions.history(held.report))]
    between = [each for each in changes if (each.from_version, each.to_version) == (before, after)]
    made = page(
        "diff.html",
        "/reports",
        report=held,
        redline=redline,
        changes=between,
        numbers=numbers,
        steps=_steps(numbers, before, after),
        view=view or VIEWS[0],
        beside=lay_beside(redline) if view == "beside" else [],
        citation=_cited(parts, redline),
    )
    made.headers["Content-Security-Policy"] = policy(script_src="'self'")
    return made


def _cited(parts: Parts, redline: Redline) -> str:
    """Return how to cite a difference, with its own address if others can reach it."""
    before, after = redline.before, redline.after
    path = diff_path(after.report, before.number, after.number)
    public = web_url(parts.settings.public_url).rstrip("/")
    address = f"{public}{path}" if public else ""
    return cite_difference(before, after, publisher_of(after.report.source), address)


def saved_diff(
    parts: OpenParts,
    name: Named,
    before: Number,
    after: Number,
) -> HTMLResponse:
    """Give a difference as one file to keep, which needs no other."""
    with parts.store.read() as unit:
        held, redline = _redline(unit, name, before, after)
    saved_as = f"{str(held.report).replace('/', '-')}-v{before}-v{after}.html"
    headers = {
        "Content-Disposition": f'attachment; filename="{saved_as}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    shown = (redline.before, redline.after, redline.compared, redline.follows)
    return HTMLResponse(render_diff_html(*shown), headers=headers)


def diff_document(
    parts: OpenParts,
    name: Named,
    before: Number,
    after: Number,
) -> Response:
    """Give a difference as a document with tracked changes."""
    with parts.store.read() as unit:
        held, redline = _redline(unit, name, before, after)
    shown = (redline.before, redline.after, redline.compared, redline.follows)
    return document(render_diff_docx(*shown), f"{held.report}-v{before}-v{after}")


def choose_diff(
    parts: OpenParts,
    name: Named,
    before: Chosen,
    after: Chosen,
    view: Text = "",
) -> RedirectResponse:
    """Lead on to the two versions that were chosen in a form."""
    with parts.store.read() as unit:
        held = find_report(unit, name)
    path = diff_path(held.report, before, after)
    return RedirectResponse(list_path(path, view=view if view in VIEWS[1:] else ""))


def _redline(unit: Unit, name: ReportName, before: int, after: int) -> tuple[ReportView, Redline]:
    held = find_report(unit, name)
    old, new = find_version(unit, held, before), find_version(unit, held, after)
    follows = unit.changes.next_edition(held.report, before, after)
    return held, lay_out(old, new, compare_readings(old.reading, new.reading), follows)


def _steps(numbers: list[int], before: int, after: int) -> dict[str, tuple[int, int]]:
    """Return the neighbouring changes, by what they are called, in the order of capture."""
    pairs = list(pairwise(numbers))
    if not pairs:
        return {}
    starts = [pair[0] for pair in pairs]
    here = starts.index(before) if before in starts else len(pairs)
    steps = {"first": pairs[0], "last": pairs[-1]}
    if here > 0:
        steps["previous"] = pairs[here - 1]
    if here + 1 < len(pairs):
        steps["next"] = pairs[here + 1]
    return {name: pair for name, pair in steps.items() if pair != (before, after)}


def find_version(unit: Unit, held: ReportView, number: int) -> VersionView:
    """Return a version of a report; raises 404."""
    view = unit.versions.get(held.report, number)
    if view is None:
        raise HTTPException(
            404, f"{held.report} has no version {number}; its page lists those it has."
        )
    return view


def _report_page(
    unit: Unit, parts: Parts, held: ReportView, view: VersionView, only: str, opened: int = 0
) -> HTMLResponse:
    cited = cited_of(view, held, parts.settings.public_url)
    history = unit.versions.history(held.report)
    numbers = [row.number for row in history]
    changes = unit.changes.find(of=held.report)
    places = unit.reports.locations(held.report)
    standing = standing_of(changes, places)
    made = page(
        "report.html",
        "/reports",
        report=held,
        view=view,
        is_summary_alone=only == SUMMARY,
        history=history,
        earlier=dict(pairwise(numbers)),  # each version's predecessor
        is_latest=view.number == numbers[0],
        stays=timeline(history, parts.now()),
        places=places,
        standing=standing,
        last_path=_last_path(standing.last),
        subscribe_path=subscribe_path(held.report),
        bounds=BOUNDS,
        evidence=unit.versions.evidence(held.report, view.number),
        proven=standing_of_leaf(unit, held.report, view.number),
        same=unit.reports.same_text(held.report, view.reading.text_sha256)
        if view.reading.blocks
        else [],
        changes=changes,
        notes=note_rows((*newer_files(unit, view), *view.reading.notes)),
        notices=unit.reports.notices(held.report),
        runs=issue_runs(view.reading.issues),
        topics=topics_named(view.reading.issues),
        taxonomy_version=taxonomy().version,
        facts=fact_rows(view.reading.facts),
        citation=cited.line,
        citation_rows=citation_rows(cited),
        keys=section_keys(view.reading),
        open=opened,
    )
    made.headers["Content-Security-Policy"] = policy(script_src="'self'")
    return made


def _last_path(last: Change | None) -> str:
    """Return where the last change is seen best: its own page, or the list further down."""
    if last is None:
        return ""
    path = change_path(last)
    return path if "/diff/" in path else "#changes"
