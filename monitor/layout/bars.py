"""Bars of stacked parts, one bar a column: a picture by template, without script or style."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from monitor.web.rendering import render

COLOURS = ("#2f7d4f", "#6aaee6", "#b3382c")
"""Of the parts, lowest first; the style sheet exchanges them if the page is dark."""

_GRID_LINES = 3
_NICE_STEPS = 10
_FACTORS = ((10, math.sqrt(50)), (5, math.sqrt(10)), (2, math.sqrt(2)))


@dataclass(frozen=True)
class Bars:
    """What a picture of bars shows; equal ones are drawn once.

    ``parts`` are the names of a bar's parts, lowest first; ``columns`` hold by bar a label, ``""``
    for none, and the counts of its parts. ``width`` and ``height`` are those of all bars, in
    pixels.
    """

    title: str
    description: str
    parts: tuple[str, ...]
    columns: tuple[tuple[str, tuple[int, ...]], ...]
    width: int
    height: int
    colours: tuple[str, ...] = COLOURS

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return sum(sum(counts) for _, counts in self.columns)

    @property
    def grid(self) -> range:
        """The counts at which there is a line across."""
        return range(0, self.top + 1, _step(self.top, _GRID_LINES))

    @property
    def top(self) -> int:
        """The count at the upper edge: round, and no less than the tallest bar."""
        step = _step(self._most, _NICE_STEPS)
        return math.ceil(self._most / step) * step

    @property
    def _most(self) -> int:
        return max((sum(counts) for _, counts in self.columns), default=0) or 1


@lru_cache(maxsize=64)
def bars_svg(shown: Bars) -> str:
    """Return the picture as SVG, with a title and a description for those who do not see it."""
    return render("bars.svg", shown=shown, colours=shown.colours)


def _step(most: int, count: int) -> int:
    """Return the step of about ``count`` lines up to ``most``: 1, 2 or 5 times a power of ten."""
    wanted = max(most / count, 1)
    power = 10 ** math.floor(math.log10(wanted))
    rest = wanted / power
    factor = next((each for each, least in _FACTORS if rest >= least), 1)
    return int(factor * power)
