"""Lay the sections that were read beside the outline that the page lists of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import document_fromstring

from reports.model.reading import Reading, Section
from reports.text.canonical import canonical_block
from scrapers.read.navigation import Heading, navigation_outline
from scrapers.read.page import decode

_NO_SECTION = re.compile(
    r"(?:(?:section \d+\. )?executive summary(?: title)?:?|read a section.*)?", re.I
)
"""What a navigation lists beside sections: the summary, the choices of a hub, an empty heading."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

DepthAndText = tuple[int, str]
"""Depth (0 for a section, 1 below one) and text with its number."""


@dataclass(frozen=True)
class Outline:
    """The headings a page lists, those that were read, and the read ones its markup denies.

    A navigation leaves out the lowest rank, in some editions the lowest two: what is read beyond
    what is listed must at least be a heading element of the page.
    """

    listed: tuple[DepthAndText, ...]
    read: tuple[DepthAndText, ...]
    denied: tuple[str, ...] = ()

    @property
    def has_exact_sections(self) -> bool:
        """Tell whether number and heading of every section are the listed ones, in order."""
        return _sections(self.listed) == _sections(self.read)

    @property
    def is_exact(self) -> bool:
        """Tell whether that is so, every listed sub-heading is in its place, and none made up."""
        return self.has_exact_sections and not self.missing and not self.denied

    @property
    def beyond(self) -> int:
        """Count the sub-headings that were read and are not listed."""
        return len(self.read) - len(self.listed)

    @property
    def missing(self) -> str:
        """Return the first listed heading that was not read in its place, ``""`` without any."""
        rest = iter(self.read)
        return next((one[1] for one in self.listed if one not in rest), "")

    @property
    def difference(self) -> str:
        """Say what is wrong, ``""`` where nothing is."""
        if self.missing:
            return f"listed but not read in its place: {self.missing!r}"
        if not self.has_exact_sections:
            return f"sections {_sections(self.read)!r} instead of {_sections(self.listed)!r}"
        return f"no heading of the page: {self.denied[0]!r}" if self.denied else ""


def _sections(side: Sequence[DepthAndText]) -> list[str]:
    return [text for depth, text in side if not depth]


def outline_of(body: bytes, region: bytes, reading: Reading) -> Outline | None:
    """Return both outlines of a page, None where the page lists none."""
    entries = navigation_outline(body)
    if not any(_is_section(entry) for entry in entries):
        return None
    listed = ((min(e.depth, 1), e.text) for e in entries if e.depth or _is_section(e))
    rows = (row for section in reading.sections for row in _rows(section))
    read = tuple(row for row in rows if row[0] or not _NO_SECTION.fullmatch(row[1]))
    known = _headings(region)
    denied = tuple(text for depth, text in read if depth and text not in known)
    return Outline(tuple(row for row in listed if row[1]), read, denied)


def _is_section(entry: Heading) -> bool:
    return entry.depth == 0 and not _NO_SECTION.fullmatch(entry.text)


def _rows(section: Section) -> Iterator[DepthAndText]:
    is_numbered = section.number and not section.heading.casefold().startswith("section")
    heading = f"Section {section.number}. {section.heading}" if is_numbered else section.heading
    yield 0, heading.rstrip()
    for at in section.subheadings:
        yield 1, section.blocks[at]


def _headings(region: bytes) -> frozenset[str]:
    """Return the text of every heading element, read without the reader."""
    root = document_fromstring(decode(region))
    return frozenset(
        canonical_block("".join(map(str, each.itertext()))) for each in root.iter(*_HEADINGS)
    )
