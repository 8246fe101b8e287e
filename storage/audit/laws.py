"""Whether what is stored makes sense: laws that every row keeps, whoever wrote it.

A seal says that reportwatch wrote a row, and not that it wrote what is right. Only what holds at
every moment is a law here: at the end of each transaction, after any order of runs and imports, by
whatever clock, and after old rows were removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text

from storage.audit.figures import figure_faults
from storage.audit.log import checkpoint_faults, leaf_faults, tile_faults
from storage.database.full_text import is_engine_table
from storage.database.migrations import HEAD
from storage.database.seals import row_key
from storage.database.tables import (
    alert,
    carries,
    change,
    installation,
    message,
    metadata,
    miss,
    passage,
    payload,
    payload_place,
    reading,
    report,
    report_facts,
    run,
    run_outcome,
    stray_object,
    subscription,
    version,
)
from storage.watch.runs import RUNNING


@dataclass(frozen=True)
class Law:
    """One law: ``broken`` selects the keys of the rows of ``table`` that break it."""

    table: str
    says: str
    broken: Select[tuple[object, ...]]

    def faults(self, connection: Connection) -> Iterator[str]:
        """Name the rows that break it."""
        for row in connection.execute(self.broken).all():
            yield f"{self.table} {row_key(*row)}: {self.says}"


def _version(report_id: ColumnElement[int], number: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a report has a version of a number."""
    return (
        select(version.c.id)
        .where(version.c.report_id == report_id, version.c.number == number)
        .exists()
    )


def _is_nowhere(number: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a change names a version that its report does not have."""
    is_named = and_(number.is_not(None), number != 0)
    return and_(change.c.report_id.is_not(None), is_named, ~_version(change.c.report_id, number))


_BASE, _OF_BASE = reading.alias("base"), version.alias("of_base")
_OBJECT = (payload.c.object_name, payload.c.object_size)
_OF_REPORT = select(version.c.report_id)

_OF_ROWS = (
    Law(
        "report",
        "it has no version",
        select(report.c.id).where(report.c.id.not_in(_OF_REPORT)),
    ),
    Law(
        "report",
        "its versions are not numbered from 1 on without a gap",
        _OF_REPORT.group_by(version.c.report_id).having(
            or_(func.min(version.c.number) != 1, func.max(version.c.number) != func.count())
        ),
    ),
    Law(
        "report",
        "it has more than one primary location",
        select(carries.c.report_id)
        .where(carries.c.is_primary)
        .group_by(carries.c.report_id)
        .having(func.count() > 1),
    ),
    Law(
        "version",
        "the times at which it was seen are not in order",
        select(version.c.id).where(
            or_(
                version.c.first_seen_at > version.c.captured_at,
                version.c.captured_at > version.c.last_seen_at,
            )
        ),
    ),
    Law(
        "version",
        "nothing says how it reads",
        select(version.c.id).where(version.c.id.not_in(select(reading.c.version_id))),
    ),
    Law(
        "payload",
        "its bytes are neither in the database nor in one object of a known place",
        select(payload.c.sha256).where(
            or_(
                and_(
                    payload.c.place_id.is_(None),
                    or_(*(each.is_not(None) for each in _OBJECT), payload.c.body == b""),
                ),
                and_(
                    payload.c.place_id.is_not(None),
                    or_(
                        *(each.is_(None) for each in _OBJECT),
                        payload.c.body != b"",
                        payload.c.place_id.not_in(select(payload_place.c.id)),
                    ),
                ),
            )
        ),
    ),
    Law(
        "payload",
        "its object is noted as one that no payload names, and would be removed",
        select(payload.c.sha256).join(
            stray_object,
            and_(
                stray_object.c.place_id == payload.c.place_id,
                stray_object.c.name == payload.c.object_name,
            ),
        ),
    ),
    Law(
        "reading",
        "it is stored against a reading of another report",
        select(reading.c.id)
        .join(version, version.c.id == reading.c.version_id)
        .join(_BASE, _BASE.c.id == reading.c.base_id)
        .join(_OF_BASE, _OF_BASE.c.id == _BASE.c.version_id)
        .where(_OF_BASE.c.report_id != version.c.report_id),
    ),
    Law(
        "report_facts",
        "its figures are those of another report's version",
        select(report_facts.c.report_id)
        .join(version, version.c.id == report_facts.c.version_id)
        .where(version.c.report_id != report_facts.c.report_id),
    ),
    Law(
        "change",
        "it names a version that its report does not have",
        select(change.c.id).where(
            or_(*(_is_nowhere(change.c[n]) for n in ("from_version", "to_version", "returned_to")))
        ),
    ),
    Law(
        "change",
        "words changed, and it does not lead from one version to another",
        select(change.c.id).where(
            change.c.kind == "edited",
            or_(
                change.c.from_version.is_(None),
                change.c.to_version.is_(None),
                change.c.from_version == change.c.to_version,
            ),
        ),
    ),
    Law(
        "miss",
        "it is of no removal that it is said to bear out",
        select(miss.c.id)
        .join(change, change.c.id == miss.c.change_id)
        .where(change.c.kind != "removed"),
    ),
    Law(
        "change",
        "it is of no report and of no edition, or of both",
        select(change.c.id).where(change.c.report_id.is_(None) == (change.c.source == "")),
    ),
    Law(
        "change",
        "it was told although it is held or what was there before",
        select(change.c.id).where(change.c.is_told, or_(change.c.is_held, change.c.is_baseline)),
    ),
    Law(
        "alert",
        "it is of a change that nobody was to be told",
        select(alert.c.id).join(change, change.c.id == alert.c.change_id).where(~change.c.is_told),
    ),
    Law(
        "alert",
        "its message is another reader's",
        select(alert.c.id)
        .join(message, message.c.id == alert.c.message_id)
        .where(message.c.subscriber_id != alert.c.subscriber_id),
    ),
    Law(
        "subscription",
        "it names the report of a passage and not where that stands, or the reverse",
        select(subscription.c.id).where(
            subscription.c.report_id.is_(None) != subscription.c.anchor.is_(None)
        ),
    ),
    Law(
        "message",
        "it was sent, and nothing says when",
        select(message.c.id).where(message.c.state == "sent", message.c.sent_at.is_(None)),
    ),
    Law(
        "run",
        "it is under way and has ended, or neither",
        select(run.c.id).where((run.c.state == RUNNING) == run.c.ended_at.is_not(None)),
    ),
)


def _counts(connection: Connection) -> Iterator[str]:
    """Name ended runs with more pages than they counted; fewer are kept once they are old."""
    counted = (
        select(run_outcome.c.run_id, run_outcome.c.outcome, func.count(), run.c.counts)
        .join(run, run.c.id == run_outcome.c.run_id)
        .where(run.c.state != RUNNING)
        .group_by(run_outcome.c.run_id, run_outcome.c.outcome, run.c.id)
        .order_by(run_outcome.c.run_id)
    )
    for run_id, rows in groupby(connection.execute(counted).all(), key=lambda row: row[0]):
        if any(count > (counts or {}).get(outcome, 0) for _, outcome, count, counts in rows):
            yield f"run {run_id}: it has more pages than it counted"


def _single(connection: Connection) -> Iterator[str]:
    """Say if the database has not one name, or another schema than this program's."""
    names = connection.execute(select(func.count()).select_from(installation)).scalar_one()
    if names != 1:
        yield f"installation: the database has {names} names, and not one"
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if found != [HEAD]:
        yield f"alembic_version {' '.join(found)}: the schema is not {HEAD}"


def _numbers(connection: Connection) -> Iterator[str]:
    """Name the tables whose next number is one that was given already."""
    if connection.dialect.name == "sqlite":
        last = text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passage'")
        given = connection.execute(last).scalar_one()
        tables = {passage.name: given}
    else:
        tables = {
            name: connection.execute(
                text("SELECT last_value FROM pg_sequences WHERE sequencename = :name"),
                {"name": f"{name}_id_seq"},
            ).scalar()
            for name, table in metadata.tables.items()
            if "id" in table.columns and not is_engine_table(name)
        }
    for name, given in tables.items():
        highest = connection.execute(select(func.max(metadata.tables[name].c.id))).scalar() or 0
        if (given or 0) < highest:
            yield f"{name} {highest}: the next row would get a number that was given already"


LAWS: tuple[tuple[str, Callable[[Connection], Iterator[str]]], ...] = (
    *((law.table, law.faults) for law in _OF_ROWS),
    ("run", _counts),
    ("report_facts", figure_faults),
    ("leaf", leaf_faults),
    ("tile", tile_faults),
    ("checkpoint", checkpoint_faults),
    ("installation", _single),
    ("the numbers of rows", _numbers),
)
"""What is asked of every database: what it is about, and what names the rows that break it."""
