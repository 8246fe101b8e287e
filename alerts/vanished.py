"""Tell which topics left an edition's issue lists: one table an edition, and who had named them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.links import permalink
from alerts.story import moment
from reports.notices.messages import OutgoingChange
from reports.text.plain import counted, one_line, visible
from reports.topics.trends import Figure, VanishedTopic
from reports.wording.changes import partial_remark, report_name
from reports.wording.unread_lists import PARTIAL_LISTS

Told = tuple[OutgoingChange, VanishedTopic]


@dataclass(frozen=True)
class VanishedRow:
    """One topic with its figures; ``named_by`` are the places whose reports had named it.

    ``lists_before``, ``lists_after`` and ``lists_in_both`` are what it counts out of.
    """

    name: str
    before: str
    after: str
    both: str
    lists_before: int
    lists_after: int
    lists_in_both: int
    named_by: str
    link: str


@dataclass(frozen=True)
class VanishedTable:
    """The topics that left one edition, ready for either template: harmless to show.

    ``lists_before``, ``lists_after`` and ``lists_in_both`` are what every row counts out of, 0 if
    rows differ. ``partial`` says how many lists were not read whole, ``""`` if all were.
    """

    title: str
    publisher: str
    edition: str
    edition_before: str
    lists_before: int
    lists_after: int
    lists_in_both: int
    partial: str
    seen: str
    rows: tuple[VanishedRow, ...]


def vanished_tables(
    changes: Sequence[OutgoingChange], public_url: str, publishers: Mapping[str, str]
) -> tuple[VanishedTable, ...]:
    """Return one table for each comparison of editions, the topics named most before on top."""
    alike: dict[Hashable, list[Told]] = defaultdict(list)
    for outgoing in changes:
        gone = outgoing.change.vanished
        if gone:
            partial = (gone.partial_before, gone.partial_after)
            lists = (gone.lists_before, gone.lists_after, gone.lists_in_both)
            # Lists that were not read whole are counted out of by some topics and not by others.
            base = partial if any(partial) else lists
            alike[outgoing.change.report, gone.edition_before, base].append((outgoing, gone))
    return tuple(_table(group, public_url, publishers) for group in alike.values())


def vanished_subject(changes: Sequence[OutgoingChange]) -> str:
    """Return the subject of a message that tells of nothing but topics that vanished."""
    editions = sorted({one_line(outgoing.change.report.edition) for outgoing in changes})
    gone = changes[0].change.vanished
    is_one = len(changes) == 1
    said = f"“{one_line(gone.name)}”" if gone and is_one else counted(len(changes), "topic")
    return f"{' and '.join(editions)} reports: {said} left the issue lists"


def _table(group: Sequence[Told], public_url: str, publishers: Mapping[str, str]) -> VanishedTable:
    group = sorted(group, key=lambda told: -told[1].reports_before)
    outgoing, gone = group[0]
    change = outgoing.change
    return VanishedTable(
        title=report_name(change),
        publisher=one_line(publishers.get(change.report.source, "")),
        edition=one_line(change.report.edition),
        edition_before=one_line(gone.edition_before),
        lists_before=_same(each.lists_before for _, each in group),
        lists_after=_same(each.lists_after for _, each in group),
        lists_in_both=_same(each.lists_in_both for _, each in group),
        partial=_partial(gone, change.report.edition),
        seen=moment(change.detected_at),
        rows=tuple(_row(each, permalink(told, public_url)) for told, each in group),
    )


def _same(counts: Iterable[int]) -> int:
    found = set(counts)
    return found.pop() if len(found) == 1 else 0


def _partial(gone: VanishedTopic, edition: str) -> str:
    said = partial_remark(gone, edition)
    return f"{said}. {PARTIAL_LISTS}" if said else ""


def _row(gone: VanishedTopic, link: str) -> VanishedRow:
    return VanishedRow(
        name=one_line(gone.name),
        before=_figure(Figure(gone.reports_before, gone.lists_before)),
        after=_figure(Figure(gone.reports_after, gone.lists_after)),
        both=f"{gone.both_before:,} → {gone.both_after:,}",
        lists_before=gone.lists_before,
        lists_after=gone.lists_after,
        lists_in_both=gone.lists_in_both,
        named_by=visible(", ".join(gone.named_by)),
        link=link,
    )


def _figure(figure: Figure) -> str:
    return f"{figure.reports:,} ({100 * figure.share:.0f} %)" if figure.reports else "0"
