"""Turn the flow of headings and paragraphs of a report page into a Reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from reports.issues import read_issues
from reports.model import Reading, Section
from scrapers.page import Block

SECTION_TITLE = "report__section-title"
SECTION_NUMBER = "report-toc-section"

_SUMMARY = re.compile(r"executive summary(?: title)?", re.I)
_HUB = re.compile(r"read a section\b", re.I)
_NOTE = re.compile(r"\(?Note:|ANNOUNCEMENT:|READ A SECTION:")
_NUMBERED = re.compile(r"Section\s+(\d+)\s*[.:]\s*(.*)", re.I | re.S)
_PASTED_HEADING = re.compile(r"EXECUTIVE SUMMARY\s+")
_PASTED = re.compile(r"\bSection\s+\d+\.\s+(?=\S)")


@dataclass
class _Open:
    """A section being filled."""

    number: str
    heading: str
    flow: list[Block] = field(default_factory=list)

    @property
    def blocks(self) -> list[str]:
        """Texts in document order, sub-headings included."""
        return [block.text for block in self.flow]


def outline(flow: Sequence[Block]) -> Reading:
    """Return the report that a page's main region says.

    The executive summary is the first titled section whose title says so and that holds text. Its
    paragraphs are prose; what stands before it, headings inside it and marked notes stand apart as
    notes. Rows of links to other pages are neither.
    """
    parts = _cut(flow)
    summary = _summary_of(parts)
    if summary is None:
        return Reading("", (), (), _sections(parts))
    before = parts[: parts.index(summary)]
    after = parts[parts.index(summary) + 1 :]
    closing = [part for part in after if _HUB.match(part.heading)]
    prose = [block.text for block in summary.flow if not _is_note(block)]
    notes = _around(before)
    notes += [block.text for block in summary.flow if _is_note(block)]
    notes += _around(closing)
    sections = _sections([part for part in after if part not in closing])
    if not sections:
        prose, sections = _split_pasted(prose)
    return Reading(summary.heading, tuple(prose), tuple(notes), sections, read_issues(prose))


def _around(parts: Sequence[_Open]) -> list[str]:
    """Return what stands around a summary, without the rows of links of a hub page."""
    return [block.text for part in parts for block in part.flow if not _is_menu(block)]


def _is_menu(block: Block) -> bool:
    return bool(block.links) and not block.text.endswith((".", ")"))


def _is_note(block: Block) -> bool:
    return block.is_heading or bool(_NOTE.match(block.text))


def _cut(flow: Sequence[Block]) -> list[_Open]:
    """Cut the flow at section titles; a lone "Section 1." line numbers the title after it."""
    parts = [_Open("", "")]
    number = ""
    for block in flow:
        if SECTION_NUMBER in block.classes:
            number = _number(block.text)
        elif SECTION_TITLE in block.classes:
            parts.append(_titled(block.text, number))
            number = ""
        elif block.is_heading and _HUB.match(block.text):
            parts.append(_Open("", block.text))
        else:
            parts[-1].flow.append(block)
    return parts


def _number(text: str) -> str:
    found = _NUMBERED.match(text)
    return found[1] if found else text.rstrip(".: ")


def _titled(text: str, number: str) -> _Open:
    found = _NUMBERED.match(text)
    return _Open(found[1], found[2]) if found and not number else _Open(number, text)


def _summary_of(parts: Sequence[_Open]) -> _Open | None:
    titled = [part for part in parts if _SUMMARY.fullmatch(part.heading)]
    with_text = [part for part in titled if part.blocks]
    return next(iter(with_text or titled), None)


def _sections(parts: Sequence[_Open]) -> tuple[Section, ...]:
    return tuple(
        Section(part.number, part.heading, tuple(part.blocks))
        for part in parts
        if part.heading and not _SUMMARY.fullmatch(part.heading)
    )


def _split_pasted(prose: list[str]) -> tuple[list[str], tuple[Section, ...]]:
    """Cut a whole report pasted into its summary's paragraphs at "Section 1."."""
    for at, text in enumerate(prose):
        found = _PASTED.search(text)
        if found and found.group().split()[1] == "1.":
            head = _PASTED_HEADING.sub("", text[: found.start()].strip())
            tail = [text[found.start() :], *prose[at + 1 :]]
            return [*prose[:at], *([head] if head else [])], _pasted_sections(tail)
    return prose, ()


def _pasted_sections(texts: Sequence[str]) -> tuple[Section, ...]:
    """Cut texts, the first of which begins with a section's number, at every such number."""
    sections: list[Section] = []
    for text in texts:
        cuts = [*(found.start() for found in _PASTED.finditer(text)), len(text)]
        if lead := text[: cuts[0]].strip():
            last = sections[-1]
            sections[-1] = replace(last, blocks=(*last.blocks, lead))
        for start, end in pairwise(cuts):
            if found := _NUMBERED.match(text[start:end]):
                body = found[2].strip()
                sections.append(Section(found[1], f"Section {found[1]}.", (body,)))
    return tuple(sections)
