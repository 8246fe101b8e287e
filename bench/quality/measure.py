"""Judge what was read, page by page, and count it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.quality.outlines import Outline
from bench.quality.pages import Expected
from bench.quality.reading import Found, ReadPage
from reports.issues.read import read_issues
from reports.model.reading import Issue, IssueStatus, Reading
from reports.model.values import Identified

Pair = tuple[str, Expected, Found | None]


@dataclass(frozen=True)
class Score:
    """How many of how many are right, and what is wrong of the others, by name."""

    right: int
    of: int
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Percent that are right; 100 of none."""
        return 100.0 * self.right / self.of if self.of else 100.0


@dataclass(frozen=True)
class Edition:
    """What the summaries of one edition hold."""

    edition: str
    reports: int
    statuses: Mapping[str, int]
    issues: int
    with_topic: int
    facts: Mapping[str, int]


class Quality:
    """Everything that is counted over some pages that were read."""

    def __init__(self, pages: Sequence[ReadPage], lists: Path | None = None) -> None:
        self._pages = pages
        self._lists = lists

    @cached_property
    def accepted(self) -> Score:
        """Pages with a report that the gate lets through."""
        pages = [page for page in self._pages if page.known.expected]
        wrong = {page.known.file: page.refused for page in pages if page.refused}
        return Score(len(pages) - len(wrong), len(pages), wrong)

    @cached_property
    def summaries(self) -> Score:
        """Reports whose executive summary is word for word the expected one."""
        return self._score(lambda one, found: (found.reading.text_sha256, one.text_sha256))

    @cached_property
    def headings(self) -> Score:
        """Reports whose summary's heading is the one the page prints."""
        return self._score(lambda one, found: (found.reading.heading, one.heading))

    @cached_property
    def blocks(self) -> Score:
        """Reports whose summary has as many paragraphs as expected."""
        return self._score(lambda one, found: (len(found.reading.blocks), one.block_count))

    @cached_property
    def notes(self) -> Score:
        """Reports with as many notes as expected."""
        return self._score(lambda one, found: (len(found.reading.notes), one.note_count))

    @cached_property
    def identities(self) -> Score:
        """Reports under the right name, or undecided where they must be."""
        return self._score(lambda one, found: (_name(found), one.report))

    @cached_property
    def evidence(self) -> Score:
        """Reports whose identity was decided by what must decide it."""
        return self._score(lambda one, found: (_how(found), one.how))

    @cached_property
    def sections(self) -> Score:
        """Pages whose sections have the numbers and headings that the page lists."""
        wrong = {n: o.difference for n, o in self._outlines.items() if not o.has_exact_sections}
        return Score(len(self._outlines) - len(wrong), len(self._outlines), wrong)

    @cached_property
    def outlines(self) -> Score:
        """Pages whose sub-headings, too, are those that the page lists."""
        wrong = {n: o.difference for n, o in self._outlines.items() if not o.is_exact}
        return Score(len(self._outlines) - len(wrong), len(self._outlines), wrong)

    @cached_property
    def parsed_lists(self) -> Score:
        """Summaries whose list of issues, or statement of none, was read."""
        wrong = {
            file: reading.issues.reason or "no reason given"
            for file, reading in self._readings
            if reading.issues.status is IssueStatus.UNPARSED
        }
        return Score(len(self._readings) - len(wrong), len(self._readings), wrong)

    @cached_property
    def whole_lists(self) -> Score:
        """Summaries of which no sentence that looks like a list was left out."""
        wrong = {
            file: " ".join(each.text for each in reading.issues.unread) or reading.issues.reason
            for file, reading in self._readings
            if not reading.issues.is_whole
        }
        return Score(len(self._readings) - len(wrong), len(self._readings), wrong)

    @cached_property
    def positions(self) -> Score:
        """Issues that stand in the text where they say."""
        wrong: dict[str, str] = {}
        for file, reading in self._readings:
            for issue in reading.issues.items:
                if not _stands(issue, reading.blocks):
                    wrong[f"{file}: {issue.text[:60]}"] = f"block {issue.block}, {issue.start}"
        return Score(len(self._issues) - len(wrong), len(self._issues), wrong)

    @cached_property
    def topics(self) -> Score:
        """Issues with one or more topics."""
        wrong = {f"{file}: {issue.text}": "" for file, issue in self._issues if not issue.topics}
        bare = sum(not issue.topics for _, issue in self._issues)
        return Score(len(self._issues) - bare, len(self._issues), wrong)

    @cached_property
    def known_lists(self) -> Score | None:
        """Hand-checked lists that are read item for item; None where there are none at hand."""
        if self._lists is None or not self._lists.is_file():
            return None
        rows = json.loads(self._lists.read_text("utf-8"))
        wrong = {f"{row['country']} {row['year']}": told for row in rows if (told := _unlike(row))}
        return Score(len(rows) - len(wrong), len(rows), wrong)

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """Issue lists, topics and facts by edition."""
        names = sorted({page.known.edition for page in self._pages if page.known.edition})
        return tuple(map(self._edition, names))

    def _edition(self, name: str) -> Edition:
        pages = [page for page in self._pages if page.known.edition == name]
        found = [one for page in pages for _, one in page.pairs if one]
        issues = [issue for one in found for issue in one.reading.issues.items]
        return Edition(
            name,
            len(found),
            dict(Counter(one.reading.issues.status.value for one in found)),
            len(issues),
            sum(bool(issue.topics) for issue in issues),
            dict(Counter(kind for one in found for kind in {f.kind for f in one.reading.facts})),
        )

    @property
    def scores(self) -> dict[str, Score]:
        """Every score by its name in tables."""
        named = {
            "pages let through": self.accepted,
            "exact summaries": self.summaries,
            "headings of summaries": self.headings,
            "paragraphs counted": self.blocks,
            "notes counted": self.notes,
            "right reports": self.identities,
            "decided by the right evidence": self.evidence,
            "exact sections": self.sections,
            "exact outlines": self.outlines,
            "issue lists read": self.parsed_lists,
            "issue lists read whole": self.whole_lists,
            "issues where they say": self.positions,
            "issues with a topic": self.topics,
        }
        known = self.known_lists
        return {**named, "hand-checked lists": known} if known else named

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "pages": len(self._pages),
            "scores": {name: asdict(score) for name, score in self.scores.items()},
            "editions": [asdict(each) for each in self.editions],
        }

    @cached_property
    def _pairs(self) -> tuple[Pair, ...]:
        return tuple(
            (_file(page, at), one, found)
            for page in self._pages
            for at, (one, found) in enumerate(page.pairs)
        )

    @cached_property
    def _outlines(self) -> dict[str, Outline]:
        return {page.known.file: page.outline for page in self._pages if page.outline}

    @cached_property
    def _readings(self) -> list[tuple[str, Reading]]:
        found = [(file, one.reading) for file, _, one in self._pairs if one]
        return [(file, reading) for file, reading in found if reading.blocks]

    @cached_property
    def _issues(self) -> list[tuple[str, Issue]]:
        return [(file, each) for file, reading in self._readings for each in reading.issues.items]

    def _score(self, of: Callable[[Expected, Found], tuple[object, object]]) -> Score:
        """Compare what was found with what is expected, report by report."""
        wrong: dict[str, str] = {}
        for file, expected, found in self._pairs:
            told, wanted = of(expected, found) if found else ("nothing", "a report")
            if told != wanted:
                wrong[file] = f"{told!r} instead of {wanted!r}"
        return Score(len(self._pairs) - len(wrong), len(self._pairs), wrong)


def _file(page: ReadPage, at: int) -> str:
    return f"{page.known.file}#{at + 1}" if at else page.known.file


def _name(found: Found) -> str:
    return str(found.report) if isinstance(found, Identified) else ""


def _how(found: Found) -> str:
    return found.how.value if isinstance(found, Identified) else ""


def _stands(issue: Issue, blocks: Sequence[str]) -> bool:
    if not 0 <= issue.block < len(blocks):
        return False
    return blocks[issue.block].startswith(issue.text, issue.start)


def _unlike(row: Mapping[str, Any]) -> str:
    """Say how a sentence's list is read otherwise than by hand, ``""`` where it is not."""
    read = [issue.text for issue in read_issues([row["sentence"]]).items]
    if read == row["items"]:
        return ""
    missed = [text for text in row["items"] if text not in read]
    return f"{len(read)} instead of {len(row['items'])}: {next(iter(missed), 'in another order')}"
