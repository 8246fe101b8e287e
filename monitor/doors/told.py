"""Tell on the next page what became of a form: our own words, signed for the visitor.

They travel in the address of that page. A link that somebody else made shows nothing.
"""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import RedirectResponse

from monitor.web.links import list_path
from monitor.web.visitor import visitor

LONGEST = 300


def go_on(path: str, told: str, **filters: str) -> RedirectResponse:
    """Return the way to a list's page, on which ``told`` will stand."""
    told = told[:LONGEST]
    return RedirectResponse(list_path(path, **filters, done=told, sign=_sign(path, told)), 303)


def read_told(
    request: Request,
    done: Annotated[str, Query(max_length=LONGEST)] = "",
    sign: Annotated[str, Query(max_length=100)] = "",
) -> str:
    """Return what a page is to tell its visitor, `""` for words that were not signed here."""
    is_ours = hmac.compare_digest(_sign(request.url.path, done).encode(), sign.encode())
    return done if is_ours else ""


Told = Annotated[str, Depends(read_told)]


def _sign(path: str, told: str) -> str:
    return visitor().token(f"{path}?{told}")
