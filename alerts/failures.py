"""Why a message was not taken, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.text.plain import one_line

RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
RETRY_HOURLY_FOR = timedelta(days=3)

_LONGEST_REASON = 300


class DeliveryFailure(Exception):
    """A message that was not accepted.

    ├── TemporaryFailure   worth another attempt
    │   ├── ServerFailure  the network, TLS, the login, the sender: nothing else passes either
    │   └── Deferred       this receiver not now: greylisting, a busy or failing webhook
    └── PermanentFailure   never worth another attempt
        ├── Bounced        there is no such recipient, or it refuses our mail
        └── Gone           a webhook's receiver says that it wants no more
    """

    def __init__(self, reason: str) -> None:
        self.reason = one_line(reason, _LONGEST_REASON)
        super().__init__(self.reason)


class TemporaryFailure(DeliveryFailure):
    """Worth another attempt; ``retry_after`` is the least wait that the receiver asks for."""

    def __init__(self, reason: str, retry_after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ServerFailure(TemporaryFailure):
    """What stands between us and every recipient."""


class Deferred(TemporaryFailure):
    """One receiver alone does not take it now."""


class PermanentFailure(DeliveryFailure):
    """Never worth another attempt."""


class Bounced(PermanentFailure):
    """The recipient does not exist, or refuses."""


class Gone(PermanentFailure):
    """The receiver of a webhook wants no more."""


def next_attempt(
    attempts: int, now: datetime, retry_after: timedelta = timedelta()
) -> datetime | None:
    """Return when to try again after ``attempts`` (1 or more) failed ones; None: never.

    Attempts are counted, not hours, so that days switched off cost a message no attempt.
    """
    if attempts <= len(RETRY_AFTER):
        return now + max(RETRY_AFTER[attempts - 1], retry_after)
    hourly = timedelta(hours=1)
    if attempts <= len(RETRY_AFTER) + RETRY_HOURLY_FOR // hourly:
        return now + max(hourly, retry_after)
    return None
