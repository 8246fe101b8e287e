"""Texts that are shown are one harmless line, and cut between words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.text.plain import one_line, shortened

CASES = [
    ("short", 10, "short"),
    ("exactly ten", 11, "exactly ten"),
    ("their summaries and sections", 24, "their summaries and…"),
    ("antidisestablishmentarianism", 10, "antidises…"),
    ("a antidisestablishmentarianism", 12, "a antidises…"),
    ("two\nlines  of text", 12, "two lines…"),
    ("ends with dots…", 15, "ends with dots…"),
]


@pytest.mark.parametrize(("text", "most", "shown"), CASES)
def test_a_text_is_cut_between_words_if_a_gap_is_near(text: str, most: int, shown: str) -> None:
    assert shortened(text, most) == shown


@example("one two three four", 9)
@given(st.text(), st.integers(1, 60))
def test_a_cut_text_is_never_longer_and_begins_as_the_whole_one(text: str, most: int) -> None:
    shown = shortened(text, most)
    assert len(shown) <= most
    assert one_line(text).startswith(shown.removesuffix("…")) or shown == one_line(text)
