"""Subscriptions for programs: list, ask, add and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import JSONResponse

from flows import subscribing
from flows.addresses import BadAddress
from flows.subscribing import CannotAsk, TooMany
from flows.wishes import BadWish, Timing, read_wish
from monitor.routing import Number, OpenParts
from monitor.subscription_documents import subscription_document
from monitor.visitor import visitor
from reports.subscription import Subscriber, Subscription
from reports.timing import BadTiming

_LISTS = ("countries", "regions", "sources", "editions", "topics", "sections", "kinds")


def subscription_api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    path = "/api/v1/subscriptions"
    router.add_api_route(path, listed, methods=["GET"], tags=["v1"])
    router.add_api_route(path, add, methods=["POST"], tags=["v1"], status_code=202)
    router.add_api_route(f"{path}/{{number}}", drop, methods=["DELETE"], tags=["v1"])
    return router


def listed(parts: OpenParts) -> JSONResponse:
    """List who is told of what, as ``subscribers`` does."""
    with parts.store.read() as unit:
        readers: dict[str, Subscriber] = {each.address: each for each in unit.subscribers.all()}
        found: list[Subscription] = unit.subscriptions.all()
    return JSONResponse([subscription_document(each, readers[each.address]) for each in found])


def add(parts: OpenParts, document: Annotated[dict[str, Any], Body()]) -> JSONResponse:
    """Ask an address to confirm a subscription; with ``"vouched": true`` add it at once."""
    is_vouched = document.get("vouched") is True
    if is_vouched and not visitor().may_operate:
        raise HTTPException(403, "Only an operator can vouch for an address.")
    try:
        given = {name: document[name] for name in (*_LISTS, "least", "every") if name in document}
        _check_lists(given)
        wish, timing = read_wish(**given), _timing_of(document)
        address = str(document.get("address", ""))
        if is_vouched:
            owner = str(document.get("owner", ""))
            made = subscribing.subscribe(parts, address, wish, timing, owner=owner)
            told = subscription_document(made.subscription, made.subscriber)
            return JSONResponse({**told, "secret": made.secret}, 201)
        subscribing.ask(parts, address, wish, timing)
    except TooMany as error:
        raise HTTPException(429, f"{error}.") from None
    except (BadAddress, BadWish, BadTiming, CannotAsk) as error:
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
    for name in _LISTS:
        value = given.get(name, [])
        if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise BadWish(f"{name}: give a list of names")


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
