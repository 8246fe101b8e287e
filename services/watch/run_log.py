"""Log the steps of a run in words: what discovery found, what was asked, what changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from reports.model.values import Change
from reports.text.plain import counted, one_line
from scrapers.fetch.budget import Spent
from services.watch.read_location import Target
from services.watch.run_state import RunState

_log = logging.getLogger(__name__)

MOST_CHANGES = 50
LONGEST = 300


def log_discovery(run: RunState, targets: Sequence[Target]) -> None:
    """Log which listings were read, and how many pages are looked at."""
    for edition, listing in sorted(run.listings.read.items()):
        doubt = "" if listing.is_good else f", not trusted: {one_line(listing.fault, LONGEST)}"
        named = counted(len(listing.links), "page")
        which = one_line(edition, LONGEST) or "all editions"
        _log.info("the listing of %s names %s%s", which, named, doubt)
    spared = len(run.targets.unmodified)
    by_hints = f"; {counted(spared, 'known page')} unmodified, hints say" if spared else ""
    _log.info("discovery: %s to look at%s", counted(len(targets), "page"), by_hints)


def log_close(counts: Mapping[str, int], seconds: float, *, is_failed: bool) -> None:
    """Log how a run ends."""
    _log.info("the run ends, %s in %.1f s: %s", "failed" if is_failed else "done", seconds, counts)


def log_requests(asked: Mapping[str, Spent]) -> None:
    """Log how much each host was asked."""
    for host, spent in sorted(asked.items()):
        requests = counted(spent.requests, "request")
        _log.info("%s was sent %s, %.1f MB came", host, requests, spent.bytes / 1e6)


def log_changes(changes: Sequence[Change]) -> None:
    """Log every change, those of the baseline counted."""
    for line in _changes(changes):
        _log.info("%s", line)


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    news = [each for each in changes if not each.is_baseline]
    for each in news[:MOST_CHANGES]:
        yield one_line(f"{each.kind}: {each.report}, {each.summary_line or each.title}", LONGEST)
    more = len(news) - MOST_CHANGES
    if more > 0:
        yield f"and {counted(more, 'change')} more"
    if baseline := len(changes) - len(news):
        yield f"{counted(baseline, 'report')} recorded as the baseline, which is no news"
