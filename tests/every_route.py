"""Every route of the running monitor: one walk, for the tests of rights, documentation and API.

Routers are included lazily: ``app.routes`` names the routers, and no route that is in them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STYLE = "/static"
"""Mounted as a whole, and no route: `monitor.doors.rights` opens it to everybody."""

PATHS = 80
"""So many addresses there are at least: a walk that finds fewer looks in the wrong place."""

WHOLE = {
    "source": "sample-hrr",
    "edition": "2023",
    "country": "XAG",
    "first": "2022",
    "second": "2023",
    "number": "1",
    "anchor": "s0-p1-b02eb922",
    "before": "1",
    "after": "2",
    "topic": "torture_cidt",
    "flow_run": "c0ffee",
    "side": "before",
    "rest": "0/000.p/1",
}
AREA = WHOLE | {
    "edition": "2022",
    "country": "XAD",
    "part": "lower-sarn",
    "after": "1",
    "anchor": "s0-p1-a23ba356",
}
"""What the sample site's timeline leaves in a database: a country's report, and an area's."""


@dataclass(frozen=True, order=True)
class Route:
    """One address, as it was declared, with a method that is answered there."""

    path: str
    method: str

    def filled(self, **values: str) -> str:
        """Return an address of this route: of what the sample site has, or of ``values``."""
        known = {**(AREA if "{part}" in self.path else WHOLE), **values}
        return re.sub(r"{(\w+)(:\w+)?}", lambda name: known[name[1]], self.path)


def every_route(app: FastAPI) -> list[Route]:
    """Return every address of an application with each of its methods."""
    found = sorted(
        Route(str(each.path), method)
        for each in iter_route_contexts(app.routes)
        if each.path != STYLE
        for method in each.methods or ()
    )
    assert len({each.path for each in found}) >= PATHS, found
    return found


def every_path(app: FastAPI) -> list[Route]:
    """Return every address once for each method there is, whether it is answered there or not."""
    paths = sorted({each.path for each in every_route(app)})
    return [Route(path, method) for path in paths for method in METHODS]
