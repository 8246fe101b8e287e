"""What a search found in one paragraph, and how much around it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Excerpt:
    """One paragraph with what was found in it: spans of characters, in order."""

    block: int
    text: str
    marks: tuple[tuple[int, int], ...]


def stretch(excerpt: Excerpt, around: int) -> tuple[int, int]:
    """Return the characters to show: ``around`` on either side of the first mark, whole words."""
    text, (first, last) = excerpt.text, excerpt.marks[0]
    start, end = max(0, first - around), min(len(text), last + around)
    if start:
        start = min(first, text.find(" ", start, first) + 1 or start)
    if end < len(text):
        end = max(last, text.rfind(" ", last, end)) if " " in text[last:end] else end
    return start, end
