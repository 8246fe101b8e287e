"""Mark the changes that captures of a web archive bear out, and name the captures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from reports.compare.corroboration import GONE, Claim, Heard, bear_out
from reports.model.identity import ReportId
from reports.model.values import ArchiveEvidence, ChangeKind
from reports.watch.outcome import Outcome
from storage.database.known import revise
from storage.database.tables import carries, change, reading, report, run, version
from storage.texts.versions import REPORT_NAME
from storage.watch.archive import Memento, WebArchive
from storage.watch.locations import GOOD

_KINDS = (ChangeKind.PUBLISHED, ChangeKind.EDITED, ChangeKind.REMOVED, ChangeKind.RESTORED)
_NOT_THERE = frozenset({GONE})


@dataclass(frozen=True)
class _Version:
    """A version as far as it matters here; ``words`` are its hashes by every reader there was."""

    number: int
    location_id: int
    first_at: datetime
    last_at: datetime
    words: frozenset[str]


def corroborate(connection: Connection, source: str, triggers: Collection[str]) -> int:
    """Judge every change of a source that runs of these triggers recorded, in a write transaction.

    Returns how many are borne out. A change that was drawn from the archive itself is not
    judged by it.
    """
    mementos = WebArchive(connection).mementos_of_source(source)
    count = 0
    for report_id, name in _reports(connection, source, mementos).items():
        versions = _versions(connection, report_id)
        changes = _changes(connection, report_id, triggers)
        for row in changes:
            claim, locations = _claim(row, changes, versions)
            heard = [
                said
                for location_id in locations
                for each in mementos.get(location_id, ())
                if (said := _heard(each, name))
            ]
            evidence = bear_out(claim, heard) if claim else ()
            _mark(connection, row, evidence)
            count += bool(evidence)
    return count


def _reports(connection: Connection, source: str, locations: Collection[int]) -> dict[int, str]:
    """Return the names of the reports at some locations."""
    query = (
        select(report.c.id, *REPORT_NAME, carries.c.location_id)
        .join(carries, carries.c.report_id == report.c.id)
        .where(report.c.source == source)
    )
    return {
        row.id: str(ReportId(row.source, row.edition, row.country, row.part))
        for row in connection.execute(query)
        if row.location_id in locations
    }


def _versions(connection: Connection, report_id: int) -> list[_Version]:
    """Return a report's versions in order of capture."""
    query = (
        select(version, reading.c.words_sha256)
        .join(reading, reading.c.version_id == version.c.id)
        .where(version.c.report_id == report_id)
        .order_by(version.c.captured_at, version.c.number)
    )
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        rows[row.number].append(row)
    return [
        _Version(
            number,
            readings[0].location_id,
            readings[0].first_seen_at,
            readings[0].last_seen_at,
            frozenset(row.words_sha256 for row in readings),
        )
        for number, readings in rows.items()
    ]


def _changes(
    connection: Connection, report_id: int, triggers: Collection[str]
) -> Sequence[Row[Any]]:
    query = (
        select(change)
        .join(run, run.c.id == change.c.run_id)
        .where(
            change.c.report_id == report_id,
            change.c.kind.in_([kind.value for kind in _KINDS]),
            run.c.trigger.in_(list(triggers)),
        )
        .order_by(change.c.detected_at, change.c.id)
    )
    return connection.execute(query).all()


def _mark(connection: Connection, row: Row[Any], evidence: tuple[ArchiveEvidence, ...]) -> None:
    marks = [[each.captured_at.isoformat(), each.url] for each in evidence]
    if marks == row.detail.get("witnesses", []):
        return
    detail = {name: value for name, value in row.detail.items() if name != "witnesses"}
    values = {"detail": {**detail, "witnesses": marks} if marks else detail}
    connection.execute(update(change).where(change.c.id == row.id).values(**values))
    revise(connection, change, row.id, is_corroborated=bool(marks))


def _claim(
    row: Row[Any], changes: Sequence[Row[Any]], versions: Sequence[_Version]
) -> tuple[Claim | None, set[int]]:
    """Return what a change says and the locations whose captures are evidence; None if unclear."""
    named = {each.number: each for each in versions}
    before, after = named.get(row.from_version), named.get(row.to_version)
    locations = {each.location_id for each in (before, after) if each}
    if row.kind == ChangeKind.REMOVED and before:
        back_at = next((each.detected_at for each in _returns(row, changes)), None)
        claim = _gone(row, before, back_at)
    elif row.kind == ChangeKind.RESTORED and after:
        claim = _come(row, after, versions, _left_at(row, changes))
    elif row.kind == ChangeKind.PUBLISHED and after:
        claim = _come(row, after, versions, None)
    elif row.kind == ChangeKind.EDITED and before and after:
        claim = Claim(
            before.words,
            after.words,
            row.detected_at,
            opened_at=before.first_at,
            last_before=before.last_at,
            closed_at=_closed_at(after, versions),
        )
    else:
        return None, set()
    return claim, locations


def _gone(row: Row[Any], before: _Version, back_at: datetime | None) -> Claim:
    return Claim(
        before.words,
        _NOT_THERE,
        row.detected_at,
        opened_at=before.first_at,
        last_before=before.last_at,
        closed_at=back_at,
    )


def _come(
    row: Row[Any], after: _Version, versions: Sequence[_Version], left_at: datetime | None
) -> Claim:
    closed_at = _closed_at(after, versions)
    return Claim(_NOT_THERE, after.words, row.detected_at, opened_at=left_at, closed_at=closed_at)


def _closed_at(after: _Version, versions: Sequence[_Version]) -> datetime | None:
    """Return when another text took a version's place."""
    at = versions.index(after)
    return versions[at + 1].first_at if at + 1 < len(versions) else None


def _returns(row: Row[Any], changes: Sequence[Row[Any]]) -> list[Row[Any]]:
    return [
        each
        for each in changes
        if each.kind == ChangeKind.RESTORED and each.detected_at >= row.detected_at
    ]


def _left_at(row: Row[Any], changes: Sequence[Row[Any]]) -> datetime | None:
    """Return when a report that came back had been found to be gone."""
    gone = [
        each.detected_at
        for each in changes
        if each.kind == ChangeKind.REMOVED and each.detected_at <= row.detected_at
    ]
    return gone[-1] if gone else None


def _heard(memento: Memento, name: str) -> Heard | None:
    """Return what a memento says of a report; None if it says nothing."""
    if memento.outcome == Outcome.SUSPECTED:
        return Heard(memento.captured_at, memento.memento_url, GONE)
    said = memento.words.get(name, "") if memento.outcome in GOOD else ""
    return Heard(memento.captured_at, memento.memento_url, said) if said else None
