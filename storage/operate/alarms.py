"""Alarms for the operator: one open for each thing, seen again, cleared when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from reports.watch.alarm import Alarm, AlarmKind, Finding
from storage.database.tables import alarm
from storage.operate.actions import Actions, OperatorAction

REOPENS = timedelta(hours=24)
"""A finding that comes back sooner is the same alarm: one that comes and goes is mailed once."""

_UNACKNOWLEDGED = (alarm.c.cleared_at.is_(None), alarm.c.acknowledged_at.is_(None))


class Alarms:
    """The alarms on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def see(self, source: str, finding: Finding, run_id: int | None, now: datetime) -> bool:
        """Raise an alarm, or renew the one that is open; tell whether it is a new one.

        ``run_id`` is the run that found it, None if no run did.
        """
        facts = {
            "text": finding.text,
            "examples": list(finding.examples),
            "remedy": finding.remedy,
            "run_id": run_id,
            "seen_at": now,
            "cleared_at": None,
            "gist": finding.gist or finding.text,
        }
        known = self._open_or_recent(source, finding, now)
        if known is not None:
            if known.cleared_at is not None or known.gist != facts["gist"]:
                facts |= self._shown_again(known)
            self._connection.execute(update(alarm).where(alarm.c.id == known.id).values(**facts))
            return False
        named = {"source": source, "kind": finding.kind.value, "subject": finding.subject}
        self._connection.execute(alarm.insert().values(**named, **facts, raised_at=now))
        return True

    @staticmethod
    def _shown_again(known: Row[Any]) -> dict[str, Any]:
        """Return what has an alarm that changed be shown, and mailed, again."""
        if known.acknowledged_at is None:
            return {}
        return {"acknowledged_at": None, "acknowledged_by": "", "told_at": None}

    def acknowledge(self, ids: Iterable[int], who: str, now: datetime) -> list[Alarm]:
        """Record that somebody has seen open alarms; return those that nobody had seen."""
        asked = alarm.c.id.in_(list(ids)), *_UNACKNOWLEDGED
        found = self._find(*asked)
        seen = {"acknowledged_at": now, "acknowledged_by": who}
        self._connection.execute(update(alarm).where(*asked).values(**seen))
        actions = Actions(self._connection)
        for each in found:
            named = f"{each.kind} of {each.source}, {each.subject}: {each.text}"
            actions.note(OperatorAction(now, who, "acknowledged", f"alarm {each.id}", named))
        return found

    def settle(
        self,
        source: str,
        kinds: Iterable[AlarmKind],
        found: Sequence[Finding],
        run_id: int | None,
        now: datetime,
    ) -> None:
        """Raise what was found of some kinds, and clear what was not found any more."""
        for each in found:
            self.see(source, each, run_id, now)
        self.clear(source, kinds, now, but=found)

    def clear(
        self,
        source: str,
        kinds: Iterable[AlarmKind],
        now: datetime,
        *,
        but: Sequence[Finding] = (),
    ) -> None:
        """Clear a source's open alarms of some kinds, but those of the findings given."""
        kept = {(each.kind.value, each.subject) for each in but}
        asked = [kind.value for kind in kinds]
        over = [
            each.id
            for each in self.open(source)
            if each.kind in asked and (each.kind, each.subject) not in kept
        ]
        if over:
            statement = update(alarm).where(alarm.c.id.in_(over))
            self._connection.execute(statement.values(cleared_at=now))

    def open(self, source: str = "") -> list[Alarm]:
        """Return what is to be seen to, newest first, acknowledged or not."""
        asked = [alarm.c.source == source] if source else []
        return self._find(alarm.c.cleared_at.is_(None), *asked)[::-1]

    def unacknowledged(self) -> list[Alarm]:
        """Return the open alarms that nobody has acknowledged, newest first."""
        return self._find(*_UNACKNOWLEDGED)[::-1]

    def raised_since(self, moment: datetime) -> list[Alarm]:
        """Return the alarms raised after a moment, oldest first, cleared meanwhile or not."""
        return self._find(alarm.c.raised_at > moment)

    def cleared_since(self, moment: datetime) -> list[Alarm]:
        """Return the alarms cleared after a moment and not open again, oldest first."""
        return self._find(alarm.c.cleared_at > moment)

    def unreported(self) -> list[Alarm]:
        """Return the open alarms that no mail has named and nobody has seen, oldest first."""
        return self._find(*_UNACKNOWLEDGED, alarm.c.told_at.is_(None))

    def to_repeat(self, told_before: datetime) -> list[Alarm]:
        """Return the open alarms nobody has seen that a mail named before a time and none since."""
        return self._find(*_UNACKNOWLEDGED, alarm.c.told_at < told_before)

    def over(self) -> list[Alarm]:
        """Return the alarms that a mail named and that are over, which no mail has said yet."""
        return self._find(alarm.c.cleared_at.is_not(None), alarm.c.told_at < alarm.c.cleared_at)

    def has_unreported(self, since: datetime) -> bool:
        """Tell whether an alarm raised since a moment is open and was named by no mail."""
        asked = (*_UNACKNOWLEDGED, alarm.c.told_at.is_(None), alarm.c.raised_at >= since)
        return (
            self._connection.execute(select(alarm.c.id).where(*asked).limit(1)).first() is not None
        )

    def mark_reported(self, alarms: Iterable[int], now: datetime) -> None:
        """Record that the operator's mail with some alarms has left."""
        statement = update(alarm).where(alarm.c.id.in_(list(alarms)))
        self._connection.execute(statement.values(told_at=now))

    def _open_or_recent(self, source: str, finding: Finding, now: datetime) -> Row[Any] | None:
        """Return the alarm of a finding that is open, or was until a short while ago."""
        same = (
            alarm.c.source == source,
            alarm.c.kind == finding.kind.value,
            alarm.c.subject == finding.subject,
        )
        recent = alarm.c.cleared_at.is_(None) | (alarm.c.cleared_at > now - REOPENS)
        query = select(alarm).where(*same, recent).order_by(alarm.c.id.desc()).limit(1)
        return self._connection.execute(query).first()

    def _find(self, *asked: ColumnElement[bool]) -> list[Alarm]:
        query = select(alarm).where(*asked).order_by(alarm.c.id)
        return [_alarm(row) for row in self._connection.execute(query)]


def _alarm(row: Row[Any]) -> Alarm:
    facts = {name: getattr(row, name) for name in Alarm.__dataclass_fields__}
    return Alarm(**{**facts, "examples": tuple(row.examples)})
