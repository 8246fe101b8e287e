"""A query that finds nothing is written as reports write its words."""

from __future__ import annotations

import pytest

from reports.search.suggestion import suggested_queries

WORDS = {
    "torture": 50,
    "tortures": 2,
    "arbitrary": 30,
    "arrest": 40,
    "arrests": 20,
    "or": 99,
    "police": 12,
    "detained": 9,
    "detainees": 3,
}


def test_words_that_no_report_has_are_written_as_reports_write_them(
    subtests: pytest.Subtests,
) -> None:
    for text, suggested in [
        ("tortrue", ["torture"]),
        ("Tortuer", ["torture"]),
        ("torturre", ["torture", "tortures"]),
        ('"arbitary arrest" police', ['"arbitrary arrest" police']),
        ("\u201carbitary arrest\u201d", ['"arbitrary arrest"']),
        ("arbitary OR polise", ["arbitrary OR police"]),
        ("tortrue -ponies", ["torture -ponies"]),
        ("tortrue detane*", ["torture detane*"]),
        ("torture", []),  # every word is known
        ("gandalf", []),  # no word is near
        ("tortrue gandalf", []),  # one of them would still find nothing
        ("polic*", []),
        ("arest", ["arrest"]),
        ("pol", []),  # too short for a guess
        ("tortrue " * 9, []),  # too many to be slips
        ("", []),
        ("-", []),
    ]:
        with subtests.test(text=text):
            assert suggested_queries(text, WORDS) == suggested


def test_at_most_three_are_suggested_the_nearest_and_most_frequent_first() -> None:
    words = {"cases": 5, "bases": 9, "vases": 1, "laser": 70, "lasts": 80}
    assert suggested_queries("lases", words) == ["lasts", "laser", "bases"]
