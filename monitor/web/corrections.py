"""Pages for requests that are nearly right: they keep what was asked and offer what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse

from monitor.web.countries import UnknownCountry
from monitor.web.parameters import UnknownParameter
from monitor.web.problems import API
from monitor.web.rendering import render
from scrapers.registry import real_places

_NOT_KEPT = ("page", "after")
"""Where somebody was in the list of something else."""


def answer_nearly(request: Request, error: HTTPException) -> HTMLResponse | None:
    """Return the page for a request that can be put right; None if there is no such page."""
    path = request.url.path
    if path.startswith(API) or request.method not in ("GET", "HEAD"):
        return None
    asked = [pair for pair in request.query_params.multi_items() if pair[0] not in _NOT_KEPT]
    if isinstance(error, UnknownCountry) and "country" in dict(asked):
        kept = [pair for pair in asked if pair[0] != "country"]
        html = render(
            "unknown_country.html",
            here="",
            name=error.name,
            suggestions=[(_address(path, [*kept, ("country", n)]), n) for n in error.alike],
            kept=kept,
            path=path,
            without=_address(path, kept),
            country_names=[each.name for each in real_places()],
        )
    elif isinstance(error, UnknownParameter):
        kept = [pair for pair in asked if pair[0] in error.known]
        without = _address(path, kept)
        text = str(error.detail)
        html = render(
            "unknown_parameter.html", here="", text=text, name=error.name, without=without
        )
    else:
        return None
    return HTMLResponse(html, error.status_code)


def _address(path: str, asked: Sequence[tuple[str, str]]) -> str:
    query = urlencode([pair for pair in asked if pair[1]])
    return f"{path}?{query}" if query else path
