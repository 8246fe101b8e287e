"""Which readers a change concerns, and when each of them is notified."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from reports.model.regions import countries_of
from reports.model.values import Change
from reports.notices.subscription import Channel, Every, SubscriberState, Subscription
from reports.notices.timing import due_at
from storage.database.tables import subscriber, subscription
from storage.readers.subscriptions import view_of


@dataclass(frozen=True)
class MatchedReader:
    """One reader to be notified of a change: when, and whether it goes with others in a digest."""

    subscriber_id: int
    channel: Channel
    every: Every
    due_at: datetime


@dataclass(frozen=True)
class Asker:
    """A subscription with what its subscriber says of time."""

    subscription: Subscription
    subscriber_id: int
    time_zone: str
    hour: int
    quiet_hours: str

    @classmethod
    def of(cls, row: Row[Any]) -> Asker:
        """Return what a row of ``asked_by`` holds."""
        one = view_of(row, row.address)
        return cls(one, row.subscriber_id, row.time_zone, row.digest_hour, row.quiet_hours)

    def match(self, now: datetime) -> MatchedReader:
        """Return the reader as one to be notified of what is found now."""
        one = self.subscription
        asked = one.filter.every
        moment = due_at(
            asked,
            now,
            time_zone=self.time_zone,
            hour=self.hour,
            quiet_hours=self.quiet_hours,
        )
        # What quiet hours hold back comes as one message when they end, however much it is.
        every = Every.DAY if asked is Every.NOW and moment > now else asked
        return MatchedReader(self.subscriber_id, one.channel, every, moment)


class Matcher:
    """The subscriptions of active readers, by the countries and areas they ask for.

    Most ask for some countries: of ten thousand subscriptions, a change is compared with a few.
    """

    def __init__(self, connection: Connection) -> None:
        self._everywhere: list[Asker] = []
        self._by_place: dict[str, list[Asker]] = defaultdict(list)
        for row in connection.execute(_active()):
            self._keep(Asker.of(row))

    def matches(self, change: Change, topics: frozenset[str]) -> list[MatchedReader]:
        """Return each reader who asked for a change once, at the soonest of their rhythms."""
        soonest: dict[int, MatchedReader] = {}
        for asker in self._candidates(change):
            if asker.subscription.filter.fits(change, topics):
                found = asker.match(change.detected_at)
                before = soonest.get(found.subscriber_id)
                if before is None or found.due_at < before.due_at:
                    soonest[found.subscriber_id] = found
        return list(soonest.values())

    def _candidates(self, change: Change) -> list[Asker]:
        report = change.report
        found = [*self._everywhere, *self._by_place.get(report.country, ())]
        if report.part:
            found += self._by_place.get(f"{report.country}/{report.part}", ())
        return found

    def _keep(self, asker: Asker) -> None:
        one = asker.subscription.filter
        places = {*one.countries, *countries_of(one.regions)}
        if not places:
            self._everywhere.append(asker)
        for place in places:
            self._by_place[place].append(asker)


def asked_by() -> Any:
    """Select subscriptions with what their subscribers say of time, in their order."""
    whose = (subscriber.c.address, subscriber.c.channel, subscriber.c.time_zone)
    when = (subscriber.c.digest_hour, subscriber.c.quiet_hours)
    return (
        select(subscription, *whose, *when)
        .join(subscriber, subscriber.c.id == subscription.c.subscriber_id)
        .order_by(subscription.c.id)
    )


def _active() -> Any:
    """Select what active readers ask of any report; passages are looked up by their report."""
    return asked_by().where(
        subscriber.c.state == SubscriberState.ACTIVE.value, subscription.c.report_id.is_(None)
    )
