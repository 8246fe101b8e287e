"""Which looks say something of their own: of a stretch of looks all alike, the first and the last.

What lies between them says nothing that these two, and a count, do not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """One look, in the order of looking.

    ``state`` is what it came to: looks of one state are alike, and one without a state is like no
    other and ends a stretch. ``has_evidence`` tells whether it brought anything that is kept beside
    it. One that ``is_pinned`` is needed by something else.
    """

    state: str | None
    has_evidence: bool = False
    is_pinned: bool = False


def surplus(looks: Sequence[Look]) -> list[int]:
    """Return the places of the looks that may go: inside a stretch, and needed by nothing else.

    The first and the last look of a stretch stay, and the first and the last with evidence.
    """
    found = []
    for stretch in _stretches(looks):
        evident = [place for place in stretch if looks[place].has_evidence]
        kept = {stretch[0], stretch[-1], *evident[:1], *evident[-1:]}
        found += [place for place in stretch if place not in kept and not looks[place].is_pinned]
    return found


def _stretches(looks: Sequence[Look]) -> Iterator[list[int]]:
    """Give the places of each uninterrupted stretch of looks that are alike."""
    stretch: list[int] = []
    for place, look in enumerate(looks):
        if stretch and looks[stretch[-1]].state == look.state:
            stretch.append(place)
            continue
        yield from [stretch] if stretch else []
        stretch = [] if look.state is None else [place]
    yield from [stretch] if stretch else []
