"""A message of the outbox as its reader sees it: both parts, without the links that are theirs."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from alerts.message import ComposedMessage, EmptyMessage
from monitor.doors.gatekeeper import policy
from monitor.pages.captured import SANDBOX
from monitor.web.routing import Number, OpenParts, add_page, page
from reports.notices.messages import OutgoingMessage
from services.assembly import Parts
from services.notify.news import compose_news
from storage.database.errors import EncryptedElsewhere


def messages_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/alerts/{number}", shown)
    add_page(router, "/alerts/{number}/html", html_part)
    return router


def shown(parts: OpenParts, number: Number) -> HTMLResponse:
    """Show the message that carries an alert."""
    message, composed = _written(parts, number)
    made = page(
        "message_sent.html",
        "/alerts",
        number=number,
        message=message,
        composed=composed,
        frame=f"/alerts/{number}/html",
    )
    made.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return made


def html_part(parts: OpenParts, number: Number) -> HTMLResponse:
    """Give the document in that frame: it can do nothing there."""
    _, composed = _written(parts, number)
    return HTMLResponse(composed.html, headers={"Content-Security-Policy": SANDBOX})


def _written(parts: Parts, number: int) -> tuple[OutgoingMessage, ComposedMessage]:
    """Write the message of an alert once more, from what it was written from."""
    try:
        with parts.store.read() as unit:
            name = unit.alerts.message_of(number)
            if name is None:
                raise HTTPException(404, f"No message carries alert {number}, or not yet.")
            message = unit.outbox.load(name)
        return message, compose_news(parts, message)
    except EncryptedElsewhere as error:
        raise HTTPException(409, f"This message cannot be shown: {error}.") from None
    except EmptyMessage:
        raise HTTPException(
            404, f"The message of alert {number} shows no difference, so it is not sent."
        ) from None
