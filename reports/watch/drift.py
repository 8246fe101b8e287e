"""Tell a reader's failure from a publisher's edit: floors for an edition, losses of one page.

A scraper that breaks does not stop: it goes on and reads less. These rules say when less is too
little to be believed. What they find is for the operator; readers are notified of edits alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from statistics import median

from reports.model.identity import ReportId
from reports.model.reading import IssueStatus, Reading
from reports.watch.alarm import MOST_EXAMPLES, AlarmKind, Finding

FEW = 3
"""Pages that make a pattern: one or two may be odd by themselves."""

HELD_BACK = "held back: "
"""What the reason of a held-back page begins with."""

LEAST_WORDS = 50
"""Words a summary must have had for its shrinking to say anything."""

ALMOST_NOTHING = 0.2
"""Share of a summary's words below which almost nothing is left of it."""

BIG_LOSS = 0.5
"""Share of a report's words left below which the loss is big."""

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_MOST_LOOKED_FOR = 60  # of the blocks lost: enough to tell most from few
_WINDOW = slice(2, 12)  # the words of a block looked for: its edges may touch markup


@dataclass(frozen=True)
class Floors:
    """How well an edition of a source must read, in shares; below is an alarm.

    ``summary_share`` of the pages that answered have a summary; ``issue_share`` of the reports have
    a list of issues that could be read (a partial one counts: `_partial_lists` finds it), or say
    that there is nothing to report. The median summary has at least ``length_share`` and at most
    ``length_ceiling`` times the words it had in the last edition, over the countries held in both.
    Fewer than ``least_pages`` pages alarm on none of these: of 20, three must fail before a share
    falls below 0.9, of five a single odd one.
    """

    summary_share: float = 0.9
    issue_share: float = 0.9
    length_share: float = 0.5
    length_ceiling: float = 3.0
    least_pages: int = 20


@dataclass(frozen=True)
class PageRead:
    """How a page of an edition stands after the latest look that it answered."""

    name: str
    has_summary: bool
    is_held_back: bool = False


@dataclass(frozen=True)
class ReportRead:
    """How a report was read: what stands of its latest version."""

    report: ReportId
    issue_status: IssueStatus
    summary_words: int
    section_count: int
    had_sections: bool = True


@dataclass(frozen=True)
class EditionRead:
    """How an edition of a source stands."""

    source: str
    edition: str
    pages: tuple[PageRead, ...]
    reports: tuple[ReportRead, ...]


def what_was_lost(before: Reading, after: Reading) -> str:
    """Return what a broken reader would have lost between two readings; ``""`` for nothing such."""
    if before.sections and not after.sections:
        return f"every section is gone, of {len(before.sections)}"
    had, has = before.summary_word_count, after.summary_word_count
    if had >= LEAST_WORDS and has < ALMOST_NOTHING * had:
        return f"{has} of the summary's {had} words are left"
    was_read = before.issues.status is not IssueStatus.UNPARSED
    if was_read and after.issues.status is IssueStatus.UNPARSED:
        had, has = _words(before), _words(after)
        if has < BIG_LOSS * had:
            return f"the list of issues cannot be read, and {has} of {had} words are left"
    return ""


def _words(reading: Reading) -> int:
    return reading.word_count


def still_stands(before: Reading, after: Reading, body: bytes) -> bool:
    """Return whether most of what a reading no longer has still stands on the page, markup aside.

    Then it is the reader that lost it. What is gone from the page was taken away by the publisher:
    a deletion is news, however large.
    """
    kept = set(after.all_blocks)
    lost = [
        _WORD.findall(block.casefold())[_WINDOW] for block in before.all_blocks if block not in kept
    ]
    lost = [words for words in lost if len(words) == _WINDOW.stop - _WINDOW.start]
    if not lost:
        return True
    sample = lost[:: -(-len(lost) // _MOST_LOOKED_FOR)]
    page = _TAG.sub(" ", body.decode("utf-8", "replace"))
    said = f" {' '.join(_WORD.findall(unescape(page).casefold()))} "
    found = sum(f" {' '.join(words)} " in said for words in sample)
    return 2 * found >= len(sample)


def judge(editions: Sequence[EditionRead], floors: Floors) -> list[Finding]:
    """Return what is wrong with some editions of one source, given in order of edition.

    Only the newest is measured against the one before it: what older ones were like is history.
    """
    found = [*_held_back(editions)]
    for each in editions:
        found += [*_summaries(each, floors), *_issues(each, floors), *_outlines(each)]
        found += _partial_lists(each)
    for last, each in list(pairwise(editions))[-1:]:
        found += _lengths(last, each, floors)
    return found


def _held_back(editions: Sequence[EditionRead]) -> Iterator[Finding]:
    held = {
        each.edition: [page.name for page in each.pages if page.is_held_back] for each in editions
    }
    names = [name for pages in held.values() for name in pages]
    if not names:
        return
    of = ", ".join(f"{edition}: {len(pages)}" for edition, pages in held.items() if pages)
    yield Finding(
        AlarmKind.HELD_BACK,
        editions[0].source,
        f"{_counted(len(names), 'page')} held back ({of}): their markup is new, and what was read "
        "of them lost what a broken reader loses. The versions read last stay as they are.",
        _some(names),
        "`reportwatch review` lists them and says how to accept one as it was read. If the "
        "reader is at fault, a corrected one takes the pages by itself.",
    )


def _summaries(each: EditionRead, floors: Floors) -> Iterator[Finding]:
    pages = [page for page in each.pages if not page.is_held_back]
    without = [page.name for page in pages if not page.has_summary]
    if not _is_below(len(pages) - len(without), len(pages), floors.summary_share, floors):
        return
    yield Finding(
        AlarmKind.DRIFT_SUMMARY,
        each.edition,
        f"Edition {each.edition}: {len(without)} of {len(pages)} pages that answered have no "
        f"summary that could be read; at most {1 - floors.summary_share:.0%} may. Versions read "
        "before stay as they are.",
        _some(without),
        "`reportwatch ingest --url ADDRESS` with one of the examples says what came of it; look at "
        "that page in a browser.",
        gist=f"{len(without)}",
    )


def _issues(each: EditionRead, floors: Floors) -> Iterator[Finding]:
    unread = [one for one in each.reports if one.issue_status is IssueStatus.UNPARSED]
    total = len(each.reports)
    if not _is_below(total - len(unread), total, floors.issue_share, floors):
        return
    yield Finding(
        AlarmKind.DRIFT_ISSUES,
        each.edition,
        f"Edition {each.edition}: the list of issues could not be read in {len(unread)} of {total} "
        f"reports; at most {1 - floors.issue_share:.0%} may. Their issues and topics are unknown, "
        "not absent.",
        _some(str(one.report) for one in unread),
        f"`{_command('show', unread[0].report)}` shows the text of the first.",
        gist=f"{len(unread)}",
    )


def _partial_lists(each: EditionRead) -> Iterator[Finding]:
    partial = [one for one in each.reports if one.issue_status is IssueStatus.PARTIAL]
    if not partial:
        return
    yield Finding(
        AlarmKind.PARTIAL_LISTS,
        each.edition,
        f"Edition {each.edition}: the list of issues was not read whole in {len(partial)} of "
        f"{_counted(len(each.reports), 'report')}. The sentence that was not read is shown beside "
        "the list, and nothing is said to be new or no longer listed against it.",
        _some(str(one.report) for one in partial),
        f"`{_command('show', partial[0].report)}` shows the first. If the sentence is a list, the "
        "reader has to be corrected; if not, nothing need be done.",
        gist=" ".join(str(one.report) for one in partial),
    )


def _outlines(each: EditionRead) -> Iterator[Finding]:
    lost = [one for one in each.reports if one.had_sections and not one.section_count]
    if len(lost) < FEW:
        return
    yield Finding(
        AlarmKind.DRIFT_OUTLINE,
        each.edition,
        f"Edition {each.edition}: {len(lost)} of {_counted(len(each.reports), 'report')} had "
        "sections and now have none. Their pages look as before, so this was reported to readers "
        "as an edit by the publisher.",
        _some(str(one.report) for one in lost),
        f"`{_command('diff', lost[0].report)}` shows what went from the first.",
        gist=f"{len(lost)}",
    )


def _lengths(last: EditionRead, each: EditionRead, floors: Floors) -> Iterator[Finding]:
    before, after = _by_place(last), _by_place(each)
    both = sorted(before.keys() & after.keys())
    if len(both) < floors.least_pages:
        return
    had = median(before[place].summary_words for place in both)
    has = median(after[place].summary_words for place in both)
    if floors.length_share * had <= has <= floors.length_ceiling * had:
        return
    ranked = sorted(both, key=lambda one: after[one].summary_words / before[one].summary_words)
    told = ranked if has < had else ranked[::-1]
    country, part = told[0]
    place = f"{country} {last.edition} {each.edition}" + (f" --part {part}" if part else "")
    yield Finding(
        AlarmKind.DRIFT_LENGTH,
        each.edition,
        f"Edition {each.edition}: the median summary has {has:,.0f} words, {had:,.0f} in edition "
        f"{last.edition}, over the {len(both)} countries and areas stored in both. The publisher "
        "may have written so, or the reader takes too little or too much; nothing is held back.",
        _some(str(after[one].report) for one in told),
        f"`reportwatch compare {place} --source {each.source}` compares the first.",
        gist="shorter" if has < had else "longer",
    )


def _by_place(each: EditionRead) -> dict[tuple[str, str], ReportRead]:
    return {(one.report.country, one.report.part): one for one in each.reports if one.summary_words}


def new_shapes(source: str, shapes: Mapping[str, Sequence[str]], total: int) -> list[Finding]:
    """Return a finding for each shape of markup that was never seen before.

    ``shapes`` are the names of the pages that have each new shape, ``total`` how many pages of the
    source have any. A fingerprint is exact, so that a few pages suffice.
    """
    return [
        Finding(
            AlarmKind.DRIFT_SHAPE,
            shape,
            f"{len(names)} of the {total:,} pages of {source} that read well have markup that no "
            "page had before. They kept their summaries and sections; the template may be about "
            "to change on the others.",
            _some(names),
            "Compare an example's page in a browser with `reportwatch show COUNTRY EDITION`.",
            gist=f"{len(names)}",
        )
        for shape, names in sorted(shapes.items())
        if len(names) >= FEW
    ]


def _is_below(good: int, total: int, floor: float, floors: Floors) -> bool:
    return total >= floors.least_pages and good < floor * total


def _counted(count: int, noun: str) -> str:
    # Not the one of reports.wording, which brings in the comparison: sources load this.
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _some(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)[:MOST_EXAMPLES]


def _command(name: str, report: ReportId) -> str:
    part = f" --part {report.part}" if report.part else ""
    return f"reportwatch {name} {report.country} {report.edition}{part} --source {report.source}"
