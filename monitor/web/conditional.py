"""Answer a request that names what its asker holds already: nothing again that has not changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response


def answer(request: Request, body: bytes, media_type: str, modified_at: datetime) -> Response:
    """Give ``body``, or 304 where the asker has it (RFC 9110, section 13.2.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    modified_at = modified_at.astimezone(UTC).replace(microsecond=0)
    headers = {"ETag": tag, "Last-Modified": format_datetime(modified_at, usegmt=True)}
    if _is_held(request, tag, modified_at):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{media_type}; charset=utf-8", headers=headers)


def _is_held(request: Request, tag: str, modified_at: datetime) -> bool:
    """Tell whether the asker holds this; a tag, where one is given, decides alone."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        held = {each.strip().removeprefix("W/") for line in tags for each in line.split(",")}
        return not held.isdisjoint({tag, "*"})
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified_at <= since
