"""The page of the transparency log: what it is, how it stands, and how to check it."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from monitor.web.routing import OpenParts, add_page, page
from reports.transparency.checkpoint import encode_hash
from services.transparency.faults import LogBroken
from services.transparency.reading import log_view


def log_router() -> APIRouter:
    """Return the route."""
    router = APIRouter()
    add_page(router, "/log/", log)
    return router


def log(parts: OpenParts) -> HTMLResponse:
    """Show the log."""
    try:
        view = log_view(parts)
    except LogBroken as error:
        raise HTTPException(503, f"The log cannot be shown: {error}") from None
    root = encode_hash(view.signed.checkpoint.root) if view.signed else ""
    address = f"{parts.settings.public_url}/log"
    return page("log.html", "/log/", view=view, root=root, address=address)
