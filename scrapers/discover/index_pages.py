"""Find what there is to read: editions from the collection, reports from their indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reports.model.captured import CaptureRecord
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import Outcome
from scrapers.fetch.errors import BudgetSpent, FetchError, Unreachable
from scrapers.judge.pages import judge_listing
from scrapers.source import Link, Source

if TYPE_CHECKING:  # who plans what to ask opens no connection
    from scrapers.fetch.gate import FetchGate

FLOOR = 0.8
"""A listing with less than this share of the last good one's links is not to be trusted."""

NEWEST = 2
"""Editions a run looks at when none is named."""


@dataclass(frozen=True)
class Listing:
    """An edition's index as read in this run; ``fault`` says why it could not be trusted.

    ``record`` says what was asked and answered, None if nothing was.
    """

    edition: str
    url: str
    links: tuple[Link, ...] = ()
    outcome: Outcome | None = None
    fault: str = ""
    record: CaptureRecord | None = None

    @property
    def is_good(self) -> bool:
        """Whether the listing was read whole."""
        return not self.fault


@dataclass
class Editions:
    """Which editions to look at, and the indexes already read while finding out.

    ``is_answered`` says whether the publisher's host answered at all when it was asked.
    """

    chosen: tuple[str, ...]
    is_answered: bool = True
    read: dict[str, Listing] = field(default_factory=dict)


def choose_editions(
    gate: FetchGate, source: Source, asked: Sequence[str], known: Sequence[str]
) -> Editions:
    """Return the editions asked for, else the newest two and whatever is new.

    A new edition is noticed on the family's collection page, and by trying the index of the one
    after the newest. ``known`` are the editions whose listing was read before. Raises BudgetSpent.
    """
    if asked:
        return Editions(tuple(dict.fromkeys(asked)))
    if not source.next_edition(max(source.editions)):  # its one listing is its collection
        return Editions(source.editions)
    try:
        listed = _collection(gate, source)
    except Unreachable:  # asking for more would take as long and say the same
        newest_known = tuple(sorted({*source.editions, *known})[-NEWEST:])
        return Editions(newest_known, is_answered=False)
    before = sorted({*source.editions, *known})
    newest = (listed or before)[-NEWEST:]
    fresh = [edition for edition in listed if edition not in before]
    chosen = Editions(tuple(sorted({*newest, *fresh})))
    following = source.next_edition(max([*before, *listed]))
    coming = read_index(gate, source, following, last_good=0)
    if coming.is_good:
        chosen.read[following] = coming
        chosen.chosen = (*chosen.chosen, following)
    return chosen


def read_index(gate: FetchGate, source: Source, edition: str, *, last_good: int) -> Listing:
    """Read an edition's index; a fault is part of the answer. Raises BudgetSpent."""
    url = source.index_url(edition)
    try:
        response = gate.get(url)
    except BudgetSpent:
        raise
    except FetchError as error:
        return Listing(edition, url, (), Outcome.ERROR, error.reason)
    record = response.record(payload_sha256(response.body))
    verdict = judge_listing(response, source)
    if verdict.outcome is not None:
        return Listing(edition, url, (), verdict.outcome, verdict.reason, record)
    links = source.read_index(response.body, edition)
    if not links:
        return Listing(edition, url, (), Outcome.UNREADABLE, "the index lists no report", record)
    fault = ""
    if len(links) < FLOOR * last_good:
        fault = f"the index lists {len(links)} reports, the last good one listed {last_good}"
    return Listing(edition, url, links, Outcome.UNREADABLE if fault else None, fault, record)


def _collection(gate: FetchGate, source: Source) -> tuple[str, ...]:
    """Return the editions the collection page lists; none if it cannot be read.

    Raises Unreachable if the host does not answer at all, and BudgetSpent.
    """
    try:
        response = gate.get(source.collection_url)
    except (BudgetSpent, Unreachable):
        raise
    except FetchError:
        return ()
    if judge_listing(response, source).outcome is not None:
        return ()
    return source.read_collection(response.body)
