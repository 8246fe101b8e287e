"""Subscribers, and which changes each wants to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from reports.subscription import Channel, Every, Subscription
from storage.subscribers import Subscribers
from storage.tables import subscriber, subscription


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
        reader = Subscribers(self._connection).add(address, channel, now)
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
        self._connection.execute(subscription.insert().values(subscriber_id=reader.id, **filters))
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
        subscribers = Subscribers(self._connection)
        found = subscribers.named(address)
        if found is None:
            return 0
        held = len(self.all(address))
        subscribers.remove(found.id)
        return held


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
