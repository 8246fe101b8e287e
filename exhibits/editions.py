"""Lay a comparison of two editions out in rows: the older words beside the newer ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from exhibits.rendering import render_alone
from reports.compare.editions import ABSENCE, EditionComparison, IssueWording, StockChange
from reports.compare.layout import Op, Paragraph, Span
from reports.compare.sections import UNBROKEN, OutlineChange, SectionChange, SectionState
from reports.facts.phrases import STOCK_NAMES
from reports.model.reading import Issue, Section
from reports.model.values import VersionView
from reports.wording.changes import counted
from reports.wording.citation import cite
from reports.wording.editions import (
    kept_share,
    length_line,
    list_state,
    section_name,
    share_line,
    shift_line,
    stock_value,
    topic_remark,
    topics_line,
    what_changed,
    wording_remarks,
)
from scrapers.registry import publisher_of

Texts = tuple[Paragraph, ...]


@dataclass(frozen=True)
class Row:
    """Words that correspond: those of the older edition and those of the newer one."""

    before: Texts
    after: Texts
    label: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows that share a fate."""

    fate: str
    title: str
    rows: tuple[Row, ...]

    @property
    def amount(self) -> str:
        """Say how many issues the group is of: "2 issues", "5 issues became 2"."""
        before, after = (sum(map(len, side)) for side in self._sides)
        if not (before and after) or before == after:
            return counted(max(before, after), "issue")
        return f"{counted(before, 'issue')} became {after}"

    @property
    def _sides(self) -> tuple[list[Texts], list[Texts]]:
        return [row.before for row in self.rows], [row.after for row in self.rows]


@dataclass(frozen=True)
class SectionRow:
    """One section with its lengths, None where an edition has none of it."""

    state: SectionState
    name: str
    name_before: str
    words_before: int | None
    words_after: int | None
    kept: str


@dataclass(frozen=True)
class EditionPage:
    """Everything a page needs to show two editions side by side."""

    before: VersionView
    after: VersionView
    older: str
    newer: str
    story: str
    list_before: str
    list_after: str
    issues: tuple[Group, ...]
    topics: tuple[tuple[str, str], ...]
    lengths: tuple[tuple[str, str], ...]
    outline: OutlineChange
    kept: str
    sections: tuple[SectionRow, ...]
    stock: tuple[Group, ...]
    phrases: tuple[tuple[str, str], ...]
    citations: tuple[str, str]
    notice: str
    unbroken: int = UNBROKEN


def lay_out_editions(
    before: VersionView, after: VersionView, compared: EditionComparison
) -> EditionPage:
    """Return the page of two editions."""
    older, newer = before.report.edition, after.report.edition
    outline = compared.outline
    publisher = publisher_of(after.report.source)
    return EditionPage(
        before,
        after,
        older,
        newer,
        story=what_changed(compared, older, newer),
        list_before=list_state(compared.issues_before),
        list_after=list_state(compared.issues_after),
        issues=tuple(_issue_groups(compared, older, newer)),
        topics=tuple(_topic_lines(compared, newer)),
        lengths=(
            ("Whole report", length_line(compared.report)),
            ("Executive summary", length_line(compared.summary)),
        ),
        outline=outline,
        kept=share_line(kept_share(compared)),
        sections=tuple(map(_section_row, outline.sections)),
        stock=tuple(_stock_group(each) for each in compared.stock),
        phrases=tuple(_phrase_lines(compared, older, newer)),
        citations=(cite(before, publisher), cite(after, publisher)),
        notice=ABSENCE if compared.has_silence else "",
    )


def render_comparison_html(
    before: VersionView, after: VersionView, compared: EditionComparison
) -> str:
    """Return a comparison of editions as one HTML document that needs no other file."""
    return render_alone("compare_alone.html", compared=lay_out_editions(before, after, compared))


def _issue_groups(compared: EditionComparison, older: str, newer: str) -> Iterator[Group]:
    issues = compared.issues
    dropped = [_alone(_row([each], []), each, compared, newer) for each in issues.dropped]
    added = [_alone(_row([], [each]), each, compared, older) for each in issues.added]
    groups = (
        ("dropped", f"No longer listed in {newer}", dropped),
        ("added", f"Newly listed in {newer}", added),
        ("reworded", "Reworded", list(map(_wording_row, compared.reworded))),
        ("split", "Divided into several", list(map(_wording_row, compared.split))),
        ("merged", "Merged into one", list(map(_wording_row, compared.merged))),
        (
            "kept",
            "In the same words in both",
            [_row(each.before, each.after) for each in issues.kept],
        ),
    )
    for fate, title, rows in groups:
        if rows:
            yield Group(fate, title, tuple(rows))


def _row(before: Sequence[Issue], after: Sequence[Issue]) -> Row:
    topics = dict.fromkeys(topic for issue in (*before, *after) for topic in issue.topics)
    return Row(
        tuple(_plain(issue.text) for issue in before),
        tuple(_plain(issue.text) for issue in after),
        label=topics_line(list(topics)),
    )


def _alone(row: Row, issue: Issue, compared: EditionComparison, other: str) -> Row:
    """Return the row of an issue that the edition ``other`` does not list."""
    remark = topic_remark(issue.topics, compared.topics, other)
    return replace(row, remarks=(remark,)) if remark else row


def _wording_row(each: IssueWording) -> Row:
    row = _row(each.matched.before, each.matched.after)
    remarks = wording_remarks(each)
    if len(row.before) == len(row.after) == 1:
        return Row(*_sides(each.pieces), row.label, remarks)
    return Row(row.before, row.after, row.label, remarks)


def _sides(pieces: Paragraph) -> tuple[Texts, Texts]:
    """Part pieces into the older words, deletions marked, and the newer ones, insertions marked."""
    before = tuple(piece for piece in pieces if piece.op is not Op.INSERT)
    after = tuple(piece for piece in pieces if piece.op is not Op.DELETE)
    return (before,) if before else (), (after,) if after else ()


def _plain(text: str) -> Paragraph:
    return (Span(Op.EQUAL, text),)


def _topic_lines(compared: EditionComparison, newer: str) -> Iterator[tuple[str, str]]:
    for title, topics in (
        (f"No longer named in {newer}", compared.topics.dropped),
        (f"Newly named in {newer}", compared.topics.added),
        ("Named in both", compared.topics.kept),
    ):
        if topics:
            yield f"{title} ({len(topics)})", topics_line(topics)


def _section_row(change: SectionChange) -> SectionRow:
    before, after = change.before, change.after
    return SectionRow(
        change.state,
        section_name(change),
        section_name(SectionChange(before, None)) if before else "",
        _words(before),
        _words(after),
        share_line(change.share_kept),
    )


def _words(section: Section | None) -> int | None:
    return section.word_count if section else None


def _stock_group(change: StockChange) -> Group:
    values = [stock_value(side) for side in (change.before, change.after)]
    remark = " → ".join(dict.fromkeys(filter(None, values)))
    row = Row(*_sides(change.pieces), remarks=(f"read as: {remark}",) if remark else ())
    return Group(change.state, STOCK_NAMES[change.about], (row,))


def _phrase_lines(compared: EditionComparison, older: str, newer: str) -> Iterator[tuple[str, str]]:
    for title, shifts in (("Hedges", compared.hedges), ("Words of degree", compared.degrees)):
        if shifts:
            yield title, ", ".join(map(shift_line, shifts))
    for edition, leads in ((older, compared.leads.before), (newer, compared.leads.after)):
        for lead in leads:
            yield f"Lead-in of {edition}", f"{lead.text}{' (hedged)' if lead.is_hedged else ''}"
