"""Codes of sections that mean the same in every edition of a source, whatever letter is printed.

A report is cut at its headings: each piece is a heading with the blocks up to the next one. What
no outline of its source has gets no code, and a note that says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from reports.model.countries import fold
from reports.model.reading import SUMMARY_NAME, Reading, Section
from reports.text.fingerprint import text_sha256

SUMMARY_CODE = "summary"
"""The code of the executive summary, in every outline."""

NO_OUTLINE = "the documents of this source have no outline in common"
UNKNOWN = "a heading that no outline of this source has"
OTHER_NUMBER = "printed as section {}"

_LETTER = re.compile(r"^[A-Za-z]\.\s+")
_NUMBERED = re.compile(r"^Section\s+(\w+)\.\s+(.+)$", re.I)


@dataclass(frozen=True)
class SectionCode:
    """One code: of which source and outline, the section it is in, and what it is about.

    ``subject`` joins codes of two outlines that are about the same, ``""`` for none; ``title`` is
    the first heading that stands for it.
    """

    source: str
    outline: str
    code: str
    section: str
    title: str
    subject: str


@dataclass(frozen=True)
class Piece:
    """A heading and the blocks that follow it, up to the next heading.

    ``position`` counts from 0, the executive summary. ``level`` is 0 for that, 1 for a section, 2
    for a heading inside one; ``number`` is the section's as printed. ``code_note`` says why
    ``code`` is empty, or what is odd about it.
    """

    position: int
    level: int
    number: str
    heading: str
    blocks: tuple[str, ...]
    outline: str
    code: str
    code_note: str

    @property
    def text(self) -> str:
        """The blocks, a line each."""
        return "\n".join(self.blocks)

    @property
    def sha256(self) -> str:
        """SHA-256 of heading and blocks joined by line feeds; of a summary's blocks alone.

        The former is the section's own if it has no headings inside, the latter ``text_sha256``.
        """
        return text_sha256(self.blocks if self.level == 0 else (self.heading, *self.blocks))


@dataclass(frozen=True)
class _Known:
    code: SectionCode
    number: str
    parts: Mapping[str, SectionCode]


class SectionCodes:
    """The outlines of every source."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._sections: dict[tuple[str, str], _Known] = {}
        self.all: list[SectionCode] = []
        for outline in rows["outline"]:
            for row in outline["section"]:
                self._add(outline, row)
        self._sources = {each.source for each in self.all}

    def _add(self, outline: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        source = outline["source"]

        def code(each: Mapping[str, Any]) -> SectionCode:
            made = SectionCode(
                source,
                outline["name"],
                each["code"],
                row["code"],
                each["headings"][0],
                each.get("subject", ""),
            )
            self.all.append(made)
            return made

        own = code(row)
        parts = {}
        for each in row.get("parts", ()):
            made = code(each)
            parts.update({_folded(heading): made for heading in each["headings"]})
        for heading in row["headings"]:
            self._sections[source, _folded(heading)] = _Known(own, row["number"], parts)

    def pieces(self, source: str, reading: Reading) -> Iterator[Piece]:
        """Cut a report at its headings, each piece under its code."""
        yield Piece(0, 0, "", SUMMARY_NAME, reading.blocks, "", SUMMARY_CODE, "")
        position = 1
        for section in reading.sections:
            for piece in self._cut(source, section, position):
                yield piece
                position += 1

    def _cut(self, source: str, section: Section, position: int) -> Iterator[Piece]:
        known = self._sections.get((source, _folded(section.heading)))
        starts = [each for each in section.subheadings if each < len(section.blocks)]
        ends = [*starts, len(section.blocks)]
        code = known.code if known else None
        note = "" if known else self._why(source)
        if known and section.number and known.number != section.number:
            note = OTHER_NUMBER.format(section.number)
        opening = section.blocks[: ends[0]]
        yield _piece(position, 1, section.number, section.heading, opening, code, note)
        number = section.number
        for start, end in zip(starts, ends[1:], strict=True):
            heading = section.blocks[start]
            blocks = section.blocks[start + 1 : end]
            position += 1
            if inner := self._section_within(source, heading):
                known, number, code = inner, inner.number, inner.code
                yield _piece(position, 1, number, heading, blocks, code, "")
                continue
            code = known.parts.get(_folded(heading)) if known else None
            note = "" if code else self._why(source)
            yield _piece(position, 2, number, heading, blocks, code, note)

    def _section_within(self, source: str, heading: str) -> _Known | None:
        """Return the section that a heading inside another one begins: "Section 3. Freedom …"."""
        printed = _NUMBERED.match(heading)
        known = self._sections.get((source, _folded(printed[2]))) if printed else None
        return known if known and printed and known.number == printed[1] else None

    def _why(self, source: str) -> str:
        return UNKNOWN if source in self._sources else NO_OUTLINE


def _piece(
    position: int,
    level: int,
    number: str,
    heading: str,
    blocks: tuple[str, ...],
    code: SectionCode | None,
    note: str,
) -> Piece:
    outline, name = (code.outline, code.code) if code else ("", "")
    return Piece(position, level, number, heading, blocks, outline, name, note)


def _folded(heading: str) -> str:
    return fold(_LETTER.sub("", heading.strip()))


@cache
def section_codes() -> SectionCodes:
    """Return the codes of ``section_codes.toml``."""
    text = resources.files("reports.model").joinpath("section_codes.toml").read_text("utf-8")
    return SectionCodes(tomllib.loads(text))
