"""Read the outline that a page lists of itself in its "In this section" navigation, and compare.

It is the check of the reader, never its source: the reader finds sections in the text alone, and
what it found can then be compared with what the page itself says it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from reports.model.reading import Reading, Section
from reports.text.canonical import canonical_block
from scrapers.read.page import decode, find_element
from scrapers.read.parts import HUB, SUMMARY

_NAVIGATION = b"report-toc"
_DEPTHS = ("report-toc__section", "report-toc__sub-section", "report-toc__h4_sub-section")
_NUMBERED = re.compile(r"(?i:Section)\s+(\d+|[IVX]+(?=\s*[.:]|$))\s*[.:]?\s*(.*)", re.S)


@dataclass(frozen=True)
class Heading:
    """One heading a navigation lists.

    ``depth`` is 0 for a section, 1 for a sub-heading, 2 for a heading below one; ``anchor`` is the
    id of the element it leads to; ``text`` may be empty, as the heading then is.
    """

    depth: int
    text: str
    anchor: str


@dataclass(frozen=True)
class OutlineCheck:
    """How a reading's outline differs from the navigation of its page.

    ``sections_listed`` and ``sections_read`` are (number, heading) in order; ``missing`` are listed
    sub-headings that were not read under their section; ``unlisted`` counts the sub-headings read
    that the navigation does not list: many navigations stop at the first level.
    """

    sections_listed: tuple[tuple[str, str], ...]
    sections_read: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    unlisted: int

    @property
    def is_exact(self) -> bool:
        """Whether every listed heading was read where it is listed, and no other section."""
        return self.sections_listed == self.sections_read and not self.missing


def navigation_outline(body: bytes) -> tuple[Heading, ...]:
    """Return the headings a page's navigation lists, in its order; none if it has none."""
    start = find_element(body, _NAVIGATION)
    end = body.find(b"</nav", start)
    if start < 0 or end < 0:
        return ()
    soup = BeautifulSoup(decode(body[start:end]), "lxml")
    return tuple(entry for row in soup.find_all("li") if (entry := _entry(row)))


def check_outline(entries: Sequence[Heading], reading: Reading) -> OutlineCheck:
    """Hold a reading's sections and sub-headings against what its page's navigation lists.

    The summary's own heading, the menus of hub pages and headings without words are not sections.
    """
    listed: list[tuple[str, str]] = []
    below: list[list[str]] = []
    open_below: list[str] = []
    for entry in entries:
        if entry.depth:
            open_below += [entry.text] if entry.text else []
        elif _is_section(entry.text):
            open_below = []
            below.append(open_below)
            listed.append(_numbered(entry.text))
        else:
            open_below = []
    sections = [each for each in reading.sections if not SUMMARY.fullmatch(each.heading)]
    pairs = list(zip(below, sections, strict=False))
    missing = [text for texts, section in pairs for text in _missing(texts, section)]
    read_below = sum(len(section.subheadings) for section in sections)
    unlisted = read_below - sum(map(len, below)) + len(missing)
    names = tuple((each.number, each.heading) for each in sections)
    return OutlineCheck(tuple(listed), names, tuple(missing), unlisted)


def _entry(row: Tag) -> Heading | None:
    classes = row.get_attribute_list("class")
    depth = next((at for at, name in enumerate(_DEPTHS) if name in classes), None)
    link = row.find("a")
    if depth is None or link is None:
        return None
    anchor = str(link.get("href") or "").partition("#")[2]
    return Heading(depth, canonical_block(link.get_text()), anchor)


def _is_section(text: str) -> bool:
    return bool(text) and not SUMMARY.fullmatch(text) and not HUB.match(text)


def _numbered(text: str) -> tuple[str, str]:
    found = _NUMBERED.match(text)
    return (found[1], found[2]) if found else ("", text)


def _missing(listed: Sequence[str], section: Section) -> list[str]:
    """Return the listed sub-headings that a section does not have in their order."""
    read = iter([section.blocks[at] for at in section.subheadings])
    return [text for text in listed if text not in read]  # "in" goes on behind the last one found
