"""Read stored payloads again with the present reader, so that like is compared with like.

A better reader must not look like an edit by the publisher: what reads differently is listed,
nobody is notified, and readings that were cited stay as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from documents.runs import (
    RereadCounts,
    RereadDifferenceDocument,
    RereadResult,
    UnreadableDocument,
)
from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.reading import Reading, Section
from reports.model.values import Page
from reports.text.fingerprint import payload_sha256
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import Trigger, fail_run, start_run, take_source_lock
from services.runs.search_index import index_after_run
from storage.read.stale_readings import UnreadVersion
from storage.unit import Unit
from storage.watch.locations import LocationView

BATCH = 50
"""Versions read and stored in one transaction: what a broken-off run may have to do again."""


@dataclass(frozen=True)
class RereadRequest:
    """What to read again; ``is_trial`` stores nothing."""

    source: str
    editions: tuple[str, ...] = ()
    is_trial: bool = False


@dataclass(frozen=True)
class RereadDifference:
    """One version that two revisions of the reader read differently.

    ``parts`` are those that differ: summary, sections, notes, issues or facts.
    """

    report: ReportId
    version: int
    parts: tuple[str, ...]
    words_added: int
    words_removed: int

    @property
    def document(self) -> RereadDifferenceDocument:
        """The entry that ``reread`` prints."""
        return RereadDifferenceDocument(
            report=str(self.report),
            version=self.version,
            parts=list(self.parts),
            words_added=self.words_added,
            words_removed=self.words_removed,
        )


@dataclass(frozen=True)
class Unreadable:
    """One version in whose payload the present reader does not find the report."""

    report: ReportId
    version: int
    why: str

    @property
    def document(self) -> UnreadableDocument:
        """The entry that ``reread`` prints."""
        return UnreadableDocument(report=str(self.report), version=self.version, reason=self.why)


@dataclass(frozen=True)
class _Reread:
    """A version read again: how it was read, its bytes, its page, and what the page says of it."""

    held: UnreadVersion
    old: Reading
    body: bytes
    page: Page
    new: Reading | str


@dataclass(frozen=True)
class RereadReport:
    """What came of reading again."""

    source: str
    revision: int
    run_id: int | None
    checked: int
    different: tuple[RereadDifference, ...]
    unreadable: tuple[Unreadable, ...]
    is_trial: bool
    seconds: float

    @property
    def document(self) -> RereadResult:
        """What ``reread`` prints."""
        return RereadResult(
            source=self.source,
            reader_revision=self.revision,
            run_id=self.run_id,
            is_trial=self.is_trial,
            counts=RereadCounts(
                checked=self.checked,
                same=self.checked - len(self.different) - len(self.unreadable),
                different=len(self.different),
                unreadable=len(self.unreadable),
            ),
            different=[each.document for each in self.different],
            unreadable=[each.document for each in self.unreadable],
            seconds=round(self.seconds, 3),
        )


def reread(
    parts: Parts, request: RereadRequest, progress: Callable[[int, int], None] | None = None
) -> RereadReport:
    """Read again every version that the present reader has not read.

    Can be broken off and run again: what is stored is not read a second time. Raises RunRefused, or
    scrapers.registry.UnknownSource.
    """
    source = source_named(request.source)
    lock = take_source_lock(parts, source.name)
    started = time.monotonic()
    run_id = None if request.is_trial else _open_run(parts, source, request)
    try:
        found = list(_read_all(parts, source, request, progress))
    except BaseException as error:
        if run_id is not None:
            fail_run(parts, run_id, error, time.monotonic() - started)
        raise
    else:
        if run_id is not None:
            _end_run(parts, run_id, started)
            index_after_run(parts)
    finally:
        lock.release()
    return RereadReport(
        source.name,
        source.reader_revision,
        run_id,
        len(found),
        tuple(each for each in found if isinstance(each, RereadDifference)),
        tuple(each for each in found if isinstance(each, Unreadable)),
        request.is_trial,
        time.monotonic() - started,
    )


def _open_run(parts: Parts, source: Source, request: RereadRequest) -> int:
    return start_run(
        parts,
        source,
        trigger=Trigger.REREAD,
        orchestrator="direct",
        flow_run="",
        parameters={"reader_revision": source.reader_revision, "editions": list(request.editions)},
    ).run_id


def _end_run(parts: Parts, run_id: int, started: float) -> None:
    seconds = time.monotonic() - started
    with parts.store.write() as unit:
        unit.runs.end(run_id, "done", now=parts.now(), seconds=seconds)
        unit.commit()


def _read_all(
    parts: Parts,
    source: Source,
    request: RereadRequest,
    progress: Callable[[int, int], None] | None,
) -> Iterator[RereadDifference | Unreadable | None]:
    """Yield what came of each version that waits; None if both readers read the same."""
    revision, editions = source.reader_revision, request.editions
    with parts.store.read() as unit:
        total = unit.stale_readings(source.name, revision).count(editions)
    done = last = 0
    while True:
        with parts.store.read() as unit:
            waiting = unit.stale_readings(source.name, revision)
            batch = waiting.batch(editions, after=last, limit=BATCH)
            bodies = [(each, waiting.body(each), waiting.reading(each)) for each in batch]
        if progress:
            progress(done, total)
        if not batch:
            return
        read = [_read(source, *each) for each in bodies]
        if not request.is_trial:
            _keep(parts, source, read)
        yield from map(_judge, read)
        done, last = done + len(batch), batch[-1].version_id


def reread_stale(parts: Parts, source: Source, locations: Sequence[LocationView]) -> None:
    """Read again the latest versions at some locations that an older reader read.

    Done before a run compares them with what it fetches.
    """
    revision = source.reader_revision
    stale = [each.id for each in locations if each.reader_revision not in (0, revision)]
    if not stale:
        return

    def look(unit: Unit) -> list[tuple[UnreadVersion, bytes, Reading]]:
        waiting = unit.stale_readings(source.name, revision)
        newest = waiting.newest_at(stale)
        return [(each, waiting.body(each), waiting.reading(each)) for each in newest]

    bodies = parts.store.consult(look)
    _keep(parts, source, [_read(source, *each) for each in bodies])


def _keep(parts: Parts, source: Source, read: Sequence[_Reread]) -> None:
    def keep(unit: Unit) -> None:
        waiting = unit.stale_readings(source.name, source.reader_revision)
        for each in read:
            if isinstance(each.new, Reading):
                region = payload_sha256(source.region(each.body))
                waiting.keep(
                    each.held,
                    each.new,
                    each.body,
                    region_sha256=region,
                    shape=each.page.shape,
                    form=each.page.form,
                )

    parts.store.transact(keep)


def _read(source: Source, held: UnreadVersion, body: bytes, old: Reading) -> _Reread:
    page = source.read_stored(body, held.url)
    return _Reread(held, old, body, page, _reading_in(page, held, old))


def _reading_in(page: Page, held: UnreadVersion, old: Reading) -> Reading | str:
    """Return the reading of a version's report on its page, or why there is none."""
    named = [found.reading for found in page.reports if held.is_of(found.report)]
    if named:
        return named[0]
    # Its identity was decided by an operator or by its text: the page itself does not show it.
    nameless = [found.reading for found in page.undecided]
    same = [value for value in nameless if value.text_sha256 == old.text_sha256]
    if same or len(nameless) == 1:
        return (same or nameless)[0]
    return _why_nothing(page)


def _why_nothing(page: Page) -> str:
    others = ", ".join(str(found.report) for found in page.reports)
    if others:
        return f"the page is now read as {others}"
    if page.undecided:
        return "the page is now read as several texts without a name"
    return "the page is now read as holding no report"


def _judge(read: _Reread) -> RereadDifference | Unreadable | None:
    report, number, old, new = read.held.report, read.held.number, read.old, read.new
    if isinstance(new, str):
        return Unreadable(report, number, new)
    parts = tuple(name for name, differs in _comparisons(old, new) if differs)
    if not parts:
        return None
    if old.words_sha256 == new.words_sha256:
        return RereadDifference(report, number, parts, 0, 0)
    compared = compare_readings(old, new)
    return RereadDifference(report, number, parts, compared.words_added, compared.words_removed)


def _comparisons(old: Reading, new: Reading) -> Iterator[tuple[str, bool]]:
    yield "summary", (old.heading, old.blocks) != (new.heading, new.blocks)
    yield (
        "sections",
        [_named(each) for each in old.sections] != [_named(each) for each in new.sections],
    )
    yield "notes", old.notes != new.notes
    yield "issues", _issues(old) != _issues(new)
    yield "facts", old.facts != new.facts


def _named(section: Section) -> tuple[str, str, tuple[str, ...]]:
    return section.number, section.heading, section.blocks


def _issues(value: Reading) -> tuple[Any, ...]:
    issues = value.issues
    return issues.status, [(each.text, each.topics) for each in issues.items], issues.unread
