"""One run of a source: what it is asked, what came of it, and its place in the ledger."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from documents.runs import RunFailure, RunResult
from reports.model.values import Change
from reports.watch.outcome import FAILURES
from scrapers.source import Source
from services.agreed_settings import require_agreed
from services.assembly import Parts
from services.logs import name_run
from services.waiting import wait_for
from storage.database.errors import LockLost
from storage.database.locks import Lock
from storage.record.attempts import Recording
from storage.unit import Unit
from storage.watch.runs import INTERRUPTED, LocationOutcome

_log = logging.getLogger(__name__)

LOCK_SECONDS = 0.5
"""Time for somebody who only looks whether a source's lock is free to let it go."""

Failure = Mapping[str, str]
"""One failure of a run as the contract shows it: ``url``, ``outcome``, ``reason``."""


class Trigger(StrEnum):
    """What started a run."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    CATCH_UP = "catch_up"
    API = "api"
    IMPORT = "import"
    BACKFILL = "backfill"
    REREAD = "reread"
    REVIEW = "review"

    @property
    def is_planned(self) -> bool:
        """Whether such a run looks at what is due, within the day's budget, and at no more."""
        return self in (Trigger.SCHEDULED, Trigger.CATCH_UP)


WATCHING = (Trigger.MANUAL, Trigger.SCHEDULED, Trigger.CATCH_UP, Trigger.API)
"""What starts runs that look at the publisher's own pages."""


class RunRefused(Exception):
    """Another run of the same source is under way."""


class BadRequest(ValueError):
    """A request that names something unknown: a country, an edition, an address."""


class DiscoveryFailed(Exception):
    """No listing could be read and nothing is known to look at."""


@dataclass(frozen=True)
class IngestRequest:
    """What one run is to do. Empty editions mean the newest two and whatever is new.

    ``despite_rest`` asks hosts all the same that asked to be left alone for a while.
    """

    source: str
    editions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    full: bool = False
    via: str = ""
    delay: float | None = None
    trigger: Trigger = Trigger.MANUAL
    orchestrator: str = "direct"
    flow_run: str = ""
    despite_rest: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """What the ledger keeps of the request."""
        asked = {
            "editions": list(self.editions),
            "countries": list(self.countries),
            "urls": list(self.urls),
            "full": self.full,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class RunReport:
    """What came of a run; ``notes`` are neither changes nor failures, in words for the operator.

    ``fault`` says why the run as a whole failed, ``""`` if it did not: single pages do not make it.
    """

    run_id: int
    source: str
    counts: Mapping[str, int]
    failures: tuple[Failure, ...]
    seconds: float
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def document(self) -> RunResult:
        """What ``ingest`` prints of the run."""
        return RunResult(
            run_id=self.run_id,
            source=self.source,
            counts=dict(self.counts),
            failures=[RunFailure(**each) for each in self.failures],
            seconds=round(self.seconds, 3),
        )


def fail_run(parts: Parts, run_id: int, error: BaseException, seconds: float) -> None:
    """Close the ledger's row of a run that was broken off; what it recorded is kept.

    A run that lost its lock may have been closed already, by the next one.
    """
    state, why = "failed", str(error) or INTERRUPTED
    if isinstance(error, LockLost):
        state = "crashed"
    with parts.store.write(is_guarded=False) as unit:
        if unit.runs.is_open(run_id):
            unit.runs.end(run_id, state, now=parts.now(), seconds=seconds, error=why)
            unit.commit()


def error_of(faults: Iterable[Failure]) -> str:
    """Return faults that are of no single location as the ledger keeps them, ``""`` for none."""
    return "; ".join(f"{each['url']}: {each['reason']}" for each in faults)


def failures_of(outcomes: Iterable[LocationOutcome]) -> tuple[Failure, ...]:
    """Return the outcomes that make a run end with exit code 1, as the contract shows them."""
    return tuple(
        {"url": each.url, "outcome": each.outcome.value, "reason": each.reason}
        for each in outcomes
        if each.outcome in FAILURES
    )


def source_lock(source: str) -> str:
    """Return the name of the lock that whoever runs a source holds."""
    return f"source-{source}"


def take_source_lock(parts: Parts, source: str) -> Lock:
    """Take a source's lock, closing the row of a run that died.

    Raises RunRefused, or SettingsDiffer where other machines have other settings.
    """
    require_agreed(parts)
    lock = wait_for(lambda: parts.store.lock(source_lock(source)), LOCK_SECONDS)
    if lock is None:
        with parts.store.read() as unit:
            other = unit.runs.open_run(source)
        since = (
            f"run {other.id}, since {other.started_at:%Y-%m-%d %H:%M:%S} UTC"
            if other
            else "just started"
        )
        raise RunRefused(
            f"another run of {source} is under way ({since}); try again when it has ended"
        )
    try:
        parts.store.transact(
            lambda unit: unit.runs.close_crashed(lambda name: name == source, parts.now())
        )
    except BaseException:
        lock.release()
        raise
    return lock


def close_crashed_runs(parts: Parts) -> list[int]:
    """Close the rows of runs whose process died; returns their ids."""
    with parts.store.write() as unit:
        closed = unit.runs.close_crashed(
            lambda source: parts.store.is_free(source_lock(source)), parts.now()
        )
        unit.commit()
    return closed


def start_run(
    parts: Parts,
    source: Source,
    *,
    trigger: Trigger,
    orchestrator: str,
    flow_run: str,
    parameters: Mapping[str, Any],
    is_silent: bool = False,
) -> Recording:
    """Open a row in the ledger and return what the recorder must know of the run.

    ``is_silent`` keeps everything it records from being notified.
    """

    def start(unit: Unit) -> tuple[str, int, bool]:
        held = unit.reports.newest_edition(source.name)
        run_id = unit.runs.start(
            source.name,
            trigger=trigger.value,
            orchestrator=orchestrator,
            flow_run=flow_run,
            parameters=parameters,
            now=parts.now(),
        )
        return held, run_id, not unit.sources.has_baseline(source.name)

    held, run_id, is_baseline = parts.store.transact(start)
    name_run(run_id, source.name)
    _log.info("the run begins, %s", trigger.value)
    return Recording(
        source=source.name,
        run_id=run_id,
        revision=source.reader_revision,
        newest_edition=max([held, *source.editions]),
        is_baseline=is_baseline,
        is_silent=is_silent,
        is_live=trigger in WATCHING,
        series_of=source.series_of,
    )
