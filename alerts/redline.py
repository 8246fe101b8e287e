"""Cut a comparison down to what a reader must see: changed paragraphs whole, the rest counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.compare.diff import Comparison, Op, Span, marked_text
from reports.text.plain import fully_visible, visible

MOST_WORDS = 4000
"""Words one redline may show; longer ones say how much they leave out."""

LEGEND = "[-…-] marks words that were deleted, {+…+} words that were added."

_LONG_EQUAL = 160  # unchanged words within one paragraph that are shown whole
_EQUAL_AROUND = 60  # unchanged words kept on either side of a longer stretch


@dataclass(frozen=True)
class Paragraph:
    """One changed paragraph, ready to show: nothing in it is invisible or reorders text."""

    pieces: tuple[Span, ...]

    @property
    def is_marked(self) -> bool:
        """Whether words came or went here, and did not only change places."""
        return any(piece.op is not Op.EQUAL and not piece.move for piece in self.pieces)

    @property
    def text(self) -> str:
        """The paragraph with ``[-deleted-]`` and ``{+added+}`` marks."""
        return marked_text(self.pieces)


@dataclass(frozen=True)
class Elision:
    """Paragraphs that are not shown, and whether they changed."""

    count: int
    has_changes: bool = False

    @property
    def text(self) -> str:
        """Say what is left out."""
        noun = "paragraph" if self.count == 1 else "paragraphs"
        if self.has_changes:
            return f"… {self.count:,} more changed {noun} not shown in this message …"
        return f"… {self.count:,} {noun} unchanged …"


RedlinePart = Paragraph | Elision


def as_paragraph(pieces: Iterable[Span]) -> Paragraph:
    """Return words with what was done to them, whole, ready to show."""
    return Paragraph(tuple(_ready(piece, piece.text) for piece in pieces))


def redline(
    comparison: Comparison, *, heading: str = "", most_words: int = MOST_WORDS
) -> tuple[RedlinePart, ...]:
    """Return the changed paragraphs in order, with unchanged ones and the overlong counted.

    A first paragraph that is nothing but the unchanged ``heading`` is left out: it stands above.
    """
    parts: list[RedlinePart] = []
    room = most_words
    for paragraph in _without_heading(comparison.paragraphs, heading):
        if all(piece.op is Op.EQUAL for piece in paragraph):
            if room > 0:
                _leave_out(parts, has_changes=False)
        elif room <= 0:
            _leave_out(parts, has_changes=True)
        else:
            shown = _shortened(paragraph, room)
            room -= sum(len(piece.text.split()) for piece in shown)
            parts.append(Paragraph(shown))
    return tuple(parts)


def _without_heading(
    paragraphs: tuple[tuple[Span, ...], ...], heading: str
) -> tuple[tuple[Span, ...], ...]:
    first = paragraphs[0] if paragraphs else ()
    is_heading = heading and first == (Span(Op.EQUAL, " ".join(heading.split())),)
    return paragraphs[1:] if is_heading else paragraphs


def _leave_out(parts: list[RedlinePart], *, has_changes: bool) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, Elision) and last.has_changes == has_changes:
        parts[-1] = Elision(last.count + 1, has_changes)
    else:
        parts.append(Elision(1, has_changes))


def _shortened(paragraph: tuple[Span, ...], room: int) -> tuple[Span, ...]:
    shown = []
    for place, piece in enumerate(paragraph):
        if piece.op is Op.EQUAL:
            text = _equal_text(piece.text, place > 0, place < len(paragraph) - 1)
        else:
            text = _cut(piece.text, room)
        shown.append(_ready(piece, text))
    return tuple(shown)


def _ready(piece: Span, text: str) -> Span:
    """Return a piece with a text harmless to show; of a changed one, every character is seen."""
    shown = visible(text) if piece.op is Op.EQUAL else fully_visible(text)
    return piece._replace(text=shown)


def _equal_text(text: str, has_left: bool, has_right: bool) -> str:
    """Keep of a long unchanged stretch what stands near changes."""
    words = text.split(" ")
    if len(words) <= _LONG_EQUAL:
        return text
    head = words[: _EQUAL_AROUND if has_left else 0]
    tail = words[len(words) - (_EQUAL_AROUND if has_right else 0) :]
    left_out = len(words) - len(head) - len(tail)
    return " ".join([*head, f"[… {left_out:,} words unchanged …]", *tail])


def _cut(text: str, room: int) -> str:
    words = text.split(" ")
    if len(words) <= room:
        return text
    return " ".join([*words[:room], f"[… {len(words) - room:,} more words …]"])
