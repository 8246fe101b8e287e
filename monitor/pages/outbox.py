"""The outbox: who is told of what, what became of it; send again what was given up, or drop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from monitor.doors.forms import Fields, check_form
from monitor.doors.told import Told, go_on
from monitor.web.routing import OpenParts, PageNumber, Text, add_page, page, pages_of
from reports.model.values import Change
from reports.notices.states import AlertState
from reports.text.plain import counted
from storage.outbox.alerts import AlertView

SHOWN = 100
Address = Annotated[str, Query(max_length=512)]
_KNOWN = [each.value for each in AlertState]


def outbox_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/alerts", alerts)
    router.add_api_route("/alerts", change, methods=["POST"], include_in_schema=False)
    return router


def alerts(
    parts: OpenParts,
    state: Text = "",
    address: Address = "",
    done: Told = "",
    page_number: PageNumber = 1,
) -> HTMLResponse:
    """Show the outbox, newest first."""
    if state and state not in _KNOWN:
        raise HTTPException(404, f"There is no state “{state}”; there are: {', '.join(_KNOWN)}.")
    with parts.store.read() as unit:
        counts = unit.alerts.counts(address)
        total = counts.get(state, 0) if state else sum(counts.values())
        pages = pages_of(page_number, total, SHOWN)
        found = unit.alerts.all(
            [state] if state else [], SHOWN, offset=pages.offset, address=address
        )
        changes = {each.id: each for each in unit.changes.get([one.change for one in found])}
        everything = unit.alerts.counts() if address else counts
        held_since = unit.hold.since()
    return page(
        "alerts.html",
        "/alerts",
        messages=_messages(found, changes),
        pages=pages,
        counts=counts,
        dead=everything.get(AlertState.DEAD.value, 0),
        states=_KNOWN,
        filters={"state": state, "address": address},
        held_since=held_since,
        done=done,
    )


@dataclass(frozen=True)
class MessageRow:
    """One message, or one alert that no message carries yet, with what it reports."""

    alerts: tuple[AlertView, ...]
    changes: tuple[Change, ...]

    @property
    def first(self) -> AlertView:
        """One of its alerts: state, address and attempts are those of all."""
        return self.alerts[0]


def _messages(found: Sequence[AlertView], changes: Mapping[int, Change]) -> list[MessageRow]:
    """Return the messages that carry some alerts, in the order of the first of each."""
    groups: dict[str, list[AlertView]] = {}
    for each in found:
        groups.setdefault(each.message_id or f"alert {each.alert}", []).append(each)
    return [
        MessageRow(tuple(alerts), tuple(changes[each.change] for each in alerts))
        for alerts in groups.values()
    ]


def change(parts: OpenParts, request: Request, form: Fields) -> Response:
    """Make dead letters due again, one or all; or set one aside that waits."""
    check_form(request, form)
    numbers = [int(each) for each in form.all("alert") if each.isdecimal() and len(each) < 10]
    do = form.one("do")
    if do not in ("retry", "retry all", "drop") or (do != "retry all" and not numbers):
        raise HTTPException(400, "Choose an alert, and whether to send it again or drop it.")
    with parts.store.write() as unit:
        if do == "drop":
            count = unit.alerts.drop(numbers, "dropped by the operator")
        else:
            chosen = () if do == "retry all" else numbers
            count = unit.alerts.revive(parts.now(), chosen, form.one("address"))
        unit.commit()
    told = f"{counted(count, 'message')} {'dropped' if do == 'drop' else 'due again'}"
    back = {"state": form.one("state"), "address": form.one("address")}
    return go_on("/alerts", told, **back)
