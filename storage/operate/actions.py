"""What operators decided: who, when, of what. Rows are added and never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.database.tables import operator_action

MOST_WHO = 128
"""Characters kept of a name."""


@dataclass(frozen=True)
class OperatorAction:
    """One decision: ``acknowledged``, ``released`` or ``dropped``, and of what, in words."""

    done_at: datetime
    who: str
    action: str
    subject: str
    detail: str


class Actions:
    """The decisions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, action: OperatorAction) -> None:
        """Record a decision."""
        self._connection.execute(operator_action.insert().values(**asdict(action)))

    def latest(self, limit: int) -> list[OperatorAction]:
        """Return decisions, newest first."""
        query = select(operator_action).order_by(operator_action.c.id.desc()).limit(limit)
        names = OperatorAction.__dataclass_fields__
        return [
            OperatorAction(**{name: getattr(row, name) for name in names})
            for row in self._connection.execute(query)
        ]
