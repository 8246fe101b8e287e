"""Deliver what is due: bind alerts to messages, send each, write down what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.failures import DeliveryFailure, PermanentFailure, ServerFailure, next_attempt
from alerts.message import EmptyMessage
from documents.notices import DeliveryResult
from reports.notices.messages import OutgoingChange, OutgoingMessage
from reports.text.plain import counted
from services.agreed_settings import require_agreed
from services.assembly import Parts
from services.encryption import OF_ANOTHER_HOME
from services.health.freshness import note_deliveries
from services.notify.bounces import note_failure, note_success
from services.notify.channels import Channels
from services.notify.operator_mail import mail_operator
from services.notify.workers import LEASE, Worker, take_slot
from services.runs.run import close_crashed_runs
from services.settings import BadSetting
from storage.database.errors import Damaged, EncryptedElsewhere
from storage.unit import Unit

PATIENCE = 3
"""Failures of the server in a row after which the rest waits for the next delivery."""

MOST_KEPT = 250
"""Changes kept between messages, each with two versions of a report: about 50 MB."""


@dataclass
class Delivered:
    """How many messages were sent, will be tried again, and were given up."""

    sent: int = 0
    retrying: int = 0
    dead: int = 0
    empty: int = 0  # dropped, since they would have shown no difference: a fault of ours
    is_refused: bool = False
    fault: str = ""  # why the operator could not be notified of alarms

    @property
    def document(self) -> DeliveryResult:
        """What ``deliver`` prints."""
        return DeliveryResult(sent=self.sent, retrying=self.retrying, dead=self.dead)

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong."""
        troubles = self.retrying + self.dead + self.empty
        return not (troubles or self.is_refused or self.fault)


def deliver(parts: Parts) -> Delivered:
    """Send every message that is due now.

    Several deliveries may be under way at once and share what is due; one too many is refused and
    says so. Raises BadSetting if mail is due and no SMTP server is set, or if
    addresses were encrypted with another secret, SettingsDiffer where other machines have other
    settings. The operator's mail about alarms goes along.
    """
    require_agreed(parts)
    result = Delivered()
    with take_slot(parts.store) as worker:
        if worker is None:
            result.is_refused = True
            return result
        _Delivery(parts, worker, result).run()
    return result


class _Delivery:
    """One delivery under way."""

    def __init__(self, parts: Parts, worker: Worker, result: Delivered) -> None:
        self._parts = parts
        self._worker = worker
        self._result = result
        self._changes: dict[int, OutgoingChange] = {}
        self._unreadable = 0

    def run(self) -> None:
        settings = self._parts.settings
        self._bind()
        now = self._parts.now()  # after the binding, whose messages are due from then on
        with self._parts.store.read() as unit:
            mail = unit.outbox.due(now, with_others=False)
            others = unit.outbox.due(now, with_mail=False)
        self._send_all(others)
        if mail and not settings.smtp_url:
            raise BadSetting(
                f"REPORTWATCH_SMTP_URL: not set, with {counted(len(mail), 'message')} waiting; "
                "give smtp[s]://[user:password@]host:port"
            )
        self._send_all(mail)
        if mail or others:
            note_deliveries(self._parts)
        mails, self._result.fault = mail_operator(self._parts)
        self._result.sent += mails
        if self._unreadable:
            raise BadSetting(
                f"waiting, for webhooks and chat rooms: {counted(self._unreadable, 'message')}; "
                f"{OF_ANOTHER_HOME}"
            )

    def _bind(self) -> None:
        """Take back what a crash left claimed, and bind due alerts unless somebody is at it."""
        parts = self._parts
        close_crashed_runs(parts)  # what a run that died found is due as well
        now = parts.now()
        with parts.store.write() as unit:
            unit.outbox.recover(now, self._worker.is_alive)
            unit.commit()
        lock = parts.store.lock("bind")
        if lock is None:
            return
        try:
            with parts.store.write() as unit:
                unit.outbox.bind(now, parts.settings.mass_change, parts.settings.mail_domain)
                unit.commit()
        finally:
            lock.release()

    def _send_all(self, waiting: Sequence[int]) -> None:
        failures_in_a_row = 0
        with Channels(self._parts) as channels:
            for message_id in waiting:
                has_failed = self._send_one(channels, message_id)
                failures_in_a_row = failures_in_a_row + 1 if has_failed else 0
                if failures_in_a_row >= PATIENCE:
                    break

    def _send_one(self, channels: Channels, message_id: int) -> bool:
        """Send one message and record the result; return whether the server itself failed."""
        parts, by = self._parts, self._worker.name
        until = parts.now() + LEASE
        is_ours = parts.store.transact(lambda unit: unit.outbox.claim(message_id, by, until))
        if not is_ours:
            return False
        try:
            with parts.store.read() as unit:
                message = unit.outbox.load(message_id, self._known())
            channels.send(message)
        except EncryptedElsewhere:  # by a setting that is another one: it waits, uncounted
            parts.store.transact(lambda unit: unit.outbox.put_back(message_id, by=by))
            self._unreadable += 1
            return False
        except Damaged as error:  # nothing to be tried again before a backup is restored
            self._give_up(message_id, str(error))
            return False
        except EmptyMessage as error:
            self._drop(message_id, str(error))
            return False
        except DeliveryFailure as error:
            self._failed(message_id, message, error)
            return isinstance(error, ServerFailure)

        def note(unit: Unit) -> None:
            unit.outbox.sent(message_id, parts.now(), by=by)
            note_success(unit, message)

        parts.store.transact(note)  # what was sent is not forgotten because a server restarts
        self._result.sent += 1
        return False

    def _known(self) -> dict[int, OutgoingChange]:
        """Return the changes loaded so far, of which many readers are notified."""
        if len(self._changes) > MOST_KEPT:
            self._changes.clear()
        return self._changes

    def _give_up(self, message_id: int, why: str) -> None:
        with self._parts.store.write() as unit:
            unit.outbox.died(message_id, why, by=self._worker.name)
            unit.commit()
        self._result.dead += 1

    def _drop(self, message_id: int, why: str) -> None:
        with self._parts.store.write() as unit:
            unit.outbox.dropped(message_id, why, by=self._worker.name)
            unit.commit()
        self._result.empty += 1

    def _failed(self, message_id: int, message: OutgoingMessage, error: DeliveryFailure) -> None:
        """Put a message off, or give it up; a receiver that fails for long is set aside."""
        parts, by = self._parts, self._worker.name
        again = None
        if not isinstance(error, PermanentFailure):
            wait = getattr(error, "retry_after", None)
            again = next_attempt(message.attempts + 1, parts.now(), *([wait] if wait else []))
        with parts.store.write() as unit:
            if again:
                unit.outbox.retry(message_id, again, error.reason, by=by)
                self._result.retrying += 1
            else:
                unit.outbox.died(message_id, error.reason, by=by)
                self._result.dead += 1
            note_failure(unit, parts, message, error)
            unit.commit()
