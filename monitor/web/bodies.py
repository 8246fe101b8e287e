"""Read the small bodies that forms and canaries have, and no larger ones."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect


async def read_body(request: Request, most: int, too_large: str) -> bytes:
    """Return a body of ``most`` bytes; raises 413 for a larger one, 400 for one cut short."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise HTTPException(413, too_large)
    except ClientDisconnect:
        raise HTTPException(400, "This did not arrive whole; send it again.") from None
    return body
