"""Where a web archive keeps a version: asked by us to save it, or captured by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from reports.watch.outcome import Outcome
from storage.database.tables import change, memento, save_request


def memento_of(connection: Connection, row: Row[Any]) -> str:
    """Return where an archive shows a version, given its row; ``""`` where none is known to.

    That is the page as saved on our request, else the capture that the version was read from.
    """
    saved = (
        select(save_request.c.memento_url)
        .join(change, change.c.id == save_request.c.change_id)
        .where(
            change.c.report_id == row.report_id,
            change.c.to_version == row.number,
            save_request.c.memento_url != "",
        )
        .order_by(save_request.c.id.desc())
    )
    if url := connection.execute(saved.limit(1)).scalar():
        return str(url)
    read_from = select(memento.c.memento_url).where(
        memento.c.location_id == row.location_id,
        memento.c.captured_at == row.captured_at,
        memento.c.outcome != Outcome.SUSPECTED.value,
    )
    return str(connection.execute(read_from).scalar() or "")
