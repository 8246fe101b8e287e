"""Say what a great many changes of one run have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from alerts.redline import Paragraph, redline
from alerts.story import SILENCING, permalink
from reports.compare.diff import Op, ReadingComparison
from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange
from reports.text.plain import one_line, web_url
from reports.wording.changes import KIND_NAMES, amounts, headline, report_name

MOST_ROWS = 250
"""Reports one message lists; mail programs cut longer messages short."""

_WORDS_SHOWN = 300
_FEWEST_ALIKE = 3
_HEADINGS_SHOWN = 8

Compared = tuple[OutgoingChange, ReadingComparison | None]


@dataclass(frozen=True)
class ReportRow:
    """One report in the table."""

    name: str
    headline: str
    link: str
    words_added: int
    words_removed: int
    is_gone: bool


@dataclass(frozen=True)
class SameEdit:
    """Several reports that met with the very same edit, with the first one's redline."""

    reports: tuple[str, ...]
    headline: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class NewHeadings:
    """Section headings that many reports changed alike: the publisher's template, it seems."""

    count: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Overview:
    """What many changes have in common, and a table of them.

    ``new_edition`` is the edition whose reports were published and nothing else, ``""`` for none.
    """

    kinds: tuple[tuple[str, int], ...]
    editions: tuple[tuple[str, int], ...]
    new_edition: str
    headings: NewHeadings | None
    clusters: tuple[SameEdit, ...]
    rows: tuple[ReportRow, ...]
    rows_left_out: int


def overview(changes: Sequence[Compared], public_url: str) -> Overview:
    """Count changes by kind and edition, gather the same edits, and list the reports."""
    rows = [_row(outgoing, compared, public_url) for outgoing, compared in changes]
    rows.sort(key=lambda row: (not row.is_gone, row.words_added - row.words_removed, row.name))
    editions = {one_line(outgoing.change.report.edition) for outgoing, _ in changes}
    is_new = {outgoing.change.kind for outgoing, _ in changes} == {ChangeKind.PUBLISHED}
    return Overview(
        new_edition=min(editions) if is_new and len(editions) == 1 else "",
        headings=_headings(changes),
        kinds=_most(KIND_NAMES[outgoing.change.kind] for outgoing, _ in changes),
        editions=_most(one_line(outgoing.change.report.edition) for outgoing, _ in changes),
        clusters=_clusters(changes),
        rows=tuple(rows[:MOST_ROWS]),
        rows_left_out=max(0, len(rows) - MOST_ROWS),
    )


def _most(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _row(
    outgoing: OutgoingChange, compared: ReadingComparison | None, public_url: str
) -> ReportRow:
    added, removed = amounts(outgoing.change, compared)
    return ReportRow(
        name=report_name(outgoing.change),
        headline=headline(outgoing.change, compared),
        link=permalink(outgoing, public_url) or web_url(outgoing.change.url),
        words_added=added,
        words_removed=removed,
        is_gone=outgoing.change.kind in SILENCING,
    )


def _headings(changes: Sequence[Compared]) -> NewHeadings | None:
    """Find headings that at least half of the edited reports changed in the same way."""
    alike: Counter[tuple[tuple[str, str], ...]] = Counter()
    edited = [compared for _, compared in changes if compared is not None]
    for compared in edited:
        pairs = ((one.heading_before or "", one.heading_after or "") for one in compared.sections)
        alike[tuple(pair for pair in pairs if pair[0] != pair[1])] += 1
    del alike[()]
    if not alike:
        return None
    commonest, count = alike.most_common(1)[0]
    if count < max(_FEWEST_ALIKE, len(edited) / 2):
        return None
    shown = [(_heading(old), _heading(new)) for old, new in commonest[:_HEADINGS_SHOWN]]
    return NewHeadings(count, tuple(shown))


def _heading(text: str) -> str:
    return f"“{one_line(text, 120)}”" if text else "nothing"


def _clusters(changes: Sequence[Compared]) -> tuple[SameEdit, ...]:
    alike: dict[Hashable, list[Compared]] = defaultdict(list)
    for outgoing, compared in changes:
        if compared is not None and not compared.is_same:
            alike[_edit(compared)].append((outgoing, compared))
    groups = sorted(alike.values(), key=len, reverse=True)
    return tuple(_cluster(group) for group in groups if len(group) > 1)


def _edit(compared: ReadingComparison) -> Hashable:
    """Return what was done, without the words that stayed: equal for equal edits."""
    return tuple(
        (piece.op, piece.text)
        for _, comparison in compared.changed
        for paragraph in comparison.paragraphs
        for piece in paragraph
        if piece.op is not Op.EQUAL
    )


def _cluster(group: Sequence[Compared]) -> SameEdit:
    outgoing, compared = group[0]
    parts = compared.changed if compared else ()
    shown = [p for _, comparison in parts for p in redline(comparison, most_words=_WORDS_SHOWN)]
    return SameEdit(
        reports=tuple(sorted(report_name(member.change) for member, _ in group)),
        headline=headline(outgoing.change, compared),
        paragraphs=tuple(part for part in shown if isinstance(part, Paragraph))[:3],
    )
