"""Lay a comparison of two editions out for people: what a page and a printed text show of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reports.compare.editions import ABSENCE, EditionComparison, IssueWording
from reports.compare.layout import Op, Paragraph, Span
from reports.compare.scope import ScopedIssues
from reports.compare.sections import UNBROKEN, OutlineChange, SectionChange, SectionState
from reports.compare.stock import StockChange
from reports.facts.phrases import STOCK_NAMES
from reports.model.reading import Issue, IssueList, Section
from reports.model.values import VersionView
from reports.text.plain import counted
from reports.wording.citation import cite
from reports.wording.editions import (
    kept_share,
    length_line,
    list_missing,
    list_state,
    section_fate,
    section_name,
    share_line,
    shift_line,
    stock_fate,
    topic_remark,
    topics_line,
    what_changed,
    wording_remarks,
)


@dataclass(frozen=True)
class Row:
    """Texts that correspond: those of the older edition and those of the newer one.

    ``pieces`` are one text of either edition laid over each other; ``()`` if texts are shown
    whole.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    label: str = ""
    remarks: tuple[str, ...] = ()
    pieces: Paragraph = ()

    @property
    def older(self) -> tuple[Paragraph, ...]:
        """The older edition's texts, with deletions marked."""
        return self._side(self.before, Op.INSERT)

    @property
    def newer(self) -> tuple[Paragraph, ...]:
        """The newer edition's texts, with insertions marked."""
        return self._side(self.after, Op.DELETE)

    def _side(self, texts: Sequence[str], others: Op) -> tuple[Paragraph, ...]:
        if not self.pieces:
            return tuple((Span(Op.EQUAL, text),) for text in texts)
        own = tuple(piece for piece in self.pieces if piece.op is not others)
        return (own,) if own else ()


@dataclass(frozen=True)
class Group:
    """Rows with the same fate."""

    fate: str
    title: str
    rows: tuple[Row, ...]

    @property
    def amount(self) -> str:
        """Say how many issues the group is of: "2 issues", "5 issues became 2"."""
        before = sum(len(row.older) for row in self.rows)
        after = sum(len(row.newer) for row in self.rows)
        if not (before and after) or before == after:
            return counted(max(before, after), "issue")
        return f"{counted(before, 'issue')} became {after}"


@dataclass(frozen=True)
class TopicRow:
    """Topics with the same fate; ``edition`` is the one that it is said of, if only one."""

    title: str
    edition: str
    count: int
    line: str


@dataclass(frozen=True)
class SectionRow:
    """One section with its lengths, None for an edition without it."""

    state: SectionState
    name: str
    name_before: str
    fate: str
    words_before: int | None
    words_after: int | None
    kept: str


@dataclass(frozen=True)
class EditionView:
    """Everything that is shown of two editions side by side.

    ``unread`` are sentences that read like lists of issues and were not read, by edition.
    """

    before: VersionView
    after: VersionView
    older: str
    newer: str
    story: str
    list_before: str
    list_after: str
    unread: tuple[tuple[str, tuple[str, ...]], ...]
    issues: tuple[Group, ...]
    topics: tuple[TopicRow, ...]
    lengths: tuple[tuple[str, str], ...]
    outline: OutlineChange
    kept: str
    sections: tuple[SectionRow, ...]
    stock: tuple[Group, ...]
    shifts: tuple[tuple[str, str], ...]
    leads: tuple[tuple[str, str], ...]
    citations: tuple[str, str]
    notice: str
    unbroken: int = UNBROKEN


def lay_out_editions(
    before: VersionView, after: VersionView, compared: EditionComparison, publisher: str
) -> EditionView:
    """Return what is shown of two editions; ``publisher`` is named in the citations."""
    older, newer = before.report.edition, after.report.edition
    return EditionView(
        before,
        after,
        older,
        newer,
        story=what_changed(compared, older, newer),
        list_before=list_state(compared.issues_before),
        list_after=list_state(compared.issues_after),
        unread=tuple(
            (newer if each.is_newer else older, each.sentences)
            for each in compared.unread_lists
            if each.sentences
        ),
        issues=tuple(_issue_groups(compared, older, newer)),
        topics=tuple(_topic_rows(compared, newer)),
        lengths=(
            ("Whole report", length_line(compared.report)),
            ("Executive summary", length_line(compared.summary)),
        ),
        outline=compared.outline,
        kept=share_line(kept_share(compared)),
        sections=tuple(_section_row(each, older, newer) for each in compared.outline.sections),
        stock=tuple(_stock_group(each, older, newer) for each in compared.stock),
        shifts=tuple(_shift_lines(compared)),
        leads=tuple(_lead_lines(compared, older, newer)),
        citations=(cite(before, publisher), cite(after, publisher)),
        notice=ABSENCE if compared.has_silence else "",
    )


def _issue_groups(compared: EditionComparison, older: str, newer: str) -> Iterator[Group]:
    issues = compared.issues
    older_read = _read_of(compared.issues_before, older)
    newer_read = _read_of(compared.issues_after, newer)
    groups: list[tuple[str, str, Iterable[Row]]] = [
        (
            "dropped",
            f"No longer listed in {newer}",
            (_alone(_row([each], []), each, compared, newer) for each in issues.dropped),
        ),
        (
            "added",
            f"Newly listed in {newer}",
            (_alone(_row([], [each]), each, compared, older) for each in issues.added),
        ),
        *(
            ("dropped", _title(each, newer), (_row([one], []) for one in each.issues))
            for each in issues.lists_dropped
        ),
        *(
            ("added", _title(each, older), (_row([], [one]) for one in each.issues))
            for each in issues.lists_added
        ),
        (
            "unmatched",
            f"Listed in {older}, without a counterpart in {newer_read}",
            (_row([each], []) for each in issues.unmatched_before),
        ),
        (
            "unmatched",
            f"Listed in {newer}, without a counterpart in {older_read}",
            (_row([], [each]) for each in issues.unmatched_after),
        ),
        ("reworded", "Reworded", map(_wording_row, compared.reworded)),
        ("split", "Divided into several", map(_wording_row, compared.split)),
        ("merged", "Merged into one", map(_wording_row, compared.merged)),
        (
            "kept",
            "In the same words in both",
            (_row(each.before, each.after) for each in issues.kept),
        ),
    ]
    for fate, title, found in groups:
        if rows := tuple(found):
            yield Group(fate, title, rows)


def _title(each: ScopedIssues, edition: str) -> str:
    said = list_missing(each.about, edition)
    return said[:1].upper() + said[1:]


def _read_of(issues: IssueList, edition: str) -> str:
    return edition if issues.is_whole else f"what was read of {edition}"


def _row(before: Sequence[Issue], after: Sequence[Issue]) -> Row:
    topics = dict.fromkeys(topic for issue in (*before, *after) for topic in issue.topics)
    return Row(
        tuple(issue.text for issue in before),
        tuple(issue.text for issue in after),
        label=topics_line(list(topics)),
    )


def _alone(row: Row, issue: Issue, compared: EditionComparison, other: str) -> Row:
    """Return the row of an issue that the edition ``other`` does not list."""
    remark = topic_remark(issue.topics, compared.topics, other)
    return replace(row, remarks=(remark,)) if remark else row


def _wording_row(each: IssueWording) -> Row:
    row = replace(_row(each.matched.before, each.matched.after), remarks=wording_remarks(each))
    is_one_each = len(row.before) == len(row.after) == 1
    return replace(row, pieces=each.pieces) if is_one_each else row


def _topic_rows(compared: EditionComparison, newer: str) -> Iterator[TopicRow]:
    for title, edition, topics in (
        ("No longer named", newer, compared.topics.dropped),
        ("Newly named", newer, compared.topics.added),
        ("Named in both", "", compared.topics.kept),
    ):
        if topics:
            yield TopicRow(title, edition, len(topics), topics_line(topics))


def _section_row(change: SectionChange, older: str, newer: str) -> SectionRow:
    before, after = change.before, change.after
    return SectionRow(
        change.state,
        section_name(change),
        section_name(SectionChange(before, None)) if before else "",
        section_fate(change, older, newer),
        _words(before),
        _words(after),
        share_line(change.share_kept),
    )


def _words(section: Section | None) -> int | None:
    return section.word_count if section else None


def _stock_group(change: StockChange, older: str, newer: str) -> Group:
    """Return a stock sentence beside its counterpart; the label says what became of it."""
    row = Row(
        (change.before.text,) if change.before else (),
        (change.after.text,) if change.after else (),
        label=stock_fate(change, older, newer),
        pieces=change.pieces,
    )
    return Group(change.state, STOCK_NAMES[change.about], (row,))


def _shift_lines(compared: EditionComparison) -> Iterator[tuple[str, str]]:
    for title, shifts in (("Hedges", compared.hedges), ("Words of degree", compared.degrees)):
        if shifts:
            yield title, ", ".join(map(shift_line, shifts))


def _lead_lines(compared: EditionComparison, older: str, newer: str) -> Iterator[tuple[str, str]]:
    for edition, leads in ((older, compared.leads.before), (newer, compared.leads.after)):
        for lead in leads:
            yield f"Lead-in of {edition}", f"{lead.text}{' (hedged)' if lead.is_hedged else ''}"
