"""The JSON API: the same documents as the command line prints; and the health check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import JSONResponse

from monitor.change_filter import Asked
from monitor.documents import change_document, report_document, show_document
from monitor.health import check_health
from monitor.health_document import health_document
from monitor.routing import MOST, OpenParts, find_place, find_report

Limit = Annotated[int | None, Query(ge=1, le=MOST, description="At most so many; default: all.")]
Offset = Annotated[int, Query(ge=0, le=MOST, description="So many are left out at the start.")]
Name = Annotated[str, Query(pattern=r"^[\w.-]{0,128}$")]
Country = Annotated[str, Query(max_length=200, description="A name, a key or an alpha-3 code.")]
Version = Annotated[int | None, Query(ge=1, le=MOST, description="Default: the latest.")]


def api_router() -> APIRouter:
    """Return the routes of the API."""
    router = APIRouter()
    one = "/api/v1/reports/{source}/{edition}/{country}"
    routes: dict[str, Callable[..., JSONResponse]] = {
        "/api/v1/reports": reports,
        one: report,
        f"{one}/{{part}}": area,
        "/api/v1/changes": changes,
    }
    for path, endpoint in routes.items():
        router.add_api_route(path, endpoint, methods=["GET"], tags=["v1"])
    router.add_api_route("/healthz", healthz, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def reports(
    parts: OpenParts,
    source: Name = "",
    edition: Name = "",
    country: Country = "",
    state: Name = "",
    limit: Limit = None,
    offset: Offset = 0,
) -> JSONResponse:
    """List the reports held, in order of their names."""
    place = find_place(country) if country else None
    if country and place is None:
        raise HTTPException(404, f"{country!r} is no country known.")
    with parts.store.read() as unit:
        found = unit.library.reports(
            source=source,
            edition=edition,
            country=place.country if place else "",
            part=(place.part if place else "") or None,
            state=state,
            limit=MOST if limit is None else limit,
            offset=offset,
        )
    return JSONResponse([report_document(view) for view in found])


def report(
    parts: OpenParts, source: str, edition: str, country: str, version: Version = None
) -> JSONResponse:
    """Show what a country's report says: its summary, notes, issues and sections."""
    return _show(parts, source, edition, country, "", version)


def area(
    parts: OpenParts, source: str, edition: str, country: str, part: str, version: Version = None
) -> JSONResponse:
    """Show what the report of a child area says, such as ``CHN/tibet``."""
    return _show(parts, source, edition, country, part, version)


def _show(
    parts: OpenParts, source: str, edition: str, country: str, part: str, number: int | None
) -> JSONResponse:
    with parts.store.read() as unit:
        library = unit.library
        held = find_report(library, source, edition, country, part)
        name = held.report
        view = library.version(name, number) if number else library.latest(name)
    if view is None:
        raise HTTPException(404, f"{name} has no version {number}.")
    return JSONResponse(show_document(view, held))


def changes(parts: OpenParts, asked: Asked, limit: Limit = None) -> JSONResponse:
    """List what changed, newest first. Readers must accept kinds they do not know."""
    with parts.store.read() as unit:
        found = unit.changes.listed(asked.interest, limit=limit)
    return JSONResponse([change_document(each.change) for each in found])


def healthz(parts: OpenParts) -> JSONResponse:
    """Tell a probe how everything stands; 503 unless all is well."""
    health = check_health(parts)
    return JSONResponse(health_document(health), 200 if health.status == "ok" else 503)
