"""The review list: what no page could tell of itself, and deciding it."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from monitor.doors.forms import Fields, check_form, who_decides
from monitor.doors.gatekeeper import policy
from monitor.doors.told import Told, go_on
from monitor.pages.captured import sandboxed
from monitor.web.routing import Number, OpenParts, PageNumber, add_page, page, pages_of
from scrapers.registry import all_sources
from services.assembly import Parts
from services.history.removal_review import drop, release
from services.history.review import Decision, decide, dismiss
from services.runs.run import BadRequest, RunRefused
from storage.operate.actions import MOST_WHO
from storage.record.reviews import ReviewView

SHOWN = 20


def review_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/reviews", listed)
    add_page(router, "/reviews/{number}", one)
    add_page(router, "/reviews/{number}/page", shown)
    router.add_api_route("/reviews/{number}", decided, methods=["POST"], include_in_schema=False)
    return router


def listed(parts: OpenParts, done: Told = "", page_number: PageNumber = 1) -> HTMLResponse:
    """List what waits, oldest first."""
    with parts.store.read() as unit:
        waiting = [each for name in all_sources() for each in unit.reviews(name).open()]
    pages = pages_of(page_number, len(waiting), SHOWN)
    rows = waiting[pages.offset : pages.offset + SHOWN]
    return page("reviews.html", "/reviews", reviews=rows, pages=pages, done=done)


def one(parts: OpenParts, number: Number) -> HTMLResponse:
    """Show one text with its page, or removals held, and the form that decides it."""
    return _form(parts, _find(parts, number))


def _form(
    parts: Parts,
    waiting: ReviewView,
    fault: str = "",
    status: int = 200,
    country: str = "",
    edition: str = "",
) -> HTMLResponse:
    with parts.store.read() as unit:
        held = unit.mass_removals(waiting.source).reports(waiting.id)
    source = all_sources()[waiting.source]
    made = page(
        "review.html",
        "/reviews",
        review=waiting,
        held=held,
        most_who=MOST_WHO,
        country=country or waiting.country,
        edition=edition or waiting.edition,
        places=sorted({place.name for place in source.countries}),
        editions=sorted(source.editions, reverse=True),
        fault=fault,
    )
    made.status_code = status
    made.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return made


def shown(parts: OpenParts, number: Number) -> HTMLResponse:
    """Give the page a text was found on, made harmless."""
    waiting = _find(parts, number)
    if not waiting.payload_sha256:
        raise HTTPException(404, f"Review {number} is of an edition and has no page of its own.")
    with parts.store.read() as unit:
        return sandboxed(unit.reviews(waiting.source).body(waiting))


def decided(parts: OpenParts, request: Request, number: Number, form: Fields) -> Response:
    """Record the text as the report that the operator names, or take it off the list.

    Or notify readers of the removals held, or nobody.
    """
    check_form(request, form)
    waiting = _find(parts, number)
    country, edition = form.one("country").strip(), form.one("edition").strip()
    who = who_decides(form)
    try:
        if form.one("do") == "release":
            done = release(parts, number, who)
        elif form.one("do") == "drop":
            done = drop(parts, number, who)
        elif form.one("do") == "dismiss":
            done = dismiss(parts, number)
        else:
            done = decide(parts, Decision(number, country, edition))
    except RunRefused as error:
        return _form(parts, waiting, str(error), 409, country, edition)
    except BadRequest as error:
        return _form(parts, waiting, str(error), 400, country, edition)
    outcome = f"{done.report}: {done.outcome}" if done.report else done.how
    if done.removed:
        outcome += f", {len(done.removed)} removed"
    return go_on("/reviews", f"Review {number}, {outcome}")


def _find(parts: Parts, number: int) -> ReviewView:
    with parts.store.read() as unit:
        for name in all_sources():
            if found := unit.reviews(name).get(number):
                return found
    raise HTTPException(404, f"There is no review {number}.")
