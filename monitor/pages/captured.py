"""A version's page as it was captured: shown in a sandbox, and its very bytes to keep."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from monitor.doors.gatekeeper import policy
from monitor.pages.report import AREA, COUNTRY, find_version
from monitor.web.links import captured_path
from monitor.web.routing import Named, Number, OpenParts, ReportName, add_page, find_report, page
from reports.model.values import VersionView
from scrapers.read.sanitize import inert
from services.assembly import Parts

SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
"""Whatever a publisher's page holds: no script, no origin of ours, nothing loaded from anywhere."""


def captured_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, f"{prefix}/v/{{number}}/captured", captured)
        add_page(router, f"{prefix}/v/{{number}}/captured/page", inert_page)
        add_page(router, f"{prefix}/v/{{number}}/captured/bytes", payload)
    return router


def captured(parts: OpenParts, name: Named, number: Number) -> HTMLResponse:
    """Show a captured page in a frame that can do nothing."""
    view, _ = _stored(parts, name, number)
    made = page(
        "captured.html",
        "/reports",
        view=view,
        frame=f"{captured_path(view.report, number)}/page",
        download=f"{captured_path(view.report, number)}/bytes",
    )
    made.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return made


def inert_page(parts: OpenParts, name: Named, number: Number) -> HTMLResponse:
    """Give the document in that frame."""
    _, body = _stored(parts, name, number)
    return sandboxed(body)


def sandboxed(body: bytes) -> HTMLResponse:
    """Return a captured page made harmless, under a policy that holds if it were not."""
    return HTMLResponse(inert(body), headers={"Content-Security-Policy": SANDBOX})


def payload(parts: OpenParts, name: Named, number: Number) -> Response:
    """Give the bytes as captured, to be saved: their SHA-256 is the one that is cited."""
    view, body = _stored(parts, name, number)
    report = str(view.report).replace("/", "-")
    return saved_bytes(body, f"{report}-v{number}.captured")


def saved_bytes(body: bytes, name: str) -> Response:
    """Return captured bytes as a file to save, which no browser opens."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": SANDBOX,
    }
    return Response(body, media_type="application/octet-stream", headers=headers)


def _stored(parts: Parts, name: ReportName, number: int) -> tuple[VersionView, bytes]:
    with parts.store.read() as unit:
        held = find_report(unit, name)
        view = find_version(unit, held, number)
        return view, unit.versions.payloads.get(view.payload_sha256)
