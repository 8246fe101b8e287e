"""The overview: what changed lately and how everything stands, in one screen."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from monitor.layout.activity import activity, first_monday
from monitor.layout.bars import bars_svg
from monitor.layout.strip import first_day, strip
from monitor.pages.sources import source_rows
from monitor.pages.start_run import prefect_url
from monitor.web.routing import OpenParts, add_page, page
from reports.notices.states import AlertState
from reports.wording.clusters import cluster
from scrapers.registry import all_sources
from services.health.state import check_health
from storage.changes.filter import ChangeConditions
from storage.unit import Unit

LATEST = 300
"""Changes looked at to gather those that are one piece of news."""

SHOWN = 9
WAITING = (AlertState.DUE, AlertState.RETRYING, AlertState.CLAIMED)


def overview_router() -> APIRouter:
    """Return the route."""
    router = APIRouter()
    add_page(router, "/", overview)
    return router


def overview(parts: OpenParts) -> HTMLResponse:
    """Show how everything stands."""
    health = check_health(parts)
    now = parts.now()
    with parts.store.read() as unit:
        news = unit.changes.listed(ChangeConditions(with_baseline=False), limit=LATEST)
        shown = activity(unit.changes.by_day(first_monday(now)), now)
        outbox = unit.alerts.counts()
        return page(
            "overview.html",
            "/",
            sources=source_rows(health.judgement.promises, unit, now),
            health=health,
            alarms=unit.alarms.unacknowledged(),
            counts=unit.reports.counts(),
            clusters=cluster((each.run_id, each.change) for each in news)[:SHOWN],
            chart=Markup(bars_svg(shown)) if shown.total else "",  # noqa: S704  # nosec B704 # escaped there
            strip=strip(unit.runs.since(first_day(now)), now),
            waiting=sum(outbox.get(each.value, 0) for each in WAITING),
            dead=outbox.get(AlertState.DEAD.value, 0),
            reviews=_open_reviews(unit),
            prefect_url=prefect_url(parts),
        )


def _open_reviews(unit: Unit) -> int:
    return sum(len(unit.reviews(name).open()) for name in all_sources())
