"""Two versions beside each other: their stock sentences, as text and as a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from cli.output.diff_text import print_diff
from documents.diff import DiffDocument
from exhibits.redline import render_diff_html
from reports.compare.diff import compare_readings
from reports.facts.read import read_facts
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import NextEdition, VersionView

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
NAME = ReportId("sample-hrr", "2023", "XAG")
STEPS = "The government took few steps to prosecute officials who committed abuses."
CONTROL = "Civilian authorities maintained control over the <police>."
GANGS = "Gangs killed civilians."


def version(number: int, *blocks: str) -> VersionView:
    reading = Reading("Executive Summary", blocks, facts=read_facts(blocks))
    return VersionView(NAME, number, "Gandoria", reading, "", AT, AT, "0" * 64, 1)


BEFORE = version(1, STEPS, CONTROL)
AFTER = version(2, STEPS.replace("few", "some"), GANGS)
COMPARED = compare_readings(BEFORE.reading, AFTER.reading)


def test_the_text_says_what_became_of_each_stock_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_diff(BEFORE, AFTER, COMPARED, None)
    out = " ".join(capsys.readouterr().out.split())
    steps = "The government took [-few-] {+some+} steps to prosecute officials"
    assert f"Accountability of officials, another sentence: {steps}" in out
    assert f"security forces, no such sentence in version 2: [-{CONTROL}-]" in out
    assert f"than the state, no such sentence in version 1: {{+{GANGS}+}}" in out


def test_the_page_says_the_same_and_escapes_it() -> None:
    page = render_diff_html(BEFORE, AFTER, COMPARED)
    assert "<police>" not in page
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Issues, stock sentences and notes" in words
    assert "Accountability of officials: another sentence." in words
    assert "Control of the security forces: no such sentence in version 2." in words


def test_the_document_holds_the_sentences_and_no_value() -> None:
    told = DiffDocument.of(BEFORE, AFTER, COMPARED).as_json()["stock_sentences"]
    assert [(each["about"], each["state"]) for each in told] == [
        ("civilian_control", "gone"),
        ("accountability", "reworded"),
        ("nonstate", "new"),
    ]
    assert told[0]["before"] == [{"text": CONTROL}]
    assert told[0]["after"] == []


def test_versions_with_the_same_stock_sentences_tell_of_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    later = version(2, STEPS, CONTROL, "Rain fell.")
    compared = compare_readings(BEFORE.reading, later.reading)
    print_diff(BEFORE, later, compared, None)
    assert "sentence" not in capsys.readouterr().out
    assert "Stock sentences" not in render_diff_html(BEFORE, later, compared)


def test_a_next_edition_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    print_diff(BEFORE, AFTER, COMPARED, NextEdition("Version 5.0", "Version 6.0", 12))
    said = (
        "its next edition, Version 6.0, follows Version 5.0: written anew, 12 % of the words kept"
    )
    assert said in " ".join(capsys.readouterr().out.split())
