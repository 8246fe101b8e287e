"""What changed on a page beside its words: the parts that differ, and both pages as captured."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from monitor.doors.gatekeeper import policy
from monitor.pages.captured import sandboxed, saved_bytes
from monitor.pages.report import AREA, COUNTRY
from monitor.web.links import appearance_path
from monitor.web.routing import Named, Number, OpenParts, ReportName, add_page, find_report, page
from reports.model.form import Appearance, FormDifference
from reports.model.values import Change
from reports.wording.appearance import difference_line
from storage.unit import Unit

Side = Literal["before", "after"]


def appearance_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, f"{prefix}/appearance/{{number}}", appearance)
        add_page(router, f"{prefix}/appearance/{{number}}/{{side}}/page", inert_page)
        add_page(router, f"{prefix}/appearance/{{number}}/{{side}}/bytes", payload)
    return router


def appearance(parts: OpenParts, name: Named, number: Number) -> HTMLResponse:
    """Show how a page's form changed, with the page before and after in frames."""
    with parts.store.read() as unit:
        change, found = _find(unit, name, number)
    here = appearance_path(change)
    made = page(
        "appearance.html",
        "/reports",
        change=change,
        found=found,
        lines=[_sentence(each) for each in found.differences],
        more=found.difference_count - len(found.differences),
        sides=[("before", found.before), ("after", found.after)],
        here_path=here,
    )
    made.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return made


def _sentence(difference: FormDifference) -> str:
    line = difference_line(difference)
    return f"{line[:1].upper()}{line[1:]}."


def inert_page(
    parts: OpenParts,
    name: Named,
    number: Number,
    side: Side,
) -> HTMLResponse:
    """Give the document in one of the frames."""
    with parts.store.read() as unit:
        _, body = _stored(unit, name, number, side)
    return sandboxed(body)


def payload(
    parts: OpenParts,
    name: Named,
    number: Number,
    side: Side,
) -> Response:
    """Give the bytes of one side as captured, to be saved."""
    with parts.store.read() as unit:
        change, body = _stored(unit, name, number, side)
    report = str(change.report).replace("/", "-")
    return saved_bytes(body, f"{report}-change-{number}-{side}.captured")


def _find(unit: Unit, name: ReportName, number: int) -> tuple[Change, Appearance]:
    """Return a report's change of this kind by its number; raises 404."""
    held = find_report(unit, name)
    found = next(iter(unit.changes.get([number])), None)
    if found is None or found.report != held.report or found.appearance is None:
        raise HTTPException(
            404, f"{held.report} has no change of appearance {number}; its page lists its changes."
        )
    return found, found.appearance


def _stored(unit: Unit, name: ReportName, number: int, side: Side) -> tuple[Change, bytes]:
    change, found = _find(unit, name, number)
    seen = found.before if side == "before" else found.after
    return change, unit.versions.payloads.get(seen.payload_sha256)
