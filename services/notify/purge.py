"""Delete addresses that nobody confirmed, or that were silent for years and do not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.notices.states import MessageKind
from reports.notices.subscription import Subscriber, SubscriberState
from services.assembly import Parts
from services.notify.letters import ANSWER_DAYS, CONFIRM_DAYS

SILENT_FOR = timedelta(days=2 * 365)
"""After that an address whose owner did nothing is asked whether it still wants its messages."""


def tidy(parts: Parts) -> tuple[int, int]:
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
