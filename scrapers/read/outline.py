"""Turn the flow of headings and paragraphs of a report page into a Reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reports.facts.read import read_facts
from reports.issues.read import read_issues
from reports.model.reading import Reading, Section
from scrapers.read.page import Block, marked_in
from scrapers.read.parts import HUB, SECTION_TITLE, Part, is_menu, is_note, sections_of
from scrapers.read.plain_outline import cut_at_sections, cut_at_summary

SECTION_NUMBER = "report-toc-section"

_WORD = re.compile(r"[^\W_]")
_NUMBERED = re.compile(
    r"(?i:Section)\s+(\d+|[IVX]+(?=\s*[.:]|$))(?:\s*[.:]\s*|\s+(?=[A-Z])|$)(.*)", re.S
)
"""A Roman number needs a mark or an end after it: "Section I found" is prose."""


def outline(flow: Sequence[Block]) -> Reading:
    """Return the report that a page's main region says.

    The executive summary is the first titled section whose title says so and that holds text; where
    no title says so, it is the text before the first section. Its paragraphs are prose; what stands
    before it, headings inside it and marked notes are notes. Rows of links to other
    pages are neither. Sections before the summary are sections all the same.
    """
    return replace(_outlined(flow), marked=marked_in(flow))


def _outlined(flow: Sequence[Block]) -> Reading:
    parts = _cut(flow)
    summary = _summary_of(parts)
    if summary is None:
        return _introduced(parts)
    at = parts.index(summary)
    before, after = parts[:at], parts[at + 1 :]
    around = [part for part in (*before, *after) if _is_around(part)]
    sections = sections_of([part for part in (*before, *after) if part not in around])
    prose, pasted = _without_pasted(summary.flow, sections)
    notes = [*_said([part for part in before if part in around]), *prose_notes(prose)]
    notes += _said([part for part in after if part in around])
    return report(summary.heading, prose, tuple(notes), (*pasted, *sections))


def report(
    heading: str, flow: Sequence[Block], notes: tuple[str, ...], sections: tuple[Section, ...]
) -> Reading:
    """Return a report whose summary is the prose among the blocks of ``flow``.

    Marks alone, without a letter or a digit, are not prose: the summary is then empty.
    """
    prose = tuple(block.text for block in flow if not is_note(block))
    if not any(map(_WORD.search, prose)):
        prose = ()
    return Reading(heading, prose, notes, sections, read_issues(prose), read_facts(prose))


def prose_notes(flow: Sequence[Block]) -> list[str]:
    """Return the blocks of a summary that are notes, not prose."""
    return [block.text for block in flow if is_note(block)]


def _introduced(parts: Sequence[Part]) -> Reading:
    """Return a report whose summary has no title: the text before its first section.

    A page without any section is not a report, whatever else it says.
    """
    opening, rest = parts[0], parts[1:]
    before, heading, flow = cut_at_summary([b for b in opening.flow if not is_menu(b)])
    prose, pasted = cut_at_sections(flow)
    sections = (*pasted, *sections_of(rest))
    if not heading and not any(section.number for section in sections):
        return Reading("", (), (), sections)
    notes = (*(block.text for block in before), *prose_notes(prose))
    return report(heading, prose, notes, sections)


def _without_pasted(
    flow: list[Block], sections: tuple[Section, ...]
) -> tuple[list[Block], tuple[Section, ...]]:
    """Cut off a report that was pasted under its summary's title.

    On a page that has its sections, one mention of a section proves nothing; two in order do.
    """
    prose, pasted = cut_at_sections(flow)
    numbered = [section for section in pasted if section.number]
    if not numbered or (sections and len(numbered) < 2):
        return flow, ()
    return cut_at_summary(prose)[2], pasted


def _is_around(part: Part) -> bool:
    """Return what only surrounds a report: rows of links, and text before any title."""
    return not part.is_titled or bool(HUB.match(part.heading))


def _said(parts: Sequence[Part]) -> list[str]:
    """Return what surrounds a summary, without the rows of links of a hub page."""
    return [block.text for part in parts for block in part.flow if not is_menu(block)]


def _cut(flow: Sequence[Block]) -> list[Part]:
    """Cut the flow at section titles; a lone "Section 1." line numbers the title after it."""
    parts = [Part("", "")]
    number = ""
    for block in flow:
        if SECTION_TITLE in block.classes:
            parts.append(_titled(block.text, number))
            number = ""
            continue
        if number:
            parts.append(Part(number, ""))
            number = ""
        if SECTION_NUMBER in block.classes:
            number = _number(block.text)
        elif block.is_heading and HUB.match(block.text):
            parts.append(Part("", block.text))
        else:
            parts[-1].flow.append(block)
    return parts


def _number(text: str) -> str:
    found = _NUMBERED.match(text)
    return found[1] if found else text.rstrip(".: ")


def _titled(text: str, number: str) -> Part:
    found = _NUMBERED.match(text)
    return Part(found[1], found[2]) if found and not number else Part(number, text)


def _summary_of(parts: Sequence[Part]) -> Part | None:
    titled = [part for part in parts if part.is_summary]
    return next((part for part in titled if part.flow), next(iter(titled), None))
