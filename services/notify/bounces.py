"""Set an address aside that does not take what is sent to it, and notify its owner."""

from __future__ import annotations

from datetime import timedelta

from alerts.failures import Bounced, DeliveryFailure, Gone, ServerFailure
from reports.notices.address import shown_address
from reports.notices.messages import OutgoingMessage
from reports.notices.states import MessageKind
from reports.notices.subscription import Channel, Subscriber, SubscriberState
from services.assembly import Parts
from storage.unit import Unit

BOUNCES = 2
BOUNCES_OVER = timedelta(days=1)
"""A mail address is set aside at its second bounce, once the first is so long ago."""

FAILING_FOR = timedelta(days=3)
"""A webhook or chat room is set aside once every attempt has failed for so long."""


def note_success(unit: Unit, message: OutgoingMessage) -> None:
    """Forget the failures of a receiver that has taken a message."""
    reader = unit.subscribers.get(message.subscriber_id)
    if reader and reader.failing_since and not message.is_for_owner:
        unit.subscribers.change(reader.id, failing_since=None, failure_count=0)


def note_failure(
    unit: Unit, parts: Parts, message: OutgoingMessage, error: DeliveryFailure
) -> None:
    """Count a failure that is the receiver's own, and set the address aside if it is enough."""
    reader = unit.subscribers.get(message.subscriber_id)
    is_bounce = isinstance(error, Bounced)
    by_mail = message.channel is Channel.EMAIL
    if reader is None or message.is_for_owner or isinstance(error, ServerFailure):
        return
    if by_mail and not is_bounce:
        return
    now = parts.now()
    since = reader.failing_since or now
    count = reader.failure_count + 1
    unit.subscribers.change(reader.id, failing_since=since, failure_count=count)
    has_bounced = is_bounce and count >= BOUNCES and now - since >= BOUNCES_OVER
    has_failed = not by_mail and now - since >= FAILING_FOR
    if has_bounced or has_failed or isinstance(error, Gone):
        set_aside(unit, parts, reader, error.reason)


def set_aside(unit: Unit, parts: Parts, reader: Subscriber, why: str) -> None:
    """Send an address nothing more until somebody switches it on again; notify its owner."""
    if reader.state is SubscriberState.SET_ASIDE:
        return
    now = parts.now()
    unit.subscribers.change(
        reader.id, state=SubscriberState.SET_ASIDE.value, set_aside_at=now, set_aside_why=why
    )
    unit.outbox.give_up(reader.id, f"the address was set aside: {why}")
    if reader.owner:
        detail = {"address": shown_address(reader.address), "why": why}
        domain = parts.settings.mail_domain
        unit.outbox.put(MessageKind.NOTICE, reader.id, detail, now, domain, reader.owner)
