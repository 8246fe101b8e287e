"""Subscriptions: what each subscriber wants to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from reports.notices.importance import Importance
from reports.notices.subscription import Channel, Every, Subscription
from storage.database.tables import subscriber, subscription
from storage.readers.subscribers import Subscribers


class Subscriptions:
    """The subscriptions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        address: str,
        channel: Channel,
        *,
        countries: Sequence[str] = (),
        sources: Sequence[str] = (),
        topics: Sequence[str] = (),
        kinds: Sequence[str] = (),
        regions: Sequence[str] = (),
        editions: Sequence[str] = (),
        sections: Sequence[str] = (),
        least: Importance = Importance.MINOR,
        every: Every,
        now: datetime,
    ) -> Subscription:
        """Add a subscription; one that is there already with the same filters is returned.

        An address that is new becomes an active subscriber, vouched for by whoever calls.
        """
        reader = Subscribers(self._connection).add(address, channel, now)
        filters: dict[str, Any] = {
            "countries": sorted(countries),
            "sources": sorted(sources),
            "topics": sorted(topics),
            "kinds": sorted(kinds),
            "regions": sorted(regions),
            "editions": sorted(editions),
            "sections": sorted(sections),
            "least": least.value,
            "every": every.value,
        }
        for held in self.all(address):
            if _filters(held) == filters:
                return held
        self._connection.execute(subscription.insert().values(subscriber_id=reader.id, **filters))
        return self.all(address)[-1]

    def drop(self, subscription_id: int) -> None:
        """Delete one subscription; its subscriber stays."""
        self._connection.execute(delete(subscription).where(subscription.c.id == subscription_id))

    def all(self, address: str = "") -> list[Subscription]:
        """Return subscriptions, oldest first; of one address where it is given."""
        query = select(subscription, subscriber.c.address, subscriber.c.channel).join(subscriber)
        if address:
            query = query.where(subscriber.c.address == address)
        rows = self._connection.execute(query.order_by(subscription.c.id))
        return [view_of(row) for row in rows]

    def remove(self, address: str) -> int:
        """Delete an address with its subscriptions and unsent alerts; 0 if it is unknown."""
        subscribers = Subscribers(self._connection)
        found = subscribers.named(address)
        if found is None:
            return 0
        held = len(self.all(address))
        subscribers.remove(found.id)
        return held


_LISTS = ("countries", "sources", "topics", "kinds", "regions", "editions", "sections")


def _filters(held: Subscription) -> dict[str, Any]:
    lists = {name: list(getattr(held, name)) for name in _LISTS}
    return {**lists, "least": held.least.value, "every": held.every.value}


def view_of(row: Row[Any]) -> Subscription:
    """Return a subscription's row, with its subscriber's address and channel, as a value."""
    lists = {name: tuple(getattr(row, name)) for name in _LISTS}
    return Subscription(
        id=row.id,
        address=row.address,
        channel=Channel(row.channel),
        least=Importance(row.least),
        every=Every(row.every),
        **lists,
    )
