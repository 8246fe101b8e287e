"""Where a canary of our own arrives that travels as a webhook."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from standardwebhooks.webhooks import (
    EmptyWebhookSecretError,
    Webhook,
    WebhookVerificationError,
)

from monitor.web.bodies import read_body
from monitor.web.routing import OpenParts
from services.health.canary import note_arrival

MOST_BYTES = 4096


async def read_canary(request: Request) -> bytes:
    """Return what arrived; raises 413 for more than any canary holds."""
    return await read_body(request, MOST_BYTES, "A canary is smaller than this.")


def canary_router() -> APIRouter:
    """Return the route, which takes nothing but what we have signed."""
    router = APIRouter()
    router.add_api_route("/canary", arrive, methods=["POST"], include_in_schema=False)
    return router


def arrive(
    parts: OpenParts, request: Request, body: Annotated[bytes, Depends(read_canary)]
) -> Response:
    """Take a canary that we sent within the last minutes; refuse everything else."""
    with parts.store.read() as unit:
        reader = unit.subscribers.named(parts.settings.canary)
    if reader is None or not _is_signed(reader.secret, body, request):
        raise HTTPException(403, "This was not signed here, or is too old.")
    note_arrival(parts)
    return Response(status_code=204)


def _is_signed(secret: str, body: bytes, request: Request) -> bool:
    """Tell whether a canary was signed with a secret; nothing is if there is no secret."""
    try:
        Webhook(secret).verify(body, dict(request.headers), json_parse=False)
    except (EmptyWebhookSecretError, WebhookVerificationError, RuntimeError, ValueError):
        return False
    return True
