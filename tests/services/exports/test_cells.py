"""A cell of CSV is computed by no spreadsheet, and every text comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.exports.cells import FORMULA, csv_cell, uncovered


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-2", "'-2"),
        ("'tis", "''tis"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (True, "true"),
    ],
)
def test_a_publishers_text_is_covered_and_nothing_else(value: object, cell: str) -> None:
    assert csv_cell(value, is_quoted=True) == cell


def test_what_the_program_says_is_written_as_it_is() -> None:
    assert csv_cell("-", is_quoted=False) == "-"


@given(st.text())
@example("''=")
@example("\t=1")
def test_every_text_comes_back_and_none_begins_a_formula(text: str) -> None:
    cell = csv_cell(text, is_quoted=True)
    assert uncovered(cell) == text
    assert not cell.startswith(tuple(set(FORMULA) - {"'"}))
