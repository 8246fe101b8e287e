"""Section codes on 454 real pages, each held against the outline that the page lists of itself.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import gzip
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from reports.model.section_codes import UNKNOWN, Piece, section_codes
from scrapers.read.navigation import Heading, navigation_outline
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
ROOT = Path(__file__).parents[3]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "EXPECTED.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

PAGES = 454
LISTED = 14_000
"""So many headings the pages' own outlines list at least."""

SHIFTED = {
    "2022": {"2e": "2f", "2f": "2e"},
    "2023": {
        "1f": "1e-abroad",
        "1g": "1e-property",
        "1h": "1f",
        "1i": "1g",
        "2e": "2f",
        "2f": "2e",
    },
}
"""Letters that an edition gave to another heading than the others: printed, and its code."""

WITHOUT_CODE = 25
"""Pieces of all pages whose heading no outline has: run-in headings, slips, an address in one."""

_SECTION = re.compile(r"Section (\d)\. ")
_LETTER = re.compile(r"([a-z])\. ", re.I)


def pieces_of(body: bytes) -> list[Piece]:
    (found,) = SOURCE.read(body, SOURCE.page_url(body)).reports
    return list(section_codes().pieces(SOURCE.name, found.reading))


def disagreements(edition: str, outline: tuple[Heading, ...], pieces: list[Piece]) -> list[str]:
    """Return each listed heading whose code is not that of its printed number and letter."""
    left = iter(pieces)
    wrong, section = [], ""
    for entry in outline:
        printed = _SECTION.match(entry.text)
        section = printed[1] if printed else section if entry.depth else ""
        if not section or not entry.text:
            continue
        heading = entry.text[printed.end() :] if printed else entry.text
        piece = next((each for each in left if each.heading in (heading, entry.text)), None)
        if piece is None:
            wrong.append(f"{heading}: no piece")
        elif not _agrees(edition, section, entry.depth, piece):
            wrong.append(f"{section} {heading}: {piece.code or piece.code_note}")
    return wrong


def _agrees(edition: str, section: str, depth: int, piece: Piece) -> bool:
    prefix = "2024-" if edition == "2024" else ""
    if not piece.code:
        return piece.code_note == UNKNOWN
    if depth == 0:
        return piece.code == f"{prefix}{section}"
    letter = _LETTER.match(piece.heading)
    if letter:
        printed = f"{section}{letter[1].lower()}"
        return piece.code == prefix + SHIFTED.get(edition, {}).get(printed, printed)
    return piece.code.startswith(f"{prefix}{section}")


def test_every_listed_heading_has_the_code_of_its_number_and_letter() -> None:
    wrong: dict[str, list[str]] = {}
    uncoded: Counter[str] = Counter()
    files = sorted(CORPUS.glob("20*/*.html.gz"))
    listed = 0
    for file in files:
        body = gzip.decompress(file.read_bytes())
        outline, pieces = navigation_outline(body), pieces_of(body)
        listed += len(outline)
        uncoded.update(each.heading for each in pieces if not each.code)
        if found := disagreements(file.parent.name, outline, pieces):
            wrong[f"{file.parent.name}/{file.name}"] = found
    assert len(files) == PAGES
    assert listed >= LISTED
    assert wrong == {}
    assert sum(uncoded.values()) == WITHOUT_CODE
