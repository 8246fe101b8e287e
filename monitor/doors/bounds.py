"""How large the parts of a request may be: decided before any route is looked up.

What nobody who reads or operates ever sends costs nothing then: FastAPI and the standard library
read queries, cookies and bodies of any size, some at the cost of their square.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from monitor.doors.authentication import AccessDenied

MOST_PATH = 2_000
MOST_QUERY = 4_096
MOST_FIELDS = 100
MOST_HEADERS = 100
MOST_HEADER_BYTES = 16_384
MOST_COOKIE_BYTES = 4_096
MOST_BODY = 65_536
"""Bytes, but fields and headers, which are counted. A form of ours has less than 8 KB."""

CLOSE = {"Connection": "close"}
"""What was not read of a request must not be taken for the next one."""

BODY_TOO_LARGE = "This is larger than anything that is taken here."


def check_bounds(scope: Scope) -> None:
    """Raise AccessDenied for a request whose address, headers or announced body are too large."""
    for is_beyond, status, text in _BOUNDS:
        if is_beyond(scope):
            raise AccessDenied(status, text, CLOSE)


def bounded(receive: Receive) -> Receive:
    """Return what receives a body, and refuses one that goes on beyond the bound."""
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY:
            raise HTTPException(413, BODY_TOO_LARGE, CLOSE)
        return message

    return receive_bounded


def _has_long_path(scope: Scope) -> bool:
    return len(scope["path"]) > MOST_PATH


def _has_long_query(scope: Scope) -> bool:
    query = scope["query_string"]
    return len(query) > MOST_QUERY or query.count(b"&") >= MOST_FIELDS


def _has_large_headers(scope: Scope) -> bool:
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    cookies = sum(len(value) for name, value in headers if name == b"cookie")
    too_many = len(headers) > MOST_HEADERS
    return too_many or size > MOST_HEADER_BYTES or cookies > MOST_COOKIE_BYTES


def _has_large_body(scope: Scope) -> bool:
    lengths = Headers(scope=scope).getlist("content-length")
    return any(not each.isdecimal() or len(each) > 9 or int(each) > MOST_BODY for each in lengths)


_BOUNDS: tuple[tuple[Callable[[Scope], bool], int, str], ...] = (
    (_has_long_path, 414, "This address is longer than any of this monitor."),
    (
        _has_long_query,
        414,
        f"This address has more than {MOST_FIELDS} fields or {MOST_QUERY} bytes of them.",
    ),
    (_has_large_headers, 431, "The headers or cookies of this request are too large."),
    (_has_large_body, 413, BODY_TOO_LARGE),
)
