"""Sort the lines of a report-builder page, or of a saved text, under the headings they follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.model.countries import Place
from reports.model.reading import Reading, Section
from scrapers.judge.evidence import Naming
from scrapers.judge.families import LONGEST_TITLE, family_of_line, family_of_sections
from scrapers.read.outline import prose_notes, report
from scrapers.read.page import Block

_SUMMARY = re.compile(r"executive summary(?: title)?\s*:?", re.I)
_SECTION = re.compile(r"Section\s+([0-9IVX]+)\s*[.:]\s*(.*)", re.I)
_END = re.compile(r"(?:edit|build) (?:your|a) custom report|0\d\s*/\s*select\b", re.I)
_NOTE = re.compile(r"\(?Note:|ANNOUNCEMENT:|READ A SECTION:")
_CHROME = re.compile(
    r"An official website of the United States|Official websites use \.gov|A \.gov website belongs"
    r"|Secure \.gov websites use|A lock \(|Human Rights Reports$|Skip to content|In this section"
    r"|(?:Privacy(?: Policy| Program)?|White House|USA\.gov|FOIA|No FEAR Act|Copyright Information"
    r"|Accessibility Statement|Office of the Inspector General)$",
    re.I,
)
_SENTENCE_ENDS = (".", "!", "?", ";", ",")
LONGEST_NAME = 12
"""Words of a line that may be a country's name."""
LOOKED_AHEAD = 3
"""Lines after a name in which its first title must come; notes may come between."""


@dataclass(frozen=True)
class PageLine:
    """One line of a page; the markup may call it a section's title, or a heading of the page."""

    text: str
    is_section: bool = False
    is_heading: bool = False

    @property
    def is_title(self) -> bool:
        """Whether the line may be a title: short, and no sentence."""
        is_short = len(self.text) <= LONGEST_TITLE
        return is_short and not self.text.endswith(_SENTENCE_ENDS)

    @property
    def is_note(self) -> bool:
        """Whether the line is a note beside the prose."""
        return bool(_NOTE.match(self.text))

    @property
    def is_chrome(self) -> bool:
        """Whether the line is the site's own, on every page."""
        return bool(_CHROME.match(self.text))


@dataclass
class CountryText:
    """The text under one country's heading, or under none.

    ``name`` is a heading that is like a country's name; ``family`` is another family than the one
    read, where a heading names it or is one of its sections'.
    """

    place: Place | None = None
    edition: str = ""
    name: str = ""
    family: str = ""
    summary_heading: str = ""
    summary: list[str] = field(default_factory=list)
    sections: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        """Whether one heading names country and edition, and nothing names another family."""
        return self.place is not None and bool(self.edition) and not self.family

    @property
    def has_text(self) -> bool:
        """Whether there is any prose under the headings."""
        return bool(self.summary) or any(texts for _, _, texts in self.sections)

    @property
    def reading(self) -> Reading:
        """The part as a report."""
        flow = [Block(text) for text in self.summary]
        sections = tuple(
            Section(number, name, tuple(texts))
            for number, name, texts in self.sections
            if name or texts
        )
        return report(self.summary_heading, flow, tuple(prose_notes(flow)), sections)


class Sorter:
    """Sorts lines into parts, one for each country's heading."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._parts = [CountryText()]
        self._target: list[str] | None = None

    def parts(self, lines: Sequence[PageLine]) -> list[CountryText]:
        """Return the page's parts in order; lines before any heading belong to none."""
        own = [line for line in lines if not line.is_chrome]
        for at, line in enumerate(own):
            if _END.search(line.text):
                if any(part.has_text for part in self._parts):
                    break
                continue
            self._take(line, own[at + 1 : at + 1 + LOOKED_AHEAD])
        return self._parts

    def _take(self, line: PageLine, following: Sequence[PageLine]) -> None:
        if named := self._named(line, following):
            self._begin(named, is_open=line.is_heading and not _leads(following))
        elif _SUMMARY.fullmatch(line.text):
            self._begin_summary(line.text)
        elif family := self._family(line):
            self._parts[-1].family = family
            self._begin_section(line.text)
        elif _is_section(line):
            self._begin_section(line.text)
        elif self._target is not None:
            self._target.append(line.text)

    def _family(self, line: PageLine) -> str:
        """Return the other family whose section a line is the title of."""
        return family_of_sections([line.text], self._naming.title) if line.is_title else ""

    def _named(self, line: PageLine, following: Sequence[PageLine]) -> CountryText | None:
        """Return a new part if a line is a country's heading.

        A name is one if a title follows or the markup makes it a heading: a line "Tibet" inside
        a text is neither. A misspelt name is taken as one in the first case alone.
        """
        text = line.text
        if not line.is_title:
            return None
        titled = self._naming.heading.fullmatch(text)
        if titled and titled["name"]:
            place = self._naming.place_named(titled["name"])
            return CountryText(place, titled["edition"], "" if place else titled["name"])
        if family := family_of_line(text, self._naming.title):
            return CountryText(name=text, family=family)
        if not line.is_heading and not _leads(following):
            return None
        if place := self._naming.place_named(text):
            return CountryText(place)
        is_short = len(text.split()) <= LONGEST_NAME and _leads(following)
        return CountryText(name=text) if is_short and self._naming.countries.alike(text) else None

    def _begin(self, part: CountryText, *, is_open: bool) -> None:
        """Begin a part; text that follows its name at once is in a section without title."""
        self._parts.append(part)
        self._target = None
        if is_open:
            self._begin_section("")

    def _begin_section(self, text: str) -> None:
        found = _SECTION.match(text)
        number, heading = (found[1], found[2] or found[0]) if found else ("", text)
        self._parts[-1].sections.append((number, heading, []))
        self._target = self._parts[-1].sections[-1][2]

    def _begin_summary(self, text: str) -> None:
        if self._parts[-1].summary:
            self._parts.append(CountryText())
        part = self._parts[-1]
        if part.summary_heading:  # and no text under it: it stood in a table of contents
            part.sections.clear()
        part.summary_heading = text
        self._target = part.summary


def _is_section(line: PageLine) -> bool:
    return line.is_section or (len(line.text) <= LONGEST_TITLE and bool(_SECTION.match(line.text)))


def _leads(following: Sequence[PageLine]) -> bool:
    """Return whether a title comes next, with at most notes before it."""
    first = next((line for line in following if not line.is_note), None)
    return first is not None and (bool(_SUMMARY.fullmatch(first.text)) or _is_section(first))
