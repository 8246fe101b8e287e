"""Close a run: what is gone, what hosts were asked, whether it read well, what to report of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from reports.model.identity import location_key
from reports.text.plain import counted, one_line
from reports.watch.frame import Conclusion
from reports.watch.outcome import LEAST_LOOKS, Outcome, came_to_nothing, unread_count
from reports.wording.citation import stamp
from scrapers.discover.index_pages import FLOOR
from scrapers.fetch.pace import LEFT_ALONE
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
from storage.watch.runs import LocationOutcome

QUOTES, LONGEST_QUOTE = 2, 80
"""Texts that a note for the operator quotes, and characters of each."""


def look_in_archives(run: RunState) -> None:
    """Look at the publisher's archive hosts for what is about to count as removed.

    They are not asked while another origin replaces the publisher's site.
    """
    if run.request.via or run.parts.settings.via:
        return
    misses, now = run.progress.clean_misses, run.parts.now()
    impending = run.parts.store.consult(
        lambda unit: unit.removals(run.recording).impending(misses, run.patience, now)
    )
    found = find_in_archives(run.gate, run.source, impending, run.patience, run.parts.now)
    if found.moved:
        run.parts.store.transact(lambda unit: unit.recorder(run.recording).record(found.moved))
    kept = {each.url for each in found.moved} | found.undecided
    run.progress.clean_misses[:] = [url for url in run.progress.clean_misses if url not in kept]


def copies_to_read(run: RunState) -> list[Target]:
    """Return other locations of missing reports that this run has not read.

    Hints call a copy unmodified, or it is not due: then nothing says that it is still there.
    """
    store, misses = run.parts.store, run.progress.clean_misses
    urls = store.consult(lambda unit: unit.removals(run.recording).unattempted(misses))
    known = store.consult(lambda unit: unit.locations(run.source.name).by_url(urls))
    return [
        Target(url, known[url].edition, known[url], is_listed=known[url].is_listed)
        for url in dict.fromkeys(urls)
        if run.source.owns(url)
    ]


def set_aside_doubtful(run: RunState) -> None:
    """Conclude nothing of a page whose copies could not be read: one of them may be there."""
    misses = run.progress.clean_misses
    doubtful = run.parts.store.consult(
        lambda unit: unit.removals(run.recording).in_doubt(misses, run.patience, run.source.owns)
    )
    misses[:] = [url for url in misses if location_key(url) not in doubtful]


def record_run_changes(parts: Parts, recording: Recording) -> None:
    """Record what only the run as a whole shows, before its row is closed.

    Topics that left the lists of an edition, and pages that the Internet Archive is to keep.
    """

    def record(unit: Unit) -> None:
        record_vanished_topics(unit, recording, parts.now())
        if parts.settings.wayback_save and not recording.is_silent:
            unit.archive.request_saves(recording.run_id, parts.now())

    parts.store.transact(record)


def conclude_absences(run: RunState, unit: Unit) -> None:
    """Announce, in the transaction that ends the run, what has been away for long enough."""
    now = run.parts.now()
    removals = unit.removals(run.recording)
    removals.confirm(run.progress.clean_misses, run.patience, now)
    record_dropped_countries(unit, run.recording, run.source, run.listings.read, run.patience, now)


def hold_template_changes(run: RunState, unit: Unit) -> None:
    """Hold changes of appearance that many pages share, in the transaction that ends the run."""
    source, run_id = run.source.name, run.recording.run_id
    held = unit.changes.hold_template_changes(source, run_id, run.parts.now())
    run.progress.template_changes = held


def conclude_notices(run: RunState, unit: Unit) -> None:
    """Record notices around reports, in the transaction that ends the run."""
    run.progress.surroundings = unit.notices(run.recording).conclude()


def save_accounts(run: RunState, unit: Unit) -> None:
    """Store what was asked of hosts, how robots.txt read, what waits, how good hints were."""
    run.usage.save(unit)
    progress = run.progress
    waiting = {each.url: each.edition for each in progress.postponed if each.is_listed}
    unit.locations(run.source.name).expect(waiting)
    for host, state in run.gate.robots_states().items():
        unit.hosts.note_robots(host, state.value, run.parts.now())
    if progress.tested:
        kind = run.targets.hints.kind
        unit.sources.grade_hint(run.source.name, kind, progress.tested, progress.missed)


def why_nothing(
    run: RunState, counts: Mapping[str, int], failures: Sequence[LocationOutcome]
) -> str:
    """Say in what way a run came to nothing, ``""`` if it came to something.

    What a person asked for came to nothing if every page of it was refused, however few. A planned
    run may have next to nothing to ask: a page or two that fail say nothing of it.
    """
    if not came_to_nothing(counts, LEAST_LOOKS if run.request.trigger.is_planned else 1):
        return ""
    unread, checked = unread_count(counts), counts["checked"]
    failed = [each for each in failures if each.outcome in (Outcome.BLOCKED, Outcome.ERROR)]
    asked = min(failed, key=lambda each: LEFT_ALONE in each.reason)  # the cause, not what followed
    return (
        f"the run came to nothing: {unread:,} of {counted(checked, 'page')} refused or unanswered, "
        f"among them {asked.url}: {asked.reason}"
    )


def mark_read(run: RunState, unit: Unit, counts: Mapping[str, int], *, is_nothing: bool) -> None:
    """Store that the source was read well, if it was, and whether that is its baseline."""
    is_read = run.listings.is_any_good or bool(run.request.urls)
    if is_read and not is_nothing:
        now, is_baseline = run.parts.now(), _has_read_all(run, counts)
        unit.sources.mark_read(run.source.name, now, is_baseline=is_baseline)


def _has_read_all(run: RunState, counts: Mapping[str, int]) -> bool:
    """Return whether the run is a baseline: whole listings, the newest among them, to their end.

    A page that always fails does not keep a baseline open; a site that broke down does.
    """
    listings = run.listings.read
    is_whole = bool(listings) and all(one.is_good for one in listings.values())
    if not is_whole or run.request.countries or run.progress.postponed:
        return False
    has_newest = max(listings) >= run.recording.newest_edition
    return has_newest and unread_count(counts) <= (1 - FLOOR) * counts["checked"]


def listing_faults(run: RunState) -> tuple[Failure, ...]:
    """Return what was wrong with listings: failures of the run, but no locations of reports."""
    return tuple(
        {"url": one.url, "outcome": one.outcome or Outcome.UNREADABLE, "reason": one.fault}
        for one in run.listings.read.values()
        if one.fault
    )


def notes(run: RunState) -> Iterator[str]:
    """Say what a run came across that is neither a change nor a failure."""
    progress, targets = run.progress, run.targets
    waiting = len(progress.postponed)
    if waiting or targets.why_postponed:
        host = urlsplit(run.source.collection_url).hostname or ""
        why = targets.why_postponed or run.usage.budget.why_spent(host)
        what = f"{waiting:,} locations wait" if waiting else "everything due waits"
        yield f"{what} for another day: {why}"
    held = run.parts.store.consult(lambda unit: unit.mass_removals(run.source.name).waiting())
    for each in held:
        removals = counted(len(each.reports), "removal")
        yield f"{removals} of edition {each.edition} held; decide review {each.review}"
    for host, seconds in run.gate.rests().items():
        until = run.parts.now() + timedelta(seconds=round(seconds))
        yield (
            f"{host} asked to be left alone (Retry-After): no run asks it before {stamp(until)}, "
            "unless a person says `--despite-retry-after`"
        )
    for host, state in run.gate.robots_states().items():
        if state is RobotsState.UNREACHABLE:
            meaning = f"{run.parts.settings.robots_unreachable}s"
            yield f"robots.txt of {host} could not be read, which {meaning} asking it here"
    if progress.template_changes:
        yield (
            f"{counted(progress.template_changes, 'page')} changed in appearance as others did: "
            "taken for a change of the site's template, recorded, and readers are not notified"
        )
    yield from _surroundings(progress.surroundings)
    if progress.missed:
        yield (
            f"hints had called {progress.missed} of {progress.tested} pages unmodified whose "
            "words have changed"
        )


def _surroundings(found: Conclusion) -> Iterator[str]:
    """Say what changed around reports that readers were not notified of."""
    came = [f"“{one_line(text, LONGEST_QUOTE)}” came" for text in found.added[:QUOTES]]
    went = [f"“{one_line(text, LONGEST_QUOTE)}” went" for text in found.removed[:QUOTES]]
    if found.page_count:
        pages = counted(found.page_count, "page")
        yield f"the frame of {pages} changed, which readers are not notified of: " + "; ".join(
            came + went
        )
    held = [each for each in found.notices if each.is_held]
    if held:
        words = next(text for each in held for text in (*each.added, *each.removed))
        yield (
            f"notices around {counted(len(held), 'report')} were recorded and held back, since "
            f"they are too many at once: “{one_line(words, LONGEST_QUOTE)}”"
        )
