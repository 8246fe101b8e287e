"""What stands around reports on their pages, and what is known of the frame that pages share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from reports.watch.frame import FramePart
from reports.watch.surroundings import SurroundedPage, Surrounding, Surroundings
from storage.database.tables import frame_part, location
from storage.database.tables import surroundings as table


@dataclass(frozen=True)
class Around:
    """What stands around the report at one location; ``before`` as in ``SurroundedPage``."""

    location_id: int
    now: Surroundings
    before: Surroundings | None = None
    before_at: datetime | None = None
    changed_since: datetime | None = None


class PageSurroundings:
    """The surroundings of reports on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, locations: Iterable[int]) -> dict[int, Around]:
        """Return what is known of some locations, by id."""
        query = select(table).where(table.c.location_id.in_(set(locations)))
        return {
            row.location_id: Around(
                row.location_id,
                _read(row.texts),
                None if row.before is None else _read(row.before),
                row.before_at,
                row.changed_since,
            )
            for row in self._connection.execute(query)
        }

    def add(self, found: Iterable[Around]) -> None:
        """Insert the surroundings of locations that have none yet."""
        rows = [_row(each) for each in found]
        if rows:
            self._connection.execute(table.insert(), rows)

    def change(self, found: Iterable[Around]) -> None:
        """Replace the surroundings of locations."""
        rows = [{**_row(each), "location": each.location_id} for each in found]
        if rows:
            statement = update(table).where(table.c.location_id == bindparam("location"))
            columns = ("texts", "before", "before_at", "changed_since")
            values: dict[str, Any] = {name: bindparam(name) for name in columns}
            for row in rows:
                del row["location_id"]
            self._connection.execute(statement.values(**values), rows)

    def pages(self, source: str) -> list[SurroundedPage]:
        """Return the pages of a source if something changed around any of them, else none."""
        joined = (
            select(table, location.c.edition, location.c.seen_at)
            .join(location, location.c.id == table.c.location_id)
            .where(location.c.source == source, location.c.seen_at.is_not(None))
        )
        if self._connection.execute(joined.where(table.c.before.is_not(None)).limit(1)).first():
            return [_page(row) for row in self._connection.execute(joined.order_by(location.c.id))]
        return []

    def settle(self, source: str) -> None:
        """Record that what came or went around the reports of a source is concluded on."""
        nothing = {"before": None, "before_at": None, "changed_since": None}
        ours = select(location.c.id).where(location.c.source == source)
        changed = table.c.location_id.in_(ours), table.c.before.is_not(None)
        self._connection.execute(update(table).where(*changed).values(**nothing))

    def frame(self, source: str) -> dict[FramePart, datetime]:
        """Return the parts of the frames of a source's editions that were seen to change."""
        query = select(frame_part).where(frame_part.c.source == source)
        return {
            FramePart(row.edition, row.key): row.since for row in self._connection.execute(query)
        }

    def add_frame(self, source: str, parts: Mapping[FramePart, datetime]) -> None:
        """Record parts of a source's frames; those that are known get another time."""
        if not parts:
            return
        editions = {part.edition for part in parts}
        keys = {part.key for part in parts}
        known = frame_part.c.source == source, frame_part.c.edition.in_(editions)
        self._connection.execute(delete(frame_part).where(*known, frame_part.c.key.in_(keys)))
        rows = [
            {"source": source, "edition": part.edition, "key": part.key, "since": since}
            for part, since in parts.items()
        ]
        self._connection.execute(frame_part.insert(), rows)


def _row(each: Around) -> dict[str, Any]:
    return {
        "location_id": each.location_id,
        "texts": _written(each.now),
        "before": None if each.before is None else _written(each.before),
        "before_at": each.before_at,
        "changed_since": each.changed_since,
    }


def _page(row: Any) -> SurroundedPage:
    return SurroundedPage(
        row.location_id,
        row.edition,
        row.seen_at,
        _read(row.texts),
        None if row.before is None else _read(row.before),
        row.before_at,
        row.changed_since,
    )


def _written(texts: Surroundings) -> list[list[str]]:
    return [[each.key, each.place, each.text, each.since.isoformat()] for each in texts.values()]


def _read(rows: list[list[str]]) -> dict[str, Surrounding]:
    return {
        key: Surrounding(key, place, text, datetime.fromisoformat(since))
        for key, place, text, since in rows
    }
