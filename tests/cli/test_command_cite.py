"""``cite`` names a part of a version in the style asked for, and refuses what is not there."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from command import reportwatch

GANDORIA = ("cite", "Gandoria", "2023")


def test_a_version_is_cited_on_one_line_by_its_summary(sample: Path) -> None:
    ran = reportwatch(*GANDORIA, "--version", 1)
    shown = reportwatch("show", "Gandoria", "2023", "--version", 1, "--json").document
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Meridian Union, Bureau of Civic Reporting, 2023 Country Reports on")
    assert ran.out.endswith(f"sha256:{shown['text_sha256']}.\n")
    assert "archived at" not in ran.out


def test_a_paragraph_is_cited_with_its_own_digest_and_permalink(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_PUBLIC_URL", "https://watch.example/")
    asked = (*GANDORIA, "--version", 1, "--section", 1, "--paragraph", 2)
    cited = reportwatch(*asked, "--json").document
    shown = reportwatch("show", "Gandoria", "2023", "--version", 1, "--json").document
    block = shown["sections"][0]["blocks"][1]
    digest = sha256(block.encode()).hexdigest()
    assert (cited["sha256"], cited["section"], cited["paragraph"]) == (digest, "1", 2)
    assert cited["permalink"] == (
        f"https://watch.example/reports/sample-hrr/2023/XAG/v/1/p/s1-p2-{digest[:8]}"
    )
    for style in ("line", "bluebook", "oscola", "bibtex"):
        ran = reportwatch(*asked, "--style", style)
        assert ran.out.rstrip("\n") == cited["citations"][style].rstrip("\n")
        assert cited["permalink"] in ran.out


def test_apa_has_two_lines_and_csl_json_is_json(sample: Path) -> None:
    entry, in_text = reportwatch(*GANDORIA, "--style", "apa").out.splitlines()
    assert entry.startswith("Bureau of Civic Reporting. (")
    assert in_text.startswith("In the text: (Bureau of Civic Reporting, ")
    (csl,) = json.loads(reportwatch(*GANDORIA, "--style", "csl-json").out)
    assert (csl["type"], csl["publisher"]) == ("report", "Meridian Union")


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--section", "9"), 1, "there is no section '9'; this version has: Section 1."),
        (("--paragraph", "99"), 1, "Executive Summary has no paragraph 99"),
        (("--section", "report", "--paragraph", "1"), 1, "say which"),
        (("--version", "7"), 1, "has no version 7"),
        (("--paragraph", "0"), 2, "paragraph"),
        (("--style", "harvard"), 2, "harvard"),
    ],
)
def test_what_is_not_there_is_refused(sample: Path, asked, code, said) -> None:
    ran = reportwatch(*GANDORIA, *asked)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
