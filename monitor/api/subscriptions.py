"""Subscriptions for programs: list, ask, add and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from monitor.api import models
from monitor.api.answers import PREFIX, add, reply
from monitor.documents.subscriptions import subscription_document
from monitor.web.routing import Number, OpenParts
from monitor.web.visitor import visitor
from reports.notices.subscription import FILTER_LISTS, Subscriber, Subscription
from reports.notices.timing import BadTiming
from services.notify import sign_up
from services.notify.sign_up import BadAddress, CannotAsk, TooMany
from services.notify.subscription_filter import BadFilter, Timing, read_filter


def subscription_api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    path = f"{PREFIX}/subscriptions"
    tag = "operators"
    add(router, path, subscriptions, list[models.Subscription], tag=tag)
    add(router, path, subscribe, models.ConfirmationSent, methods=["POST"], status=202, tag=tag)
    add(router, f"{path}/{{number}}", drop, models.Removed, methods=["DELETE"], tag=tag)
    return router


def subscriptions(parts: OpenParts, request: Request) -> Response:
    """List who is told of what, as `subscribers` does. For operators."""
    with parts.store.read() as unit:
        readers: dict[str, Subscriber] = {each.address: each for each in unit.subscribers.all()}
        found: list[Subscription] = unit.subscriptions.all()
    return reply(request, [subscription_document(each, readers[each.address]) for each in found])


def subscribe(parts: OpenParts, document: Annotated[dict[str, Any], Body()]) -> JSONResponse:
    """Ask an address to confirm a subscription; with ``"vouched": true`` add it at once."""
    is_vouched = document.get("vouched") is True
    if is_vouched and not visitor().may_operate:
        raise HTTPException(403, "Only an operator can vouch for an address.")
    try:
        _check_lists(document)
        asked, timing = read_filter(document), _timing_of(document)
        address = str(document.get("address", ""))
        if is_vouched:
            owner = str(document.get("owner", ""))
            made = sign_up.subscribe(parts, address, asked, timing, owner=owner)
            told = subscription_document(made.subscription, made.subscriber)
            return JSONResponse({**told, "secret": made.secret}, 201)
        sign_up.ask(parts, address, asked, timing)
    except TooMany as error:
        raise HTTPException(429, f"{error}.") from None
    except (BadAddress, BadFilter, BadTiming, CannotAsk) as error:
        raise HTTPException(400, f"{error}.") from None
    return JSONResponse({"address": address, "state": "pending"}, 202)


def drop(parts: OpenParts, number: Number) -> JSONResponse:
    """Delete one subscription by its number."""
    with parts.store.write() as unit:
        found = [each for each in unit.subscriptions.all() if each.id == number]
        if not found:
            raise HTTPException(404, f"There is no subscription {number}.")
        unit.subscriptions.drop(number)
        unit.commit()
    return JSONResponse({"subscription": number, "removed": True})


def _check_lists(given: Mapping[str, Any]) -> None:
    for name in FILTER_LISTS:
        value = given.get(name, [])
        if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise BadFilter(f"{name}: give a list of names")


def _timing_of(document: Mapping[str, Any]) -> Timing:
    names = ("time_zone", "digest_hour", "quiet_hours")
    given = {name: document[name] for name in names if name in document}
    if not isinstance(given.get("digest_hour", 0), int):
        raise BadTiming("digest_hour: give an hour from 0 to 23")
    return Timing(
        time_zone=str(given.get("time_zone", "UTC")),
        digest_hour=int(given.get("digest_hour", 6)),
        quiet_hours=str(given.get("quiet_hours", "")),
    )
