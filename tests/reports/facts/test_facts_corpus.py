"""What the real pages say in stock sentences, and the cases of the review, if both are at hand.

They stay outside the project; ``REPORTWATCH_CORPUS`` names the folder of the pages. The figures are
those of docs/reading/facts.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from documents.compare import CompareDocument
from documents.diff import DiffDocument
from documents.show import FactDocument
from exhibits.redline import render_comparison_html
from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.facts.kinds import KIND_NAMES
from reports.facts.read import read_facts
from reports.model.identity import ReportId
from reports.model.notes import NoteKind, errata_date, note_kind
from reports.model.reading import Reading
from reports.model.values import VersionView
from scrapers.registry import source_named

ROOT = Path(__file__).parents[3]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
CASES = CORPUS.parent / "review" / "cases" / "issue_lists.json"
PAGE = ROOT / "docs" / "reading" / "facts.md"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
EDITIONS = [str(year) for year in range(2016, 2025)]

on_real_pages = pytest.mark.skipif(
    not (CORPUS / "EXPECTED.tsv").is_file(),
    reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
)


def cases() -> list[dict[str, Any]]:
    if not CASES.is_file():
        return []
    told = json.loads(CASES.read_text("utf-8"))
    return [case for case in told if case["kind"].startswith("facts:")]


@pytest.mark.skipif(not CASES.is_file(), reason=f"no cases of the review at {CASES}")
def test_the_cases_of_the_review_are_read_as_expected() -> None:
    assert len(cases()) >= 14
    for case in cases():
        expected = case["expected"]
        found: dict[str, list[str]] = defaultdict(list)
        for fact in read_facts(case["text"]):
            found[fact.kind].append(fact.text)
        may_be_none = expected.get("may_be_left_out") and not found
        assert may_be_none or found == expected["sentences"], case["kind"]
        assert expected["values"] == []


@cache
def readings() -> dict[str, Reading]:
    source = source_named("us-state-hrr")
    with (CORPUS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        files = [row["file"] for row in csv.DictReader(table, delimiter="\t")]
    pages = {file: gzip.decompress((CORPUS / file).read_bytes()) for file in files}
    return {file: source.read(body, "").reports[0].reading for file, body in pages.items()}


def summaries_with(kind: str) -> list[str]:
    """Count by edition the summaries that hold a kind; as a row of the page's table."""
    counted = Counter(
        file[:4]
        for file, reading in readings().items()
        if any(fact.kind == kind for fact in reading.facts)
    )
    return [str(counted[edition]) for edition in EDITIONS]


@pytest.mark.slow
@on_real_pages
@pytest.mark.parametrize("kind", KIND_NAMES)
def test_the_figures_of_the_page_are_those_of_the_real_summaries(kind: str) -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    [cells] = [
        [cell.strip() for cell in line.split("|")[2:-1]]
        for line in lines
        if line.startswith(f"| `{kind}` |") and len(line.split("|")) == len(EDITIONS) + 3
    ]
    assert cells == summaries_with(kind)


@pytest.mark.slow
@on_real_pages
def test_every_fact_of_the_real_pages_is_a_literal_piece_of_its_summary() -> None:
    found = [(reading, fact) for reading in readings().values() for fact in reading.facts]
    assert len(readings()) == 454
    assert len(found) >= 1_200
    for reading, fact in found:
        assert reading.blocks[fact.block].startswith(fact.text, fact.start)
        assert fact.kind in KIND_NAMES
        assert set(FactDocument.of(fact).as_json()) == {"kind", "text", "position"}


def keys_of(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
    for each in document.values() if isinstance(document, dict) else document:
        if isinstance(each, dict | list):
            yield from keys_of(each)


@pytest.mark.slow
@on_real_pages
def test_no_comparison_of_real_editions_holds_a_value() -> None:
    """Of each country its newest two editions; a version of one against the other too."""
    editions: dict[str, list[VersionView]] = defaultdict(list)
    for file, reading in readings().items():
        edition, country = file.removesuffix(".html.gz").split("/")
        name = ReportId("us-state-hrr", edition, country)
        view = VersionView(name, 1, country, reading, "", WHEN, WHEN, "0" * 64, 4)
        editions[country].append(view)
    pairs = [views[-2:] for views in editions.values() if len(views) > 1]
    assert len(pairs) >= 45
    states: Counter[str] = Counter()
    for before, after in pairs:
        compared = compare_editions(before.reading, after.reading)
        versions = compare_readings(before.reading, after.reading)
        states.update(change.state for change in compared.stock)
        documents = (
            CompareDocument.of(before, after, compared, "Publisher"),
            DiffDocument.of(before, after, versions),
        )
        for document in documents:
            assert not {"value", "meaning"} & set(keys_of(document.as_json()))
        assert "read as" not in render_comparison_html(before, after, compared)
    assert set(states) == {"same", "reworded", "new", "gone"}


@pytest.mark.slow
@on_real_pages
def test_editions_use_the_kinds_that_they_are_known_to_use() -> None:
    trend, control, scale = (
        dict(zip(EDITIONS, map(int, summaries_with(kind)), strict=True))
        for kind in ("trend", "civilian_control", "force_abuse_scale")
    )
    assert min(trend["2023"], trend["2024"]) >= 40
    assert min(scale[edition] for edition in ("2020", "2021", "2022")) >= 48
    assert all(control[edition] >= 50 for edition in EDITIONS[:7])
    assert control["2023"] == control["2024"] == 0


@pytest.mark.slow
@on_real_pages
def test_every_errata_note_of_the_real_pages_has_its_day() -> None:
    notes = [note for reading in readings().values() for note in reading.notes]
    errata = [note for note in notes if note_kind(note) is NoteKind.ERRATA]
    assert (len(notes), len(errata)) == (18, 5)
    assert all(errata_date(note) for note in errata)
    assert all(note_kind(note) is not NoteKind.OTHER for note in notes)
