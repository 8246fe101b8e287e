"""The parts of a report while they are being read: a heading, and what stands under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.model.reading import Section
from scrapers.read.page import Block

SECTION_TITLE = "report__section-title"
SUBTITLE = "report__section-subtitle"
SUMMARY = re.compile(
    r"(?:(?:Section\s+)?(?:\d+|[IVX]+)\s*[.:)]?\s+)?executive\s+summary(?:\s+title)?\s*[.:]?", re.I
)
"""A summary's heading, with the placeholder, number or mark that editors leave on it."""

HUB = re.compile(r"read a section\b", re.I)
"""How the row of links begins with which a hub page leads to the pages of its areas."""

_READS = frozenset("Rr")
_NOTE = re.compile(r"\(?Note:|ANNOUNCEMENT:|READ A SECTION:")


@dataclass
class Part:
    """One part being filled; ``number`` and ``heading`` are ``""`` if it has none."""

    number: str
    heading: str
    flow: list[Block] = field(default_factory=list)

    @property
    def is_summary(self) -> bool:
        """Whether the heading says that this is the executive summary."""
        return bool(SUMMARY.fullmatch(self.heading))

    @property
    def is_titled(self) -> bool:
        """Whether the part has a heading or a number of its own."""
        return bool(self.heading or self.number)

    @property
    def section(self) -> Section:
        """The part as a section, its sub-headings among its blocks."""
        texts = tuple(block.text for block in self.flow)
        found = tuple(
            at for at, block in enumerate(self.flow) if block.tag or SUBTITLE in block.classes
        )
        return Section(self.number, self.heading, texts, found)


def is_note(block: Block) -> bool:
    """Return whether a block of a summary stands apart from its prose."""
    return block.is_heading or bool(_NOTE.match(block.text))


def is_menu(block: Block) -> bool:
    """Return whether a block is a row of links to other pages, not a sentence with a link."""
    return bool(block.links) and not block.text.endswith((".", ")"))


def menu_of(flow: Sequence[Block]) -> list[Block]:
    """Return the rows of links with which a page leads to the parts of its report."""
    menu: list[Block] = []
    is_open = False
    for block in flow:
        if block.text[:1] in _READS and HUB.match(block.text):
            is_open = True
        elif not is_open:
            continue
        elif block.is_heading or SECTION_TITLE in block.classes or not is_menu(block):
            is_open = False
        if is_open:
            menu.append(block)
    return menu


def sections_of(parts: Sequence[Part]) -> tuple[Section, ...]:
    """Return the titled parts as sections; a summary's heading without text is none."""
    return tuple(
        part.section for part in parts if part.is_titled and (part.flow or not part.is_summary)
    )
