"""Say what went wrong in the form its reader expects: a page, or problem+json (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi.responses import HTMLResponse, JSONResponse, Response

from documents.document import Problem
from monitor.web.rendering import render
from reports.text.plain import one_line

API = "/api/"
PROBLEM = "application/problem+json"
MOST_REPEATED = 100
_REPEATED = re.compile(
    rf"“(?P<quoted>.{{{MOST_REPEATED},}})”"
    rf"|(?:(?<=\s)|^)(?P<mark>['\"])(?P<named>.{{{MOST_REPEATED},}})(?P=mark)(?=[\s;:,.]|$)",
    re.DOTALL,
)
"""Input in a message: it stands in quotation marks, and may hold some itself."""

WAYS_OUT = (("/", "Overview"), ("/reports", "All reports"))


def answer_problem(
    path: str,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    links: Sequence[tuple[str, str]] = WAYS_OUT,
    alike: Sequence[str] = (),
) -> Response:
    """Return what is answered at a path when something is wrong: ``text`` says what to do.

    ``alike`` are names that may have been meant, for programs.

    Of what was sent it repeats no more than ``MOST_REPEATED`` characters.
    """
    text = _REPEATED.sub(_shortened, text)
    title = HTTPStatus(status).phrase
    if path.startswith(API):
        problem = Problem(
            type="about:blank",
            title=title,
            status=status,
            detail=text,
            error=text,
            did_you_mean=list(alike),
        )
        return JSONResponse(problem.as_json(), status, headers, PROBLEM)
    page = render("message.html", here="", title=title, text=text, links=links)
    return HTMLResponse(page, status, headers)


def _shortened(found: re.Match[str]) -> str:
    return f"“{one_line(found['quoted'] or found['named'], MOST_REPEATED)}”"
