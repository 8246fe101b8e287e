"""Deliver what is due: bind alerts to messages, send each, write down what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.failures import DeliveryFailure, PermanentFailure, TemporaryFailure, next_attempt
from alerts.message import EmptyMessage
from flows.assembly import Parts
from flows.carriers import Carriers, mail_domain
from flows.operator_mail import tell_operator
from flows.run import close_crashed_runs
from flows.settings import BadSetting
from reports.outgoing import OutgoingMessage
from storage.errors import Damaged

PATIENCE = 3
"""Failures in a row after which the rest waits for the next delivery: the server is unwell."""


@dataclass
class Delivered:
    """How many messages were sent, will be tried again, and were given up."""

    sent: int = 0
    retrying: int = 0
    dead: int = 0
    is_refused: bool = False
    fault: str = ""  # why the operator could not be told of alarms

    def as_json(self) -> dict[str, int]:
        """Return the contract's document."""
        return {"sent": self.sent, "retrying": self.retrying, "dead": self.dead}


def deliver(parts: Parts) -> Delivered:
    """Send every message that is due now.

    One delivery at a time: a second one is refused and says so. Raises BadSetting where something
    is due and no SMTP server is set. The operator's mail about alarms goes along.
    """
    result = Delivered()
    lock = parts.store.lock("deliver")
    if lock is None:
        result.is_refused = True
        return result
    try:
        waiting = _bind(parts)
        if waiting:
            _send_all(parts, waiting, result)
        mails, result.fault = tell_operator(parts)
        result.sent += mails
    finally:
        lock.release()
    return result


def _bind(parts: Parts) -> list[int]:
    """Reclaim what a crash left claimed, bind due alerts, and return the messages to send."""
    close_crashed_runs(parts)  # what a run that died found is due as well
    now = parts.now()
    with parts.store.write() as unit:
        unit.outbox.reclaim()
        unit.outbox.bind(now, parts.settings.mass_change, mail_domain(parts.settings))
        unit.commit()
    with parts.store.read() as unit:
        return unit.outbox.due(now)


def _send_all(parts: Parts, waiting: list[int], result: Delivered) -> None:
    settings = parts.settings
    if not settings.smtp_url:
        raise BadSetting(
            f"REPORTWATCH_SMTP_URL: not set, and {len(waiting)} message(s) wait; give "
            "smtp[s]://[user:password@]host:port"
        )
    failures_in_a_row = 0
    with Carriers(parts) as carriers:
        for message_id in waiting:
            has_failed = _send_one(parts, carriers, message_id, result)
            failures_in_a_row = failures_in_a_row + 1 if has_failed else 0
            if failures_in_a_row >= PATIENCE:
                break


def _send_one(parts: Parts, carriers: Carriers, message_id: int, result: Delivered) -> bool:
    """Send one message and record the result; tell whether the server failed temporarily."""
    with parts.store.write() as unit:
        is_ours = unit.outbox.claim(message_id)
        unit.commit()
    if not is_ours:
        return False
    try:
        with parts.store.read() as unit:
            message = unit.outbox.load(message_id)
    except Damaged as error:  # nothing to be tried again before a backup is restored
        with parts.store.write() as unit:
            unit.outbox.died(message_id, str(error))
            unit.commit()
        result.dead += 1
        return False
    try:
        carriers.send(message)
    except EmptyMessage as error:
        with parts.store.write() as unit:
            unit.outbox.dropped(message_id, str(error))
            unit.commit()
        return False
    except DeliveryFailure as error:
        return _failed(parts, message_id, message, error, result)
    with parts.store.write() as unit:
        unit.outbox.sent(message_id, parts.now())
        unit.commit()
    result.sent += 1
    return False


def _failed(
    parts: Parts,
    message_id: int,
    message: OutgoingMessage,
    error: DeliveryFailure,
    result: Delivered,
) -> bool:
    again = None
    if not isinstance(error, PermanentFailure):
        again = next_attempt(message.attempts + 1, parts.now())
    with parts.store.write() as unit:
        if again:
            unit.outbox.retry(message_id, again, error.reason)
            result.retrying += 1
        else:
            unit.outbox.died(message_id, error.reason)
            result.dead += 1
        unit.commit()
    return isinstance(error, TemporaryFailure)
