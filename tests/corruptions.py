"""Damage to every table and column, made from the tables themselves, as by another program.

A table that comes later is covered by itself: what is wrong is chosen by the type of a column, by
the keys of its table and by what these refer to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import singledispatch
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Executable,
    Row,
    Table,
    null,
    select,
    text,
)

from storage.database.full_text import TABLE as WORDS
from storage.database.seals import row_key
from storage.database.tables import UtcTime, metadata, passage, row_seal

NOWHERE = {int: 987_654_321, str: "f" * 64}
"""Keys that no row has."""


@dataclass(frozen=True)
class Corruption:
    """One damage: ``names`` are the rows, each a table and a key, of which one must be named."""

    name: str
    names: tuple[tuple[str, str], ...]
    statements: tuple[Executable, ...]

    def inflict(self, connection: Connection) -> None:
        for statement in self.statements:
            connection.execute(statement)

    def is_named(self, faults: Sequence[str]) -> bool:
        """Tell whether a fault begins with the table and the key of a damaged row."""
        begins = [f"{table} {key}:" for table, key in self.names]
        return any(fault.startswith(begin) for fault in faults for begin in begins)


def corruptions(connection: Connection) -> Iterator[Corruption]:
    """Yield every kind of damage, each to a row that is there."""
    chance = random.Random(15)
    for table in metadata.sorted_tables:
        rows = list(connection.execute(select(table)))
        chance.shuffle(rows)
        yield from _to_columns(table, rows)
        yield from _to_rows(table, rows)
    yield from _to_search(connection)


def _to_columns(table: Table, rows: Sequence[Row[Any]]) -> Iterator[Corruption]:
    for column in table.columns:
        for is_null in (False, True):
            found = [row for row in rows if (row[_at(column)] is None) == is_null]
            for number, (how, value) in enumerate(_others(column, found)):
                row = found[number % len(found)]
                yield _changed(table, row, f"{column.name} {how}", {column.name: value})
        yield from _swapped(table, column, rows)


def _others(column: Column[Any], rows: Sequence[Row[Any]]) -> Iterator[tuple[str, Any]]:
    """Yield other values for a column, said how they differ from that of each row in turn."""
    if not rows:
        return
    value = rows[0][_at(column)]
    if value is None:
        yield "filled", _filling(column)
        return
    kinds = list(_wrong(value))
    if column.primary_key or column.unique:
        kinds.append(("of no other row", _nowhere(column, value)))
    for number, (how, _) in enumerate(kinds):
        own = rows[number % len(rows)][_at(column)]
        yield from [(how, made) for name, made in _wrong(own) if name == how] or [kinds[number]]
    if column.nullable:
        yield "NULL", null()
    if column.foreign_keys:
        yield "dangling", _nowhere(column, value)


def _nowhere(column: Column[Any], value: Any) -> Any:
    """Return a key that no row has, if a column can hold it."""
    made = NOWHERE[type(value)]
    return made[: getattr(column.type, "length", None)] if isinstance(made, str) else made


@singledispatch
def _wrong(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield wrong values in the place of one, with a word on each: here of JSON."""
    yield "forged", [*value, "forged"] if isinstance(value, list) else {**value, "forged": 1}
    if value:
        yield "emptied", type(value)()


@_wrong.register
def _(value: bool) -> Iterator[tuple[str, Any]]:
    yield "turned", not value


@_wrong.register(int)
@_wrong.register(float)
def _(value: float) -> Iterator[tuple[str, Any]]:
    yield "one more", value + 1
    yield "one less", value - 1


@_wrong.register
def _(value: datetime) -> Iterator[tuple[str, Any]]:
    yield "a second later", value + timedelta(seconds=1)
    yield "a year earlier", value - timedelta(days=365)


@_wrong.register
def _(value: str) -> Iterator[tuple[str, Any]]:
    if not value:
        yield "filled", "forged"
        return
    yield "another letter", value[:-1] + ("b" if value[-1] == "a" else "a")
    yield "emptied", ""


@_wrong.register
def _(value: bytes) -> Iterator[tuple[str, Any]]:
    middle = len(value) // 2
    yield "one bit", value[:middle] + bytes([value[middle] ^ 4]) + value[middle + 1 :]
    yield "cut short", value[:-1]


def _filling(column: Column[Any]) -> Any:
    """Return a value for a column that had none."""
    kind = kind_of(column)
    if column.foreign_keys:
        return NOWHERE[kind]
    made = {datetime: datetime(2020, 2, 2, tzinfo=UTC), dict: {"forged": 1}, bytes: b"forged"}
    return made[kind] if kind in made else kind("7")


def _swapped(table: Table, column: Column[Any], rows: Sequence[Row[Any]]) -> Iterator[Corruption]:
    """Exchange a column's values between two rows."""
    at = _at(column)
    pairs = [(rows[0], row) for row in rows if rows[0][at] not in (None, row[at]) and row[at]]
    if not pairs or isinstance(pairs[0][0][at], bool):
        return
    one, other = pairs[0]
    kind = kind_of(column)
    aside = _nowhere(column, one[at]) if kind in NOWHERE else next(_wrong(one[at]))[1]
    steps: list[Executable] = []
    where = dict(_key_of(table, one))
    for row, value in ((one, aside), (other, one[at]), (one, other[at])):
        here = where if row is one else dict(_key_of(table, other))
        steps.append(table.update().where(*_conditions(table, here)).values({column.name: value}))
        if row is one and column.primary_key:
            where = {**where, column.name: value}
    names = (_name(table, one), _name(table, other))
    yield Corruption(f"{table.name}.{column.name} swapped between rows", names, tuple(steps))


def _to_rows(table: Table, rows: Sequence[Row[Any]]) -> Iterator[Corruption]:
    if not rows:
        return
    first = rows[0]
    gone = table.delete().where(*_conditions(table, dict(_key_of(table, first))))
    yield Corruption(f"{table.name}: a row deleted", (_name(table, first),), (gone,))
    every = tuple(_name(table, row) for row in rows)
    yield Corruption(f"{table.name}: every row deleted", every, (table.delete(),))
    copied = _copy(table, first)
    name = _named(table, [copied[each.name] for each in table.primary_key])
    yield Corruption(f"{table.name}: a row copied", (name,), (table.insert().values(copied),))


def _copy(table: Table, row: Row[Any]) -> dict[str, Any]:
    """Return a row's values under a key, and in unique columns, that no other row has."""
    made = dict(row._mapping)
    unique = {column for column in table.columns if column.unique}
    for group in [tuple(table.primary_key), *_unique_groups(table)]:
        if not any(made[column.name] != row._mapping[column.name] for column in group):
            unique.add(group[-1])
    for column in unique:
        value = made[column.name]
        if value is None:
            continue  # of which any number of rows may have none
        is_time = isinstance(value, datetime)
        made[column.name] = value + timedelta(days=4000) if is_time else _nowhere(column, value)
    return made


def _unique_groups(table: Table) -> Iterator[tuple[Column[Any], ...]]:
    for each in table.constraints:
        if type(each).__name__ == "UniqueConstraint":
            yield tuple(each.columns)


def _changed(table: Table, row: Row[Any], how: str, values: dict[str, Any]) -> Corruption:
    key = dict(_key_of(table, row))
    changed = table.update().where(*_conditions(table, key)).values(values)
    names = [_name(table, row)]
    if values.keys() & key.keys():
        changed_key = {**key, **values}
        names.append(_named(table, [changed_key[name] for name in key]))
    return Corruption(f"{table.name}.{how}", tuple(names), (changed,))


def _to_search(connection: Connection) -> Iterator[Corruption]:
    """Let the words that are searched be others than those of the passages."""
    numbers = connection.execute(select(passage.c.id).order_by(passage.c.id)).scalars().all()
    one, other = numbers[3], numbers[-2]
    whole = ((passage.name, str(one)), (WORDS, str(one)))
    both = (*whole, (passage.name, str(other)), (WORDS, str(other)))
    every = tuple((passage.name, str(number)) for number in numbers)
    for how, names, *statements in _OF_SEARCH[connection.dialect.name]:
        named = {"one": whole, "both": both, "every": every, "new": ((WORDS, "987654321"),)}[names]
        filled = (
            each.replace(":one", str(one)).replace(":other", str(other)) for each in statements
        )
        yield Corruption(f"{WORDS}: {how}", named, tuple(map(text, filled)))


_OF_SEARCH = {
    "sqlite": (
        ("words added", "one", f"INSERT INTO {WORDS} (rowid, words) VALUES (:one, 'forged')"),
        ("emptied", "every", f"INSERT INTO {WORDS} ({WORDS}) VALUES ('delete-all')"),
        ("its length deleted", "one", f"DELETE FROM {WORDS}_docsize WHERE id = :one"),
        ("its length changed", "one", f"UPDATE {WORDS}_docsize SET sz = x'05' WHERE id = :one"),
        (
            "a word taken out",
            "one",
            f"INSERT INTO {WORDS} ({WORDS}, rowid, words) VALUES ('delete', :one, 'the')",
        ),
    ),
    "postgresql": (
        ("replaced", "one", f"UPDATE {WORDS} SET words = 'forged'::tsvector WHERE rowid = :one"),
        ("deleted", "one", f"DELETE FROM {WORDS} WHERE rowid = :one"),
        ("emptied", "every", f"DELETE FROM {WORDS}"),
        ("added", "new", f"INSERT INTO {WORDS} VALUES (987654321, 'forged'::tsvector)"),
        (
            "swapped",
            "both",
            f"UPDATE {WORDS} SET words = (SELECT words FROM {WORDS} WHERE rowid = :other) "
            "WHERE rowid = :one",
        ),
    ),
}


def kind_of(column: Column[Any]) -> type:
    """Return the type of a column's values."""
    return datetime if isinstance(column.type, UtcTime) else column.type.python_type


def _key_of(table: Table, row: Row[Any]) -> Iterator[tuple[str, Any]]:
    for column in table.primary_key:
        yield column.name, row._mapping[column.name]


def _name(table: Table, row: Row[Any]) -> tuple[str, str]:
    return _named(table, [value for _, value in _key_of(table, row)])


def _named(table: Table, key: Sequence[Any]) -> tuple[str, str]:
    """Return how a row is named: one of the seals by the row that it is of."""
    return (key[0], key[1]) if table is row_seal else (table.name, row_key(*key))


def _conditions(table: Table, key: dict[str, Any]) -> list[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _at(column: Column[Any]) -> int:
    return list(column.table.columns).index(column)
