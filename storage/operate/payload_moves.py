"""Which payloads lie where, and the transactions of a move from one place to another.

An object is noted as a stray before it is written, and the transaction that has a payload name it
strikes that out: so whatever breaks off, an object that no payload names is known. What a move
leaves behind becomes a stray in the same transaction. Names are never used twice, and a stray that
is going can be named by nobody: to remove it harms no payload, whoever moves at the same time.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, true, update

from storage.database.errors import Damaged, StorageError
from storage.database.tables import payload, payload_place, stray_object
from storage.texts.payloads import PACKED_SIZE, STORED, Payloads, missing
from storage.texts.places import place_at

MOST = 64
"""Payloads moved in one transaction."""

MOST_BYTES = 8 * 1024 * 1024
"""Packed bytes of them: so much is held in memory."""


@dataclass(frozen=True)
class PlaceShare:
    """What lies at one place: payloads, their packed bytes, and objects that wait for removal."""

    address: str
    payloads: int
    bytes: int
    strays: int = 0


@dataclass(frozen=True)
class Moving:
    """Payloads read for a move, packed, each found to unpack to its digest.

    ``faults`` say what is wrong with those that are not: they stay where they are.
    """

    last: str
    packed: Mapping[str, bytes]
    came_from: Mapping[str, tuple[int | None, str | None]]
    faults: tuple[str, ...]

    @property
    def size(self) -> int:
        """Packed bytes."""
        return sum(map(len, self.packed.values()))


class PayloadMoves:
    """The moves of payloads, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shares(self) -> list[PlaceShare]:
        """Return what lies where, the database first."""
        query = select(payload.c.place_id, func.count(), func.coalesce(func.sum(PACKED_SIZE), 0))
        found = {
            place: (int(count), int(taken))
            for place, count, taken in self._connection.execute(query.group_by(payload.c.place_id))
        }
        strays: dict[int, int] = {
            place: int(count)
            for place, count in self._connection.execute(
                select(stray_object.c.place_id, func.count()).group_by(stray_object.c.place_id)
            )
        }
        places = self._connection.execute(select(payload_place).order_by(payload_place.c.id))
        shares = [PlaceShare("", *found.get(None, (0, 0)))]
        for row in places:
            shares.append(
                PlaceShare(row.address, *found.get(row.id, (0, 0)), strays.get(row.id, 0))
            )
        return shares

    def place(self, address: str) -> int | None:
        """Return the number of a place, None for the database and one that was never used."""
        query = select(payload_place.c.id).where(payload_place.c.address == address)
        return self._connection.execute(query).scalar()

    def add_place(self, address: str) -> int:
        """Return the number of a place, which gets one if it has none."""
        if known := self.place(address):
            return known
        made = self._connection.execute(payload_place.insert(), {"address": address})
        assert made.inserted_primary_key
        return int(made.inserted_primary_key[0])

    def left(self, to: str, *, only_new: bool = False) -> tuple[int, int]:
        """Count the payloads that a move to an address would take, and their packed bytes.

        ``only_new``: only those that lie in the database.
        """
        query = select(func.count(), func.coalesce(func.sum(PACKED_SIZE), 0))
        count, taken = self._connection.execute(query.where(self._elsewhere(to, only_new))).one()
        return int(count), int(taken)

    def read(self, to: str, after: str, *, only_new: bool = False) -> Moving | None:
        """Read the next payloads that a move takes, by their digests; None at the end.

        Raises PlaceFailed if the place where they lie cannot be used.
        """
        digests = self._next(to, after, only_new=only_new)
        if not digests:
            return None
        query = select(*STORED, payload.c.place_id).where(payload.c.sha256.in_(digests))
        rows = self._connection.execute(query.order_by(payload.c.sha256)).all()
        found, faults = {}, []
        payloads, objects = Payloads(self._connection), _objects(rows)
        for row in rows:
            try:
                packed = objects.get(row.sha256) if row.address else bytes(row.body)
                if packed is None:
                    raise missing(row)
                payloads.unpack(row, packed)
            except (Damaged, KeyError) as error:
                is_named = row.sha256 in str(error)
                faults.append(str(error) if is_named else f"payload {row.sha256}: {error}")
            else:
                found[row.sha256] = packed
        came_from = {row.sha256: (row.place_id, row.object_name) for row in rows}
        return Moving(digests[-1], found, came_from, tuple(faults))

    def note(self, to: str, digests: Collection[str], now: datetime) -> dict[str, str]:
        """Note objects that are about to be written; return their names, new ones, by payload."""
        names = {digest: f"{digest}-{secrets.token_hex(6)}" for digest in digests}
        place = self.add_place(to)
        self._add_strays([(place, name) for name in names.values()], now)
        return names

    def settle(self, moving: Moving, to: str, names: Mapping[str, str], now: datetime) -> int:
        """Have payloads lie where their bytes now are; return how many were not moved by others.

        Raises StorageError if one of the objects is being removed: nothing is changed then.
        """
        place = self.place(to)
        moved = [digest for digest in moving.packed if self._settle(moving, digest, place, names)]
        if place is not None:
            ours = [names[digest] for digest in moved]
            struck_out = self._connection.execute(
                delete(stray_object).where(
                    stray_object.c.place_id == place,
                    stray_object.c.name.in_(ours),
                    ~stray_object.c.is_going,
                )
            ).rowcount
            if struck_out != len(ours):
                raise StorageError(
                    "this move stood still for so long that what it wrote was removed meanwhile; "
                    "nothing was lost, run it again"
                )
        left = [moving.came_from[digest] for digest in moved]
        self._add_strays([(at, name) for at, name in left if at and name], now)
        return len(moved)

    def claim_strays(self, before: datetime) -> dict[str, list[str]]:
        """Mark the strays noted before a moment as going; return the names of all, by address."""
        self._connection.execute(
            update(stray_object).where(stray_object.c.noted_at < before).values(is_going=True)
        )
        query = select(payload_place.c.address, stray_object.c.name).join(
            stray_object, stray_object.c.place_id == payload_place.c.id
        )
        found: dict[str, list[str]] = {}
        for address, name in self._connection.execute(query.where(stray_object.c.is_going)):
            found.setdefault(address, []).append(name)
        return found

    def forget_strays(self, address: str, names: Sequence[str]) -> None:
        """Strike out strays whose objects were removed."""
        self._connection.execute(
            delete(stray_object).where(
                stray_object.c.place_id == self.place(address),
                stray_object.c.name.in_(names),
                stray_object.c.is_going,
            )
        )

    def _elsewhere(self, to: str, only_new: bool) -> ColumnElement[bool]:
        """Return the condition that a payload does not lie at an address."""
        if only_new:
            return payload.c.place_id.is_(None)
        place = self.place(to)
        if to and place is None:
            return true()
        return payload.c.place_id.is_distinct_from(place)

    def _next(self, to: str, after: str, *, only_new: bool) -> list[str]:
        query = (
            select(payload.c.sha256, PACKED_SIZE)
            .where(payload.c.sha256 > after, self._elsewhere(to, only_new))
            .order_by(payload.c.sha256)
            .limit(MOST)
        )
        digests: list[str] = []
        total = 0
        for digest, taken in self._connection.execute(query):
            total += int(taken)
            if digests and total > MOST_BYTES:
                break
            digests.append(digest)
        return digests

    def _settle(
        self, moving: Moving, digest: str, place: int | None, names: Mapping[str, str]
    ) -> bool:
        """Move one payload, unless somebody moved it since it was read."""
        packed, (_, old_name) = moving.packed[digest], moving.came_from[digest]
        values: dict[str, Any] = {"place_id": None, "object_name": None, "object_size": None}
        values["body"] = packed
        if place is not None:
            values = {"place_id": place, "object_name": names[digest], "object_size": len(packed)}
            values["body"] = b""
        is_as_read = payload.c.object_name.is_not_distinct_from(old_name)
        statement = update(payload).where(payload.c.sha256 == digest, is_as_read)
        return bool(self._connection.execute(statement.values(**values)).rowcount)

    def _add_strays(self, objects: Sequence[tuple[int, str]], now: datetime) -> None:
        rows = [
            {"place_id": place, "name": name, "noted_at": now, "is_going": False}
            for place, name in objects
        ]
        if rows:
            self._connection.execute(stray_object.insert(), rows)


def _objects(rows: Sequence[Row[Any]]) -> dict[str, bytes]:
    """Return the objects of payloads by digest, without those that are not there."""
    found = {}
    for address in {row.address for row in rows if row.address}:
        here = {row.object_name: row.sha256 for row in rows if row.address == address}
        objects = place_at(address).get(list(here))
        found.update({here[name]: body for name, body in objects.items()})
    return found
