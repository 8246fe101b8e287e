"""Return whether a block of text goes on with a list that gives each issue a block of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.text.passage import Passage

_ENDS = (".", "!", "?")
_EXPECTS_MORE = (":", ";", ",", " and", " or")
# "Weak courts: The crown dismissed ...": the issue is the title, the rest tells of it.
_TITLED = re.compile(
    r"(?:[\u2022\u00b7*\u2013-] *|\(?\d{1,2}[.)] *)?(?P<title>[A-Z][^.:;]{4,150}): (?=[A-Z\u201c])"
)
VERB = re.compile(
    r"\b(?:was|were|is|are|has|had|have|did|does|took|remained|continued|made|held|committed"
    r"|persisted|occurred|generally|respected|reported|prosecuted|punished)\b"
)


class ListedBlocks:
    """The state of a list between two blocks: whether it has ended, how it writes its blocks."""

    def __init__(self) -> None:
        self._unended = ""
        self._has_stops = False
        self._has_titles = False

    def goes_on(self, text: str, said: Sequence[Passage]) -> bool:
        """Return whether a block, cut into sentences, is one more issue of the list before it."""
        if not self._unended or not said:
            return False
        if self._unended.endswith(_EXPECTS_MORE) or not text.endswith(_ENDS):
            return True
        if self._has_titles:
            return title_of(text) is not None
        return self._has_stops and len(said) == 1 and not VERB.search(text)

    def add(self, text: str) -> None:
        """Take note of a block that went on with the list."""
        is_first = self._unended.endswith(":")
        self._has_titles = self._has_titles or (is_first and title_of(text) is not None)
        has_stops = self._has_stops or (is_first and ";" not in text)
        self._has_stops = has_stops and text.endswith(_ENDS)
        self._unended = text if self._has_titles or self._has_stops or _is_open(text) else ""

    def begin(self, text: str, *, is_listing: bool) -> None:
        """Take note of a block that begins anew: with a list that may go on, or without one."""
        self._has_stops = self._has_titles = False
        self._unended = text if is_listing and _is_open(text) else ""


def title_of(text: str) -> Passage | None:
    """Return the title that a block begins with, a colon after it; None without one."""
    found = _TITLED.match(text)
    return Passage(found["title"], found.start("title")) if found else None


def _is_open(text: str) -> bool:
    return not text.endswith(_ENDS)
