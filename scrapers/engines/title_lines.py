"""Read the lines above the text of an older report page: title, publisher, date.

They name the edition in several ways ("2010 Human Rights Report: ...", "Country Reports on Human
Rights Practices - 2004", "... for 2011") and the country in the title or as a line of its own, and
they are never prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scrapers.read.page import Block
from scrapers.read.parts import is_menu

# fmt: off
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)
# fmt: on
_DATE = rf"(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}}),\s+(?P<year>\d{{4}})"
_REPORTS = r"Country\s+Reports?\s+on\s+Human\s+Rights\s+Practices"
_BUREAU = r"Bureau\s+of\s+Democracy,\s+Human\s+Rights,?\s+and\s+Labor(?:\s+Affairs)?"
_DASH = r"\s*[:\u2013\u2014-]\s*"
_NAME = rf"(?:{_DASH}(?P<name>[^.]{{1,80}}?))?"
_ENDS = rf"(?=\s*$|\s+(?:Released\s+by|Bureau\s+of|Country\s+Reports|(?:{'|'.join(_MONTHS)})\s+\d))"

_GOES_ON = r"(?=\s*$|\s+(?-i:[A-Z]))"  # with a line of its own, never with a sentence

_TITLES = (
    rf"(?P<edition>\d{{4}})\s+(?:{_REPORTS}|Human\s+Rights\s+Reports?){_NAME}{_ENDS}",
    rf"{_REPORTS}(?:{_DASH}|,?\s+(?:for\s+)?)(?P<edition>\d{{4}})(?:{_NAME}{_ENDS}|{_GOES_ON})",
    rf"(?P<name>[^.]{{1,80}}?)(?:{_DASH}|\s+){_REPORTS}\s+for\s+(?P<edition>\d{{4}}){_GOES_ON}",
)
_TITLE = tuple(re.compile(pattern, re.I) for pattern in _TITLES)
_FRAME = re.compile(
    rf"(?P<released>Released\s+by\s+the\s+{_BUREAU})|{_BUREAU}|{_DATE}"
    r"|(?P<switch>This\s+is\s+the\s+basic\s+text\s+view\.\s+SWITCH\s+NOW\s+to\s+the\s+new,"
    r"\s+more\s+interactive\s+format\.?)|(?:Report|Share|Print|(?:19|20)\d\d)\b"
    r"|U\.S\.\s+Department\s+of\s+State(?:\s+-\s+Great\s+Seal)?|Diplomacy\s+in\s+Action"
    r"|printable\s+banner|\[?Other\s+Releases\]?",
    re.I,
)
_BETWEEN = re.compile(r"[\s|,;.]*")
_PRINTED_DATE = re.compile(rf"\b{_DATE}\b", re.I)
_BANNER = re.compile(
    r"You\s+are\s+(?:entering\s+the\s+\d{4}-\d{4}\s+Archive|viewing:\s+Archived\s+Content)"
    r"|Note:\s+Content\s+in\s+this\s+archive\s+site\s+is\s+not\s+updated",
    re.I,
)
_TRAILING = re.compile(
    r"The\s+Office\s+of\s+(?:Electronic\s+Information|Website\s+Management)\b"
    r"|\[?Back\s+to\s+(?:the\s+)?Top\b|External\s+links\s+to\s+other\s+Internet\s+sites"
    r"|Note:\s+Documents\s+in\s+Portable\s+Document\s+Format"
    r"|(?:Published|This\s+site\s+is\s+managed)\s+by\s+the\s+U\.S\.\s+Department\s+of\s+State",
    re.I,
)


@dataclass(frozen=True)
class TitleLines:
    """What the lines over a text say, and the text under them.

    ``editions`` are the years that titles name, in order; ``name`` is the country as printed;
    ``published_on`` the date as printed, in the form YYYY-MM-DD. Each is empty if none says it.
    """

    editions: tuple[str, ...]
    name: str
    published_on: str
    text: tuple[Block, ...]


@dataclass
class _Line:
    """What one block over a text is: words of a title, and the prose that follows in the block."""

    editions: list[str]
    name: str
    is_title: bool
    rest: str


def read_title_lines(opening: Sequence[Block], is_place: Callable[[str], bool]) -> TitleLines:
    """Split what comes before a report's first section into title lines and text.

    The text begins after the last line that can only be a title, and after the dates, names and
    rows of links that follow it. ``is_place`` says whether a line is the name of a country.
    """
    lines = [_line(block.text) for block in opening]
    start = _anchor(opening, lines) + 1
    text = list(opening[start:])
    if start and lines[start - 1].rest and not opening[start - 1].is_heading:
        text.insert(0, replace(opening[start - 1], text=lines[start - 1].rest))
    else:
        while start < len(opening) and _is_frame(opening[start], lines[start], is_place):
            start += 1
        text = list(opening[start:])
    over = list(zip(opening[:start], lines[:start], strict=True))
    editions = tuple(edition for _, line in over for edition in line.editions)
    name = next((line.name for _, line in over if line.name), "") or _alone(over, is_place)
    return TitleLines(editions, name, _date([block for block, _ in over]), tuple(text))


def editions_in(text: str) -> list[str]:
    """Return the years that a title, or a piece of a breadcrumb, names."""
    return _line(text).editions


def is_banner(block: Block) -> bool:
    """Return whether a block is the archive's own notice and no report's."""
    return bool(_BANNER.match(block.text))


def is_trailing(block: Block) -> bool:
    """Return whether a block is one of a site's own last lines, under a report."""
    return bool(_TRAILING.match(block.text))


def _line(text: str) -> _Line:
    """Take the words of titles off the start of a text."""
    line, end = _Line([], "", False, ""), 0
    while found := _phrase(text, end):
        said = found.groupdict()
        line.editions += [said["edition"]] if said.get("edition") else []
        line.name = line.name or said.get("name") or ""
        line.is_title |= any(said.get(key) for key in ("edition", "released", "switch"))
        end = _BETWEEN.match(text, found.end()).end()  # type: ignore[union-attr]  # matches always
    line.rest = text[end:]
    return line


def _phrase(text: str, at: int) -> re.Match[str] | None:
    titles = (pattern.match(text, at) for pattern in _TITLE)
    return next((found for found in titles if found), None) or _FRAME.match(text, at)


def _anchor(opening: Sequence[Block], lines: Sequence[_Line]) -> int:
    """Return the index of the last line that only a title can be, -1 if there is none."""
    titled = [at for at, line in enumerate(lines) if line.is_title]
    headed = [at for at, block in enumerate(opening) if block.is_heading]
    return titled[-1] if titled else headed[0] if headed else -1


def _is_frame(block: Block, line: _Line, is_place: Callable[[str], bool]) -> bool:
    return not line.rest or block.is_heading or is_menu(block) or is_place(block.text)


def _alone(over: Sequence[tuple[Block, _Line]], is_place: Callable[[str], bool]) -> str:
    """Return the line that is nothing but a country's name, or else the page's own heading."""
    named = [block.text for block, _ in over if is_place(block.text)]
    headed = [block.text for block, line in over if block.is_heading and line.rest]
    return next(iter(named or headed), "")


def _date(over: Sequence[Block]) -> str:
    found = next(filter(None, (_PRINTED_DATE.search(block.text) for block in over)), None)
    if not found:
        return ""
    month = _MONTHS.index(found["month"].lower()) + 1
    try:
        return date(int(found["year"]), month, int(found["day"])).isoformat()
    except ValueError:
        return ""
