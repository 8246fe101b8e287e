"""Who wants to hear of what: subscribers, their subscriptions, and whether a change fits one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reports.model.reading import SUMMARY_NAME
from reports.model.regions import regions_of
from reports.model.values import Change
from reports.notices.importance import Importance, importance


class Every(StrEnum):
    """How often a subscriber wants to hear."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"


class Channel(StrEnum):
    """The way an alert travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class SubscriberState(StrEnum):
    """Whether an address is told of anything."""

    PENDING = "pending"  # its owner has not confirmed it yet
    ACTIVE = "active"
    OURS = "ours"  # no reader's: where canaries go
    SET_ASIDE = "set_aside"  # it bounced, or its receiver failed for days


@dataclass(frozen=True)
class Subscriber:
    """One address and when it may be disturbed.

    ``time_zone`` is an IANA name, ``digest_hour`` the hour there at which digests go out, and
    ``quiet_hours`` a span of its day such as ``22:00-07:00`` (``""``: none) in which nothing is
    sent. ``owner`` is a mail address to be told of a webhook or chat room that fails. ``secret``
    signs what is sent to a webhook; it is shown once and never logged. ``heard_at`` is when its
    owner last did anything, ``asked_at`` when it was asked whether it still wants its messages.
    """

    id: int
    address: str
    channel: Channel
    state: SubscriberState
    created_at: datetime
    is_vouched: bool = False
    confirmed_at: datetime | None = None
    heard_at: datetime | None = None
    asked_at: datetime | None = None
    time_zone: str = "UTC"
    digest_hour: int = 6
    quiet_hours: str = ""
    owner: str = ""
    secret: str = ""
    failing_since: datetime | None = None
    failure_count: int = 0
    set_aside_at: datetime | None = None
    set_aside_why: str = ""


@dataclass(frozen=True)
class Subscription:
    """What one subscriber wants to hear of; an empty tuple means "any".

    ``countries`` and ``regions`` are one question: either may fit. ``sections`` name parts of a
    report: ``summary``, a section's number, or words of its heading. ``least`` is the least
    importance that is worth a message.
    """

    id: int
    address: str
    channel: Channel
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    least: Importance = Importance.MINOR
    every: Every = Every.NOW


def wants(one: Subscription, change: Change, topics: frozenset[str]) -> bool:
    """Tell whether a subscription asks for a change; ``topics`` are those the change touches.

    A change of a whole edition is of no country: who asked for some does not hear of it.
    """
    report = change.report
    return (
        _is_any(one.sources, (report.source,))
        and _is_any(one.editions, (report.edition,))
        and _is_place(one, report.country, report.part)
        and _is_any(one.kinds, (change.kind.value,))
        and _is_any(one.topics, topics)
        and _is_section(one.sections, change.sections)
        and importance(change).weight >= one.least.weight
    )


def _is_any(asked: tuple[str, ...], offered: Iterable[str]) -> bool:
    return not asked or any(each in asked for each in offered)


def _is_place(one: Subscription, country: str, part: str) -> bool:
    if not (one.countries or one.regions):
        return True
    places = (country, f"{country}/{part}") if part else (country,)
    return any(each in one.countries for each in places) or any(
        each in one.regions for each in regions_of(country)
    )


def _is_section(asked: tuple[str, ...], touched: tuple[str, ...]) -> bool:
    return not asked or any(is_section(each, name) for each in asked for name in touched)


def is_section(asked: str, name: str) -> bool:
    """Tell whether a part of a report, by its full name, is the one somebody asked for.

    ``asked`` is ``summary``, a section's number ("2") or words of its heading.
    """
    wanted, held = asked.casefold().strip(), name.casefold()
    if wanted == "summary":
        return held == SUMMARY_NAME.casefold()
    if wanted.isdigit():
        return held.startswith((f"section {wanted}.", f"section {wanted} "))
    return wanted in held
