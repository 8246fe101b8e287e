"""The reader against 454 real pages: each must be read as two independent readings agreed.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import csv
import gzip
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from reports.model.values import Identified
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.read.navigation import OutlineCheck, check_outline, navigation_outline
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
ROOT = Path(__file__).parents[2]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
SEEDS = CORPUS.parent / "seeds"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "EXPECTED.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

PAGES = 454
NOTES_OF_OUR_OWN = {
    # A preface before the summary, or a heading inside it, is kept as a note; the table drops it.
    "2017/china-includes-tibet-hong-kong-and-macau.html.gz",
    "2019/cyprus.html.gz",
    "2020/cyprus.html.gz",
    "2021/cyprus.html.gz",
    "2022/cyprus.html.gz",
}


@dataclass(frozen=True)
class Looked:
    """What one pass over a page brought; the bodies are not kept."""

    found: Identified | None
    canonical_url: str
    of_region: Identified | None
    refused: str
    outline: OutlineCheck | None
    shape: str


@cache
def expected() -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for name in ("MANIFEST.tsv", "EXPECTED.tsv"):
        with (CORPUS / name).open(encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                rows.setdefault(row["file"], {}).update(row)
    return rows


@cache
def looked() -> dict[str, Looked]:
    return {file: _look(file, row["url"]) for file, row in expected().items()}


def _look(file: str, url: str) -> Looked:
    body = gzip.decompress((CORPUS / file).read_bytes())
    html = {"content-type": "text/html; charset=UTF-8"}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    verdict = judge(Response(url, url, 200, html, body, now, (), ""), SOURCE)
    page, region = SOURCE.read(body, ""), SOURCE.read(SOURCE.region(body), url)
    found = page.reports[0] if len(page.reports) == 1 and not page.undecided else None
    return Looked(
        found,
        page.canonical_url,
        region.reports[0] if region.reports else None,
        verdict.reason,
        check_outline(navigation_outline(body), found.reading) if found else None,
        page.shape,
    )


def test_corpus_is_the_one_that_was_measured() -> None:
    assert len(expected()) == PAGES


def test_every_page_passes_the_gate() -> None:
    assert len(looked()) == PAGES
    assert {file: look.refused for file, look in looked().items() if look.refused} == {}


def test_every_page_is_identified() -> None:
    wrong = {}
    for file, row in expected().items():
        found = looked()[file].found
        named = str(found.report) if found else "nothing"
        if named != f"us-state-hrr/{row['year']}/{row['iso3']}":
            wrong[file] = named
    assert wrong == {}


OTHER = {"notes": NOTES_OF_OUR_OWN, "sha256": ("2017/south-sudan.html.gz",)}
"""What the table has otherwise, by column: one summary of it holds a mark of direction, no word."""


@pytest.mark.parametrize("column", ["sha256", "heading", "blocks", "words", "notes"])
def test_every_summary_is_read_word_for_word(column: str) -> None:
    wrong = {}
    for file, row in expected().items():
        found = looked()[file].found
        told = _column(found, column) if found else "nothing"
        if told != row[column] and file not in OTHER.get(column, ()):
            wrong[file] = (told, row[column])
    assert wrong == {}


def _column(found: Identified, column: str) -> str:
    reading = found.reading
    return {
        "sha256": reading.text_sha256,
        "heading": reading.heading,
        "blocks": str(len(reading.blocks)),
        "words": str(sum(len(block.split()) for block in reading.blocks)),
        "notes": str(len(reading.notes)),
    }[column]


def test_every_page_names_its_own_address() -> None:
    wrong = {
        file: looked()[file].canonical_url
        for file, row in expected().items()
        if looked()[file].canonical_url.rstrip("/") != row["url"].rstrip("/")
    }
    assert wrong == {}


def test_region_alone_reads_like_the_whole_page() -> None:
    assert len(looked()) == PAGES
    assert [file for file, look in looked().items() if look.of_region != look.found] == []


def test_every_page_has_sections_beside_its_summary() -> None:
    without = [
        file
        for file, look in looked().items()
        if look.found and len(look.found.reading.sections) < 3
    ]
    assert without == []


def test_every_outline_is_read_as_the_page_lists_it() -> None:
    wrong = {
        file: (look.outline.sections_listed, look.outline.sections_read, look.outline.missing)
        for file, look in looked().items()
        if look.outline and not look.outline.is_exact
    }
    assert wrong == {}
    assert len(looked()) == PAGES
    assert all(look.outline and look.outline.sections_listed for look in looked().values())


def test_templates_have_one_shape_each() -> None:
    """Three templates, and one page whose summary's title is empty."""
    shapes: dict[str, list[str]] = {}
    for file, look in looked().items():
        shapes.setdefault(look.shape, []).append(file)
    sizes = sorted((len(files) for files in shapes.values()), reverse=True)
    assert sizes == [395, 50, 8, 1]
    assert {file[:4] for files in shapes.values() if len(files) == 50 for file in files} == {"2024"}
    assert ["2019/kuwait.html.gz"] in shapes.values()


@pytest.mark.parametrize(
    ("seed", "file", "country"),
    [
        ("000_eb00bc9747ff5e20.txt", "2021/kazakhstan.html.gz", ""),
        ("001_fa57f9b747b765c3.txt", "2017/kazakhstan.html.gz", "KAZ"),
    ],
)
def test_saved_text_of_a_builder_page_has_the_words_of_the_report(
    seed: str, file: str, country: str
) -> None:
    if not (SEEDS / seed).is_file():
        pytest.skip(f"no saved texts in {SEEDS}")
    page = SOURCE.read_text((SEEDS / seed).read_text("utf-8"), "")
    [found] = page.undecided
    assert page.reports == ()
    assert found.reading.text_sha256 == expected()[file]["sha256"]
    assert (found.country, found.edition) == (country, file[:4])
