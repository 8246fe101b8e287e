"""Read report-builder pages: user-made compilations at ``/report/custom/HASH/``.

Such a page may hold one country or several, any choice of sections, with or without the country's
name, of this family or another, and never the edition. No raw HTML of one was to be had; the rules
come from two texts and from what is known of the template (``docs/sources.md``). A page's text is a
sequence of lines in which a country's name, "Executive Summary" and "Section N." are headings.
A copied country page, whose first line is its whole title, reads the same way and names its edition
too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page, Undecided
from reports.text.addresses import split_address
from scrapers.engines.report_builder_parts import CountryText, PageLine, Sorter
from scrapers.judge.evidence import Naming
from scrapers.judge.identify import suggest
from scrapers.read.page import Block, lines_of
from scrapers.read.parts import SECTION_TITLE

_BUILDER_PATH = re.compile(r"/report/custom/[0-9a-f]{10}(?:-\d+)?/?", re.I)
_BUILDER_TITLE = re.compile(r"custom report\b", re.I)
_SECTION_NUMBER = re.compile(r"Section\s+[0-9IVX]+\s*[.:]?", re.I)
_PAGE_HEADINGS = ("h1", "h2")
"""Headings that may name a country wherever they are; lower ones also occur inside texts."""


def is_builder_url(url: str) -> bool:
    """Return whether a URL is a report-builder page's."""
    return bool(_BUILDER_PATH.fullmatch(split_address(url).path))


def is_builder_title(title: str) -> bool:
    """Return whether a main heading is a report-builder page's."""
    return bool(_BUILDER_TITLE.match(title))


def read_builder(flow: Sequence[Block], naming: Naming) -> Page:
    """Return the reports of a report-builder page given as HTML."""
    return _read([_line(block) for block in flow], naming)


def read_builder_text(text: str, naming: Naming) -> Page:
    """Return the reports of a page saved as plain text, one paragraph a line."""
    return _read([PageLine(line) for line in lines_of(text)], naming)


def _line(block: Block) -> PageLine:
    is_section = SECTION_TITLE in block.classes
    is_heading = block.tag in _PAGE_HEADINGS and not is_section
    return PageLine(block.text, is_section=is_section, is_heading=is_heading)


def _read(lines: Sequence[PageLine], naming: Naming) -> Page:
    parts = [part for part in Sorter(naming).parts(_joined(lines)) if part.has_text]
    decided = tuple(_identified(part, naming) for part in parts if part.is_named)
    undecided = tuple(_undecided(part, naming) for part in parts if not part.is_named)
    return Page(decided, undecided)


def _joined(lines: Iterable[PageLine]) -> list[PageLine]:
    """Join a lone "Section 1." to the title after it."""
    joined: list[PageLine] = []
    number = ""
    for line in lines:
        if _SECTION_NUMBER.fullmatch(line.text):
            number = line.text.rstrip(".: ")
            continue
        is_title = line.is_section or line.is_title
        if number and is_title:
            joined.append(PageLine(f"{number}. {line.text}", is_section=True))
        elif number:
            joined += [PageLine(f"{number}.", is_section=True), line]
        else:
            joined.append(line)
        number = ""
    return joined


def _identified(part: CountryText, naming: Naming) -> Identified:
    assert part.place is not None
    report = ReportId(naming.source, part.edition, part.place.country, part.place.part)
    title = f"{part.edition} {naming.title}: {part.place.name}"
    return Identified(report, Evidence.HEADING, title, part.reading)


def _undecided(part: CountryText, naming: Naming) -> Undecided:
    """Return a part for review, with what suggests its country and its edition.

    The words of another family's report are left out of the summary: nothing must match them with
    a report of this one.
    """
    country, why_country = _country(part, naming)
    reading = part.reading
    if part.family:
        bare = Reading(reading.heading, (), reading.notes, reading.sections)
        why = f"it is of another family: {part.family}; no report of this source stands here"
        return Undecided(country, "", f"{why_country}; {why}", bare)
    edition, why = _edition(part, reading, naming)
    return Undecided(country, edition, f"{why_country}; {why}", reading)


def _country(part: CountryText, naming: Naming) -> tuple[str, str]:
    if part.place:
        return part.place.key, f"the page's heading names {part.place.name}"
    reading = part.reading
    blocks = reading.blocks or [block for each in reading.sections for block in each.blocks]
    return suggest(naming, [part.name] if part.name else [], blocks)


def _edition(part: CountryText, reading: Reading, naming: Naming) -> tuple[str, str]:
    if part.edition:
        return part.edition, f"the page's heading names the edition {part.edition}"
    if not reading.blocks:
        return "", "the page holds no executive summary to infer an edition from or to compare"
    guess = naming.guess_edition(reading.blocks)
    return guess.edition, guess.why
