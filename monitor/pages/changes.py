"""What changed, newest first: filtered, clustered, with the feed and the JSON of that filter."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from monitor.web.change_filter import Asked
from monitor.web.countries import country_names
from monitor.web.links import ALL_CHANGES
from monitor.web.routing import PAGE_SIZE, OpenParts, PageNumber, add_page, page, pages_of
from reports.model.regions import regions
from reports.model.values import ChangeKind
from reports.topics.classify import taxonomy
from reports.wording.changes import KIND_NAMES
from reports.wording.clusters import cluster


def change_router() -> APIRouter:
    """Return the route."""
    router = APIRouter()
    add_page(router, "/changes", changes)
    return router


def changes(parts: OpenParts, asked: Asked, page_number: PageNumber = 1) -> HTMLResponse:
    """List what changed, newest first; alike changes of one run as one."""
    with parts.store.read() as unit:
        pages = pages_of(page_number, unit.changes.count(asked.interest))
        found = unit.changes.listed(asked.interest, limit=PAGE_SIZE, offset=pages.offset)
        held = unit.reports.sources()
        names = country_names(unit)
    return page(
        "changes.html",
        "/changes",
        clusters=cluster((each.run_id, each.change) for each in found),
        pages=pages,
        asked=asked,
        country_names=names,
        feed_path=asked.address(ALL_CHANGES),
        json_path=asked.address("/api/v1/changes"),
        sources=[view.source for view in held],
        editions=sorted({each for view in held for each in view.editions}, reverse=True),
        regions=[(each.id, each.name) for each in regions()],
        topics=[(each.id, each.name) for each in taxonomy().topics],
        kinds=[(each.value, KIND_NAMES[each]) for each in ChangeKind],
    )
