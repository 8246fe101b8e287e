"""Subscriptions: which changes each subscriber asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from reports.notices.subscription import Channel, Subscription, SubscriptionFilter
from reports.notices.watched import Anchor
from storage.database.encryption import Cipher, NoCipher
from storage.database.tables import subscriber, subscription
from storage.readers.addresses import has_address, read_address
from storage.readers.subscribers import Subscribers


class Subscriptions:
    """The subscriptions on one connection."""

    def __init__(self, connection: Connection, cipher: Cipher | None = None) -> None:
        self._connection = connection
        self._cipher = cipher or NoCipher()

    def add(
        self,
        address: str,
        channel: Channel,
        asked: SubscriptionFilter,
        now: datetime,
        stands: tuple[int, Anchor] | None = None,
    ) -> Subscription:
        """Add a subscription; one that is there already with the same filter is returned.

        An address that is new becomes an active subscriber, vouched for by whoever calls.
        ``stands`` says of a watched passage which report has it, and where.
        """
        reader = Subscribers(self._connection, self._cipher).add(address, channel, now)
        document = asked.as_json()
        for held in self.all(address):
            if held.filter.as_json() == document:
                return held
        values: dict[str, Any] = {"subscriber_id": reader.id, "filter": document}
        if stands:
            values |= {"report_id": stands[0], "anchor": stands[1].as_json()}
        self._connection.execute(subscription.insert().values(**values))
        return self.all(address)[-1]

    def drop(self, subscription_id: int) -> None:
        """Delete one subscription; its subscriber stays."""
        self._connection.execute(delete(subscription).where(subscription.c.id == subscription_id))

    def all(self, address: str = "") -> list[Subscription]:
        """Return subscriptions, oldest first; of one address where it is given."""
        query = select(subscription, subscriber.c.address, subscriber.c.channel).join(subscriber)
        if address:
            query = query.where(has_address(self._cipher, address))
        rows = self._connection.execute(query.order_by(subscription.c.id))
        return [view_of(row, self._address(row)) for row in rows]

    def remove(self, address: str) -> int:
        """Delete an address with its subscriptions and unsent alerts; 0 if it is unknown."""
        subscribers = Subscribers(self._connection, self._cipher)
        found = subscribers.named(address)
        if found is None:
            return 0
        held = len(self.all(address))
        subscribers.remove(found.id)
        return held

    def _address(self, row: Row[Any]) -> str:
        return read_address(self._cipher, row.subscriber_id, row.address)


def view_of(row: Row[Any], address: str) -> Subscription:
    """Return a subscription's row, with its subscriber's channel, as a value."""
    anchor = Anchor.of(row.anchor) if row.anchor else None
    asked = SubscriptionFilter.of(row.filter)
    return Subscription(row.id, address, Channel(row.channel), asked, anchor)
