"""The page on which people ask to be told what becomes of words that they cite."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from monitor.doors.allowance import ask_within_allowance
from monitor.doors.forms import Fields, SentForm, check_form
from monitor.layout.subscription_form import Given
from monitor.web.routing import OpenParts, add_page, page
from monitor.web.visitor import visitor
from reports.notices.subscription import SubscriptionFilter
from services.assembly import Parts
from services.notify import sign_up
from services.notify.passages import LONGEST_NOTE, LONGEST_QUOTE, Quoted, find
from services.notify.sign_up import BadAddress, CannotAsk, TooMany
from services.notify.subscription_filter import (
    BadFilter,
    Timing,
    passage_words,
    read_filter,
    standing_words,
)

PATH = "/watch"
BOUNDS = {"quote": LONGEST_QUOTE, "note": LONGEST_NOTE}

Words = Annotated[str, Query(max_length=LONGEST_QUOTE)]


def watching_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, PATH, ask_page)
    router.add_api_route(PATH, ask, methods=["POST"], include_in_schema=False)
    return router


def ask_page(
    parts: OpenParts, report: Words = "", version: Words = "", quote: Words = ""
) -> HTMLResponse:
    """Show the form; what a link names is filled in already."""
    return _form(parts, {"report": [report], "version": [version], "quote": [quote]})


def ask(parts: OpenParts, request: Request, form: Fields) -> HTMLResponse:
    """Watch a passage for an operator, or ask the address's owner to confirm."""
    check_form(request, form)
    address = form.one("address").strip()
    is_vouched = form.one("vouched") == "yes" and visitor().may_operate
    said = secret = ""
    try:
        wanted = _filter(parts, form)
        if is_vouched:
            made = sign_up.subscribe(parts, address, wanted)
            secret, said = made.secret, standing_words(made.subscription)
        else:
            ask_within_allowance(parts, request, address, wanted, Timing())
    except TooMany as error:
        return _form(parts, form.fields, str(error), 429)
    except (BadAddress, BadFilter, CannotAsk) as error:
        return _form(parts, form.fields, str(error), 400)
    assert wanted.passage is not None
    return page(
        "subscribed.html",
        "/subscribe",
        address=address,
        is_vouched=is_vouched,
        secret=secret,
        passage=passage_words(wanted.passage),
        standing=said,
    )


def _filter(parts: Parts, form: SentForm) -> SubscriptionFilter:
    number = form.one("version").strip()
    if number and not (number.isascii() and number.isdecimal() and len(number) < 7):
        raise BadFilter("a version is a number; leave it empty for the newest with the passage")
    report, quote = form.one("report").strip(), form.one("quote")
    is_still = form.one("still") == "yes"
    named = Quoted(report, quote, int(number or 0), form.one("note").strip(), is_still)
    with parts.store.read() as unit:
        passage = find(unit, named)
    return read_filter({"passage": passage, "every": form.one("every", "now")})


def _form(parts: Parts, given: Given, fault: str = "", status: int = 200) -> HTMLResponse:
    made = page(
        "watch.html",
        "/subscribe",
        given=given,
        bounds=BOUNDS,
        fault=fault,
        can_ask=bool(parts.settings.public_url and parts.settings.smtp_url),
    )
    made.status_code = status
    return made
