"""The transparency log for other programs: checkpoint, tiles, entries, and the witness's address.

As C2SP tlog-tiles and tlog-witness have them. They need no password: digests and names of reports
are in them, no words, and a log that only some can see proves nothing.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response

from monitor.web.bodies import read_body
from monitor.web.conditional import answer
from monitor.web.routing import OpenParts
from services.transparency.reading import published_note, published_tile
from services.transparency.witness import add_checkpoint

MOST_BYTES = 32 * 1024
"""Bytes of a checkpoint with a proof; with 16 signatures it has 5 KB."""

PLAIN = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_NOW = {"Cache-Control": "no-cache"}


async def read_request(request: Request) -> bytes:
    """Return what a log sent; raises 413 for more than any checkpoint with its proof."""
    return await read_body(request, MOST_BYTES, "A checkpoint is smaller than this.")


def log_file_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    for path, endpoint in (("/log/checkpoint", checkpoint), ("/log/tile/{rest:path}", tile)):
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    router.add_api_route(
        "/log/witness/add-checkpoint", witness, methods=["POST"], include_in_schema=False
    )
    return router


def checkpoint(parts: OpenParts, request: Request) -> Response:
    """Give the newest checkpoint."""
    note = published_note(parts)
    if not note:
        raise HTTPException(404, "The log has no checkpoint yet.")
    return answer(request, note.encode(), PLAIN, headers=FOR_NOW)


def tile(parts: OpenParts, request: Request, rest: str) -> Response:
    """Give a tile of hashes, or a bundle of entries; neither ever changes."""
    try:
        raw = published_tile(parts, f"tile/{rest}")
    except KeyError:
        raise HTTPException(404, "The published log has no such tile.") from None
    return answer(request, raw, BYTES, headers=FOR_EVER)


def witness(parts: OpenParts, body: Annotated[bytes, Depends(read_request)]) -> Response:
    """Cosign a checkpoint of a log that is witnessed here, if it continues the one before."""
    reply = add_checkpoint(parts, body)
    media = "text/x.tlog.size" if reply.is_size else PLAIN
    return PlainTextResponse(reply.body, reply.status, media_type=media)
