"""Keep what is held searchable: bring the search index up to date, a few reports at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from services.assembly import Parts
from storage.database.errors import StorageError

BATCH = 25
"""Reports made searchable in one transaction, so that no writer waits for long."""

log = logging.getLogger(__name__)


def index_what_is_new(parts: Parts, progress: Callable[[int, int], None] | None = None) -> int:
    """Make searchable what is not yet; returns how many reports were brought up to date.

    ``progress`` is given how many are done and how many there are. Can be repeated and cut short:
    what is left is found again.
    """
    with parts.store.read() as unit:
        waiting = unit.search_index.behind()
    for done in range(0, len(waiting), BATCH):
        if progress:
            progress(done, len(waiting))
        with parts.store.write() as unit:
            unit.search_index.update(waiting[done : done + BATCH])
            unit.commit()
    if progress and waiting:
        progress(len(waiting), len(waiting))
    return len(waiting)


def index_after_run(parts: Parts) -> None:
    """Do so as a run ends; never fails the run, since the next one finds what is left."""
    try:
        index_what_is_new(parts)
    except StorageError as error:
        log.warning("what this run brought is not searchable yet: %s", error)
