"""Deliver what is due: bind alerts to messages, send each, write down what came of it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlencode

from alerts.mail import (
    DeliveryFailure,
    PermanentFailure,
    Postman,
    TemporaryFailure,
    build_email,
    new_email,
    next_attempt,
)
from alerts.message import EmptyMessage, compose
from alerts.operator_mail import compose_alarms, message_id_of
from alerts.smtp_url import BadSmtpUrl, SmtpSettings, parse_smtp_url
from flows.assembly import Parts
from flows.run import close_crashed_runs
from flows.settings import BadSetting, Settings
from reports.alarm import Alarm
from reports.model import OutgoingMessage
from scrapers.registry import all_sources
from storage.errors import Damaged
from storage.locks import exclusively

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
        _tell_operator(parts, result)
    finally:
        lock.release()
    return result


def _bind(parts: Parts) -> list[int]:
    """Reclaim what a crash left claimed, bind due alerts, and return the messages to send."""
    close_crashed_runs(parts)  # what a run that died found is due as well
    now = parts.now()
    with parts.store.write() as unit:
        unit.outbox.reclaim()
        unit.outbox.bind(now, parts.settings.mass_change, _domain(parts.settings))
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
    with Postman(_server(settings)) as postman:
        for message_id in waiting:
            has_failed = _send_one(parts, postman, message_id, result)
            failures_in_a_row = failures_in_a_row + 1 if has_failed else 0
            if failures_in_a_row >= PATIENCE:
                break


def _server(settings: Settings) -> SmtpSettings:
    try:
        return parse_smtp_url(settings.smtp_url)
    except BadSmtpUrl as error:
        raise BadSetting(f"REPORTWATCH_SMTP_URL: {error}") from None


def _tell_operator(parts: Parts, result: Delivered) -> None:
    """Send one mail about the alarms no mail has told of; a failure leaves them for the next."""
    settings = parts.settings
    if not (settings.operator and settings.smtp_url):
        return
    with parts.store.read() as unit:
        alarms = unit.alarms.untold()
    if not alarms:
        return
    try:
        with Postman(_server(settings)) as postman:
            postman.send(_operator_mail(parts, alarms))
    except DeliveryFailure as error:
        result.fault = f"the operator could not be told of {len(alarms)} alarm(s): {error.reason}"
        return
    with parts.store.write() as unit:
        unit.alarms.told([each.id for each in alarms], parts.now())
        unit.commit()
    result.sent += 1


def _operator_mail(parts: Parts, alarms: Sequence[Alarm]) -> EmailMessage:
    settings, now = parts.settings, parts.now()
    return new_email(
        compose_alarms(alarms, public_url=settings.public_url, now=now),
        mail_from=settings.mail_from,
        to=settings.operator,
        date=now,
        message_id=message_id_of(alarms, _domain(settings)),
    )


def _send_one(parts: Parts, postman: Postman, message_id: int, result: Delivered) -> bool:
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
        _hand_over(parts, postman, message)
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


def _hand_over(parts: Parts, postman: Postman, message: OutgoingMessage) -> None:
    settings = parts.settings
    link = unsubscribe_url(settings, message.address)
    composed = compose(
        message,
        public_url=settings.public_url,
        operator=settings.operator,
        publishers={name: source.publisher for name, source in all_sources().items()},
        now=parts.now(),
        unsubscribe_url=link,
    )
    email = build_email(
        composed, message, mail_from=settings.mail_from, now=parts.now(), unsubscribe_url=link
    )
    postman.send(email)


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


def unsubscribe_url(settings: Settings, address: str) -> str:
    """Return the link that ends an address's subscriptions; ``""`` without a public address."""
    if not settings.public_url:
        return ""
    query = urlencode({"address": address, "token": unsubscribe_token(settings, address)})
    return f"{settings.public_url}/unsubscribe?{query}"


def unsubscribe_token(settings: Settings, address: str) -> str:
    """Return what proves that a link was made by us for this address."""
    key = _secret(settings).encode()
    return hmac.new(key, f"unsubscribe:{address}".encode(), "sha256").hexdigest()


def _secret(settings: Settings) -> str:
    """Return the secret that signs links: set, or made at first use and kept in the home folder."""
    if settings.secret:
        return settings.secret
    file = settings.home / "secret"
    with exclusively(settings.home / "locks" / "secret.lock"):
        if not (file.exists() and file.read_text()):
            fresh = file.with_suffix(".fresh")  # renamed when whole: a kill leaves no empty secret
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            fresh.replace(file)
    return file.read_text()


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].rstrip(">") or "localhost"
