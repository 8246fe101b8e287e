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
    ``gained`` and ``lost`` are topics, where both lists were read.
    """

    row: EditionRow
    before: str
    same_as: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def edition_lines(rows: Sequence[EditionRow]) -> list[EditionLine]:
    """Return the editions, newest first, each beside the one before it."""
    lines: list[EditionLine] = []
    by_text: dict[str, str] = {}
    before: EditionRow | None = None
    for row in rows:
        both = before is not None and before.issues is not None and row.issues is not None
        gained = row.topics - before.topics if before and both else frozenset()
        lost = before.topics - row.topics if before and both else frozenset()
        same = by_text.get(row.text_sha256, "") if row.summary_words else ""
        lines.append(
            EditionLine(
                row,
                before.report.edition if before else "",
                same,
                tuple(sorted(gained, key=topic_name)),
                tuple(sorted(lost, key=topic_name)),
            )
        )
        by_text[row.text_sha256] = row.report.edition
        before = row
    return lines[::-1]


def topic_grid(rows: Sequence[EditionRow]) -> list[tuple[str, tuple[bool | None, ...]]]:
    """Return by topic which editions name it, newest first; None if the list was not read."""
    named = {topic for row in rows for topic in row.topics}
    known = [each.id for each in taxonomy().topics if each.id in named]
    others = sorted(named - set(known))
    return [
        (
            topic,
            tuple(None if row.issues is None else topic in row.topics for row in reversed(rows)),
        )
        for topic in (*known, *others)
    ]


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
