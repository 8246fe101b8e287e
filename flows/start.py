"""Start a run for somebody who does not wait for it: by the Prefect deployment, or at once here."""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from dataclasses import dataclass, replace

from flows.prefect_api import INGEST, find_server, trigger
from services.assembly import Parts
from services.ingest import finish_walk
from services.runs.run import IngestRequest, Trigger
from services.watch.walk import Walk

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Started:
    """A run that was started: its number in the ledger, or the flow run that will have one."""

    run_id: int | None = None
    flow_run: str = ""


def start(parts: Parts, request: IngestRequest) -> Started:
    """Start a run and return at once.

    If a Prefect server answers, its deployment is triggered. Else the same walk is done in a
    thread of this process: should that end, the run is closed as crashed and nothing is lost.

    Raises PrefectRefused, RunRefused, BadRequest, BadSetting or UnknownSource.
    """
    server = find_server(parts.settings)
    if server:
        asked = {"source": request.source, **request.parameters}
        return Started(flow_run=trigger(server, INGEST, asked))
    walk = Walk.open(parts, replace(request, trigger=Trigger.API, via=parts.settings.via))
    threading.Thread(
        target=copy_context().run,
        args=(_walk, parts, walk),
        name=f"run-{walk.run_id}",
        daemon=True,
    ).start()
    return Started(run_id=walk.run_id)


def _walk(parts: Parts, walk: Walk) -> None:
    try:
        finish_walk(parts, walk)
    except Exception as error:  # the ledger has it; nobody else waits for this thread
        _log.warning("run %d failed: %s", walk.run_id, error)
