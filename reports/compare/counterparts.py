"""Find each section's counterpart in another reading of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.compare.alignment import opcodes
from reports.model.reading import Section


def text_of(section: Section | None) -> tuple[str, ...]:
    """Return a section's heading and blocks; nothing of a section that is not there."""
    return (section.heading, *section.blocks) if section else ()


SectionPair = tuple[Section | None, Section | None]


def pair_sections(before: Sequence[Section], after: Sequence[Section]) -> list[SectionPair]:
    """Pair sections without ever crossing: a moved section is one removed and one added.

    Same headings first, then same numbers between those, then plain order if as many are left
    on both sides.
    """
    return _paired(before, after, [lambda s: s.heading.casefold(), lambda s: s.number])


def _paired(
    before: Sequence[Section], after: Sequence[Section], keys: list[Callable[[Section], str]]
) -> list[SectionPair]:
    if not keys:
        if len(before) == len(after):
            return list(zip(before, after, strict=True))
        return [(old, None) for old in before] + [(None, new) for new in after]
    key = keys[0]
    pairs: list[SectionPair] = []
    aligned = opcodes([key(s) for s in before], [key(s) for s in after])
    for is_equal, i1, i2, j1, j2 in aligned:
        if is_equal:
            pairs += zip(before[i1:i2], after[j1:j2], strict=True)
        else:
            pairs += _paired(before[i1:i2], after[j1:j2], keys[1:])
    return pairs
