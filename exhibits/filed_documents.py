"""Comparisons as DOCX with tracked changes: to be filed, annotated, accepted or rejected."""

from __future__ import annotations

from dataclasses import dataclass

from exhibits.docx import make_docx
from exhibits.laid_over import (
    LaidOver,
    Part,
    TrackedPart,
    lay_over_editions,
    lay_over_versions,
)
from exhibits.redline import lay_out
from reports.compare.diff import Moved, Op, ReadingComparison
from reports.compare.editions import ABSENCE, EditionComparison
from reports.compare.tracked import TrackedParagraph
from reports.model.values import NextEdition, VersionView
from reports.text.plain import counted, one_line
from reports.wording.changes import word_counts
from reports.wording.citation import cite, stamp
from reports.wording.edition_view import lay_out_editions
from scrapers.registry import place_name, publisher_of

LONGEST_NAME = 300
"""Characters of a heading or a name that are shown."""


@dataclass(frozen=True)
class Compared:
    """One of the two texts: its version, what it is called here, and how it is cited."""

    view: VersionView
    label: str

    @property
    def publisher(self) -> str:
        """Who published it; the source's name if this program no longer has that."""
        return publisher_of(self.view.report.source) or self.view.report.source

    @property
    def citation(self) -> str:
        """The citation of the whole report, and the hash of the page it was read from."""
        whole = cite(self.view, self.publisher, is_whole=True)
        return f"{whole} Page as captured: sha256:{self.view.payload_sha256}."

    @property
    def captured(self) -> str:
        """When the text was captured, ISO 8601 in UTC."""
        return stamp(self.view.captured_at)


@dataclass(frozen=True)
class Shown:
    """What both templates show alike: the two texts, and these laid over each other."""

    older: Compared
    newer: Compared
    laid: LaidOver
    absence: str = ABSENCE

    @property
    def both(self) -> tuple[Compared, Compared]:
        """The texts, the earlier one first."""
        return self.older, self.newer

    def hashes(self, part: Part) -> str:
        """Return the footnote of a part: by which hash either text is cited.

        Where and when the texts were captured their own footnotes say.
        """
        old, new = part.before, part.after
        if old and new and old.sha256 == new.sha256:
            said = f"{self.older.label} and {self.newer.label} sha256:{new.sha256}"
        else:
            said = ", ".join(
                f"{each.label} sha256:{side.sha256}"
                if side
                else f"{each.label} has no such section"
                for each, side in ((self.older, old), (self.newer, new))
            )
        return f"{one_line(part.name, LONGEST_NAME)}: {said}."

    def remark(self, paragraph: TrackedParagraph, index: int) -> str:
        """Return the footnote of a piece that moved or that the publisher marked, else "".

        A move has one in every paragraph, after its last words.
        """
        piece = paragraph.pieces[index]
        if piece.mark:
            return piece.remark[:1].upper() + piece.remark[1:] + "."
        if not piece.move or any(each.move for each in paragraph.pieces[index + 1 :]):
            return ""
        return _move_remark(self.laid.moves[piece.move - 1], piece.op)


def amount(part: TrackedPart) -> str:
    """Say how many words a part gained, lost and moved, and if it came or went as a whole."""
    said = [word_counts(part.words_added, part.words_removed)]
    if part.words_moved:
        moved = f"{counted(part.words_moved, 'word')} moved"
        said = [*said, moved] if part.words_added or part.words_removed else [moved]
    if part.fate:
        said.append(f"section {part.fate}")
    return ", ".join(said)


def move_line(moved: Moved) -> str:
    """Say what a move took from where to where."""
    origin, destination = (
        one_line(place, LONGEST_NAME) for place in (moved.origin, moved.destination)
    )
    return (
        f"Move {moved.number}: {counted(moved.paragraphs, 'paragraph')}"
        f" ({counted(moved.words, 'word')}) from {origin} to {destination}."
    )


def _move_remark(moved: Moved, op: Op) -> str:
    here = "Left from here" if op is Op.DELETE else "Arrived here"
    return f"{here}, neither removed nor added. {move_line(moved)}"


def render_diff_docx(
    before: VersionView,
    after: VersionView,
    compared: ReadingComparison,
    follows: NextEdition | None = None,
) -> bytes:
    """Return a comparison of two versions as a DOCX file."""
    redline = lay_out(before, after, compared, follows)
    laid = lay_over_versions(
        before.reading, after.reading, compared, is_anew=redline.is_written_anew
    )
    older, newer = (Compared(view, f"version {view.number}") for view in (before, after))
    name = after.report
    return _made(
        "diff.xml",
        Shown(older, newer, laid),
        f"{place_name(name)} {name.edition}: version {before.number} to {after.number}",
        redline=redline,
    )


def render_comparison_docx(
    before: VersionView, after: VersionView, compared: EditionComparison
) -> bytes:
    """Return a comparison of two editions as a DOCX file."""
    laid = lay_over_editions(before.reading, after.reading, compared.outline)
    older, newer = (
        Compared(view, f"the {view.report.edition} edition") for view in (before, after)
    )
    view = lay_out_editions(before, after, compared, publisher_of(after.report.source))
    name = after.report
    return _made(
        "compare.xml",
        Shown(older, newer, laid),
        f"{place_name(name)}: {view.older} against {view.newer}",
        compared=view,
    )


def _made(template: str, shown: Shown, title: str, **context: object) -> bytes:
    newer = shown.newer
    return make_docx(
        template,
        title=title,
        subject=one_line(newer.view.title or str(newer.view.report), LONGEST_NAME),
        author=f"{newer.publisher} ({newer.label})",
        changed_at=newer.view.captured_at,
        shown=shown,
        amount=amount,
        move_line=move_line,
        **context,
    )
