"""Refuse what a page cannot be asked: a parameter ignored in silence answers another question."""

from __future__ import annotations

import re

from fastapi import HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

_TRACKING = re.compile(r"utm_\w+|[a-z]*clid|mc_[ce]id|_ga|_gl|igshid")
"""What mail programs and networks add to links of others: no question to us."""


class UnknownParameter(HTTPException):
    """A parameter that a page does not have; ``known`` are those that it has."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(400, f"This page has no “{name}”; it can be asked for {', '.join(known)}.")
        self.name = name
        self.known = known


def refuse_unknown(request: Request) -> None:
    """Refuse a request with a parameter that its route does not have; raises UnknownParameter.

    Pages that take none are left alone: nothing in their address can change what they show.
    """
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    known = _parameters(route.dependant)
    for name in request.query_params:
        if known and name not in known and not _TRACKING.fullmatch(name):
            raise UnknownParameter(name, known)


def _parameters(dependant: Dependant) -> list[str]:
    """Return the names of what a route takes, by itself and by what it depends on."""
    own = [each.alias for each in dependant.query_params]
    return own + [name for each in dependant.dependencies for name in _parameters(each)]
