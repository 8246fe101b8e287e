"""Take a run of a source from its start to its end in this process, and have it judged."""

from __future__ import annotations

from collections.abc import Callable

from services.assembly import Parts
from services.health.after_run import judge_run
from services.health.freshness import note_run_end
from services.runs.run import IngestRequest, RunReport
from services.watch.walk import Batches, Walk


def ingest(
    parts: Parts, request: IngestRequest, progress: Callable[[int, int], None] | None = None
) -> RunReport:
    """Do the whole walk. Raises what its steps raise, the ledger's row closed."""
    return finish_walk(parts, Walk.open(parts, request), progress)


def finish_walk(
    parts: Parts, walk: Walk, progress: Callable[[int, int], None] | None = None
) -> RunReport:
    """Take an open walk to its end. Raises what its steps raise, the ledger's row closed."""
    try:
        batches = Batches(walk.discover())
        say = progress or (lambda _looked_at, _planned: None)
        say(0, batches.planned)
        for batch in batches:
            walk.visit(batch)
            say(batches.taken, batches.planned)
        report = walk.finish()
    except BaseException as error:
        walk.fail(error)
        note_run_end(parts, walk.source.name)
        raise
    judge_run(parts, walk.source, report.run_id)
    return report
