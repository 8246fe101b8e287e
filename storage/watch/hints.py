"""What is remembered of the ways to ask a source's site what changed: state, place, record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.database.tables import hint

WORKS, ABSENT, FAILING = "works", "absent", "failing"


@dataclass(frozen=True)
class HintState:
    """How one way to ask stood when it was asked last.

    ``origin`` is what was asked in the publisher's place, ``""`` for the publisher. ``cursor`` and
    ``entry_count`` are where to go on. ``vouched_count`` counts looks at pages that it said were
    unmodified, ``missed_count`` the edits that those looks found.
    """

    kind: str
    state: str
    asked_at: datetime
    reason: str = ""
    origin: str = ""
    cursor: str = ""
    entry_count: int = 0
    vouched_count: int = 0
    missed_count: int = 0


class HintStates:
    """The ways to ask one source, on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def all(self) -> dict[str, HintState]:
        """Return what is remembered, by kind."""
        query = select(hint).where(hint.c.source == self._source).order_by(hint.c.kind)
        return {
            row.kind: HintState(
                **{name: getattr(row, name) for name in HintState.__dataclass_fields__}
            )
            for row in self._connection.execute(query)
        }

    def save(self, told: HintState) -> None:
        """Remember how a way to ask stands now; its record of misses stays."""
        facts = {
            "state": told.state,
            "reason": told.reason,
            "asked_at": told.asked_at,
            "origin": told.origin,
            "cursor": told.cursor,
            "entry_count": told.entry_count,
        }
        same = (hint.c.source == self._source, hint.c.kind == told.kind)
        done = self._connection.execute(update(hint).where(*same).values(**facts))
        if not done.rowcount:
            named = {"source": self._source, "kind": told.kind}
            self._connection.execute(hint.insert().values(**named, **facts))

    def begin_anew(self, *, but: str) -> None:
        """Forget where to go on with every way to ask but one."""
        others = (hint.c.source == self._source, hint.c.kind != but, hint.c.cursor != "")
        self._connection.execute(update(hint).where(*others).values(cursor="", entry_count=0))

    def grade(self, kind: str, vouched: int, missed: int) -> None:
        """Add looks at pages that hints had vouched for, and the edits found by them."""
        self._connection.execute(
            update(hint)
            .where(hint.c.source == self._source, hint.c.kind == kind)
            .values(
                vouched_count=hint.c.vouched_count + vouched,
                missed_count=hint.c.missed_count + missed,
            )
        )
