"""Print changes for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cli.output.results import Column, clean, note, paged, show_rows
from reports.compare.corroboration import told_by
from reports.wording.clusters import cluster

if TYPE_CHECKING:
    from storage.changes.changes import ListedChange

_COLUMNS = (
    Column("seen (UTC)", "seen", is_moment=True),
    Column("kind", "kind"),
    Column("what", "what"),
    Column("report", "report"),
)


def print_changes(found: Sequence[ListedChange], fitting: int, *, unlisted: int) -> None:
    """Print the newest changes, alike ones as one line, and what is not listed.

    ``fitting`` is how many fit in all, ``unlisted`` how many more were recorded by a first reading.
    """
    nothing = "nothing has changed since the first reading" if unlisted else "no change fits"
    with paged():
        show_rows(list(_rows(found)), _COLUMNS, nothing)
    if len(found) < fitting:
        note(f"{len(found)} of {fitting} changes; --limit {fitting} lists all of them")
    if unlisted:
        note(f"{unlisted} recorded by first readings (the baseline); --baseline lists them too")


def _rows(found: Sequence[ListedChange]) -> Iterator[dict[str, Any]]:
    for each in cluster((listed.run_id, listed.change) for listed in found):
        first = each.first
        words = each.line if not each.is_single else first.summary_line
        told = told_by(first.witnesses) if each.is_single else ""
        report = clean(first.report) if each.is_single else f"{len(each.changes)} reports"
        yield {
            "seen": each.detected_at.isoformat(),
            "kind": first.kind.value,
            "what": "; ".join(filter(None, (words, told))),
            "report": report,
        }
