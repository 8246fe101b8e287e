"""Where a canary of our own arrives that travels as a webhook."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from monitor.web.routing import OpenParts
from services.health.canary import note_arrival

MOST_BYTES = 4096


async def read_body(request: Request) -> bytes:
    """Return a small body; raises 413 for a larger one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "A canary is smaller than this.")
    return body


def canary_router() -> APIRouter:
    """Return the route, which takes nothing but what we have signed."""
    router = APIRouter()
    router.add_api_route("/canary", arrive, methods=["POST"], include_in_schema=False)
    return router


def arrive(
    parts: OpenParts, request: Request, body: Annotated[bytes, Depends(read_body)]
) -> Response:
    """Take a canary that we sent within the last minutes; refuse everything else."""
    with parts.store.read() as unit:
        reader = unit.subscribers.named(parts.settings.canary)
    try:
        Webhook(reader.secret if reader else "").verify(body, dict(request.headers))
    except (WebhookVerificationError, RuntimeError, ValueError):
        raise HTTPException(403, "This was not signed here, or is too old.") from None
    note_arrival(parts)
    return Response(status_code=204)
