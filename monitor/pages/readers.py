"""Who is told of what: the operator's list of subscribers, and what may be done about them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from monitor.doors.forms import Fields, SentForm, check_form
from monitor.doors.told import Told, go_on
from monitor.web.routing import OpenParts, PageNumber, Text, add_page, page, pages_of
from reports.notices.address import shown_address
from reports.notices.subscription import Subscriber, SubscriberState
from services.assembly import Parts
from services.notify import sign_up
from services.notify.subscription_filter import in_words, standing_words

SHOWN = 100
_NUMBER = re.compile(r"[0-9]{1,9}")
_STATES = [each.value for each in SubscriberState if each is not SubscriberState.OURS]


@dataclass(frozen=True)
class Reader:
    """A subscriber with what they are told of: the number of each subscription, and its words."""

    who: Subscriber
    told: tuple[tuple[int, str], ...]


def reader_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/subscriptions", readers)
    router.add_api_route("/subscriptions", change, methods=["POST"], include_in_schema=False)
    return router


def readers(
    parts: OpenParts, state: Text = "", done: Told = "", page_number: PageNumber = 1
) -> HTMLResponse:
    """List the subscribers, oldest first."""
    if state and state not in _STATES:
        raise HTTPException(404, f"There is no state “{state}”; there are: {', '.join(_STATES)}.")
    with parts.store.read() as unit:
        everybody = unit.subscribers.all()
        chosen = [each for each in everybody if state in ("", each.state.value)]
        pages = pages_of(page_number, len(chosen), SHOWN)
        shown = chosen[pages.offset : pages.offset + SHOWN]
        told: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for each in unit.subscriptions.all():
            standing = standing_words(each)
            words = in_words(each.filter) + (f" ({standing})" if standing else "")
            told[each.address].append((each.id, words))
    return page(
        "readers.html",
        "/subscriptions",
        readers=[Reader(each, tuple(told[each.address])) for each in shown],
        pages=pages,
        everybody=len(everybody),
        states=_STATES,
        filters={"state": state},
        done=done,
    )


def change(parts: OpenParts, request: Request, form: Fields) -> Response:
    """Drop one subscription, delete an address, or write again to one set aside."""
    check_form(request, form)
    number = form.one("reader")
    with parts.store.read() as unit:
        who = unit.subscribers.get(int(number)) if _NUMBER.fullmatch(number) else None
    if who is None:
        told = "That address has been deleted meanwhile"
    elif form.one("do") == "revive":
        is_done = sign_up.revive(parts, who.address)
        told = (
            f"{shown_address(who.address)} is {'written to again' if is_done else 'not set aside'}"
        )
    else:
        told = f"{shown_address(who.address)}: {_remove(parts, who.address, form)}"
    return go_on("/subscriptions", told, state=form.one("state"))


def _remove(parts: Parts, address: str, form: SentForm) -> str:
    drop = form.one("drop")
    if not drop and form.one("do") != "delete":
        raise HTTPException(400, "Choose what is to be done: drop, delete or revive.")
    with parts.store.write() as unit:
        if drop:
            held = [each.id for each in unit.subscriptions.all(address) if str(each.id) == drop]
            for each in held:
                unit.subscriptions.drop(each)
        else:
            unit.subscriptions.remove(address)
        unit.commit()
    if not drop:
        return "deleted"
    return "one subscription less" if held else "nothing was changed"
