"""Hold changes of appearance that many pages share: the template changed, and no report did."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from reports.model.values import ChangeKind
from storage.database.known import revise
from storage.database.tables import alert, change, report

FEWEST = 5
"""So many reports with the same difference show the template."""
WINDOW = timedelta(days=35)
"""A page that nothing is known to have changed on is read every 33 days at the latest."""


def hold_template_changes(connection: Connection, source: str, run_id: int, now: datetime) -> int:
    """Hold the changes of a run all of whose differences many reports of the source share.

    Returns how many were held. Those of earlier runs count, and stay as they are.
    """
    appearances = _appearances(source, now - WINDOW)
    own = connection.execute(appearances.where(change.c.run_id == run_id, change.c.is_told)).all()
    if not own:  # as after most runs: the differences of five weeks need not be read
        return 0
    rows = connection.execute(appearances).all()
    reports: Counter[str] = Counter()
    reports.update(
        each for _, each in {(row.report_id, d) for row in rows for d in _differences(row)}
    )
    held = [row for row in own if all(reports[each] >= FEWEST for each in _differences(row))]
    for row in held:
        _hold(connection, row)
    return len(held)


def _appearances(source: str, since: datetime) -> Select[Any]:
    return (
        select(change.c.id, change.c.report_id, change.c.detail)
        .join(report, report.c.id == change.c.report_id)
        .where(
            report.c.source == source,
            change.c.kind == ChangeKind.APPEARANCE.value,
            change.c.detected_at >= since,
        )
    )


def _differences(row: Row[Any]) -> list[str]:
    return [json.dumps(each) for each in row.detail["appearance"]["differences"]]


def _hold(connection: Connection, row: Row[Any]) -> None:
    """Take a change back from those who were to be notified: its run has not closed yet."""
    appearance = {**row.detail["appearance"], "is_shared": True}
    detail = {**row.detail, "appearance": appearance}
    connection.execute(delete(alert).where(alert.c.change_id == row.id))
    statement = update(change).where(change.c.id == row.id)
    connection.execute(statement.values(is_told=False, detail=detail))
    revise(connection, change, row.id, is_held=True)
