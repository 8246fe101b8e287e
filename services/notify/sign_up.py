"""Subscribe, confirm, change and leave: what the command, the API and the pages do alike.

An address is a mailbox, a webhook, or a service that apprise reaches. One that nobody confirmed, or
that was silent for years and does not answer, is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.webhook import new_secret
from reports.notices.states import MessageKind
from reports.notices.subscription import (
    Channel,
    Subscriber,
    SubscriberState,
    Subscription,
    SubscriptionFilter,
)
from reports.text.plain import one_line
from scrapers.fetch.errors import RequestRefused
from scrapers.fetch.urls import split_http_url
from services.assembly import Parts
from services.notify.chat import BadChatAddress, read_chat_address
from services.notify.mailbox import fold_mailbox, is_public_mailbox
from services.notify.passages import add_one
from services.notify.subscription_filter import Timing, in_our_words
from storage.unit import Unit

ASK_AGAIN_AFTER = timedelta(days=1)
"""Whoever asks again sooner causes no further letter to the same mailbox, however it is spelled."""

MOST_LETTERS = 60
MOST_LETTERS_OF_DOMAIN = 20
MOST_LETTERS_IN = timedelta(hours=1)
"""Letters of confirmation in all, and to one domain: a form must not become a way to write to
strangers. What one client may cause is counted where clients are known.
"""

CONFIRM_DAYS = 7
"""Days within which a new address must be confirmed."""

ANSWER_DAYS = 30
"""Days within which an address that was silent for long must answer."""

SILENT_FOR = timedelta(days=2 * 365)
"""After that an address whose owner did nothing is asked whether it still wants its messages."""

LONGEST_ADDRESS = 512
MOST_REPEATED = 100

_MAILBOX = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"()]+|[^@\s]+@localhost")


class BadAddress(ValueError):
    """No address that can be written to; the message says what to give."""


class CannotAsk(Exception):
    """No confirmation can be asked for; the message says why and what to do."""


class TooMany(CannotAsk):
    """Too many confirmations were asked for lately."""


class NoSuchLetter(Exception):
    """A letter that is not there any more: used up, too old, or its address has left."""


@dataclass(frozen=True)
class Subscribed:
    """A subscription that was added; ``secret`` where one was made for a new webhook."""

    subscription: Subscription
    subscriber: Subscriber
    secret: str = ""


def channel_of(address: str) -> Channel:
    """Return the channel that an address is reached by; raises BadAddress."""
    found = re.match(r"([a-z][a-z0-9+.-]*)://", address, re.I)
    is_plain = address.isprintable() and len(address) <= LONGEST_ADDRESS
    if found is None:
        if not (is_plain and _MAILBOX.fullmatch(address)):
            raise BadAddress(f"{address!r} is not an e-mail address; write name@example.org")
        return Channel.EMAIL
    if not is_plain:
        raise BadAddress(
            f"an address has at most {LONGEST_ADDRESS} characters, all of them visible"
        )
    if found.group(1).lower() in ("http", "https"):
        return _webhook(address)
    try:
        read_chat_address(address)
    except BadChatAddress as error:
        raise BadAddress(str(error)) from None
    return Channel.APPRISE


def _webhook(address: str) -> Channel:
    try:
        parts = split_http_url(address)
    except RequestRefused as error:
        raise BadAddress(f"this webhook cannot be asked: {error.reason}") from None
    if parts.username or parts.password or parts.fragment:
        raise BadAddress("give a webhook's address without a user, a password or a # part")
    return Channel.WEBHOOK


def subscribe(
    parts: Parts,
    address: str,
    asked: SubscriptionFilter,
    timing: Timing | None = None,
    *,
    owner: str = "",
) -> Subscribed:
    """Add a subscription that the operator vouches for; raises BadAddress."""
    return subscribe_to_all(parts, address, [asked], timing, owner=owner)[0]


def subscribe_to_all(
    parts: Parts,
    address: str,
    asked: Sequence[SubscriptionFilter],
    timing: Timing | None = None,
    *,
    owner: str = "",
) -> list[Subscribed]:
    """Add several subscriptions of one address, all or none.

    Raises BadAddress, and BadPassage for more passages than one address may watch.
    """
    channel = channel_of(address)
    with parts.store.write() as unit:
        before = unit.subscribers.named(address)
        made = [add_one(unit, address, channel, each, parts.now()) for each in asked]
        reader = unit.subscribers.named(address)
        assert reader is not None
        facts: dict[str, object] = {"state": SubscriberState.ACTIVE.value, "is_vouched": True}
        facts |= vars(timing) if timing else {}
        facts |= {"owner": owner} if owner else {}
        secret = ""
        if channel is Channel.WEBHOOK and not reader.secret:
            facts["secret"] = secret = new_secret()
        if before and before.state is SubscriberState.SET_ASIDE:
            facts |= _REVIVED
        unit.subscribers.change(reader.id, **facts)
        changed = unit.subscribers.get(reader.id)
        unit.commit()
    assert changed is not None
    return [Subscribed(each, changed, secret) for each in made]


def ask(
    parts: Parts, address: str, asked: SubscriptionFilter, timing: Timing | None = None
) -> None:
    """Ask an address's owner to confirm a subscription; nothing shows whether it is known.

    Whoever asks may be anybody: nothing but a public mailbox is looked at, and none of their words
    stands in the letter.

    Raises BadAddress, CannotAsk.
    """
    if not parts.settings.public_url:
        raise CannotAsk(
            "there is no address that a link could lead to; the operator has to set "
            "REPORTWATCH_PUBLIC_URL, or adds you by `reportwatch subscribe`"
        )
    if "://" in address:
        raise CannotAsk("only e-mail addresses can be confirmed; the operator adds others")
    if not is_public_mailbox(address):
        shown = one_line(address, MOST_REPEATED)
        raise BadAddress(f"“{shown}” is not an e-mail address; write name@example.org")
    now = parts.now()
    with parts.store.write() as unit:
        today = unit.outbox.addressed_since(MessageKind.CONFIRM, now - ASK_AGAIN_AFTER)
        if fold_mailbox(address) in map(fold_mailbox, (each for each, _ in today)):
            return
        _refuse_too_many([each for each, at in today if at >= now - MOST_LETTERS_IN], address)
        state = SubscriberState.PENDING
        reader = unit.subscribers.add(address, Channel.EMAIL, now, state=state, is_vouched=False)
        timed = vars(timing) if timing else {}
        detail = {"asked": in_our_words(asked), "wish": asked.as_json(), "timing": timed}
        domain = parts.settings.mail_domain
        unit.outbox.put(MessageKind.CONFIRM, reader.id, detail, now, domain)
        unit.commit()


def _refuse_too_many(addressed: Sequence[str], address: str) -> None:
    domain = address.rpartition("@")[2].casefold()
    of_domain = sum(each.casefold().endswith(f"@{domain}") for each in addressed)
    if len(addressed) >= MOST_LETTERS or of_domain >= MOST_LETTERS_OF_DOMAIN:
        raise TooMany("too many addresses were entered within an hour; try again later")


@dataclass(frozen=True)
class PendingRequest:
    """What a letter asks its reader to confirm."""

    address: str
    asked: str
    is_still: bool


def read_letter(parts: Parts, number: int) -> PendingRequest:
    """Return what a letter asks; raises NoSuchLetter."""
    with parts.store.read() as unit:
        reader, kind, detail = _letter(unit, parts, number)
    asked = str(detail.get("asked", "messages about changed reports"))
    return PendingRequest(reader.address, asked, kind is MessageKind.STILL)


def confirm(parts: Parts, number: int) -> str:
    """Do what a letter asks, once or again, and return the address; raises NoSuchLetter."""
    with parts.store.write() as unit:
        reader, kind, detail = _letter(unit, parts, number)
        now = parts.now()
        facts: dict[str, object] = {"heard_at": now, "asked_at": None}
        if kind is MessageKind.CONFIRM:
            asked = SubscriptionFilter.of(detail["wish"])
            add_one(unit, reader.address, reader.channel, asked, now)
            facts |= {"state": SubscriberState.ACTIVE.value, "confirmed_at": now, **_REVIVED}
            facts |= detail["timing"]
        unit.subscribers.change(reader.id, **facts)
        unit.commit()
    return reader.address


def change_timing(parts: Parts, address: str, timing: Timing) -> None:
    """Change when an address is notified; what waits already keeps its time."""
    with parts.store.write() as unit:
        reader = unit.subscribers.named(address)
        if reader is not None:
            unit.subscribers.change(reader.id, heard_at=parts.now(), **vars(timing))
        unit.commit()


def add_own(parts: Parts, address: str, asked: SubscriptionFilter) -> None:
    """Add a subscription that an address's owner asks for on a page of their own."""
    with parts.store.write() as unit:
        reader = unit.subscribers.named(address)
        if reader is not None:
            add_one(unit, address, reader.channel, asked, parts.now())
            unit.subscribers.change(reader.id, heard_at=parts.now())
        unit.commit()


def drop_own(parts: Parts, address: str, subscription_id: int) -> None:
    """Delete one subscription of an address; another address's is left alone."""
    with parts.store.write() as unit:
        if any(each.id == subscription_id for each in unit.subscriptions.all(address)):
            unit.subscriptions.drop(subscription_id)
            reader = unit.subscribers.named(address)
            assert reader is not None
            unit.subscribers.change(reader.id, heard_at=parts.now())
        unit.commit()


def revive(parts: Parts, address: str) -> bool:
    """Write again to an address that was set aside; False if it was not."""
    with parts.store.write() as unit:
        reader = unit.subscribers.named(address)
        if reader is None or reader.state is not SubscriberState.SET_ASIDE:
            return False
        unit.subscribers.change(reader.id, state=SubscriberState.ACTIVE.value, **_REVIVED)
        unit.commit()
    return True


def purge(parts: Parts) -> tuple[int, int]:
    """Ask silent addresses and delete forgotten ones; returns how many of each.

    Addresses that the operator vouches for are the operator's to delete.
    """
    now, domain = parts.now(), parts.settings.mail_domain
    asked = deleted = 0
    with parts.store.write() as unit:
        for reader in unit.subscribers.unvouched():
            is_new = reader.state is SubscriberState.PENDING and reader.confirmed_at is None
            if is_new:
                is_over = now - reader.created_at > timedelta(days=CONFIRM_DAYS)
            else:
                is_over = bool(
                    reader.asked_at and now - reader.asked_at > timedelta(days=ANSWER_DAYS)
                )
            if is_over:
                unit.subscribers.remove(reader.id)
                deleted += 1
            elif not is_new and reader.asked_at is None and _is_silent(reader, now):
                unit.outbox.put(MessageKind.STILL, reader.id, {}, now, domain)
                unit.subscribers.change(reader.id, asked_at=now)
                asked += 1
        unit.commit()
    return asked, deleted


def _is_silent(reader: Subscriber, now: datetime) -> bool:
    return now - (reader.heard_at or reader.created_at) > SILENT_FOR


_REVIVED: dict[str, object] = {
    "failing_since": None,
    "failure_count": 0,
    "set_aside_at": None,
    "set_aside_why": "",
}


def _letter(
    unit: Unit, parts: Parts, number: int
) -> tuple[Subscriber, MessageKind, dict[str, Any]]:
    for kind, days in ((MessageKind.CONFIRM, CONFIRM_DAYS), (MessageKind.STILL, ANSWER_DAYS)):
        held = unit.outbox.detail_of(number, kind)
        if held is None:
            continue
        subscriber_id, detail, written_at = held
        reader = unit.subscribers.get(subscriber_id)
        if reader is None or parts.now() - written_at > timedelta(days=days):
            break
        return reader, kind, detail
    raise NoSuchLetter
