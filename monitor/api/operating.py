"""How everything stands, for programs: sources, runs, and for operators reviews and the outbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from documents.notices import AlertDocument
from documents.runs import ReviewDocument, RunDocument, RunWithFailures
from documents.sources import PlanDocument, SourceDocument
from monitor.api.answers import PREFIX, Cursor, Limit, add, read_cursor, reply, write_cursor
from monitor.web.routing import MOST, OpenParts, Text
from reports.notices.states import AlertState
from reports.watch.outcome import FAILURES
from scrapers.registry import all_sources
from services.health.sources import source_documents
from services.runs.run import failures_of
from services.watch.plan import read_plan
from services.watch.plan_documents import plan_document

Number = Annotated[int, Path(ge=1, le=MOST)]
States = Annotated[list[AlertState] | None, Query(description="May be given repeatedly.")]


def operating_api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add(router, f"{PREFIX}/sources", sources, list[SourceDocument], tag="sources")
    add(router, f"{PREFIX}/sources/{{source}}/plan", plan, PlanDocument, tag="sources")
    add(router, f"{PREFIX}/runs", runs, list[RunDocument], tag="sources")
    add(router, f"{PREFIX}/runs/{{number}}", run, RunWithFailures, tag="sources")
    add(router, f"{PREFIX}/reviews", reviews, list[ReviewDocument], tag="operators")
    add(router, f"{PREFIX}/alerts", alerts, list[AlertDocument], tag="operators")
    return router


def sources(parts: OpenParts, request: Request) -> Response:
    """List the sources: what is stored of each, when it was read, its alarms."""
    with parts.store.read() as unit:
        return reply(request, source_documents(unit, parts.settings, parts.now()))


def plan(parts: OpenParts, request: Request, source: str) -> Response:
    """Say what a source is asked next, and why."""
    known = all_sources().get(source)
    if known is None:
        raise HTTPException(404, f"There is no source “{source}”.")
    return reply(request, plan_document(parts, known, read_plan(parts, known)))


def runs(
    parts: OpenParts,
    request: Request,
    source: Text = "",
    state: Text = "",
    limit: Limit = None,
    cursor: Cursor = "",
) -> Response:
    """List the runs, newest first."""
    place = read_cursor(cursor, int)
    with parts.store.read() as unit:
        most = None if limit is None else limit + 1
        found, _ = unit.runs.page(
            source=source, state=state, limit=most, before=place[0] if place else None
        )
    shown = found[:limit]
    onward = write_cursor(shown[-1].id) if shown and len(found) > len(shown) else ""
    return reply(request, [RunDocument.of(each) for each in shown], cursor=onward)


def run(parts: OpenParts, request: Request, number: Number) -> Response:
    """Show one run with the pages it looked at in vain."""
    with parts.store.read() as unit:
        try:
            view = unit.runs.get(number)
        except KeyError:
            raise HTTPException(404, f"There is no run {number}.") from None
        failed = unit.runs.outcomes(number, [each.value for each in FAILURES], limit=MOST)
    return reply(request, RunWithFailures.with_failures(view, failures_of(failed)))


def reviews(parts: OpenParts, request: Request) -> Response:
    """List what could not be identified, with what may be meant. For operators."""
    with parts.store.read() as unit:
        found = [each for name in all_sources() for each in unit.reviews(name).open()]
    return reply(request, [ReviewDocument.of(each) for each in found])


def alerts(
    parts: OpenParts,
    request: Request,
    state: States = None,
    limit: Limit = None,
    cursor: Cursor = "",
) -> Response:
    """List the outbox, newest first. For operators."""
    place = read_cursor(cursor, int)
    with parts.store.read() as unit:
        most = None if limit is None else limit + 1
        states = [each.value for each in state or ()]
        found = unit.alerts.all(states, most, before=place[0] if place else None)
    shown = found[:limit]
    onward = write_cursor(shown[-1].alert) if shown and len(found) > len(shown) else ""
    return reply(request, [AlertDocument.of(each) for each in shown], cursor=onward)
