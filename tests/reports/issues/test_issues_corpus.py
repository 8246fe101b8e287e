"""How the issue lists of the real pages are read: every page has a status, few are unparsed.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from functools import cache
from pathlib import Path

import pytest

from reports.model.reading import IssueRank, IssueStatus, Reading
from reports.text.passage import Passage
from reports.text.sentences import sentences
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

# What looks like a list to this test, which knows nothing of how the reader finds one.
LIST_LIKE = re.compile(
    r"(?:[^;]*;){3}"
    r"|\b(?:human rights?|most significant|principal|main|other) "
    r"(?:issues?|problems?|abuses?|concerns?|violations?)\b"
    r"[^.;]{0,200}?(?:\bincluded?\b|\bconsisted of\b|\blimited to\b|:)",
    re.IGNORECASE,
)
# Such sentences that list no problems, read by eye: militias, and islands.
TOLD = {
    "2016/syria.html.gz": "These included Hizballah",
    "2017/syria.html.gz": "These included Russian armed forces",
    "2021/comoros.html.gz": "The country consists of three islands",
    "2022/comoros.html.gz": "The country consists of three islands",
}

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


# What a peace accord covers, a problem told in a sentence that does not say so, and what others
# criticised.
PARTIAL = {
    "2016/colombia.html.gz": ("final peace accord", "often restricted the ability"),
    "2016/hungary.html.gz": ("continued to voice criticism",),
}


def test_every_list_that_was_not_read_whole_is_known_with_its_sentence():
    partial = {
        file: [each.text for each in reading.issues.unread]
        for file, reading in readings().items()
        if reading.issues.status is IssueStatus.PARTIAL
    }
    found = {
        file: tuple(words for words in PARTIAL[file] if any(words in each for each in said))
        for file, said in partial.items()
    }
    assert found == PARTIAL
    assert {file: len(said) for file, said in partial.items()} == {
        file: len(known) for file, known in PARTIAL.items()
    }


def test_no_sentence_that_looks_like_a_list_is_outside_every_issue_of_a_list_called_whole():
    looked, outside = 0, {}
    for file, reading in readings().items():
        for block, text in enumerate(reading.blocks if reading.issues.is_whole else ()):
            for sentence in sentences(text):
                looked += 1
                if LIST_LIKE.search(sentence.text) and not is_in_an_issue(sentence, block, reading):
                    outside[file] = sentence.text
    assert looked >= 5000
    assert outside.keys() == TOLD.keys()
    assert all(outside[file].startswith(words) for file, words in TOLD.items())


def is_in_an_issue(sentence: Passage, block: int, reading: Reading) -> bool:
    return any(
        each.block == block
        and each.start < sentence.end
        and each.start + len(each.text) > sentence.start
        for each in reading.issues.items
    )


def test_what_groups_outside_the_state_did_is_of_their_group_and_never_principal():
    grouped = [
        (file, issue)
        for file, reading in readings().items()
        for issue in reading.issues.items
        if issue.group
    ]
    assert len(grouped) >= 150
    assert {issue.rank for _, issue in grouped} == {IssueRank.FURTHER}
    for file, issue in grouped:
        assert issue.group in readings()[file].blocks[issue.block]


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
