"""The alarms: what the operator should see to, saying that it was seen, and who decided what."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from monitor.doors.forms import Fields, check_form, who_decides
from monitor.doors.told import Told, go_on
from monitor.web.routing import OpenParts, add_page, page
from storage.operate.actions import MOST_WHO

OVER_FOR = timedelta(days=7)
"""How long alarms that are over are listed."""

ACTIONS = 50


def alarm_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/alarms", alarms)
    router.add_api_route("/alarms", acknowledge, methods=["POST"], include_in_schema=False)
    return router


def alarms(parts: OpenParts, done: Told = "") -> HTMLResponse:
    """List what is to be seen to, what was acknowledged, what is over, and what was decided."""
    with parts.store.read() as unit:
        found = unit.alarms.open()
        over = unit.alarms.cleared_since(parts.now() - OVER_FOR)
        actions = unit.actions.latest(ACTIONS)
    return page(
        "alarms.html",
        "/alarms",
        unseen=[each for each in found if not each.acknowledged_at],
        acknowledged=[each for each in found if each.acknowledged_at],
        over=over[::-1],
        actions=actions,
        most_who=MOST_WHO,
        done=done,
    )


def acknowledge(parts: OpenParts, request: Request, form: Fields) -> Response:
    """Record that the chosen alarms were seen."""
    check_form(request, form)
    numbers = [int(each) for each in form.all("alarm") if each.isdecimal() and len(each) < 10]
    if not numbers:
        raise HTTPException(400, "Choose an alarm that you have seen.")
    with parts.store.write() as unit:
        count = len(unit.alarms.acknowledge(numbers, who_decides(form), parts.now()))
        unit.commit()
    return go_on("/alarms", f"{count} acknowledged")
