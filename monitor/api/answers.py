"""What every answer of the API shares: ETags, cursors, links to the next page, CSV on request."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from documents.document import JsonDocument
from monitor.web.conditional import answer
from monitor.web.routing import MOST

PREFIX = "/api/v1"

Limit = Annotated[
    int | None,
    Query(
        ge=1,
        le=MOST,
        description="At most so many; a `Link` header with rel=next leads on. Default: all.",
    ),
]
Cursor = Annotated[
    str, Query(max_length=500, description="Where to go on, from the `Link` header before.")
]
Format = Annotated[
    Literal["json", "csv"],
    Query(description="`csv` for spreadsheets: lists joined, cells like formulas quoted."),
]


def add(
    router: APIRouter,
    path: str,
    endpoint: Callable[..., Any],
    model: Any,
    *,
    methods: Sequence[str] = ("GET",),
    status: int = 200,
    tag: str = "reports",
    others: Mapping[int | str, dict[str, Any]] | None = None,
) -> None:
    """Route one question of the API, described; whatever can be got can be asked about by HEAD.

    ``others`` describes other answers by their status.
    """
    router.add_api_route(
        path,
        endpoint,
        methods=list(methods),
        response_model=model,
        status_code=status,
        responses=dict(others or {}),
        tags=[tag],
        operation_id=f"{methods[0].lower()}_{endpoint.__name__}",
    )
    if "GET" in methods:
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


AS_CSV: Mapping[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""The other form in which some lists are answered."""


def reply(
    request: Request,
    document: JsonDocument | Sequence[JsonDocument],
    *,
    cursor: str = "",
    format_: str = "json",
) -> Response:
    """Answer with a document; 304 if the asker has it, a link if there is more."""
    if format_ == "csv" and not isinstance(document, JsonDocument):
        body, media_type = _csv(document), "text/csv; charset=utf-8"
    else:
        body, media_type = _json(document), "application/json"
    headers = {}
    if cursor:
        onward = request.url.include_query_params(cursor=cursor).remove_query_params("offset")
        headers["Link"] = f'<{onward.path}?{onward.query}>; rel="next"'
    return answer(request, body, media_type, headers=headers)


def write_cursor(*place: str | int) -> str:
    """Return where a page ended, as a text that means nothing to whoever carries it."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """Return where to go on, ``()`` at the start; raises 400 for what is no cursor of ours."""
    if not cursor:
        return ()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, RecursionError):
        place = None
    fits = isinstance(place, list) and len(place) == len(kinds)
    if not fits or not all(map(_is_of, place, kinds)):
        raise HTTPException(400, "cursor cannot be used: take it from the Link header before.")
    return tuple(place)


def _is_of(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and 0 <= value <= MOST
    return isinstance(value, kind)


def _json(document: JsonDocument | Sequence[JsonDocument]) -> bytes:
    text = json.dumps(
        document, default=JsonDocument.as_json, ensure_ascii=False, separators=(",", ":")
    )
    return text.encode("utf-8", "surrogatepass")


def _csv(documents: Sequence[JsonDocument]) -> bytes:
    """Return rows as CSV with a heading; a list's entries are joined by semicolons."""
    rows = [each.as_json() for each in documents]
    written = io.StringIO()
    names = list(rows[0]) if rows else []
    writer = csv.writer(written)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return written.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula, without control characters."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = "; ".join(value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int | float):
        return str(value)
    else:
        text = "" if value is None else str(value)
    text = "".join(each if each >= " " or each in "\n\t" else "\ufffd" for each in text)
    return f"'{text}" if text.lstrip(" ")[:1] in _STARTS else text


_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
