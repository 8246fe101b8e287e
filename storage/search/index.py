"""Make reports searchable: cut every version into passages and give their words to the engine.

The index is made from what is stored and can always be made again. A report is brought up to date
as a whole, since a version captured earlier may come later; a passage whose text and neighbours in
time stay keeps its number and its words.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from reports.model.reading import SUMMARY_NAME, Reading
from reports.search.folding import folded_text
from storage.database.full_text import add_words
from storage.database.tables import passage, reading, report_index, version
from storage.texts.readings import Readings

RULES = "1"
"""Raised when cutting or folding changes, so that every report is cut again."""

MOST_WORDS = 4000
"""Words of one passage: PostgreSQL counts places up to 16,383 in one text."""


@dataclass(frozen=True)
class IndexedPassage:
    """A stretch of one part of a version."""

    part_number: int
    name: str
    first_block: int
    blocks: tuple[str, ...]
    sha256: str


@dataclass
class _PassagePeriod:
    """One uninterrupted stay of a passage's text."""

    passage: IndexedPassage
    from_version: int
    from_at: datetime
    until_version: int | None = None
    until_at: datetime | None = None


class Indexing:
    """The making of the search index, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def may_be_behind(self) -> bool:
        """Tell cheaply whether ``behind`` may find any: by totals, without looking at each."""
        known = select(
            func.coalesce(func.sum(report_index.c.version_count), 0),
            func.coalesce(func.max(report_index.c.reading_id), 0),
            func.count().filter(report_index.c.rules != RULES),
        )
        versions, newest, other_rules = self._connection.execute(known).one()
        held = select(func.count()).select_from(version).scalar_subquery()
        last = select(func.coalesce(func.max(reading.c.id), 0)).scalar_subquery()
        count, reading_id = self._connection.execute(select(held, last)).one()
        return bool(other_rules) or (versions, newest) != (count, reading_id)

    def behind(self, limit: int | None = None) -> list[int]:
        """Return reports whose versions or readings the index does not know yet."""
        held = (
            select(
                version.c.report_id,
                func.count(version.c.id.distinct()).label("versions"),
                func.max(reading.c.id).label("reading_id"),
            )
            .join(reading, reading.c.version_id == version.c.id)
            .group_by(version.c.report_id)
            .subquery("held")
        )
        query = (
            select(held.c.report_id)
            .outerjoin(report_index, report_index.c.report_id == held.c.report_id)
            .where(
                or_(
                    report_index.c.report_id.is_(None),
                    report_index.c.version_count != held.c.versions,
                    report_index.c.reading_id != held.c.reading_id,
                    report_index.c.rules != RULES,
                )
            )
            .order_by(held.c.report_id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def bring_up(self, report_ids: Sequence[int]) -> None:
        """Make every version of some reports searchable, in a few statements for all of them."""
        versions = self._versions(report_ids)
        readings = Readings(self._connection)
        stays = {
            report_id: _stays((row, readings.get(row.id)[0]) for row in rows)
            for report_id, rows in versions.items()
        }
        self._replace(stays)
        self._note({report_id: len(rows) for report_id, rows in versions.items()})

    def _versions(self, report_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """Return the versions of reports, each report's in order of capture."""
        query = (
            select(version.c.report_id, version.c.id, version.c.number, version.c.captured_at)
            .where(version.c.report_id.in_(report_ids))
            .order_by(version.c.captured_at, version.c.number)
        )
        found: dict[int, list[Row[Any]]] = {each: [] for each in report_ids}
        for row in self._connection.execute(query):
            found[row.report_id].append(row)
        return found

    def _note(self, counts: Mapping[int, int]) -> None:
        """Write down how far reports are searchable, by the number of their versions."""
        newest = (
            select(version.c.report_id, func.max(reading.c.id))
            .join(reading, reading.c.version_id == version.c.id)
            .where(version.c.report_id.in_(counts))
            .group_by(version.c.report_id)
        )
        facts = [
            {
                "report_id": report_id,
                "version_count": counts[report_id],
                "reading_id": reading_id,
                "rules": RULES,
            }
            for report_id, reading_id in self._connection.execute(newest)
        ]
        self._connection.execute(delete(report_index).where(report_index.c.report_id.in_(counts)))
        if facts:
            self._connection.execute(insert(report_index), facts)

    def _replace(self, stays: Mapping[int, Sequence[_PassagePeriod]]) -> None:
        """Put reports' passages in the place of those held, keeping what did not change."""
        query = select(passage).where(passage.c.report_id.in_(stays))
        held = {_key(row): row for row in self._connection.execute(query)}
        fresh = {}
        for report_id, each in ((name, each) for name, some in stays.items() for each in some):
            key = (report_id, each.passage.sha256, each.from_version)
            row = held.pop(key, None)
            if row is None:
                fresh[key] = each
            elif row.until_version != each.until_version:
                self._connection.execute(
                    passage.update()
                    .where(passage.c.id == row.id)
                    .values(until_version=each.until_version, until_at=each.until_at)
                )
        gone = [row.id for row in held.values()]
        if gone:
            self._connection.execute(delete(passage).where(passage.c.id.in_(gone)))
        self._add(fresh)

    def _add(self, stays: Mapping[_Key, _PassagePeriod]) -> None:
        if not stays:
            return
        made = self._connection.execute(
            insert(passage).returning(
                passage.c.id, passage.c.report_id, passage.c.sha256, passage.c.from_version
            ),
            [_columns(report_id, stay) for (report_id, _, _), stay in stays.items()],
        )
        numbers = sorted((row.id, _key(row)) for row in made)
        add_words(self._connection, [(number, _words(stays[key])) for number, key in numbers])


_Key = tuple[int, str, int]
"""What tells passages apart: the report, the hash of the words, and the version they came with."""


def _key(row: Row[Any]) -> _Key:
    return row.report_id, row.sha256, row.from_version


def _words(stay: _PassagePeriod) -> str:
    return folded_text(" ".join((stay.passage.name, *stay.passage.blocks)))


def _columns(report_id: int, stay: _PassagePeriod) -> dict[str, Any]:
    return {
        "report_id": report_id,
        "part_number": stay.passage.part_number,
        "name": stay.passage.name,
        "first_block": stay.passage.first_block,
        "block_count": len(stay.passage.blocks),
        "sha256": stay.passage.sha256,
        "from_version": stay.from_version,
        "until_version": stay.until_version,
        "from_at": stay.from_at,
        "until_at": stay.until_at,
    }


def _stays(versions: Iterable[tuple[Row[Any], Reading]]) -> list[_PassagePeriod]:
    """Follow each passage's text over the versions, in order of capture."""
    done: list[_PassagePeriod] = []
    open_: dict[str, _PassagePeriod] = {}
    for row, value in versions:
        seen: dict[str, _PassagePeriod] = {}
        for each in passages(value):
            held = open_.pop(each.sha256, None)
            seen[each.sha256] = held or _PassagePeriod(each, row.number, row.captured_at)
        for ended in open_.values():
            ended.until_version, ended.until_at = row.number, row.captured_at
            done.append(ended)
        open_ = seen
    return [*done, *open_.values()]


def passages(value: Reading) -> Iterator[IndexedPassage]:
    """Cut a reading into passages: each part by itself, long ones between paragraphs.

    ``sha256`` tells the passages of one reading apart and is equal in two where the same words
    stand in the same part, whatever its number is there.
    """
    met: Counter[tuple[str, ...]] = Counter()
    parts = [(SUMMARY_NAME, value.blocks)]
    parts += [(each.name, each.blocks) for each in value.sections]
    for number, (name, blocks) in enumerate(parts):
        for first, cut in _cut(blocks):
            met[(name, *cut)] += 1
            told = (str(met[(name, *cut)]), name, *cut)
            digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
            yield IndexedPassage(number, name, first, cut, digest)


def _cut(blocks: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield stretches of blocks with the index of the first of each."""
    first, words = 0, 0
    held: list[str] = []
    for index, block in enumerate(blocks):
        count = block.count(" ") + 1
        if held and words + count > MOST_WORDS:
            yield first, tuple(held)
            first, words, held = index, 0, []
        held.append(block)
        words += count
    if held or not blocks:
        yield first, tuple(held)
