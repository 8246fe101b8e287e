"""The run ledger: every run, and what came of one."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from monitor.layout.strip import first_day, strip
from monitor.pages.start_run import followed, prefect_url, progress_document
from monitor.web.routing import Number, OpenParts, PageNumber, Text, add_page, page, pages_of
from reports.watch.outcome import FAILURES, Outcome
from storage.watch.runs import RUNNING

SHOWN = 50
PAGES_SHOWN = 100
STATES = (RUNNING, "done", "failed", "crashed")
RELOAD_SECONDS = "4"


def run_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/runs", runs)
    add_page(router, "/runs/{number}", run)
    return router


def runs(
    parts: OpenParts, source: Text = "", state: Text = "", page_number: PageNumber = 1
) -> HTMLResponse:
    """List the runs, newest first, under a strip of the last days."""
    if state and state not in STATES:
        raise HTTPException(404, f"There is no state “{state}”; there are: {', '.join(STATES)}.")
    now = parts.now()
    with parts.store.read() as unit:
        sources = unit.runs.sources()
        offset = (page_number - 1) * SHOWN
        found, total = unit.runs.page(source=source, state=state, limit=SHOWN, offset=offset)
        recent = unit.runs.since(first_day(now))
    return page(
        "runs.html",
        "/runs",
        runs=found,
        pages=pages_of(page_number, total, SHOWN),
        strip=strip(recent, now),
        sources=sources,
        states=STATES,
        filters={"source": source, "state": state},
        prefect_url=prefect_url(parts),
    )


def run(
    parts: OpenParts, number: Number, outcome: Text = "", page_number: PageNumber = 1
) -> HTMLResponse:
    """Show what came of one run: its failures with their reasons, its changes, its listings."""
    told = progress_document(parts, number)
    only = _outcomes(outcome)
    with parts.store.read() as unit:
        view = unit.runs.get(number)
        listed = unit.runs.tally(number)
        total = sum(listed.get(each, 0) for each in only)
        pages = pages_of(page_number, total, PAGES_SHOWN)
        looks = unit.runs.outcomes(number, only, limit=PAGES_SHOWN, offset=pages.offset)
        listings = unit.listings.of_run(number)
        changes = unit.changes.find(run_id=number, limit=PAGES_SHOWN)
    made = page(
        "run.html",
        "/runs",
        run=view,
        told=told,
        looks=looks,
        pages=pages,
        outcome=outcome,
        unlisted=sum(told["counts"].get(each, 0) for each in only) - total,
        listings=listings,
        changes=changes,
        most_changes=PAGES_SHOWN,
        failures=[each.value for each in FAILURES],
        prefect_url=prefect_url(parts),
        reload=RELOAD_SECONDS,
    )
    return made if told["is_over"] else followed(made)


def _outcomes(asked: str) -> list[str]:
    if not asked:
        return sorted(each.value for each in FAILURES)
    if asked not in {each.value for each in Outcome}:
        known = ", ".join(each.value for each in Outcome)
        raise HTTPException(404, f"There is no outcome “{asked}”; there are: {known}.")
    return [asked]
