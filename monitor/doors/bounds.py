"""How large the parts of a request may be: decided before any route is looked up.

What nobody who reads or operates ever sends costs nothing then: FastAPI and the standard library
read queries, cookies and bodies of any size, some at the cost of their square.
"""

from __future__ import annotations

import re
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

MOST_NESTED = 20
"""Lists and objects of JSON inside each other. A body of ours has two."""

CLOSE = {"Connection": "close"}
"""What was not read of a request must not be taken for the next one."""

BODY_TOO_LARGE = "This is larger than anything that is taken here."
BODY_TOO_DEEP = f"This JSON is nested deeper than {MOST_NESTED} levels."
BODY_NOT_UTF8 = "JSON is taken in UTF-8 alone."


def check_bounds(scope: Scope) -> None:
    """Raise AccessDenied for a request whose address, headers or announced body are too large."""
    for is_beyond, status, text in _BOUNDS:
        if is_beyond(scope):
            raise AccessDenied(status, text, CLOSE)


def bounded(receive: Receive, scope: Scope) -> Receive:
    """Return what receives a body, and refuses one that goes on, or is nested, beyond a bound."""
    taken = 0
    kind = Headers(scope=scope).get("content-type", "").lower()
    nesting = None if kind.startswith(_FORMS) else Nesting()

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY:
            raise HTTPException(413, BODY_TOO_LARGE, CLOSE)
        if nesting is not None:
            nesting.add(message.get("body", b""))
        return message

    return receive_bounded


class Nesting:
    """How deep a body that may be JSON is nested, however it is cut."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_text = False
        self._rest = b""

    def add(self, body: bytes) -> None:
        """Look at the next bytes; raises HTTPException once they are nested beyond the bound."""
        if b"\0" in body:  # UTF-16, which a parser would take: what is counted is something else
            raise HTTPException(400, BODY_NOT_UTF8, CLOSE)
        for mark in _MARKS.findall(self._rest + body):
            if mark == b'"':
                self._is_text = not self._is_text
            elif not self._is_text and mark in b"[]{}":
                self._depth += 1 if mark in b"[{" else -1
            if self._depth > MOST_NESTED:
                raise HTTPException(413, BODY_TOO_DEEP, CLOSE)
        self._rest = b"\\" if _IS_CUT.search(self._rest + body) else b""


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


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_MARKS = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)
_IS_CUT = re.compile(rb"(?<!\\)(?:\\\\)*\\\Z")
"""A backslash at the end, whose letter comes with the next bytes."""

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
