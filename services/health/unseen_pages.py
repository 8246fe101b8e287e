"""Find pages that are looked at again and again and not seen: a promise of pages, not of sources.

A source is read well if a listing of it is, and a run fails if most of its pages do. In between,
half an edition may be refused for weeks. What other alarms name is left to them: one cause, one
alarm.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from reports.text.plain import counted
from reports.watch.alarm import MOST_EXAMPLES, AlarmKind, Finding
from reports.watch.drift import HELD_BACK
from reports.watch.outcome import Outcome
from reports.watch.promise import Promise
from storage.watch.locations import ListedPage

SHARE = 0.2
"""From this share on, pages that are not seen are too many."""

FEW = 5
"""So many in one edition, at least, if they are no such share of their source."""

LOOKS = 3
"""Looks in a row that did not see a page, if its source's promise is not over before."""

_UNSEEN = frozenset({Outcome.BLOCKED, Outcome.ERROR, Outcome.UNREADABLE, Outcome.SUSPECTED})

Named = Collection[tuple[str, str]]
"""Kind and subject of the alarms that are open, or found at the same time."""


def unseen_pages(
    promise: Promise, pages: Sequence[ListedPage], named: Named, now: datetime
) -> Finding | None:
    """Return the finding that too many of a source's listed pages are not seen, None if not."""
    editions: dict[str, list[ListedPage]] = defaultdict(list)
    for each in pages:
        editions[each.edition].append(each)
    failing = {edition: _failing(one, named) for edition, one in editions.items()}
    overdue = {
        edition: [each for each in one if _is_overdue(each, promise, now)]
        for edition, one in failing.items()
    }
    is_many = sum(map(len, overdue.values())) >= SHARE * len(pages)
    unseen: dict[str, list[ListedPage]] = {}
    for edition, one in sorted(editions.items()):
        if _is_whole(one, failing[edition]):
            unseen[edition] = failing[edition]
        elif is_many or len(overdue[edition]) >= max(FEW, SHARE * len(one)):
            unseen[edition] = overdue[edition]
    unseen = {edition: found for edition, found in unseen.items() if found}
    return _finding(promise.source, unseen, editions) if unseen else None


def _failing(pages: Sequence[ListedPage], named: Named) -> list[ListedPage]:
    """Return the pages that the last look did not see, and no other alarm names."""
    kinds = {kind for kind, _ in named}

    def is_named(page: ListedPage) -> bool:
        if page.outcome == Outcome.SUSPECTED:
            is_poor = (AlarmKind.LISTING_FLOOR, page.edition) in named
            return page.miss_count > 0 or is_poor  # it counts towards a removal, or cannot yet
        is_unread = page.outcome == Outcome.UNREADABLE
        is_held = page.reason.startswith(HELD_BACK) and AlarmKind.HELD_BACK in kinds
        return is_unread and (is_held or (AlarmKind.DRIFT_SUMMARY, page.edition) in named)

    return [each for each in pages if each.outcome in _UNSEEN and not is_named(each)]


def _is_overdue(page: ListedPage, promise: Promise, now: datetime) -> bool:
    if page.unseen_count >= LOOKS:
        return True
    is_broken = page.seen_at is not None and now - page.seen_at > timedelta(hours=promise.hours)
    return is_broken and page.unseen_count > 1


def _is_whole(pages: Sequence[ListedPage], failing: Sequence[ListedPage]) -> bool:
    """Return whether nothing of an edition is seen: at once, or twice if it is a few pages."""
    least = 1 if len(pages) >= FEW else 2
    return len(failing) == len(pages) and all(each.unseen_count >= least for each in failing)


def _finding(
    source: str, unseen: dict[str, list[ListedPage]], editions: dict[str, list[ListedPage]]
) -> Finding:
    found = [each for one in unseen.values() for each in one]
    total = sum(map(len, editions.values()))
    told = "; ".join(
        f"edition {edition}: {len(one):,} of {len(editions[edition]):,} ({_outcomes(one)})"
        for edition, one in unseen.items()
    )
    return Finding(
        AlarmKind.UNSEEN_PAGES,
        source,
        f"{len(found):,} of {counted(total, 'page')} that its listings name {_since(found)}: "
        f"{told}. Their last versions stay as they are; nobody learns what changes there.",
        tuple(each.url for each in found[:MOST_EXAMPLES]),
        "`reportwatch ingest --url ADDRESS` with one of the examples says what comes of it; look "
        "at that page in a browser.",
        gist=" ".join(unseen),
    )


def _outcomes(pages: Sequence[ListedPage]) -> str:
    kinds = Counter(each.outcome for each in pages)
    return ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(kinds.items()))


def _since(pages: Sequence[ListedPage]) -> str:
    seen = [each.seen_at for each in pages if each.seen_at]
    if not seen:
        return "were never seen"
    first, last = (f"{each.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for each in (min(seen), max(seen)))
    since = f"were not seen since {first}" if first == last else f"were last seen {first} to {last}"
    never = len(pages) - len(seen)
    return f"{since}, {never:,} of them never" if never else since
