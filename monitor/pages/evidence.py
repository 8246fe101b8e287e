"""The evidence bundle of a version, to be saved: one file that proves itself to others."""

from __future__ import annotations

from threading import BoundedSemaphore

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from monitor.pages.report import AREA, COUNTRY, find_version
from monitor.web.routing import Named, Number, OpenParts, add_page, find_report
from services.evidence.bundle import NotLogged, make_bundle

MEDIA_TYPE = "application/wacz"
AT_ONCE = 2
"""Bundles that are made at the same time: each reads a page whole, and aligns its words."""

PATIENCE = 10.0
"""Seconds that somebody waits until others have theirs."""

_ROOM = BoundedSemaphore(AT_ONCE)


def evidence_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, f"{prefix}/v/{{number}}/evidence.wacz", evidence)
    return router


def evidence(parts: OpenParts, name: Named, number: Number) -> Response:
    """Give the evidence of a version as a file to save."""
    with parts.store.read() as unit:
        held = find_report(unit, name)
        view = find_version(unit, held, number)
    if not _ROOM.acquire(timeout=PATIENCE):
        raise HTTPException(
            503, "Others are waiting for evidence; ask again in a minute.", {"Retry-After": "60"}
        )
    try:
        bundle = make_bundle(parts, view.report, number)
    except NotLogged:
        raise HTTPException(
            404,
            "This version is in no published checkpoint of the transparency log yet, so that "
            "nothing proves it. A checkpoint is made once a day.",
        ) from None
    finally:
        _ROOM.release()
    headers = {
        "Content-Disposition": f'attachment; filename="{bundle.file_name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(bundle.body, media_type=MEDIA_TYPE, headers=headers)
