"""How the issue lists of the real pages are read: every page has a status, few are unparsed.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import csv
import gzip
import os
from functools import cache
from pathlib import Path

import pytest

from reports.model.reading import IssueStatus, Reading
from scrapers.registry import source_named

ROOT = Path(__file__).parents[3]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "EXPECTED.tsv").is_file(),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

# Both deny abuses by officials only and tell of problems in prose.
UNPARSED = {
    "2016/nauru.html.gz": "does not say that there were no reports of significant",
    "2016/tuvalu.html.gz": "does not say that there were no reports of significant",
}


@cache
def readings() -> dict[str, Reading]:
    source = source_named("us-state-hrr")
    with (CORPUS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        files = [row["file"] for row in csv.DictReader(table, delimiter="\t")]
    pages = {file: gzip.decompress((CORPUS / file).read_bytes()) for file in files}
    return {file: source.read(body, "").reports[0].reading for file, body in pages.items()}


def test_every_page_that_cannot_be_read_is_known_with_its_reason():
    unparsed = {
        file: reading.issues.reason
        for file, reading in readings().items()
        if reading.issues.status is IssueStatus.UNPARSED
    }
    assert unparsed.keys() == UNPARSED.keys()
    assert all(words in unparsed[file] for file, words in UNPARSED.items())
    assert len(unparsed) < 0.025 * len(readings())


def test_every_issue_and_lead_in_stands_where_it_is_said_to():
    found = [
        (file, reading, part)
        for file, reading in readings().items()
        for part in (*reading.issues.items, *reading.issues.leads)
    ]
    assert len(found) >= 3857
    for file, reading, part in found:
        end = part.start + len(part.text)
        assert reading.blocks[part.block][part.start : end] == part.text, file


def test_no_issue_is_a_fragment():
    odd = [
        (file, issue.text)
        for file, reading in readings().items()
        for issue in reading.issues.items
        if len(issue.text) < len("rape") or issue.text[-1] in ",;:" or issue.text.startswith("and ")
    ]
    assert odd == []


def test_only_2011_to_2016_give_their_issues_two_ranks():
    later = {
        file
        for file, reading in readings().items()
        if file[:4] > "2017" and any(issue.rank.value == "other" for issue in reading.issues.items)
    }
    assert later == set()
