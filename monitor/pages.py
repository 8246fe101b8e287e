"""The lists people look at: overview, reports, changes, runs, alerts."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from monitor.health import check_health
from monitor.links import is_name
from monitor.routing import (
    PAGE_SIZE,
    OpenParts,
    PageNumber,
    Text,
    add_page,
    find_place,
    page,
    pages_of,
)
from monitor.running import prefect_url
from monitor.sources import source_rows
from reports.countries import Place
from reports.model import Change, ChangeKind
from scrapers.registry import all_sources
from storage.reviews import ReviewView
from storage.store import Unit

LATEST_CHANGES = 15
LATEST_RUNS = 8
REPORT_STATES = ("present", "suspected", "removed")


def list_router() -> APIRouter:
    """Return the routes of the lists."""
    router = APIRouter()
    for path, endpoint in {
        "/": overview,
        "/reports": reports,
        "/changes": changes,
    }.items():
        add_page(router, path, endpoint)
    return router


def overview(parts: OpenParts) -> HTMLResponse:
    """Show how everything stands."""
    health = check_health(parts)
    with parts.store.read() as unit:
        ids, _ = unit.library.change_ids(with_baseline=False, limit=LATEST_CHANGES)
        return page(
            "overview.html",
            "/",
            sources=source_rows(health.judgement.promises, unit, parts.now()),
            health=health,
            alarms=unit.alarms.open(),
            counts=unit.library.counts(),
            changes=_changes(unit, ids),
            runs=unit.runs.latest(LATEST_RUNS),
            alerts=unit.outbox.counts(),
            reviews=_open_reviews(unit),
            prefect_url=prefect_url(parts),
        )


def _open_reviews(unit: Unit) -> list[ReviewView]:
    return [each for name in all_sources() for each in unit.reviews(name).open()]


def _changes(unit: Unit, ids: list[int]) -> list[Change]:
    """Return changes in the order of their ids' list."""
    found = {each.id: each for each in unit.changes.get(ids)}
    return [found[each] for each in ids]


def reports(
    parts: OpenParts,
    source: Text = "",
    edition: Text = "",
    country: Text = "",
    state: Text = "",
    page_number: PageNumber = 1,
) -> HTMLResponse:
    """List the reports held, as the filters ask."""
    source, edition, country, state = (each.strip() for each in (source, edition, country, state))
    place = _place_asked(country)
    _refuse_odd(source=source, edition=edition, state=state)
    asked = {"source": source, "edition": edition, "state": state}
    asked["country"] = place.country if place else ""
    part = (place.part if place else "") or None
    with parts.store.read() as unit:
        library = unit.library
        pages = pages_of(page_number, library.count_reports(**asked, part=part))
        found = library.reports(**asked, part=part, limit=PAGE_SIZE, offset=pages.offset)
        held = library.sources()
    return page(
        "reports.html",
        "/reports",
        reports=found,
        pages=pages,
        filters={"source": source, "edition": edition, "country": country, "state": state},
        sources=[view.source for view in held],
        editions=sorted({each for view in held for each in view.editions}, reverse=True),
        states=REPORT_STATES,
    )


def _place_asked(country: str) -> Place | None:
    place = find_place(country) if country else None
    if country and place is None:
        raise HTTPException(
            404, f"“{country}” is no country known; give its name, key or alpha-3 code."
        )
    return place


def _refuse_odd(**filters: str) -> None:
    """Refuse what can be no name before a database is asked for it."""
    for label, text in filters.items():
        if text and not is_name(text):
            raise HTTPException(404, f"There is no {label} “{text}”.")


def changes(
    parts: OpenParts, kind: Text = "", baseline: Text = "", page_number: PageNumber = 1
) -> HTMLResponse:
    """List what changed, newest first."""
    if kind and kind not in {each.value for each in ChangeKind}:
        known = ", ".join(each.value for each in ChangeKind)
        raise HTTPException(404, f"There is no kind of change “{kind}”; there are: {known}.")
    with_baseline = baseline != "no"
    with parts.store.read() as unit:
        offset = (page_number - 1) * PAGE_SIZE
        ids, total = unit.library.change_ids(
            kind=kind, with_baseline=with_baseline, limit=PAGE_SIZE, offset=offset
        )
        found = _changes(unit, ids)
    return page(
        "changes.html",
        "/changes",
        changes=found,
        pages=pages_of(page_number, total),
        filters={"kind": kind, "baseline": "" if with_baseline else "no"},
        kinds=[each.value for each in ChangeKind],
    )
