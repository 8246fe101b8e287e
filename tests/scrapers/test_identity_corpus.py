"""Identity on 454 real pages: who tells it, how little the address matters, how good guesses are.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from reports.model.editions import guess_edition
from reports.model.values import Evidence, Identified
from scrapers.judge.families import family_of_line, family_of_sections
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
ROOT = Path(__file__).parents[2]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "MANIFEST.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

EXACT, WITHIN_ONE_YEAR = 395, 438
"""Floors of the guesses at editions; 401 and 442 of 454 were measured."""


def regions() -> Iterator[tuple[dict[str, str], bytes]]:
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            yield row, SOURCE.region(gzip.decompress((CORPUS / row["file"]).read_bytes()))


@cache
def found() -> dict[str, tuple[str, Identified]]:
    read = ((row, SOURCE.read(region, row["url"])) for row, region in regions())
    return {row["file"]: (row["year"], page.reports[0]) for row, page in read}


def test_every_page_is_identified_by_its_heading() -> None:
    assert {each.how for _, each in found().values()} == {Evidence.HEADING}
    assert len(found()) == 454


@pytest.mark.parametrize("slug", ["", "__trashed", "page-12-draft", "norway"])
def test_whatever_the_address_says_heading_and_breadcrumb_decide(slug: str) -> None:
    wrong = {}
    for at, (row, region) in enumerate(regions()):
        if at % 8:
            continue
        page = SOURCE.read(region, f"{SOURCE.index_url(row['year'])}{slug}")
        named = [str(each.report) for each in page.reports]
        if named != [f"us-state-hrr/{row['year']}/{row['iso3']}"]:
            wrong[row["file"]] = named or [each.why for each in page.undecided]
    assert wrong == {}


def test_no_section_or_line_of_a_report_is_another_familys_mark() -> None:
    marked = {}
    for file, (_, each) in found().items():
        lines = each.reading.all_blocks
        told = family_of_sections(lines, SOURCE.family)
        if told or any(family_of_line(line, SOURCE.family) for line in lines):
            marked[file] = told
    assert marked == {}


def test_sections_tell_this_family_to_another() -> None:
    told = {
        family_of_sections((each.heading for each in page.reading.sections), "another")
        for year, page in found().values()
        if year != "2024"  # its three titles are too common to tell
    }
    assert told == {SOURCE.family}


def test_editions_are_guessed_as_well_as_the_documentation_says() -> None:
    off = []
    for year, each in found().values():
        guess = guess_edition(each.reading.blocks).edition
        off.append(abs(int(guess) - int(year)) if guess else 99)
    assert sum(each == 0 for each in off) >= EXACT
    assert sum(each <= 1 for each in off) >= WITHIN_ONE_YEAR
