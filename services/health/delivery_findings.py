"""Word what is wrong with deliveries: dead letters, addresses set aside, messages nobody sends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from reports.notices.address import shown_address
from reports.notices.subscription import SubscriberState
from reports.watch.alarm import MOST_EXAMPLES, AlarmKind, Finding
from reports.wording.changes import counted
from services.health.canary import missed_since
from services.settings import Settings
from storage.unit import Unit

OVERDUE = timedelta(minutes=30)
"""A message that was not even tried for so long after it was due waits for somebody to look."""

EMPTY_FOR = timedelta(days=7)
"""How long a message that would have shown no difference is told of."""


def delivery_findings(unit: Unit, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Find what stands between changes and their readers."""
    state = unit.outbox.state(now, now - EMPTY_FOR)
    if state.dead:
        yield Finding(
            AlarmKind.DEAD_LETTERS,
            "outbox",
            f"{counted(state.dead, 'message')} could not be delivered and will not be tried again: "
            f"{'; '.join(state.reasons[:3])}.",
            (),
            "`reportwatch alerts --state dead` lists them; `reportwatch alerts retry` makes them "
            "due again, `reportwatch alerts drop` sets them aside.",
        )
    aside = [each for each in unit.subscribers.all() if each.state is SubscriberState.SET_ASIDE]
    if aside:
        yield Finding(
            AlarmKind.SET_ASIDE,
            "readers",
            f"Set aside, since they do not take what is sent: {len(aside):,} of the addresses. "
            "Nothing more is sent there.",
            tuple(shown_address(each.address) for each in aside[:MOST_EXAMPLES]),
            "`reportwatch subscribers` says why. `reportwatch subscribers revive ADDRESS` switches "
            "one on again, `reportwatch unsubscribe ADDRESS` deletes it.",
        )
    if state.empty:
        yield Finding(
            AlarmKind.EMPTY_MESSAGE,
            "outbox",
            f"{counted(state.empty, 'message')} would have shown no difference and was not sent: "
            "a fault of this program.",
            (),
            "`reportwatch alerts --state dropped` names the changes; please report them.",
        )
    if missed := missed_since(unit, settings, now):
        yield Finding(
            AlarmKind.CANARY,
            "canary",
            f"The canary sent on {missed:%Y-%m-%d %H:%M} UTC has not arrived. What readers are "
            "sent may not arrive either.",
            (),
            "`reportwatch alerts --state dead` and `reportwatch doctor` say whether messages "
            "leave; if they do, look into the canary's mailbox and at what the mail server says.",
            is_fault=True,
        )
    yield from _overdue(state.untried, state.untried_since, settings, now)


def _overdue(
    count: int, since: datetime | None, settings: Settings, now: datetime
) -> Iterator[Finding]:
    if since is None or now - since < OVERDUE:
        return
    missing = "" if settings.smtp_url else " REPORTWATCH_SMTP_URL is not set."
    yield Finding(
        AlarmKind.OVERDUE,
        "outbox",
        f"{counted(count, 'message')} waits to be sent since {since:%Y-%m-%d %H:%M} UTC and was "
        f"not tried.{missing}",
        (),
        "`reportwatch deliver` sends what is due and says what is wrong; `reportwatch doctor` says "
        "whether the mail server answers.",
        is_fault=True,
    )
