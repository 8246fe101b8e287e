"""The documents of real editions give either text back, if real pages are at hand.

They stay outside the project; ``REPORTWATCH_CORPUS`` names the folder of the pages.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from filed_stage import parts_that_differ, shown, version
from tracked_docx import ACCEPTED, REJECTED, texts

from exhibits.filed_documents import render_comparison_docx, render_diff_docx
from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.model.reading import Reading
from scrapers.registry import source_named

ROOT = Path(__file__).parents[2]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "EXPECTED.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Reading, Reading]]:
    """Of each country the newest three editions, each with its next one."""
    source = source_named("us-state-hrr")
    with (CORPUS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        files = sorted(row["file"] for row in csv.DictReader(table, delimiter="\t"))
    editions: dict[str, list[str]] = defaultdict(list)
    for file in files:
        editions[file.split("/")[1]].append(file)

    def read(file: str) -> Reading:
        return source.read(gzip.decompress((CORPUS / file).read_bytes()), "").reports[0].reading

    return [pair for held in editions.values() for pair in pairwise(map(read, held[-3:]))]


def test_a_difference_of_real_texts_gives_either_back(pairs: list[tuple[Reading, Reading]]) -> None:
    assert len(pairs) >= 90
    slowest = 0.0
    for before, after in pairs:
        compared = compare_readings(before, after)
        started = time.process_time()
        made = render_diff_docx(version(before), version(after, 2), compared)
        slowest = max(slowest, time.process_time() - started)
        assert (texts(made, REJECTED), texts(made, ACCEPTED)) == parts_that_differ(before, after)
    assert slowest < 1  # second of CPU


def test_a_comparison_of_real_editions_gives_their_matched_sections_back(
    pairs: list[tuple[Reading, Reading]],
) -> None:
    tracked = 0
    for before, after in pairs:
        outline = compare_editions(before, after).outline
        old, new = version(before, edition="2022"), version(after)
        made = render_comparison_docx(old, new, compare_editions(before, after))
        rejected, accepted = texts(made, REJECTED), texts(made, ACCEPTED)
        is_matched = not (outline.is_other_outline or outline.is_unread)
        sections = outline.sections if is_matched else ()
        olds = [
            before.blocks,
            *(each.before and (each.before.heading, *each.before.blocks) for each in sections),
        ]
        news = [
            after.blocks,
            *(each.after and (each.after.heading, *each.after.blocks) for each in sections),
        ]
        assert set(rejected) <= {shown(each or ()) for each in olds}
        assert set(accepted) <= {shown(each or ()) for each in news}
        tracked += len(rejected)
    assert tracked >= 500
