"""Mark the words of a comparison that the publisher struck or hid, or had struck or hidden before.

They are found by the paragraph they stand in: what a page says beside marked words is what the
paragraph of the comparison says without its deleted pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.compare.comparison import Comparison
from reports.compare.layout import Op, Paragraph, Span
from reports.model.reading import Marked

MOST_TRIED = 50
"""Marked pieces of one paragraph that are looked for."""

_ByParagraph = dict[str, list[Marked]]


def with_marks(
    compared: Comparison, before: Sequence[Marked], after: Sequence[Marked]
) -> Comparison:
    """Return a comparison with the words marked that either text's page holds and does not say."""
    if compared.is_same or not (before or after):
        return compared
    sides = ((Op.DELETE, _by_paragraph(after)), (Op.INSERT, _by_paragraph(before)))
    paragraphs = compared.paragraphs
    for op, marked in sides:
        if marked:
            paragraphs = tuple(_marked(each, op, marked) for each in paragraphs)
    return replace(compared, paragraphs=paragraphs)


def _by_paragraph(marked: Sequence[Marked]) -> _ByParagraph:
    found: _ByParagraph = {}
    for each in marked:
        found.setdefault(each.beside, []).append(each)
    return found


def _marked(paragraph: Paragraph, op: Op, marked: _ByParagraph) -> Paragraph:
    if not any(piece.op is op for piece in paragraph):
        return paragraph
    beside = " ".join(piece.text for piece in paragraph if piece.op is not op)
    tried = marked.get(beside, ())[:MOST_TRIED]
    if beside and not tried:  # a paragraph that went whole may be shown beside what came
        tried = [each for each in marked.get("", ()) if _is_whole(each, paragraph, op)][:MOST_TRIED]
    if not beside:
        tried = [each for each in tried if _is_whole(each, paragraph, op)]
    return tuple(_all_parted(paragraph, op, tried)) if tried else paragraph


def _all_parted(paragraph: Paragraph, op: Op, tried: Sequence[Marked]) -> Iterator[Span]:
    """Yield a paragraph's pieces, each parted by the marked words that stand near it."""
    place = 0
    for piece in paragraph:
        if piece.op is not op:
            place += _count(piece.text)
            yield piece
        else:
            yield from _parted(piece, op, [each for each in tried if _is_near(each, piece, place)])


def _is_near(marked: Marked, piece: Span, place: int) -> bool:
    """Return whether marked words stand where a piece does, as exactly as words can be counted."""
    return abs(marked.place - place) <= max(_count(marked.text), _count(piece.text)) + 1


def _count(text: str) -> int:
    return text.count(" ") + 1


def _is_whole(marked: Marked, paragraph: Paragraph, op: Op) -> bool:
    return any(piece.op is op and piece.text == marked.text for piece in paragraph)


def _parted(piece: Span, op: Op, marked: Sequence[Marked]) -> Iterator[Span]:
    """Yield a piece in the parts that its marked words, rounded to whole ones, make of it."""
    if piece.op is not op or piece.move or piece.mark:
        yield piece
        return
    for each in marked:
        if piece.text in each.text:
            yield piece._replace(mark=each.kind)
            return
        at = piece.text.find(each.text)
        if at >= 0:
            start = piece.text.rfind(" ", 0, at) + 1
            end = piece.text.find(" ", at + len(each.text))
            end = len(piece.text) if end < 0 else end
            rest = [other for other in marked if other is not each]
            yield from _filled(piece, piece.text[:start], op, rest)
            yield piece._replace(text=piece.text[start:end], mark=each.kind)
            yield from _filled(piece, piece.text[end:], op, rest)
            return
    yield piece


def _filled(piece: Span, text: str, op: Op, marked: Sequence[Marked]) -> Iterator[Span]:
    words = text.strip()
    if words:
        yield from _parted(piece._replace(text=words), op, marked)
