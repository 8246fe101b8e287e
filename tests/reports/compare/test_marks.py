"""An edit shows which words the publisher struck or hid, and which had been so before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reports.compare.diff import Op, Span, compare_readings, unified_text
from reports.model.identity import ReportId
from reports.model.reading import Marked, MarkKind, Reading
from reports.model.values import Change, ChangeKind
from reports.wording.changes import headline
from scrapers.read.outline import outline
from scrapers.read.page import blocks

STRUCK, HIDDEN = MarkKind.STRUCK, MarkKind.HIDDEN
KNOWN: dict[str, Any] = {
    "from_version": 1,
    "to_version": 2,
    "detected_at": datetime(2026, 1, 1, tzinfo=UTC),
}
OPENING = '<h2 class="report__section-title">EXECUTIVE SUMMARY</h2><p>Lamps were lit at noon.</p>'


def read(text: str) -> Reading:
    return outline(blocks(f"{OPENING}{text}".encode()))


def marks(before: str, after: str) -> list[tuple[str, str]]:
    compared = compare_readings(read(before), read(after))
    paragraphs = compared.summary.paragraphs
    return [(piece.text, piece.remark) for each in paragraphs for piece in each if piece.mark]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "<p>Boats left the old pier early.</p>",
            "<p>Boats left <del>the old pier</del> early.</p>",
            [("the old pier", "struck by the publisher")],
        ),
        (
            "<p>Boats left the old pier.</p>",
            "<p>Boats left <s>the old pier</s>.</p>",
            [("the old pier.", "struck by the publisher")],
        ),
        (
            "<p>Boats left.</p><p>The pier is old.</p>",
            "<p>Boats left.</p><p hidden>The pier is old.</p>",
            [("The pier is old.", "hidden by the publisher")],
        ),
        (
            "<p>Boats left.</p><details><p>The pier is old.</p></details>",
            "<p>Boats left.</p><p>The pier is old.</p>",
            [("The pier is old.", "hidden by the publisher before")],
        ),
        (
            "<p>Boats left the old pier by night.</p>",
            "<p>Boats left <del>the old</del> pier.</p>",
            [("the old", "struck by the publisher")],
        ),
        (
            "<p>Some old boats left the old pier.</p>",
            "<p>Some boats left the <del>old</del> pier.</p>",
            [("old", "struck by the publisher")],
        ),
        ("<p>The old pier.</p><p>An old boat.</p>", "<p>The pier.</p><p>An old boat.</p>", []),
    ],
)
def test_marked_words_are_shown_as_such(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    assert marks(before, after) == expected


def test_words_removed_beside_words_struck_elsewhere_are_not_called_struck() -> None:
    before = "<p>The old pier stood.</p><p>An old boat left.</p>"
    after = "<p>The pier stood.</p><p>An <del>old</del> boat left.</p>"
    compared = compare_readings(read(before), read(after))
    assert compared.words_removed == 2
    assert compared.words_marked == {(Op.DELETE, STRUCK): 1}


def test_a_marked_paragraph_in_plain_text_says_who_did_it() -> None:
    after = read("<p>Boats left <del>the old pier</del> early.</p>")
    compared = compare_readings(read("<p>Boats left the old pier early.</p>"), after)
    assert "[-the old pier-] [struck by the publisher] early." in unified_text(compared.summary)
    report = ReportId("us-state-hrr", "2021", "XAA")
    change = Change(id=1, kind=ChangeKind.EDITED, report=report, title="Gandoria", **KNOWN)
    assert headline(change, compared) == (
        "3 words removed from the Executive Summary (3 words struck by the publisher)"
    )


def test_any_number_of_marks_is_bounded_work() -> None:
    before = Reading("", ("a " * 3000 + "b",))
    after = Reading("", ("b",), marked=tuple(Marked(HIDDEN, "a", "b") for _ in range(5000)))
    compared = compare_readings(before, after)
    pieces = [piece for each in compared.summary.paragraphs for piece in each]
    assert len(pieces) < 200
    assert Span(Op.EQUAL, "b") in pieces
