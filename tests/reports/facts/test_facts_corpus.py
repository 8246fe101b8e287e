"""How many summaries of the real pages say each stock part, and which notes carry a date.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder. The figures are those
of docs/reading.md.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from reports.facts.read import read_facts
from reports.model.notes import NoteKind, errata_date, note_kind
from reports.model.reading import Facts, Reading
from scrapers.registry import source_named

ROOT = Path(__file__).parents[3]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
PAGE = ROOT / "docs" / "reading.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "EXPECTED.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

EDITIONS = [str(year) for year in range(2016, 2025)]


@cache
def readings() -> dict[str, Reading]:
    source = source_named("us-state-hrr")
    with (CORPUS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        files = [row["file"] for row in csv.DictReader(table, delimiter="\t")]
    pages = {file: gzip.decompress((CORPUS / file).read_bytes()) for file in files}
    return {file: source.read(body, "").reports[0].reading for file, body in pages.items()}


@cache
def facts() -> dict[str, Facts]:
    return {file: read_facts(reading.blocks) for file, reading in readings().items()}


def said(part: str, value: str = "") -> list[str]:
    """Count by edition the summaries that say a part; as a row of the page's table."""
    counted = Counter(
        file[:4]
        for file, each in facts().items()
        if (fact := getattr(each, part)) and value in ("", fact.value)
    )
    return [str(counted[edition]) for edition in EDITIONS]


@pytest.mark.parametrize(
    ("row", "part", "value"),
    [
        ("`trend`", "trend", ""),
        ("`civilian_control`", "civilian_control", ""),
        ("`force_abuse_scale`", "force_abuse_scale", ""),
        ("`accountability`", "accountability", ""),
        ("of these `credible`", "accountability", "credible"),
        ("`nonstate`", "nonstate", ""),
    ],
)
def test_the_figures_of_the_page_are_those_of_the_real_summaries(row, part, value):
    lines = PAGE.read_text("utf-8").splitlines()
    [cells] = [
        [cell.strip() for cell in line.split("|")[2:-1]]
        for line in lines
        if line.startswith(f"| {row} |") and len(line.split("|")) == len(EDITIONS) + 3
    ]
    assert cells == said(part, value)


def test_editions_use_the_parts_that_they_are_known_to_use():
    no_change = dict(zip(EDITIONS, map(int, said("trend", "no_change")), strict=True))
    scale = dict(zip(EDITIONS, map(int, said("force_abuse_scale")), strict=True))
    control = dict(zip(EDITIONS, map(int, said("civilian_control")), strict=True))
    assert min(no_change["2023"], no_change["2024"]) >= 40
    assert min(scale[edition] for edition in ("2020", "2021", "2022")) >= 48
    assert all(control[edition] >= 50 for edition in EDITIONS[:7])
    assert control["2023"] == control["2024"] == 0


def test_every_errata_note_of_the_real_pages_has_its_day():
    notes = [note for reading in readings().values() for note in reading.notes]
    errata = [note for note in notes if note_kind(note) is NoteKind.ERRATA]
    assert (len(notes), len(errata)) == (18, 5)
    assert all(errata_date(note) for note in errata)
    assert all(note_kind(note) is not NoteKind.OTHER for note in notes)
