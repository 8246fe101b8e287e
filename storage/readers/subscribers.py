"""Subscribers: addresses, when they may be disturbed, and whether they may be written to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from reports.notices.subscription import Channel, Subscriber, SubscriberState
from storage.database.encryption import SECRET, Cipher, NoCipher
from storage.database.errors import Damaged, EncryptedElsewhere
from storage.database.tables import alert, message, subscriber, subscription
from storage.readers.addresses import has_address, read_address, stored_address


class Subscribers:
    """The subscribers on one connection."""

    def __init__(self, connection: Connection, cipher: Cipher | None = None) -> None:
        self._connection = connection
        self._cipher = cipher or NoCipher()

    def named(self, address: str) -> Subscriber | None:
        """Return the subscriber with an address."""
        return self._one(has_address(self._cipher, address))

    def get(self, subscriber_id: int) -> Subscriber | None:
        """Return a subscriber by its number."""
        return self._one(subscriber.c.id == subscriber_id)

    def all(self) -> list[Subscriber]:
        """Return every subscriber, oldest first."""
        readers = subscriber.c.state != SubscriberState.OURS.value
        query = select(subscriber).where(readers).order_by(subscriber.c.id)
        return [self._view(row) for row in self._connection.execute(query)]

    def unvouched(self) -> list[Subscriber]:
        """Return the subscribers whom no operator vouches for, oldest first."""
        query = select(subscriber).where(subscriber.c.is_vouched.is_(False))
        rows = self._connection.execute(query.order_by(subscriber.c.id))
        return [self._view(row) for row in rows]

    def add(
        self,
        address: str,
        channel: Channel,
        now: datetime,
        *,
        state: SubscriberState = SubscriberState.ACTIVE,
        is_vouched: bool = True,
    ) -> Subscriber:
        """Add an address; one that is there already is returned as it is."""
        known = self.named(address)
        if known is not None:
            return known
        self._connection.execute(
            subscriber.insert().values(
                address=stored_address(self._cipher, address, channel),
                channel=channel.value,
                created_at=now,
                state=state.value,
                is_vouched=is_vouched,
                heard_at=now,
            )
        )
        made = self.named(address)
        assert made is not None
        return made

    def change(self, subscriber_id: int, **values: Any) -> None:
        """Change columns of a subscriber."""
        if values.get("secret"):
            values["secret"] = self._cipher.encrypt(SECRET, values["secret"])
        statement = update(subscriber).where(subscriber.c.id == subscriber_id)
        self._connection.execute(statement.values(**values))

    def remove(self, subscriber_id: int) -> None:
        """Delete an address with all that is known of it: subscriptions, alerts and messages."""
        for table in (alert, message, subscription):
            self._connection.execute(delete(table).where(table.c.subscriber_id == subscriber_id))
        self._connection.execute(delete(subscriber).where(subscriber.c.id == subscriber_id))

    def _one(self, asked: Any) -> Subscriber | None:
        row = self._connection.execute(select(subscriber).where(asked)).first()
        return self._view(row) if row else None

    def _view(self, row: Row[Any]) -> Subscriber:
        facts = {name: getattr(row, name) for name in Subscriber.__dataclass_fields__}
        facts |= {"channel": Channel(row.channel), "state": SubscriberState(row.state)}
        address = read_address(self._cipher, row.id, row.address)
        return Subscriber(**{**facts, "address": address, "secret": self._secret(row.secret)})

    def _secret(self, stored: str) -> str:
        try:
            return self._cipher.decrypt(SECRET, stored)
        except (EncryptedElsewhere, Damaged):
            return ""
