"""Leave in Prefect what its interface shows of a run: name, tags, progress, artifacts, events.

All of it is in the ledger too. Whatever Prefect does not take is logged, and fails no run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import TracebackType
from uuid import UUID

from anyio import to_thread
from prefect import get_client, get_run_logger
from prefect.artifacts import (
    acreate_image_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.schemas.objects import FlowRun
from prefect.events import emit_event
from prefect.logging.handlers import APILogHandler

from alerts.redline import Paragraph, redline
from flows.artifacts import (
    Redline,
    artifact_key,
    change_page,
    events,
    outcome_table,
    summary_line,
)
from flows.environment import LOGGERS
from flows.prefect_api import read_addresses
from flows.run_chart import as_address, chart_of
from flows.run_names import run_tags
from reports.compare.diff import compare_readings
from reports.model.values import Change
from services.assembly import Parts
from services.runs.run import RunReport
from services.watch.walk import Walk

MOST_REDLINES = 20
"""Changes of a run that are shown word by word."""

MOST_WORDS = 1_000
"""Words of each that are shown; what is left out is counted."""

PROGRESS_SECONDS = 10.0
"""How often the progress of a run is told: each time is a request to Prefect's server."""


@contextmanager
def walk_in_log() -> Iterator[None]:
    """Show the lines of the walk beside the run, on a server that was set up without us too.

    Under `up` logging.yml and PREFECT_LOGGING_EXTRA_LOGGERS say so already.
    """
    fresh = [each for each in map(logging.getLogger, LOGGERS.split(",")) if not each.handlers]
    levels = [each.level for each in fresh]
    handler = APILogHandler()
    for each in fresh:
        each.setLevel(each.level or logging.INFO)
        each.addHandler(handler)
    try:
        yield
    finally:
        for each, level in zip(fresh, levels, strict=True):
            each.removeHandler(handler)
            each.setLevel(level)


async def label(run: FlowRun, name: str, source: str) -> None:
    """Name a flow run and tag it with its source."""
    tags = run_tags(source, run.tags)
    if (run.name, sorted(run.tags)) == (name, tags):
        return
    try:
        async with get_client() as client:
            await client.update_flow_run(run.id, name=name, tags=tags)
    except Exception as error:
        get_run_logger().warning("Prefect did not take the run's name: %s", error)
    run.name, run.tags = name, tags


class Progress:
    """An artifact that tells how much of a run's pages were looked at, until it is left."""

    def __init__(self, walk: Walk, planned: int) -> None:
        self._walk, self._planned = walk, planned
        self._artifact: UUID | None = None
        self._telling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        source = self._walk.source.name
        says = f"Run {self._walk.run_id} of {source}: {self._planned:,} pages to look at"
        try:
            self._artifact = await acreate_progress_artifact(
                self._share(), key=artifact_key("progress", source), description=says
            )
        except Exception as error:
            get_run_logger().warning("Prefect did not take the run's progress: %s", error)
            return
        self._telling = asyncio.create_task(self._tell_on())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._telling is None:
            return
        self._telling.cancel()
        with suppress(asyncio.CancelledError):
            await self._telling
        if error is None:
            await self._tell()

    def _share(self) -> float:
        if not self._planned:
            return 100.0
        return min(100.0, round(100 * self._walk.looked_at / self._planned, 1))

    async def _tell_on(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            await self._tell()

    async def _tell(self) -> None:
        assert self._artifact
        with suppress(Exception):  # the next one tells more
            await aupdate_progress_artifact(self._artifact, progress=self._share())


async def publish(report: RunReport, parts: Parts) -> None:
    """Leave the run's artifacts and events."""
    for note in report.notes:
        get_run_logger().info("%s", note)
    try:
        await _leave(report, parts)
        for each in events(report):
            emit_event(each.name, {"prefect.resource.id": each.resource}, payload=each.facts)
    except Exception as error:
        get_run_logger().warning("Prefect did not take the run's artifacts or events: %s", error)


async def _leave(report: RunReport, parts: Parts) -> None:
    says = summary_line(report)
    await acreate_table_artifact(
        table=outcome_table(report), key=artifact_key("ingest", report.source), description=says
    )
    if picture := chart_of(report.counts):
        key = artifact_key("chart", report.source)
        await acreate_image_artifact(as_address(picture), key=key, description=f"Chart of {says}")
    addresses = read_addresses(parts.settings.home)
    monitor = parts.settings.public_url or (addresses.monitor_url if addresses else "")
    redlines = await to_thread.run_sync(partial(redlines_of, parts, report.changes))
    if page := change_page(report, monitor, redlines):
        await acreate_markdown_artifact(
            page,
            key=artifact_key("changes", report.source),
            description=f"What changed and what failed in run {report.run_id} of {report.source}",
        )


def redlines_of(parts: Parts, changes: Sequence[Change]) -> Mapping[int, Sequence[Redline]]:
    """Return by a change's number what is shown word by word, of the first changes that have it."""
    compared = [each for each in changes if each.from_version and each.to_version]
    return {each.id: list(_redlines(parts, each)) for each in compared[:MOST_REDLINES]}


def _redlines(parts: Parts, change: Change) -> Iterator[Redline]:
    with parts.store.read() as unit:
        before, after = unit.versions.of_change_then(change)
    if before is None or after is None:
        return
    room = MOST_WORDS
    for name, comparison in compare_readings(before.reading, after.reading).changed:
        shown = redline(comparison, heading=name, most_words=room)
        room -= sum(len(each.text.split()) for each in shown if isinstance(each, Paragraph))
        yield Redline(name, shown)
