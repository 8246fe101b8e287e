"""Who is notified of what: subscribers, their subscriptions, and whether a change fits one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from reports.model.reading import SUMMARY_NAME
from reports.model.regions import regions_of
from reports.model.values import ON_DEMAND, Change, ChangeKind
from reports.notices.importance import Importance, importance
from reports.notices.watched import Anchor, WatchedPassage


class Every(StrEnum):
    """How often a subscriber is notified."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"


class Channel(StrEnum):
    """The way an alert travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class SubscriberState(StrEnum):
    """Whether an address is notified of anything."""

    PENDING = "pending"  # its owner has not confirmed it yet
    ACTIVE = "active"
    OURS = "ours"  # no reader's: where canaries go
    SET_ASIDE = "set_aside"  # it bounced, or its receiver failed for days


@dataclass(frozen=True)
class Subscriber:
    """One address and when it may be disturbed.

    ``time_zone`` is an IANA name, ``digest_hour`` the hour there at which digests go out, and
    ``quiet_hours`` a span of its day such as ``22:00-07:00`` (``""``: none) in which nothing is
    sent. ``owner`` is a mail address to notify of a webhook or chat room that fails. ``secret``
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
class SubscriptionFilter:
    """Which changes somebody asks for, and how often; an empty tuple means "any".

    Any kind but those that are notified on demand only (``reports.model.values.ON_DEMAND``).
    ``countries`` and ``regions`` are one question: either may fit. ``sections`` name parts of a
    report: ``summary``, a section's number, or words of its heading. ``least`` is the least
    importance that is worth a message. Who asks for a ``passage`` asks what becomes of these words
    of one report, and for nothing else but a rhythm.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    least: Importance = Importance.MINOR
    every: Every = Every.NOW
    passage: WatchedPassage | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> SubscriptionFilter:
        """Read back what ``as_json`` gave."""
        lists = {name: tuple(document.get(name, ())) for name in FILTER_LISTS}
        passage = WatchedPassage.of(document["passage"]) if "passage" in document else None
        least, every = Importance(document["least"]), Every(document["every"])
        return cls(**lists, least=least, every=every, passage=passage)

    def as_json(self) -> dict[str, Any]:
        """Return the filter as a document: two that ask for the same give the same."""
        lists = {name: sorted(getattr(self, name)) for name in FILTER_LISTS}
        passage = {"passage": self.passage.as_json()} if self.passage else {}
        return {**lists, "least": self.least.value, "every": self.every.value, **passage}

    def fits(self, change: Change, topics: frozenset[str]) -> bool:
        """Return whether a change is asked for; ``topics`` are those that it touches.

        A change of a whole edition is of no country: who asked for some is not notified of it. What
        a change does to a passage is no matter of the change alone.
        """
        if self.passage:
            return False
        report = change.report
        return (
            _is_any(self.sources, (report.source,))
            and _is_any(self.editions, (report.edition,))
            and self._is_place(report.country, report.part)
            and self._is_kind(change.kind)
            and _is_any(self.topics, topics)
            and _is_section(self.sections, change.sections)
            and importance(change).weight >= self.least.weight
        )

    def _is_kind(self, kind: ChangeKind) -> bool:
        return kind.value in self.kinds if self.kinds else kind not in ON_DEMAND

    def _is_place(self, country: str, part: str) -> bool:
        if not (self.countries or self.regions):
            return True
        places = (country, f"{country}/{part}") if part else (country,)
        return any(each in self.countries for each in places) or any(
            each in self.regions for each in regions_of(country)
        )


FILTER_LISTS = tuple(each.name for each in fields(SubscriptionFilter) if each.default == ())
"""The fields of a filter that are lists of names, in their order."""


@dataclass(frozen=True)
class Subscription:
    """One filter of one subscriber; ``anchor`` says where the passage that it asks for stands."""

    id: int
    address: str
    channel: Channel
    filter: SubscriptionFilter = SubscriptionFilter()
    anchor: Anchor | None = None


def _is_any(asked: tuple[str, ...], offered: Iterable[str]) -> bool:
    return not asked or any(each in asked for each in offered)


def _is_section(asked: tuple[str, ...], touched: tuple[str, ...]) -> bool:
    return not asked or any(is_section(each, name) for each in asked for name in touched)


def is_section(asked: str, name: str) -> bool:
    """Return whether a part of a report, by its full name, is the one somebody asked for.

    ``asked`` is ``summary``, a section's number ("2") or words of its heading.
    """
    wanted, held = asked.casefold().strip(), name.casefold()
    if wanted == "summary":
        return held == SUMMARY_NAME.casefold()
    if wanted.isdigit():
        return held.startswith((f"section {wanted}.", f"section {wanted} "))
    return wanted in held
