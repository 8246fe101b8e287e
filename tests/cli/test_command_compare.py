"""``compare`` prints what a lawyer could file: as text, as one page, as one document."""

from __future__ import annotations

import os
import re
from pathlib import Path

import docx
import pytest
from command import child, ended, reportwatch

COMPARE = {
    *("reports", "what_changed", "issues", "topics", "outline_changed", "sections", "share_kept"),
    *("subheadings", "stock_sentences", "lead_ins", "hedges", "degrees", "words", "notice"),
}
ISSUES = {
    *("before", "after", "kept", "reworded", "split", "merged", "added", "dropped"),
    *("lists_added", "lists_dropped", "unmatched_before", "unmatched_after"),
}
GANDORIA = ("compare", "Gandoria", "2022", "2023")

pytestmark = pytest.mark.usefixtures("sample")


@pytest.mark.parametrize("how", [("--json",), ("--format", "json")])
def test_the_document_has_the_keys_of_the_contract(how: tuple[str, ...]) -> None:
    ran = reportwatch(*GANDORIA, *how)
    assert (ran.code, ran.err) == (0, "")
    document = ran.document
    assert set(document) == COMPARE
    assert set(document["issues"]) == ISSUES
    assert set(document["topics"]) == {"kept", "added", "dropped"}
    assert [each["report"] for each in document["reports"]] == [
        "sample-hrr/2022/XAG",
        "sample-hrr/2023/XAG",
    ]
    counts = {name: len(document["issues"][name]) for name in ISSUES - {"before", "after"}}
    assert (
        counts["kept"] + counts["reworded"] + counts["dropped"]
        <= (document["issues"]["before"]["count"])
    )


def test_the_text_names_its_sources_and_what_became_of_everything() -> None:
    ran = reportwatch(*GANDORIA)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Gandoria: 2022 against 2023\n")
    document = reportwatch(*GANDORIA, "--json").document
    plain = " ".join(ran.out.split())
    assert len(document["reports"]) == 2
    for report in document["reports"]:
        for said in (report["citation"], report["report_sha256"], report["payload_sha256"]):
            assert " ".join(said.split()) in plain
        assert len(report["blocks"]) >= 3
        assert all(block in plain for block in report["blocks"])
    assert document["what_changed"] in plain
    issues = (*document["issues"]["added"], *document["issues"]["dropped"])
    assert len(issues) == 1
    for issue in issues:
        assert issue["text"] in plain
    assert plain.count("Absence of reporting is not evidence of absence") == bool(
        document["notice"]
    )


def test_the_text_is_no_wider_than_a_page() -> None:
    lines = reportwatch(*GANDORIA).out.splitlines()
    assert len(lines) >= 100
    for line in lines:
        assert len(line) <= 96 or " " not in line.strip()


def test_the_page_needs_nothing_else() -> None:
    ran = reportwatch(*GANDORIA, "--format", "html")
    assert ran.code == 0
    assert ran.out.startswith("<!doctype html>")
    assert "Gandoria: 2022 against 2023" in ran.out
    assert not re.findall(r"<(?:script|link|img|iframe)", ran.out)


DIFF = ("diff", "Gandoria", "2023", "1", "2")


@pytest.mark.parametrize(
    ("words", "title"),
    [(DIFF, "Gandoria 2023: version 1 to 2"), (GANDORIA, "Gandoria: 2022 against 2023")],
)
def test_a_document_with_tracked_changes_goes_into_a_file_or_a_pipe(
    tmp_path: Path, words: tuple[str, ...], title: str
) -> None:
    file = tmp_path / "exhibit.docx"
    ran = reportwatch(*words, "--format", "docx", "--out", file)
    assert (ran.code, ran.out) == (0, "")
    assert f"the comparison is in {file}" in ran.err
    document = docx.Document(str(file))
    assert document.core_properties.title == title
    assert document.element.xpath("//w:del//w:delText")
    assert document.element.xpath("//w:ins//w:t")
    piped = child(*words, "--format", "docx", text=False)
    with piped:
        out, _ = piped.communicate(timeout=60)
    assert out == file.read_bytes()


def test_a_page_goes_into_a_file_as_well(tmp_path: Path) -> None:
    file = tmp_path / "exhibit.html"
    assert reportwatch(*DIFF, "--format", "html", "--out", file).out == ""
    assert file.read_text("utf-8") == reportwatch(*DIFF, "--format", "html").out


@pytest.mark.parametrize("words", [DIFF, GANDORIA])
@pytest.mark.parametrize("how", [(), ("--format", "text"), ("--json", "--format", "docx")])
def test_what_is_printed_goes_into_no_file(
    tmp_path: Path, words: tuple[str, ...], how: tuple[str, ...]
) -> None:
    file = tmp_path / "exhibit.docx"
    ran = reportwatch(*words, *how, "--out", file)
    assert ran.code == 2
    assert "--format html or docx goes into a file" in ran.out + ran.err
    assert not file.exists()


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    ran = reportwatch(*DIFF, "--format", "docx", "--out", tmp_path / "no" / "folder.docx")
    assert ran.code == 1
    assert "folder.docx" in ran.err


def test_no_document_is_sent_to_a_terminal() -> None:
    master, terminal = os.openpty()
    ran = ended(child(*DIFF, "--format", "docx", stdout=terminal))
    os.close(terminal)
    os.close(master)
    assert ran.code == 2
    assert "name a file with --out" in ran.err


def test_a_child_area_is_compared_by_its_part() -> None:
    ran = reportwatch("compare", "Dorvania", "2022", "2023", "--part", "lower-sarn", "--json")
    assert ran.code == 0
    assert ran.document["reports"][0]["report"] == "sample-hrr/2022/XAD/lower-sarn"


def test_editions_are_compared_as_named_and_it_is_said_where_that_is_backwards() -> None:
    ran = reportwatch("compare", "Gandoria", "2023", "2022", "--json")
    assert ran.code == 0
    assert [each["edition"] for each in ran.document["reports"]] == ["2023", "2022"]
    assert "2023 first, then the older 2022" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Gandoria", "2023", "2023"), 2, "2023 is one edition"),
        (("Gandoria", "2023", "1999"), 1, "no report sample-hrr/1999/XAG is held"),
        (("Nowhere", "2022", "2023"), 1, "'Nowhere' is no country known"),
        (("Gandoria", "2022", "2023", "--source", "us-state-hrr"), 1, "no country known"),
        (("Gandoria", "2022"), 2, "EDITION"),
        (("Gandoria", "2022", "2023", "--format", "pdf"), 2, "--format"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    sample: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = reportwatch("compare", *words, "--json")
    assert ran.code == code, ran.err
    assert said in ran.document["error"]
