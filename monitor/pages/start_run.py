"""Start a run from the monitor, and follow it while it goes on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from flows.prefect_api import PrefectRefused, find_server, flow_run_state, read_addresses
from flows.start import start
from monitor.doors.forms import Fields, SentForm, check_form
from monitor.doors.gatekeeper import policy
from monitor.layout.waiting import ending, waiting
from monitor.web.links import is_name
from monitor.web.routing import Number, OpenParts, Text, add_page, page
from reports.watch.outcome import FAILURES
from scrapers.registry import all_sources, country_hint, find_place, real_places
from services.assembly import Parts
from services.runs.run import BadRequest, IngestRequest, RunRefused
from services.settings import BadSetting
from storage.watch.runs import RUNNING

MOST_UNDER_WAY = 50
"""Runs under way that one may wait for: a source has one at most."""


def running_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/runs/new", ask)
    router.add_api_route("/runs/new", begin, methods=["POST"], include_in_schema=False)
    add_page(router, "/runs/started/{flow_run}", started)
    router.add_api_route(
        "/runs/{number}/progress", progress, methods=["GET"], include_in_schema=False
    )
    return router


def ask(parts: OpenParts, source: Text = "") -> HTMLResponse:
    """Show the form."""
    return _form(parts, source=source)


def begin(parts: OpenParts, request: Request, form: Fields) -> Response:
    """Start a run and lead to where it can be followed."""
    check_form(request, form)
    try:
        begun = start(parts, _request(form))
    except RunRefused as error:
        return _form(parts, form, fault=str(error), status=409)
    except (BadRequest, BadSetting, KeyError) as error:
        return _form(parts, form, fault=str(error).strip("'"), status=400)
    except PrefectRefused as error:
        return _form(parts, form, fault=str(error), status=503)
    if begun.run_id:
        return RedirectResponse(f"/runs/{begun.run_id}", 303)
    return RedirectResponse(f"/runs/started/{begun.flow_run}", 303)


def _request(form: SentForm) -> IngestRequest:
    source = form.one("source")
    if source not in all_sources():
        raise BadRequest("choose a source")
    countries = [each.strip() for each in form.one("countries").split(",") if each.strip()]
    for each in countries:
        if find_place(each) is None:
            raise BadRequest(f"“{each}” is no country known; {country_hint(each)}")
    editions = [each.strip() for each in form.one("editions").split(",") if each.strip()]
    for each in editions:
        if not is_name(each):
            raise BadRequest(f"“{each}” is not an edition")
    return IngestRequest(source, tuple(editions), tuple(countries), full=form.one("full") == "yes")


def _form(
    parts: Parts,
    form: SentForm | None = None,
    *,
    source: str = "",
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    given = form or SentForm({"source": [source]})
    made = page(
        "run_new.html",
        "/runs",
        given=given,
        sources=[(name, each.family) for name, each in sorted(all_sources().items())],
        country_names=[each.name for each in real_places()],
        by_prefect=bool(find_server(parts.settings)),
        fault=fault,
    )
    made.status_code = status
    return made


def started(parts: OpenParts, flow_run: str) -> Response:
    """Wait for the run of a triggered deployment to begin; lead on once it is in the ledger."""
    if not is_name(flow_run):
        raise HTTPException(404, "That is not a flow run.")
    with parts.store.read() as unit:
        run = unit.runs.of_flow_run(flow_run)
    if run is not None:
        return RedirectResponse(f"/runs/{run.id}", 303)
    server = find_server(parts.settings)
    if not server:
        raise HTTPException(
            404,
            "No run of that name has begun, and no Prefect server answers that could know of it; "
            "start one with `reportwatch up`.",
        )
    try:
        state = flow_run_state(server, flow_run)
    except PrefectRefused as error:
        raise HTTPException(404, f"{error}.") from None
    with parts.store.read() as unit:
        under_way, _ = unit.runs.page(state=RUNNING, limit=MOST_UNDER_WAY)
    made = page(
        "run_started.html",
        "/runs",
        state=state,
        waits=waiting(state, under_way, parts.now()),
        ending=ending(state),
        flow_run=flow_run,
        prefect_url=prefect_url(parts),
    )
    if not state.is_final:
        made.headers["Refresh"] = "2"
    return made


def progress(parts: OpenParts, number: Number) -> JSONResponse:
    """Tell how far a run is, for the page that follows it."""
    return JSONResponse(progress_document(parts, number))


def progress_document(parts: Parts, number: int) -> dict[str, Any]:
    """Return how far a run is: pages looked at of those planned, by outcome. Raises 404."""
    with parts.store.read() as unit:
        try:
            run = unit.runs.get(number)
        except KeyError:
            raise HTTPException(404, f"There is no run {number}.") from None
        counts = unit.runs.counts(run)
    checked = sum(counts.values())
    return {
        "run": number,
        "state": run.state,
        "is_over": run.state != RUNNING,
        "checked": checked,
        "planned": max(run.planned_count, checked) if run.planned_count else None,
        "counts": counts,
        "failures": sum(count for name, count in counts.items() if name in FAILURES),
    }


def followed(made: HTMLResponse) -> HTMLResponse:
    """Let a page run the script that follows a run, and nothing else."""
    made.headers["Content-Security-Policy"] = policy(script_src="'self'", connect_src="'self'")
    return made


def prefect_url(parts: Parts) -> str:
    """Return the address of Prefect's own pages under `up`, ``""`` if there is none."""
    addresses = read_addresses(parts.settings.home)
    return addresses.ui_url if addresses else ""
