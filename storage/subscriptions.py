"""Subscribers, and which changes each wants to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from reports.model import Change, Channel, Every, Subscription
from storage.tables import alert, message, subscriber, subscription


class Subscriptions:
    """The subscriptions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        address: str,
        channel: Channel,
        *,
        countries: Sequence[str],
        sources: Sequence[str],
        topics: Sequence[str],
        kinds: Sequence[str],
        every: Every,
        now: datetime,
    ) -> Subscription:
        """Add a subscription; one that is there already with the same filters is returned."""
        subscriber_id = self._subscriber(address, channel, now)
        filters: dict[str, Any] = {
            "countries": sorted(countries),
            "sources": sorted(sources),
            "topics": sorted(topics),
            "kinds": sorted(kinds),
            "every": every.value,
        }
        for held in self.all(address):
            if _filters(held) == filters:
                return held
        self._connection.execute(
            subscription.insert().values(subscriber_id=subscriber_id, **filters)
        )
        return self.all(address)[-1]

    def all(self, address: str = "") -> list[Subscription]:
        """Return subscriptions, oldest first; of one address where it is given."""
        query = select(subscription, subscriber.c.address, subscriber.c.channel).join(subscriber)
        if address:
            query = query.where(subscriber.c.address == address)
        rows = self._connection.execute(query.order_by(subscription.c.id))
        return [_view(row) for row in rows]

    def remove(self, address: str) -> int:
        """Delete an address with its subscriptions and unsent alerts; 0 if it is unknown."""
        found = self._connection.execute(
            select(subscriber.c.id).where(subscriber.c.address == address)
        ).scalar()
        if found is None:
            return 0
        held = len(self.all(address))
        for table in (alert, message, subscription):
            self._connection.execute(delete(table).where(table.c.subscriber_id == found))
        self._connection.execute(delete(subscriber).where(subscriber.c.id == found))
        return held

    def _subscriber(self, address: str, channel: Channel, now: datetime) -> int:
        query = select(subscriber.c.id).where(subscriber.c.address == address)
        if found := self._connection.execute(query).scalar():
            return int(found)
        self._connection.execute(
            subscriber.insert().values(address=address, channel=channel.value, created_at=now)
        )
        return int(self._connection.execute(query).scalar_one())


def wants(one: Subscription, change: Change, topics: frozenset[str]) -> bool:
    """Tell whether a subscription asks for a change; ``topics`` are those the change touches.

    A change of a whole edition is of no country: who asked for some does not hear of it.
    """
    country, part = change.report.country, change.report.part
    places = {country, f"{country}/{part}"} if part else {country}
    return (
        _matches(one.sources, {change.report.source})
        and _matches(one.countries, places)
        and _matches(one.kinds, {change.kind.value})
        and _matches(one.topics, topics)
    )


def _matches(asked: Sequence[str], offered: set[str] | frozenset[str]) -> bool:
    return not asked or not offered.isdisjoint(asked)


def _filters(held: Subscription) -> dict[str, Any]:
    return {
        "countries": list(held.countries),
        "sources": list(held.sources),
        "topics": list(held.topics),
        "kinds": list(held.kinds),
        "every": held.every.value,
    }


def _view(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        address=row.address,
        channel=Channel(row.channel),
        countries=tuple(row.countries),
        sources=tuple(row.sources),
        topics=tuple(row.topics),
        kinds=tuple(row.kinds),
        every=Every(row.every),
    )
