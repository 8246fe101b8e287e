"""The canary: a message through the whole path, once an hour, and whether it arrived.

It is queued in the outbox like any other message, claimed, sent by the channel of its address and
looked for where it should arrive. If mail has stopped, the operator is notified.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from alerts.webhook import new_secret
from reports.notices.states import MessageKind
from reports.notices.subscription import Channel, Subscriber, SubscriberState
from services.assembly import Parts
from services.health.canary_mailbox import MailboxUnread, has_arrived
from services.settings import Settings
from storage.unit import Unit

EVERY = timedelta(hours=1)
PATIENCE = timedelta(minutes=30)
"""A canary that has not arrived after so long is missed."""

KEPT_FOR = timedelta(days=1)
ARRIVED_PULSE = "canary"
"""The pulse of the last canary that was seen to arrive."""

log = logging.getLogger(__name__)


def is_wanted(settings: Settings) -> bool:
    """Return whether canaries are sent: an address is set, and arrival can be seen there."""
    return bool(_channel(settings)) and (
        _channel(settings) is Channel.WEBHOOK or bool(settings.canary_read)
    )


def watch_canary(parts: Parts) -> None:
    """Look whether the last canary arrived, and send the next one where it is time."""
    if not is_wanted(parts.settings):
        return
    _look(parts)
    now = parts.now()
    with parts.store.write() as unit:
        unit.outbox.forget(MessageKind.CANARY, now - KEPT_FOR)
        reader = _reader(unit, parts.settings, now)
        last = unit.outbox.last_at(MessageKind.CANARY, reader.id)
        if last is None or now - last >= EVERY:
            detail = {"number": secrets.token_hex(8)}
            domain = parts.settings.mail_domain
            unit.outbox.put(MessageKind.CANARY, reader.id, detail, now, domain)
        unit.commit()


def note_arrival(parts: Parts) -> None:
    """Write down that a canary has arrived."""
    with parts.store.write() as unit:
        unit.heartbeats.beat(ARRIVED_PULSE, parts.now())
        unit.commit()


def missed_since(unit: Unit, settings: Settings, now: datetime) -> datetime | None:
    """Return when the canary was sent that should have arrived and did not; None: all is well."""
    if not is_wanted(settings):
        return None
    reader = unit.subscribers.named(settings.canary)
    if reader is None:
        return None
    due = unit.outbox.last_at(MessageKind.CANARY, reader.id, before=now - PATIENCE)
    arrived = unit.heartbeats.last(ARRIVED_PULSE)
    return due if due and (arrived is None or arrived < due) else None


def _look(parts: Parts) -> None:
    """Look for the canaries that were sent; a webhook's arrival is written down as it comes."""
    settings = parts.settings
    if _channel(settings) is not Channel.EMAIL:
        return
    with parts.store.read() as unit:
        reader = unit.subscribers.named(settings.canary)
        numbers = unit.outbox.canaries(reader.id) if reader else []
    if not numbers:
        return
    try:
        if has_arrived(parts, settings.canary_read.get_secret_value(), numbers):
            note_arrival(parts)
    except MailboxUnread as error:
        log.warning("the canary's mailbox cannot be read: %s", error)


def _reader(unit: Unit, settings: Settings, now: datetime) -> Subscriber:
    channel = _channel(settings)
    assert channel is not None
    reader = unit.subscribers.add(settings.canary, channel, now, state=SubscriberState.OURS)
    if channel is Channel.WEBHOOK and not reader.secret:
        unit.subscribers.change(reader.id, secret=new_secret())
    return reader


def _channel(settings: Settings) -> Channel | None:
    if settings.canary in ("", "off"):
        return None
    return Channel.WEBHOOK if "://" in settings.canary else Channel.EMAIL
