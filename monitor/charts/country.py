"""A country's report through all its editions: lengths, issues, topics that came and went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from reports.topics.classify import taxonomy
from reports.wording.changes import topic_name
from storage.read.report_rows import EditionRow


@dataclass(frozen=True)
class EditionLine:
    """One edition beside the one before it.

    ``same_as`` is the earlier edition whose summary is word for word the same, ``""`` where none.
    ``gained`` and ``lost`` are topics, where both lists were read.
    """

    row: EditionRow
    before: str
    same_as: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class EditionLengths:
    """Words of the summary and of the whole report by edition."""

    editions: tuple[tuple[str, int, int], ...]

    @property
    def description(self) -> str:
        """The picture in words."""
        return "; ".join(
            f"{edition}: {words:,} words, {summary:,} of them in the summary"
            for edition, summary, words in self.editions
        )


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
    """Return by topic which editions name it, newest first; None where the list was not read."""
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


def lengths_of(rows: Sequence[EditionRow]) -> EditionLengths:
    """Return the lengths of editions, oldest first."""
    return EditionLengths(
        tuple((each.report.edition, each.summary_words, each.words) for each in rows)
    )


@lru_cache(maxsize=64)
def lengths_svg(shown: EditionLengths) -> str:
    """Return the lengths as SVG, with a title and a description for those who do not see it."""
    from monitor.charts.drawing import draw_lengths  # noqa: PLC0415 - the monitor is to start fast

    head, _, body = draw_lengths(shown).partition(">")
    told = f"<title>Words by edition</title><desc>{escape(shown.description)}</desc>"
    return f'{head} role="img">{told}{body}'
