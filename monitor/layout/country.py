"""A country's report through all its editions: lengths, issues, topics that came and went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.layout.bars import Bars
from reports.topics.classify import taxonomy
from reports.wording.changes import topic_name
from storage.read.report_rows import EditionRow


@dataclass(frozen=True)
class EditionLine:
    """One edition beside the one before it.

    ``same_as`` is the earlier edition whose summary is word for word the same, ``""`` if none.
    ``gained`` and ``lost`` are topics, if both lists were read whole; else ``unread`` says which
    was not.
    """

    row: EditionRow
    before: str
    same_as: str
    unread: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def edition_lines(rows: Sequence[EditionRow]) -> list[EditionLine]:
    """Return the editions, newest first, each beside the one before it."""
    lines: list[EditionLine] = []
    by_text: dict[str, str] = {}
    before: EditionRow | None = None
    for row in rows:
        both = before is not None and before.is_whole and row.is_whole
        gained = row.topics - before.topics if before and both else frozenset()
        lost = before.topics - row.topics if before and both else frozenset()
        same = by_text.get(row.text_sha256, "") if row.summary_words else ""
        lines.append(
            EditionLine(
                row,
                before.report.edition if before else "",
                same,
                _unread(before, row) if before else "",
                tuple(sorted(gained, key=topic_name)),
                tuple(sorted(lost, key=topic_name)),
            )
        )
        by_text[row.text_sha256] = row.report.edition
        before = row
    return lines[::-1]


def _unread(before: EditionRow, row: EditionRow) -> str:
    """Say which of two lists was not read whole; "" if both were."""
    said = [
        f"the list of {each.report.edition} was not read"
        + (" whole" if each.issues is not None else "")
        for each in (before, row)
        if not each.is_whole
    ]
    return "; ".join(said)


def topic_grid(rows: Sequence[EditionRow]) -> list[tuple[str, tuple[bool | None, ...]]]:
    """Return by topic which editions name it, newest first; None if that is not known.

    A list that was not read, or not read whole, says nothing of the topics it does not name.
    """
    named = {topic for row in rows for topic in row.topics}
    known = [each.id for each in taxonomy().topics if each.id in named]
    others = sorted(named - set(known))
    return [
        (topic, tuple(_names(row, topic) for row in reversed(rows))) for topic in (*known, *others)
    ]


def _names(row: EditionRow, topic: str) -> bool | None:
    if topic in row.topics:
        return True
    return False if row.is_whole else None


def lengths_of(rows: Sequence[EditionRow]) -> Bars:
    """Return the words of summaries and of whole reports by edition, oldest first."""
    return Bars(
        title="Words by edition",
        description="; ".join(
            f"{each.report.edition}: {each.words:,} words, "
            f"{each.summary_words:,} of them in the summary"
            for each in rows
        ),
        parts=("summary", "sections"),
        columns=tuple(
            (each.report.edition, (each.summary_words, max(each.words - each.summary_words, 0)))
            for each in rows
        ),
        width=58 * max(len(rows), 4),
        height=150,
    )
