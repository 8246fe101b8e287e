"""Why a message was not taken, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.plain import one_line

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

    ├── TemporaryFailure   the network, TLS, the login, a 4xx answer: worth another attempt
    └── PermanentFailure   a 5xx answer for this recipient or message: never retried
    """

    def __init__(self, reason: str) -> None:
        self.reason = one_line(reason, _LONGEST_REASON)
        super().__init__(self.reason)


class TemporaryFailure(DeliveryFailure):
    """Worth another attempt."""


class PermanentFailure(DeliveryFailure):
    """Never worth another attempt."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` (1 or more) failed ones; None: never.

    Attempts are counted, not hours, so that days switched off cost a message no attempt.
    """
    if attempts <= len(RETRY_AFTER):
        return now + RETRY_AFTER[attempts - 1]
    hourly = timedelta(hours=1)
    if attempts <= len(RETRY_AFTER) + RETRY_HOURLY_FOR // hourly:
        return now + hourly
    return None
