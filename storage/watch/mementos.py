"""Mementos: the captures that a web archive holds of our locations, and what each of them said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reports.watch.outcome import Outcome
from storage.database.tables import capture, carries, location, memento, reading, run, version
from storage.texts.payloads import Payloads


@dataclass(frozen=True)
class Memento:
    """One capture that an archive holds: when it captured, when we retrieved, what it said.

    ``retrieved_at`` is None where its bytes were not asked for: its digest was known, or the
    archive's index tells that it is a miss. ``words`` are hashes by name of report.
    """

    location_id: int
    captured_at: datetime
    retrieved_at: datetime | None
    memento_url: str
    digest: str
    outcome: str
    payload_sha256: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


class Mementos:
    """The mementos on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._payloads = Payloads(connection)

    def of(self, location_id: int) -> list[Memento]:
        """Return what is known of a location's captures, in order of time."""
        query = select(memento).where(memento.c.location_id == location_id)
        rows = self._connection.execute(query.order_by(memento.c.captured_at))
        return [_view(row) for row in rows]

    def put(self, found: Iterable[Memento]) -> None:
        """Write mementos down; one that could not be had or read before is replaced."""
        rows = [{**asdict(each), "words": dict(each.words)} for each in found]
        if not rows:
            return
        places = {row["location_id"] for row in rows}
        moments = {row["captured_at"] for row in rows}
        failed = memento.delete().where(
            memento.c.location_id.in_(places),
            memento.c.captured_at.in_(moments),
            memento.c.outcome == Outcome.UNREADABLE.value,
        )
        self._connection.execute(failed)
        self._connection.execute(memento.insert(), rows)

    def own_payloads(self, location_id: int) -> list[bytes]:
        """Return the bytes of the versions that were captured at a location."""
        query = select(version.c.payload_sha256).where(version.c.location_id == location_id)
        return [
            self._payloads.get(digest)
            for digest in self._connection.execute(query.distinct()).scalars()
        ]

    def body(self, known: Memento) -> bytes | None:
        """Return bytes that say what a memento said; None where none are stored.

        Its own, or those of a version with the same words: it differs from that one in noise.
        """
        said = (
            select(version.c.payload_sha256)
            .join(reading, reading.c.version_id == version.c.id)
            .join(carries, carries.c.report_id == version.c.report_id)
            .where(
                carries.c.location_id == known.location_id,
                reading.c.words_sha256.in_(list(known.words.values())),
            )
        )
        for digest in (known.payload_sha256, *self._connection.execute(said).scalars()):
            try:
                return self._payloads.get(digest)
            except KeyError:  # noise alone: never stored
                continue
        return None

    def watched(self, locations: Sequence[int], triggers: Collection[str]) -> set[int]:
        """Return the locations of which a run of one of these triggers brought a capture."""
        query = (
            select(capture.c.location_id)
            .join(run, run.c.id == capture.c.run_id)
            .where(run.c.trigger.in_(list(triggers)), capture.c.location_id.in_(list(locations)))
        )
        return set(self._connection.execute(query.distinct()).scalars())

    def stood_until(self, locations: Sequence[int]) -> dict[int, datetime]:
        """Return when the last version captured at each location was last seen, if there is one."""
        query = (
            select(version.c.location_id, func.max(version.c.last_seen_at))
            .where(version.c.location_id.in_(list(locations)))
            .group_by(version.c.location_id)
        )
        return {place: last_seen_at for place, last_seen_at in self._connection.execute(query)}

    def of_source(self, source: str) -> dict[int, list[Memento]]:
        """Return every memento of a source by location, each in order of time."""
        query = (
            select(memento)
            .join(location, location.c.id == memento.c.location_id)
            .where(location.c.source == source)
            .order_by(memento.c.captured_at)
        )
        found: dict[int, list[Memento]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.location_id].append(_view(row))
        return found


def _view(row: Row[Any]) -> Memento:
    return Memento(**{name: getattr(row, name) for name in Memento.__dataclass_fields__})
