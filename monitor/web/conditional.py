"""Answer a request that names what its sender has already: 304 if that has not changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response

from scrapers.fetch.response import entity_tag, names_tag


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    modified_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return ``body``, or 304 if the sender of the request has it (RFC 9110, section 13.2.2)."""
    sent = {"ETag": entity_tag(body), **(headers or {})}
    if modified_at is not None:
        modified_at = modified_at.astimezone(UTC).replace(microsecond=0)
        sent["Last-Modified"] = format_datetime(modified_at, usegmt=True)
    if _is_known(request, sent["ETag"], modified_at):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)


def _is_known(request: Request, tag: str, modified_at: datetime | None) -> bool:
    """Return whether the sender has this; a tag, if one is given, decides alone."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        return names_tag(",".join(tags), tag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return modified_at is not None and since.tzinfo is not None and modified_at <= since
