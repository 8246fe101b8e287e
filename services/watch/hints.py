"""Learn from hints which known pages need not be read: those the publisher has not modified.

Hints decide what to fetch, never what changed. Each location keeps what a hint said of it when its
words were last read well (``location.hint``); while the hint is the same, the page is unmodified.
What a hint says was modified is marked until the page has been read, so that a run that breaks off,
or whose budget is spent, forgets nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reports.model.identity import location_key
from reports.watch.outcome import Outcome
from scrapers.discover.hints import HintKind, Hints, HintsAbsent, HintsFailed, of_listings
from scrapers.discover.rest_collection import ask_rest
from scrapers.discover.sitemaps import ask_site_maps
from scrapers.fetch.errors import BudgetSpent, FetchError, RobotsForbid
from scrapers.source import Link, Source
from services.assembly import Parts
from storage.unit import Unit
from storage.watch.locations import GOOD, MARK, LocationView
from storage.watch.sources import ABSENT, FAILING, WORKS, HintState

if TYPE_CHECKING:  # who plans what to ask opens no connection
    from scrapers.fetch.gate import FetchGate

_log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(days=30)
"""How long a site that has no such hints is left unasked."""

MARGIN = timedelta(days=1)
"""How long before our attempt a modification must lie to have been seen by it: caches lag."""

NOTHING = ":"
"""What a hint ends with if the site named the page before and no longer does."""


@dataclass(frozen=True)
class RunHints:
    """What the hints of one run say; without a kind they say nothing."""

    kind: str = ""
    modified: Mapping[str, str] = field(default_factory=dict)  # by location key
    urls: tuple[str, ...] = ()
    is_whole: bool = False

    def token(self, key: str) -> str:
        """Return what is said of a location now, ``""`` for nothing."""
        modified = self.modified.get(key)
        return f"{self.kind}:{modified}" if modified else ""

    def mark(self, known: LocationView) -> str:
        """Return what a location's hint must be before anything is read."""
        held, now = known.hint, self.token(known.key)
        if now:
            if held.removeprefix(MARK) == now:
                return held
            is_new = not self._is_mine(held) and not is_marked(known)
            return now if is_new and _was_read_since(known, now) else MARK + now
        is_missing = self.is_whole and held not in ("", MARK)
        return f"{MARK}{self.kind}{NOTHING}" if is_missing else held

    def after_reading(self, known: LocationView | None, url: str) -> str:
        """Return what a location's hint is once its page has been read well."""
        now = self.token(location_key(url))
        if now or known is None or self.is_whole:
            return now
        held = known.hint.removeprefix(MARK)
        return "" if held.endswith(NOTHING) else held

    def is_unmodified(self, known: LocationView, is_listed: bool) -> bool:
        """Return whether a page, as marked, need not be read: it is unmodified, or still gone."""
        if not self.kind:
            return False
        if known.outcome == Outcome.REMOVED:
            return not is_listed and known.key not in self.modified
        return known.outcome in GOOD and self._is_mine(known.hint) and not is_marked(known)

    def _is_mine(self, held: str) -> bool:
        return held.removeprefix(MARK).startswith(f"{self.kind}:")


def is_marked(known: LocationView) -> bool:
    """Return whether hints say that a page was modified since it was read."""
    return known.hint.startswith(MARK)


def is_named_again(known: LocationView) -> bool:
    """Return whether hints name a page that is away as modified since it was read."""
    return is_marked(known) and known.hint != MARK and not known.hint.endswith(NOTHING)


def was_read_early(known: LocationView) -> bool:
    """Return whether a page was read so soon after its modification that a cache may have been old.

    What lies after the attempt by more than clocks differ is not a modification.
    """
    modified = _moment(known.hint)
    if modified is None or known.seen_at is None:
        return False
    return abs(known.seen_at - modified) < MARGIN / 2


def _moment(hint: str) -> datetime | None:
    """Return the moment that a hint names."""
    try:
        moment = datetime.fromisoformat(hint.partition(":")[2])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _was_read_since(known: LocationView, token: str) -> bool:
    """Return whether a page was read well after it was modified, though no hint was asked then."""
    if known.outcome not in GOOD or known.seen_at is None:
        return False
    modified = _moment(token)
    return modified is not None and modified < known.seen_at - MARGIN


def ask_hints(
    parts: Parts,
    source: Source,
    gate: FetchGate,
    *,
    known: Sequence[LocationView],
    links: Iterable[Link],
) -> RunHints:
    """Ask in the cheapest way that works, and mark what was modified.

    ``known`` are all locations of the source; ``links`` are those that this run's listings named.
    Every way may be missing or fail; then the next one is tried.
    """
    allowed = parts.settings.hints.split(",")
    for kind in (HintKind.REST, HintKind.SITEMAP):
        hints = _ask(parts, source, gate, kind) if kind in allowed else None
        if hints is not None:
            return _taken(parts, source, hints, known, gate.via)
    listed = of_listings(list(links)) if HintKind.LISTING in allowed else None
    if listed and listed.modified:
        return _taken(parts, source, listed, known, gate.via)
    return RunHints()


def _ask(parts: Parts, source: Source, gate: FetchGate, kind: HintKind) -> Hints | None:
    """Ask in one way unless it is known to be missing; remember if it is, or fails."""
    held = parts.store.consult(lambda unit: unit.sources.hints(source.name).get(kind))
    if held and held.origin != gate.via:
        held = None  # the hints of another site say nothing of this one
    if held and held.state == ABSENT and parts.now() - held.asked_at < ASK_AGAIN:
        return None
    place = (held.cursor, held.entry_count) if held and held.state != ABSENT else ("", 0)
    try:
        if kind is HintKind.REST:
            return ask_rest(gate, source, *place)
        return ask_site_maps(gate, source)
    except BudgetSpent:
        raise
    except (HintsAbsent, HintsFailed, FetchError) as error:
        state = ABSENT if isinstance(error, (HintsAbsent, RobotsForbid)) else FAILING
        _log.info("no hints by %s: %s", kind.value, error)
        failed = HintState(kind.value, state, parts.now(), str(error), gate.via, *place)
        parts.store.transact(lambda unit: unit.sources.save_hint(source.name, failed))
    return None


def _taken(
    parts: Parts, source: Source, hints: Hints, known: Sequence[LocationView], origin: str
) -> RunHints:
    """Mark what was modified, in the transaction that remembers where to go on.

    Another way that was asked before begins anew: what it said last is known of no page any more.
    """
    modified = {location_key(url): token for url, token in hints.modified.items()}
    found = RunHints(hints.kind.value, modified, tuple(hints.modified), hints.is_whole)
    marks = {each.id: mark for each in known if (mark := found.mark(each)) != each.hint}
    state = HintState(found.kind, WORKS, parts.now(), "", origin, hints.cursor, hints.total)

    def remember(unit: Unit) -> None:
        unit.locations(source.name).hint(marks)
        unit.sources.save_hint(source.name, state)
        unit.sources.restart_hints(source.name, but=found.kind)

    parts.store.transact(remember)
    return found
