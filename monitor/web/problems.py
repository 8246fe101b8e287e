"""Say what went wrong in the form its reader expects: a page, or problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi.responses import HTMLResponse, JSONResponse, Response

from documents.document import Problem
from monitor.web.rendering import render

API = "/api/"
PROBLEM = "application/problem+json"
WAYS_OUT = (("/", "Overview"), ("/reports", "All reports"))


def answer_problem(
    path: str,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    links: Sequence[tuple[str, str]] = WAYS_OUT,
) -> Response:
    """Return what is answered at a path when something is wrong: ``text`` says what to do."""
    title = HTTPStatus(status).phrase
    if path.startswith(API):
        problem = Problem(type="about:blank", title=title, status=status, detail=text, error=text)
        return JSONResponse(problem.as_json(), status, headers, PROBLEM)
    page = render("message.html", here="", title=title, text=text, links=links)
    return HTMLResponse(page, status, headers)
