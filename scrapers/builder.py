"""Read report-builder pages: user-made compilations at ``/report/custom/HASH/``.

Such a page may hold one country or several, any choice of sections, with or without the country's
name, and never the edition. No raw HTML of one was to be had; the rules come from two texts and
from what is known of the template (``docs/sources.md``). A page's text is a sequence of lines in
which a country's name, "Executive Summary" and "Section N." stand as headings. A copied country
page, whose first line is its whole title, reads the same way and names its edition too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reports.canonical import canonical_block
from reports.countries import CountryTable, Place
from reports.editions import guess_edition
from reports.identity import ReportId
from reports.issues import read_issues
from reports.model import Evidence, Identified, Page, Reading, Section, Undecided
from scrapers.page import Block

_BUILDER_PATH = re.compile(r"/report/custom/[0-9a-f]{10}(?:-\d+)?/?")
_SUMMARY = re.compile(r"executive summary", re.I)
_SECTION = re.compile(r"Section\s+([0-9IVX]+)\s*[.:]\s*(.*)")
_END = re.compile(r"(?:edit|build) (?:your|a) custom report", re.I)
_NOTE = re.compile(r"\(?Note:|ANNOUNCEMENT:|READ A SECTION:")
_CHROME = re.compile(
    r"An official website of the United States|Official websites use \.gov|A \.gov website belongs"
    r"|Secure \.gov websites use|A lock \(|Human Rights Reports$|Skip to content|In this section",
    re.I,
)
LONGEST_NAME = 160


@dataclass(frozen=True)
class Family:
    """What names the reports of one family: their source, title, heading and countries.

    ``heading`` has the groups ``edition`` and ``name``.
    """

    source: str
    title: str
    heading: re.Pattern[str]
    countries: CountryTable


@dataclass
class _Part:
    """What stands under one country's heading, or under none."""

    place: Place | None = None
    edition: str = ""
    summary_heading: str = ""
    summary: list[str] = field(default_factory=list)
    sections: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return bool(self.summary) or any(texts for _, _, texts in self.sections)

    @property
    def reading(self) -> Reading:
        prose = tuple(text for text in self.summary if not _NOTE.match(text))
        notes = tuple(text for text in self.summary if _NOTE.match(text))
        sections = tuple(Section(no, name, tuple(texts)) for no, name, texts in self.sections)
        return Reading(self.summary_heading, prose, notes, sections, read_issues(prose))


def is_builder_url(url: str) -> bool:
    """Tell whether a URL is a report-builder page's."""
    return bool(_BUILDER_PATH.fullmatch(urlsplit(url).path))


def read_builder(flow: Sequence[Block], family: Family) -> Page:
    """Return the reports of a report-builder page given as HTML."""
    return _read((block.text for block in flow), family)


def read_builder_text(text: str, family: Family) -> Page:
    """Return the reports of a page saved as plain text, one paragraph a line."""
    lines = (canonical_block(line) for line in text.splitlines())
    return _read((line for line in lines if line), family)


def _read(lines: Iterable[str], family: Family) -> Page:
    parts = [part for part in _Sorter(family).parts(lines) if part.has_text]
    decided = tuple(_identified(part, family) for part in parts if part.place and part.edition)
    undecided = tuple(
        _undecided(part, family.countries) for part in parts if not (part.place and part.edition)
    )
    return Page(decided, undecided)


class _Sorter:
    """Sorts the lines of a page under the headings they follow."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._parts = [_Part()]
        self._target: list[str] | None = None

    def parts(self, lines: Iterable[str]) -> list[_Part]:
        """Return the page's parts in order; lines before any heading belong to none."""
        for line in lines:
            if _END.search(line) and any(part.has_text for part in self._parts):
                break
            if _CHROME.match(line) or self._begins(line):
                continue
            if self._target is not None:
                self._target.append(line)
        return self._parts

    def _begins(self, line: str) -> bool:
        """Open what a heading begins; tell whether the line is one."""
        place, edition = self._named(line)
        if place:
            self._parts.append(_Part(place, edition))
            self._target = None
        elif _SUMMARY.fullmatch(line):
            self._begin_summary(line)
        elif found := _SECTION.match(line):
            self._parts[-1].sections.append((found[1], found[2] or found[0], []))
            self._target = self._parts[-1].sections[-1][2]
        else:
            return False
        return True

    def _begin_summary(self, line: str) -> None:
        if self._parts[-1].summary:
            self._parts.append(_Part())
        part = self._parts[-1]
        if part.summary_heading:  # and no text under it: it stood in a table of contents
            part.sections.clear()
        part.summary_heading = line
        self._target = part.summary

    def _named(self, line: str) -> tuple[Place | None, str]:
        """Return the country a line stands for as a heading, and the edition it may name."""
        if len(line) > LONGEST_NAME:
            return None, ""
        titled = self._family.heading.fullmatch(line)
        if titled and titled["name"]:
            return self._family.countries.find(titled["name"]), titled["edition"]
        return self._family.countries.find(line), ""


def _identified(part: _Part, family: Family) -> Identified:
    assert part.place is not None
    report = ReportId(family.source, part.edition, part.place.country, part.place.part)
    title = f"{part.edition} {family.title}: {part.place.name}"
    return Identified(report, Evidence.HEADING, title, part.reading)


def _undecided(part: _Part, countries: CountryTable) -> Undecided:
    reading = part.reading
    country, why_country = _country(part, reading.blocks, countries)
    guess = guess_edition(reading.blocks)
    why = guess.why if reading.blocks else "the page holds no executive summary to compare"
    return Undecided(country, guess.edition, f"{why_country}; {why}", reading)


def _country(part: _Part, prose: Sequence[str], countries: CountryTable) -> tuple[str, str]:
    if part.place:
        return _code(part.place), f"the page's heading names {part.place.name}"
    counts = _mentions(" ".join(prose), countries)
    if not counts:
        return "", "the text names no country"
    [(most, count)] = counts.most_common(1)
    return _code(most), f"the text names {most.name} {count} times, more than any other"


def _mentions(text: str, countries: CountryTable) -> Counter[Place]:
    """Count how often a text names each country; "Papua New Guinea" does not name Guinea."""
    places = {
        name: place for place in countries if not place.part for name in place.names if name in text
    }
    longest_first = sorted(places, key=len, reverse=True)
    found = re.findall(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", text)
    return Counter(places[name] for name in found if name)


def _code(place: Place) -> str:
    return f"{place.country}/{place.part}" if place.part else place.country
