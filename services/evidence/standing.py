"""Where a version's leaf stands: whether there is anything yet that proves the version."""

from __future__ import annotations

from dataclasses import dataclass

from reports.model.identity import ReportId
from storage.transparency.logs import StoredCheckpoint, StoredLog
from storage.unit import Unit


@dataclass(frozen=True)
class Standing:
    """Where a version's leaf is: in the log, at a position, first in a published checkpoint."""

    log: StoredLog
    position: int
    leaf: bytes
    first: StoredCheckpoint


def standing_of_leaf(unit: Unit, name: ReportId, number: int) -> Standing | None:
    """Return where a version's leaf is, None if no published checkpoint holds it.

    Raises KeyError for an unknown version.
    """
    log = unit.logs.current()
    try:
        position, leaf = unit.log_tree.of_version(name, number)
    except KeyError:
        if unit.versions.get(name, number) is None:
            raise
        return None
    first = unit.logs.first_with(log.id, position) if log and position is not None else None
    if log is None or position is None or first is None:
        return None
    return Standing(log, position, leaf, first)
