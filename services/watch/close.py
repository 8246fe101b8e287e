"""End a run: what is gone, what hosts were asked, whether it read well, what to say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from reports.watch.outcome import Outcome, came_to_nothing
from scrapers.discover.index_pages import FLOOR
from scrapers.fetch.robots import RobotsState
from services.assembly import Parts
from services.runs.run import Failure
from services.runs.topics import record_vanished_topics
from services.watch.dropped_countries import record_dropped_countries
from services.watch.publisher_archive import find_in_archives
from services.watch.read_location import Target
from services.watch.run_state import RunState
from storage.record.attempts import Recording
from storage.unit import Unit
from storage.watch.locations import location_key
from storage.watch.runs import LocationOutcome


def look_in_archives(course: RunState) -> None:
    """Look at the publisher's archive hosts for what is about to count as removed.

    They are not asked while another origin stands for the publisher's site.
    """
    if course.request.via or course.parts.settings.via:
        return
    with course.parts.store.read() as unit:
        impending = unit.removals(course.recording).impending(
            course.progress.clean_misses, course.patience, course.parts.now()
        )
    found = find_in_archives(
        course.gate, course.source, impending, course.patience, course.parts.now
    )
    if found.moved:
        with course.parts.store.write() as unit:
            unit.recorder(course.recording).record(found.moved)
            unit.commit()
    kept = {each.url for each in found.moved} | found.undecided
    course.progress.clean_misses[:] = [
        url for url in course.progress.clean_misses if url not in kept
    ]


def copies_to_look_at(course: RunState) -> list[Target]:
    """Return other locations of missing reports that nothing has led this run to.

    Hints vouch for a copy, or it is not due: then nothing says that it still stands.
    """
    with course.parts.store.read() as unit:
        urls = unit.removals(course.recording).unattempted(course.progress.clean_misses)
        known = unit.locations(course.source.name).by_url(urls)
    return [
        Target(url, known[url].edition, known[url], is_listed=known[url].is_listed)
        for url in dict.fromkeys(urls)
        if course.source.owns(url)
    ]


def set_aside_doubtful(course: RunState) -> None:
    """Conclude nothing of a page whose copies could not be looked at: one of them may stand."""
    misses = course.progress.clean_misses
    with course.parts.store.read() as unit:
        removals = unit.removals(course.recording)
        doubtful = removals.in_doubt(misses, course.patience, course.source.owns)
    misses[:] = [url for url in misses if location_key(url) not in doubtful]


def record_run_changes(parts: Parts, recording: Recording) -> None:
    """Record what only the run as a whole shows, before its row is closed.

    Topics that left the lists of an edition, and pages that the Internet Archive is to keep.
    """
    with parts.store.write() as unit:
        record_vanished_topics(unit, recording, parts.now())
        if parts.settings.wayback_save and not recording.is_silent:
            unit.archive.request_saves(recording.run_id, parts.now())
        unit.commit()


def conclude_absences(course: RunState, unit: Unit) -> None:
    """Announce, in the transaction that ends the run, what has been away for long enough."""
    now = course.parts.now()
    removals = unit.removals(course.recording)
    removals.confirm(course.progress.clean_misses, course.patience, now)
    record_dropped_countries(
        unit, course.recording, course.source, course.listings.read, course.patience, now
    )


def settle_accounts(course: RunState, unit: Unit) -> None:
    """Write down what was asked of hosts, how robots.txt read, what waits, how hints fared."""
    course.spending.save(unit)
    progress = course.progress
    waiting = {each.url: each.edition for each in progress.postponed if each.is_listed}
    unit.locations(course.source.name).expect(waiting)
    for host, state in course.gate.robots_states().items():
        unit.hosts.note_robots(host, state.value, course.parts.now())
    if progress.vouched:
        kind = course.targets.advice.kind
        unit.sources.grade_hint(course.source.name, kind, progress.vouched, progress.missed)


def mark_read(
    course: RunState, unit: Unit, counts: Mapping[str, int], outcomes: Sequence[LocationOutcome]
) -> None:
    """Write down that the source was read well, where it was, and whether that is its baseline."""
    is_read = course.listings.is_any_good or bool(course.request.urls)
    if is_read and not came_to_nothing(counts):
        now, is_baseline = course.parts.now(), _has_read_all(course, outcomes)
        unit.sources.mark_read(course.source.name, now, is_baseline=is_baseline)


def _has_read_all(course: RunState, outcomes: Sequence[LocationOutcome]) -> bool:
    """Tell whether the run is a baseline: whole listings, the newest among them, to their end.

    A page that always fails does not keep a baseline open; a site that broke down does.
    """
    listings = course.listings.read
    is_whole = bool(listings) and all(one.is_good for one in listings.values())
    if not is_whole or course.request.countries or course.progress.postponed:
        return False
    unread = sum(each.outcome in (Outcome.ERROR, Outcome.BLOCKED) for each in outcomes)
    has_newest = max(listings) >= course.recording.newest_edition
    return has_newest and unread <= (1 - FLOOR) * len(outcomes)


def listing_faults(course: RunState) -> tuple[Failure, ...]:
    """Return what was wrong with listings: failures of the run, but no locations of reports."""
    return tuple(
        {"url": one.url, "outcome": one.outcome or Outcome.UNREADABLE, "reason": one.fault}
        for one in course.listings.read.values()
        if one.fault
    )


def notes(course: RunState) -> Iterator[str]:
    """Say what a run came across that is neither a change nor a failure."""
    progress, targets = course.progress, course.targets
    waiting = len(progress.postponed)
    if waiting or targets.why_postponed:
        host = urlsplit(course.source.collection_url).hostname or ""
        why = targets.why_postponed or course.spending.budget.why_spent(host)
        told = f"{waiting:,} locations wait" if waiting else "everything due waits"
        yield f"{told} for another day: {why}"
    for host, state in course.gate.robots_states().items():
        if state is RobotsState.UNREACHABLE:
            meaning = f"{course.parts.settings.robots_unreachable}s"
            yield f"robots.txt of {host} could not be read, which {meaning} asking it here"
    if progress.missed:
        yield (
            f"hints had called {progress.missed} of {progress.vouched} pages unmodified whose "
            "words have changed"
        )
