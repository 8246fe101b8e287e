"""What routes share: the open parts, and finding the report, version or place a request names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse

from monitor.web.links import is_name, read_name
from monitor.web.parameters import refuse_unknown
from monitor.web.rendering import render
from monitor.web.visitor import visitor
from reports.model.identity import ReportId
from reports.text.plain import counted
from scrapers.registry import all_sources
from services.assembly import Parts
from storage.read.report_rows import ReportView
from storage.unit import Unit

MOST = 2**31 - 1
"""The largest number a database's integer column is asked for."""

PAGE_SIZE = 100


def parts_of(request: Request) -> Parts:
    """Return the parts the application was made with."""
    parts: Parts = request.app.state.parts
    return parts


OpenParts = Annotated[Parts, Depends(parts_of)]
Number = Annotated[int, Path(ge=1, le=MOST)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=100_000)]
Text = Annotated[str, Query(max_length=200)]

ReportName = tuple[str, str, str, str]
"""What a report may be called: source, edition, country, and part or ``""``."""


def name_in_path(request: Request) -> ReportName:
    """Return what a path calls a report; it may be no name at all, or that of none held."""
    path = request.path_params
    return path["source"], path["edition"], path["country"], path.get("part", "")


Named = Annotated[ReportName, Depends(name_in_path)]


def add_page(
    router: APIRouter, path: str, endpoint: Callable[..., Any], *, takes_any: bool = False
) -> None:
    """Route a page: for reading only, and no part of the API's description.

    A parameter that it does not have is refused, unless it ``takes_any``: what follows links of
    mails may add to them.
    """
    router.add_api_route(
        path,
        endpoint,
        methods=["GET", "HEAD"],
        response_class=HTMLResponse,
        include_in_schema=False,
        dependencies=[] if takes_any else [Depends(refuse_unknown)],
    )


def page(template: str, here: str, **context: Any) -> HTMLResponse:
    """Answer with a template; ``here`` is the entry of the menu it belongs to."""
    return HTMLResponse(render(template, here=here, **context))


@dataclass(frozen=True)
class Pages:
    """Which page of a long list is shown."""

    number: int
    total: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def first_row(self) -> int:
        """The place of this page's first row in the list, counted from 1."""
        return self.offset + 1

    @property
    def last_row(self) -> int:
        """The place of this page's last row."""
        return min(self.total, self.offset + self.size)


def pages_of(number: int, total: int, size: int | None = None) -> Pages:
    """Return the page asked for; raises 404 for one past the end."""
    asked = Pages(number, total, size or PAGE_SIZE)
    if number > asked.last:
        has = counted(asked.last, "page")
        raise HTTPException(404, f"This list has {has}; there is no page {number}.")
    return asked


def find_report(unit: Unit, name: ReportName) -> ReportView:
    """Return the report a path names; raises 404, which says where to look instead."""
    read = read_name(*name)
    found = _held(unit, read) if read else None
    if found is None:
        raise HTTPException(404, _not_held(read))
    return found


def _held(unit: Unit, name: ReportId) -> ReportView | None:
    found = unit.reports.find(
        source=name.source, edition=name.edition, country=name.country, part=name.part
    )
    return found[0] if found else None


def other_name(unit: Unit, name: ReportName) -> ReportId | None:
    """Return the held report that a country's other name stands for (``HKG``, ``kaz``)."""
    source, edition, country, part = name
    if part:
        return None
    known = all_sources().get(source)
    place = known.countries.find(country) if known and is_name(country) else None
    if place is None or (place.country, place.part) == (country, ""):
        return None
    meant = read_name(source, edition, place.country, place.part)
    return meant if meant and unit.reports.exists(meant) else None


def _not_held(name: ReportId | None) -> str:
    if name is None:
        return "That is not a report's name. Reports are named source/edition/country[/part]."
    says = f"No report {name} is stored. The list of reports shows what is"
    if not visitor().may_operate:
        return f"{says}."
    return f"{says}; `reportwatch ingest {name.source} --edition {name.edition}` looks for more."


def refuse_odd(**filters: str) -> None:
    """Refuse what can be no name before a database is asked for it; raises 404."""
    for label, text in filters.items():
        if text and not is_name(text):
            raise HTTPException(404, f"There is no {label} “{text}”.")
