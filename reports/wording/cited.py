"""What of a version is cited: the report, its summary, a section or one paragraph, with a hash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reports.model.anchors import anchor_of
from reports.model.institution import Institution
from reports.model.notes import edition_of
from reports.model.reading import SUMMARY_NAME, Reading, Section, section_name
from reports.model.values import VersionView
from reports.text.fingerprint import text_sha256
from reports.text.plain import one_line, shortened, web_url
from reports.wording.citation import WHOLE_NAME, citation_line, page_for_people

WHOLE = "report"
"""What is asked for to cite a whole report, instead of one of its sections."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Spelled out here, since ``strftime`` would follow the machine's language."""

LONGEST_TITLE = 500
"""Characters: no report's title is as long, and a page repeats it in five styles."""

_MONTH_OF_EDITION = re.compile(rf"(?:\b({'|'.join(MONTHS)}) )?\b((?:19|20)\d\d)\b")
_SHORT = 12  # hex digits: 48 bits, enough to tell every text of the world from any other
_MOST_NAMES = 12  # sections named to somebody who asks for one that is not there


class NoSuchPart(LookupError):
    """A version has no such section or paragraph; the message names what it has."""


@dataclass(frozen=True)
class CitedPart:
    """What of a report is cited.

    ``number`` is a section's as printed, ``name`` its heading for people; both are ``""`` for the
    whole report. ``paragraph`` counts from 1, and is 0 for all of them; ``anchor`` names it on
    the pages of its version. ``sha256`` is the digest of just what is cited.
    """

    number: str
    name: str
    paragraph: int
    sha256: str
    anchor: str = ""


@dataclass(frozen=True)
class Cited:
    """Everything that a citation says; ``public_url`` is the monitor's address for others."""

    view: VersionView
    part: CitedPart
    institution: Institution
    published_on: str = ""
    public_url: str = ""

    @property
    def title(self) -> str:
        """The report's title, on one line and harmless."""
        return shortened(self.view.title or str(self.view.report), LONGEST_TITLE)

    @property
    def edition(self) -> str:
        """Which edition of a document it is: "Version 6.0, February 2026"; mostly ``""``."""
        return one_line(edition_of(self.view.reading.notes).split("; ", 1)[0])

    @property
    def issued(self) -> tuple[int, ...]:
        """Year, month and day of publication, as far as they are known; empty if nothing is.

        What an edition says of itself goes before the day on which its document first came out.
        """
        named = _MONTH_OF_EDITION.search(self.edition)
        if named:
            return (int(named[2]), *([MONTHS.index(named[1]) + 1] if named[1] else []))
        try:
            day = date.fromisoformat(self.published_on)
        except ValueError:
            return ()
        return day.year, day.month, day.day

    @property
    def captured_at(self) -> datetime:
        """When the page was read: what styles call accessed, for by then the words stood there."""
        return self.view.captured_at

    @property
    def url(self) -> str:
        """The publisher's page."""
        return one_line(page_for_people(self.view.url))

    @property
    def short_hash(self) -> str:
        """The beginning of the digest of what is cited."""
        return self.part.sha256[:_SHORT]

    @property
    def permalink(self) -> str:
        """Where the monitor shows it for good; ``""`` without an address that others reach."""
        public = web_url(self.public_url).rstrip("/")
        if not public:
            return ""
        paragraph = f"/p/{self.part.anchor}" if self.part.anchor else ""
        return f"{public}/reports/{self.view.report}/v/{self.view.number}{paragraph}"

    @property
    def line(self) -> str:
        """The citation on one line, with the whole digest."""
        part = self.part
        named = section_name(part.number, part.name) if part.name else WHOLE_NAME
        if part.paragraph:
            named += f", paragraph {part.paragraph}"
        publisher = self.institution.line
        return citation_line(self.view, publisher, named, part.sha256, self.permalink)

    @property
    def archives(self) -> tuple[str, ...]:
        """Where others find the text as it was: a web archive's copy, then the permalink."""
        return tuple(filter(None, (web_url(self.view.memento_url), self.permalink)))


def cited_part(reading: Reading, section: str = "", paragraph: int = 0) -> CitedPart:
    """Return what is cited by a section's number or name and a paragraph's number.

    Without a section it is the summary, or the whole report if there is none; ``report`` is all of
    it. Raises NoSuchPart.
    """
    if section.casefold() == WHOLE or not (section or reading.blocks or paragraph):
        if paragraph:
            raise NoSuchPart("a paragraph is cited with its section: say which")
        return CitedPart("", "", 0, reading.report_sha256)
    if section.casefold() in ("", "0", "summary", SUMMARY_NAME.casefold()):
        part = CitedPart("", SUMMARY_NAME, 0, reading.text_sha256)
        return _within(part, 0, reading.blocks, paragraph)
    index = _index(reading.sections, section)
    found = reading.sections[index]
    heading = one_line(found.heading) if found.number else one_line(found.name)
    part = CitedPart(found.number, heading, 0, found.section_sha256)
    return _within(part, index + 1, found.blocks, paragraph)


def section_keys(reading: Reading) -> list[str]:
    """Return what each section is asked for by; ``""`` of one whose number and name others have."""
    numbers = [section.number.casefold() for section in reading.sections]
    names = [section.name.casefold() for section in reading.sections]
    return [
        section.number
        if number and numbers.count(number) == 1
        else (section.name if names.count(name) == 1 else "")
        for section, number, name in zip(reading.sections, numbers, names, strict=True)
    ]


def _within(part: CitedPart, text: int, blocks: Sequence[str], paragraph: int) -> CitedPart:
    if not paragraph:
        return part
    named = part.name if not part.number else f"section {part.number}"
    if paragraph > len(blocks):
        has = f"it has {len(blocks)}" if blocks else "it has none"
        raise NoSuchPart(f"{named} has no paragraph {paragraph}: {has}")
    block = blocks[paragraph - 1]
    anchor = anchor_of(text, paragraph, block)
    return CitedPart(part.number, part.name, paragraph, text_sha256([block]), anchor)


def _index(sections: Sequence[Section], asked: str) -> int:
    """Return the index of the one section of this number, of this name, or named like this."""
    sought = asked.casefold()
    for fits in (
        lambda each: each.number.casefold() == sought,
        lambda each: sought in (each.heading.casefold(), each.name.casefold()),
        lambda each: sought in each.heading.casefold(),
    ):
        found = [index for index, each in enumerate(sections) if fits(each)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NoSuchPart(f"{asked!r} fits several: {_names([sections[at] for at in found])}")
    has = _names(sections) if sections else "no sections besides the summary"
    raise NoSuchPart(f"there is no section {asked!r}; this version has: {has}")


def _names(sections: Sequence[Section]) -> str:
    more = len(sections) - _MOST_NAMES
    named = "; ".join(one_line(each.name, 80) for each in sections[:_MOST_NAMES])
    return f"{named}; and {more} more" if more > 0 else named
