"""Subscriptions for programs: list, ask, add and delete."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from documents.notices import (
    AddressState,
    PassageRequest,
    SubscriptionAdded,
    SubscriptionDocument,
    SubscriptionDropped,
    SubscriptionRequest,
)
from monitor.api.answers import PREFIX, add, reply
from monitor.doors.allowance import ask_within_allowance
from monitor.web.routing import Number, OpenParts
from monitor.web.visitor import visitor
from reports.notices.subscription import Subscriber, Subscription
from reports.notices.timing import BadTiming
from reports.notices.watched import WatchedPassage
from services.assembly import Parts
from services.notify import sign_up
from services.notify.passages import Quoted, find
from services.notify.sign_up import BadAddress, CannotAsk, TooMany
from services.notify.subscription_filter import BadFilter, Timing, read_filter


def subscription_api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    path = f"{PREFIX}/subscriptions"
    tag = "operators"
    add(router, path, subscriptions, list[SubscriptionDocument], tag=tag)
    add(
        router,
        path,
        subscribe,
        AddressState,
        methods=["POST"],
        status=202,
        tag=tag,
        others={201: {"model": SubscriptionAdded, "description": "An operator vouched for it."}},
    )
    add(router, f"{path}/{{number}}", drop, SubscriptionDropped, methods=["DELETE"], tag=tag)
    return router


def subscriptions(parts: OpenParts, request: Request) -> Response:
    """List who is notified of what, as `subscribers` does. For operators."""
    with parts.store.read() as unit:
        readers: dict[str, Subscriber] = {each.address: each for each in unit.subscribers.all()}
        found: list[Subscription] = unit.subscriptions.all()
    documents = [SubscriptionDocument.of(each, readers[each.address]) for each in found]
    return reply(request, documents)


def subscribe(parts: OpenParts, request: Request, asked: SubscriptionRequest) -> JSONResponse:
    """Ask an address to confirm a subscription; with `"vouched": true` add it at once."""
    if asked.vouched and not visitor().may_operate:
        raise HTTPException(403, "Only an operator can vouch for an address.")
    try:
        wanted = read_filter({**asked.as_json(), "passage": _passage(parts, asked.passage)})
        timing = Timing(asked.time_zone, asked.digest_hour, asked.quiet_hours)
        if asked.vouched:
            made = sign_up.subscribe(parts, asked.address, wanted, timing, owner=asked.owner)
            added = SubscriptionAdded.with_secret(made.subscription, made.subscriber, made.secret)
            return JSONResponse(added.as_json(), 201)
        ask_within_allowance(parts, request, asked.address, wanted, timing)
    except TooMany as error:
        raise HTTPException(429, f"{error}.") from None
    except (BadAddress, BadFilter, BadTiming, CannotAsk) as error:
        raise HTTPException(400, f"{error}.") from None
    return JSONResponse(AddressState(address=asked.address, state="pending").as_json(), 202)


def _passage(parts: Parts, asked: PassageRequest | None) -> WatchedPassage | None:
    if asked is None:
        return None
    with parts.store.read() as unit:
        named = Quoted(asked.report, asked.quote, asked.version, asked.note, asked.still)
        return find(unit, named)


def drop(parts: OpenParts, number: Number) -> JSONResponse:
    """Delete one subscription by its number."""
    with parts.store.write() as unit:
        found = [each for each in unit.subscriptions.all() if each.id == number]
        if not found:
            raise HTTPException(404, f"There is no subscription {number}.")
        unit.subscriptions.drop(number)
        unit.commit()
    return JSONResponse(SubscriptionDropped(subscription=number, removed=True).as_json())
