"""End an address's subscriptions: by the button of a page, or by a mail client's one click."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse

from monitor.doors.forms import Fields
from monitor.web.links import list_path
from monitor.web.routing import OpenParts, add_page, page
from services.settings import Settings
from services.signing import is_signed

LongText = Annotated[str, Query(max_length=1024)]


def unsubscribe_router() -> APIRouter:
    """Return the routes: the page, which changes nothing, and what its button does."""
    router = APIRouter()
    add_page(router, "/unsubscribe", ask, takes_any=True)
    router.add_api_route("/unsubscribe", end, methods=["POST"], include_in_schema=False)
    return router


def ask(parts: OpenParts, address: LongText = "", token: LongText = "") -> HTMLResponse:
    """Show the button. Programs that follow every link in a mail must change nothing."""
    _check(parts.settings, address, token)
    action = list_path("/unsubscribe", address=address, token=token)
    return page("unsubscribe.html", "", address=address, action=action, is_done=False)


def end(
    parts: OpenParts, form: Fields, address: LongText = "", token: LongText = ""
) -> HTMLResponse:
    """Delete the address, named in the link (RFC 8058) or in the form. Can be repeated safely."""
    if not token:
        address, token = form.one("address"), form.one("token")
    _check(parts.settings, address, token)
    with parts.store.write() as unit:
        unit.subscriptions.remove(address)
        unit.commit()
    return page("unsubscribe.html", "", address=address, action="", is_done=True)


def _check(settings: Settings, address: str, token: str) -> None:
    """Refuse a link that was not made here for this address; the comparison takes equal time."""
    if not address or not is_signed(settings, "unsubscribe", address, token):
        raise HTTPException(
            403,
            "This link is not valid: it may have been cut short or changed. Open the link from "
            "the newest message again, or ask the operator to remove your address.",
        )
