"""Turn the HTML of a GOV.UK document into a reading: its summary, and its sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from reports.model.reading import NO_LISTS, Reading, Section
from scrapers.read.page import Block, marked_in

_NUMBERED = re.compile(r"(?:(\d{1,2})[.:]|(\d{1,2}(?:\.\d{1,2})+)[.:]?)\s*(?=\D)(.+)")
_SUMMARIES = tuple(re.compile(rf"{title}\W*", re.I) for title in ("executive summary", "summary"))
"""Whole titles that a family gives its summary, the likeliest first."""
_BODY = re.compile(
    r"(?:assessment|policy guidance|analysis of issues|consideration of issues"
    r"|(?:summary of )?country information|guidance)\b.*",
    re.I,
)
"""How the first section is titled that is neither summary nor introduction."""

SECTION_LEVELS = ("h1", "h2")


def section_level(flow: Sequence[Block]) -> str:
    """Return the lowest heading that begins a section, ``""`` in a text without headings."""
    tags = {block.tag for block in flow if block.tag}
    return "h2" if tags & set(SECTION_LEVELS) else min(tags, default="")


def read_note(flow: Sequence[Block], notes: tuple[str, ...]) -> Reading:
    """Return what a document says.

    Its summary is the section titled "Executive summary", or "Summary" in a bulletin. If there is
    none, it is all that stands before the first section of guidance, assessment or country
    information; failing that, the first section.
    """
    return replace(_noted(flow, notes), marked=marked_in(flow))


def _noted(flow: Sequence[Block], notes: tuple[str, ...]) -> Reading:
    parts = [part for part in _cut(flow) if part.heading or part.blocks]
    for title in _SUMMARIES:
        for at, part in enumerate(parts):
            if title.fullmatch(part.heading) and part.blocks:
                return _reading(part.heading, part.blocks, (*parts[:at], *parts[at + 1 :]), notes)
    first = next((at for at, part in enumerate(parts) if _BODY.fullmatch(part.heading)), 0)
    if opening := tuple(block for part in parts[:first] for block in _all_blocks(part)):
        return _reading("", opening, parts[first:], notes)
    for at, part in enumerate(parts):
        if part.blocks:
            return _reading(part.heading, part.blocks, (*parts[:at], *parts[at + 1 :]), notes)
    return _reading("", (), parts, notes)


def _reading(
    heading: str, blocks: tuple[str, ...], sections: Sequence[Section], notes: tuple[str, ...]
) -> Reading:
    return Reading(heading, blocks, notes, tuple(sections), NO_LISTS)


def _all_blocks(part: Section) -> tuple[str, ...]:
    return (part.heading, *part.blocks) if part.heading else part.blocks


def _cut(flow: Sequence[Block]) -> list[Section]:
    """Cut a text at the headings that begin its sections; what comes before them has no title."""
    level = section_level(flow)
    cuts = [at for at, block in enumerate(flow) if block.tag and block.tag <= level]
    parts = [_section("", flow[: cuts[0] if cuts else len(flow)])]
    for start, end in pairwise([*cuts, len(flow)]):
        parts.append(_section(flow[start].text, flow[start + 1 : end]))
    return parts


def _section(title: str, flow: Sequence[Block]) -> Section:
    found = _NUMBERED.fullmatch(title)
    number, heading = (found[1] or found[2], found[3]) if found else ("", title)
    subheadings = tuple(at for at, block in enumerate(flow) if block.tag)
    return Section(number, heading, tuple(block.text for block in flow), subheadings)
