"""Decide when each thing is due to be asked, and why: new editions, listings, every location.

Read from the database alone. Scheduled runs take what is due from here; ``reportwatch plan`` shows
it. How often is data of the source (``reports.watch.rhythm.Rhythm``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from reports.watch.outcome import Outcome
from reports.watch.rhythm import Rhythm
from scrapers.discover.index_pages import NEWEST
from scrapers.source import Source
from services.assembly import Parts
from services.settings import Settings
from services.watch.hints import is_marked, is_named_again, was_read_early
from storage.watch.listings import ListingReads
from storage.watch.locations import LocationView
from storage.watch.sources import FAILING, HintState

EDITIONS = "editions"
"""What the look for new editions is remembered as, among the ways to ask what is new."""

ONCE = timedelta(hours=1)
"""How often a scheduled run may come: what is due within half of this is due now."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when something is due that was never asked, or that hints tell of."""

AWAY = Rhythm()
"""How often a page that was removed is looked at, however often its source's others are."""

_UNREAD = frozenset({Outcome.EMPTY, Outcome.UNREADABLE, Outcome.UNIDENTIFIED})
_TROUBLE = frozenset({Outcome.BLOCKED, Outcome.ERROR})


class PlannedRequest(StrEnum):
    """What an entry of the plan asks for."""

    EDITIONS = "editions"
    LISTING = "listing"
    REPORT = "report"


@dataclass(frozen=True)
class PlanEntry:
    """One thing to ask: what, where, from when on, and why. ``known`` is set for a location."""

    asked: PlannedRequest
    url: str
    edition: str
    due_at: datetime
    why: str
    known: LocationView | None = None

    def is_due(self, now: datetime) -> bool:
        """Return whether to ask now: what would fall due before the next run is not put off."""
        return self.due_at <= now + ONCE / 2


@dataclass(frozen=True)
class SourcePlan:
    """Everything a source is to be asked, soonest first."""

    source: str
    entries: tuple[PlanEntry, ...]

    @property
    def editions(self) -> set[str]:
        """The editions whose listings are on it."""
        return {each.edition for each in self.entries if each.asked is PlannedRequest.LISTING}

    def due(self, asked: PlannedRequest, now: datetime) -> list[PlanEntry]:
        """Return what of one kind is due."""
        return [each for each in self.entries if each.asked is asked and each.is_due(now)]


def read_plan(parts: Parts, source: Source) -> SourcePlan:
    """Return what a source is to be asked next and why."""
    now = parts.now()
    name = source.name
    listings, baseline_at, states, known, news = parts.store.consult(
        lambda unit: (
            unit.listings.reads(name),
            unit.sources.baseline_at(name),
            unit.sources.hints(name),
            unit.locations(name).all(),
            unit.locations(name).last_changes(),
        )
    )
    watched = states.get(EDITIONS)
    appeared = _appearances(source, listings, baseline_at)
    entries = [
        _editions(source, watched, now),
        *_listings(source, listings),
        *(
            _report(source, parts.settings, each, news.get(each.id), appeared)
            for each in known
            if source.owns(each.url)
        ),
    ]
    longest = source.rhythm.report_wait(timedelta.max) * (1 + source.rhythm.jitter)
    far = now + max(longest, AWAY.report_wait(timedelta.max) * (1 + AWAY.jitter))
    entries = [_in_time(each, far) for each in entries]
    entries.sort(key=lambda each: (each.due_at, each.asked is PlannedRequest.REPORT, each.url))
    return SourcePlan(source.name, tuple(entries))


def _in_time(entry: PlanEntry, far: datetime) -> PlanEntry:
    """Return what is due later than anything can be as due: a clock was ahead at the last look."""
    if entry.due_at <= far:
        return entry
    return replace(entry, due_at=NEVER, why="the last look was noted by a clock that was ahead")


def _appearances(
    source: Source,
    listings: Mapping[str, ListingReads],
    baseline_at: datetime | None,
) -> dict[str, datetime]:
    """Return when editions came out: as is known of the source, else as was seen."""
    found = {
        edition: read.first_at
        for edition, read in listings.items()
        if baseline_at and read.first_at > baseline_at
    }
    known = {edition: source.rhythm.released_at(edition) for edition in {*listings, *found}}
    return {**found, **{edition: moment for edition, moment in known.items() if moment}}


def _editions(source: Source, watched: HintState | None, now: datetime) -> PlanEntry:
    rhythm = source.rhythm
    wait = rhythm.edition_wait(now)
    is_open = rhythm.is_release_time(now)
    why = "a new edition is expected" if is_open else "a new edition may appear at any time"
    why = f"{why}; looked for every {_span(wait)}"
    if watched and watched.state == FAILING:
        wait = min(wait, timedelta(hours=rhythm.trouble_hours))
        why = "the last look for a new edition had no answer"
    due_at = watched.asked_at + wait if watched else now
    return PlanEntry(PlannedRequest.EDITIONS, source.collection_url, "", due_at, why)


def _listings(source: Source, reads: Mapping[str, ListingReads]) -> list[PlanEntry]:
    """Return the listings: newest editions often, the others for what was taken off them.

    An edition that somebody asked for and that never was is not waited for.
    """
    rhythm = source.rhythm
    are = {each for each, read in reads.items() if read.was_good or each in source.editions}
    editions = sorted({*source.editions[-NEWEST:], *are})
    entries = []
    for edition in editions:
        is_new = edition in editions[-NEWEST:]
        hours = rhythm.listing_hours if is_new else rhythm.older_listing_hours
        url = source.index_url(edition)
        due_at, why = _next_reading(rhythm, url, reads.get(edition), hours)
        entries.append(PlanEntry(PlannedRequest.LISTING, url, edition, due_at, why))
    return entries


def _next_reading(
    rhythm: Rhythm, url: str, read: ListingReads | None, hours: float
) -> tuple[datetime, str]:
    """Return when a listing is due and why: the promise must not hang on one that failed once."""
    if read is None:
        return NEVER, "it was never read"
    if not read.is_good and rhythm.trouble_hours < hours:
        wait = timedelta(hours=rhythm.trouble_hours)
        return _spread(rhythm, url, read.last_at, wait), "it was not read well the last time"
    wait = timedelta(hours=hours)
    return _spread(rhythm, url, read.last_at, wait), f"read every {_span(wait)}"


def _report(
    source: Source,
    settings: Settings,
    known: LocationView,
    news: datetime | None,
    appeared: Mapping[str, datetime],
) -> PlanEntry:
    released = appeared.get(known.edition)
    due_at, why = next_look(source.rhythm, settings, known, news=news, released=released)
    return PlanEntry(PlannedRequest.REPORT, known.url, known.edition, due_at, why, known)


def next_look(
    rhythm: Rhythm,
    settings: Settings,
    known: LocationView,
    *,
    news: datetime | None,
    released: datetime | None,
) -> tuple[datetime, str]:
    """Return when a location is due, and why then."""
    checked_at = known.checked_at
    if checked_at is None:
        return NEVER, "it was never looked at"
    outcome = known.outcome
    if outcome == Outcome.SUSPECTED:
        wait = _between_misses(settings) * (1 + rhythm.jitter)  # the last one is not to be early
        missed = min(known.miss_count, settings.gone_checks)
        why = f"it was missing; {missed} of {settings.gone_checks} misses are counted"
    elif failed := _after_failure(rhythm, outcome):
        wait, why = failed
    elif is_left(known):
        wait = rhythm.report_wait(timedelta.max)
        why = f"its report moved to another address; looked at every {_span(wait)}"
    elif is_marked(known) and outcome != Outcome.REMOVED:
        return NEVER, "since it was read, hints called it modified or a listing dropped it"
    elif outcome == Outcome.REMOVED and (known.is_listed or is_named_again(known)):
        wait = timedelta(hours=rhythm.listing_hours)
        named_by = "a listing names" if known.is_listed else "hints name"
        why = f"it was removed, and {named_by} it"
    elif was_read_early(known):
        wait = timedelta(hours=rhythm.listing_hours)
        why = "it was read soon after hints say that it was modified: a cache may have been old"
    else:
        seldom = AWAY if outcome == Outcome.REMOVED else rhythm
        latest = _latest(news, released)
        wait = seldom.report_wait(max(checked_at - latest, timedelta()))
        why = f"{_of_age(latest, news)}; looked at every {_span(wait)}"
    return _spread(rhythm, known.key, checked_at, wait), why


def _after_failure(rhythm: Rhythm, outcome: str) -> tuple[timedelta, str] | None:
    if outcome in _TROUBLE:
        return timedelta(hours=rhythm.trouble_hours), f"the last look failed ({outcome})"
    if outcome in _UNREAD:
        wait = timedelta(hours=rhythm.listing_hours)
        return wait, f"its page could not be taken ({outcome})"
    return None


def _latest(*moments: datetime | None) -> datetime:
    return max([moment for moment in moments if moment], default=NEVER)


def is_left(known: LocationView) -> bool:
    """Return whether a report moved from an address that no listing names any more."""
    return known.outcome == Outcome.MOVED and not known.is_listed


def _between_misses(settings: Settings) -> timedelta:
    """Return the wait that spreads the misses of a removal over its hours."""
    return timedelta(hours=settings.gone_hours / max(settings.gone_checks - 1, 1))


def _of_age(latest: datetime, news: datetime | None) -> str:
    if latest == NEVER:
        return "nothing new is known of it"
    what = "it changed" if latest == news else "its edition came out"
    return f"{what} on {latest.date().isoformat()}"


def _spread(rhythm: Rhythm, key: str, moment: datetime, wait: timedelta) -> datetime:
    """Return when a wait ends, made a little longer or shorter, the same for the same look."""
    digest = hashlib.sha256(f"{key} {moment.isoformat()}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1
    return moment + wait * (1 + rhythm.jitter * share)


def _span(wait: timedelta) -> str:
    hours = wait / timedelta(hours=1)
    if hours >= 48:
        return f"{hours / 24:g} days"
    return "hour" if hours == 1 else f"{hours:g} hours"
