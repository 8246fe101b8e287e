"""A stretch of a block of text that remembers where it is."""

from __future__ import annotations

from typing import NamedTuple


class Passage(NamedTuple):
    """Literal words of a block, standing in it from character ``start`` on."""

    text: str
    start: int = 0

    @property
    def end(self) -> int:
        """Where the words end in their block."""
        return self.start + len(self.text)

    def cut(self, start: int, end: int | None = None) -> Passage:
        """Return the words between two offsets within this passage."""
        return Passage(self.text[start:end], self.start + start)

    def stripped_left(self, chars: str) -> Passage:
        """Return the words without these characters at the beginning."""
        text = self.text.lstrip(chars)
        if text is self.text:
            return self
        return Passage(text, self.end - len(text))

    def stripped_right(self, chars: str) -> Passage:
        """Return the words without these characters at the end."""
        text = self.text.rstrip(chars)
        return self if text is self.text else Passage(text, self.start)
