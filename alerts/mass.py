"""Lay out a great many changes of one run: what is gone first, what is alike once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.alike import Alike, Compared, in_groups
from alerts.links import list_link, permalink
from alerts.redline import Paragraph, redline
from reports.compare.diff import ReadingComparison
from reports.notices.importance import Loss, gravest_first, loss
from reports.text.plain import one_line, visible, web_url
from reports.wording.changes import amounts, gist, report_name
from reports.wording.clusters import FEWEST

MOST_ROWS = 250
"""Reports one message lists; mail programs cut longer messages short."""

MOST_NAMED = 60
"""Reports of one group of alike ones that are named."""

_WORDS_SHOWN = 300
_PARAGRAPHS_SHOWN = 3
_ISSUES_SHOWN = 40
_LONGEST_ISSUE = 200
_HEADINGS_SHOWN = 8

_TITLES = {
    Loss.REPORT: "Reports gone",
    Loss.TOPIC: "Topics gone from all lists",
    Loss.ISSUE: "Issues gone",
    Loss.NOTHING: "Other changes",
}


@dataclass(frozen=True)
class ReportRow:
    """One report and what happened to it; ``lost`` are issues that it lists no more."""

    name: str
    gist: str
    link: str
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlikeRow:
    """Several reports that met with the same: one line, and the first one's redline.

    ``gist`` is empty if the title says as much.
    """

    title: str
    gist: str
    link: str
    reports: tuple[ReportRow, ...]
    reports_left_out: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Rows:
    """Changes that took away alike much, under a title."""

    title: str
    rows: tuple[ReportRow, ...]
    alike: tuple[AlikeRow, ...]


@dataclass(frozen=True)
class NewHeadings:
    """Section headings that many reports changed alike: the publisher's template, it seems."""

    count: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Overview:
    """Many changes, the gravest first."""

    headings: NewHeadings | None
    sections: tuple[Rows, ...]
    rows_left_out: int
    has_silence: bool

    @property
    def has_redline(self) -> bool:
        """Whether words are shown as deleted or added."""
        lost = (row.lost for each in self.sections for row in each.rows)
        shown = (p for each in self.sections for group in each.alike for p in group.paragraphs)
        return any(lost) or any(paragraph.is_marked for paragraph in shown)


def overview(changes: Sequence[Compared], groups: Sequence[Alike], public_url: str) -> Overview:
    """Lay changes out by what they took away; those of a group are one row, after the others.

    A group whose reports lost issues stands with the others that did.
    """
    grouped = in_groups(groups)
    single = [pair for pair in changes if id(pair[0].change) not in grouped]
    single.sort(key=lambda pair: (gravest_first(pair[0].change), report_name(pair[0].change)))
    shown = single[:MOST_ROWS]
    issues_left = _ISSUES_SHOWN
    rows: dict[Loss, list[ReportRow]] = {each: [] for each in Loss}
    for outgoing, compared in shown:
        row = _row(outgoing.change.issues_gone[:issues_left], (outgoing, compared), public_url)
        issues_left -= len(row.lost)
        rows[loss(outgoing.change)].append(row)
    alike: dict[Loss, list[AlikeRow]] = {each: [] for each in Loss}
    for group in groups:
        alike[loss(group.changes[0])].append(_alike_row(group, public_url))
    sections = (Rows(_TITLES[each], tuple(rows[each]), tuple(alike[each])) for each in Loss)
    return Overview(
        headings=_headings(changes),
        sections=tuple(each for each in sections if each.rows or each.alike),
        rows_left_out=len(single) - len(shown),
        has_silence=any(
            loss(outgoing.change) <= Loss.ISSUE or amounts(outgoing.change, compared)[1]
            for outgoing, compared in changes
        ),
    )


def _row(lost: Sequence[str], told: Compared, public_url: str) -> ReportRow:
    outgoing, compared = told
    return ReportRow(
        name=report_name(outgoing.change),
        gist=gist(outgoing.change, compared),
        link=permalink(outgoing, public_url) or web_url(outgoing.change.url),
        lost=tuple(visible(one_line(each, _LONGEST_ISSUE)) for each in lost),
    )


def _alike_row(group: Alike, public_url: str) -> AlikeRow:
    outgoing, compared = group.first
    parts = compared.changed if compared else ()
    shown = [p for _, comparison in parts for p in redline(comparison, most_words=_WORDS_SHOWN)]
    said = gist(outgoing.change, compared)
    reports = sorted((_row((), each, public_url) for each in group.members), key=lambda r: r.name)
    return AlikeRow(
        title=group.title,
        gist="" if group.title.endswith(said) else said,
        link=list_link(group.changes, public_url),
        reports=tuple(reports[:MOST_NAMED]),
        reports_left_out=max(0, len(reports) - MOST_NAMED),
        paragraphs=tuple(part for part in shown if isinstance(part, Paragraph))[:_PARAGRAPHS_SHOWN],
    )


def _headings(changes: Sequence[Compared]) -> NewHeadings | None:
    """Find headings that at least half of the edited reports changed in the same way."""
    alike: Counter[tuple[tuple[str, str], ...]] = Counter()
    edited: list[ReadingComparison] = [compared for _, compared in changes if compared is not None]
    for compared in edited:
        pairs = ((one.heading_before or "", one.heading_after or "") for one in compared.sections)
        alike[tuple(pair for pair in pairs if pair[0] != pair[1])] += 1
    del alike[()]
    if not alike:
        return None
    commonest, count = alike.most_common(1)[0]
    if count < max(FEWEST, len(edited) / 2):
        return None
    shown = [(_heading(old), _heading(new)) for old, new in commonest[:_HEADINGS_SHOWN]]
    return NewHeadings(count, tuple(shown))


def _heading(text: str) -> str:
    return f"“{one_line(text, 120)}”" if text else "nothing"
