"""Guesses at the edition of a text that does not name it."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.editions import FIRST, LAST, guess_edition

FILLER = "The harbour was calm and the boats went out. " * 12
"""A whole summary's length, in which missing sentences count."""


@pytest.mark.parametrize(
    ("text", "edition", "others"),
    [
        ("The most significant human rights issues included fog.", "2017", []),
        ("Human rights issues included fog.", "2018", []),
        ("Significant human rights issues included: fog.", "2020", ["2019"]),
        ("Significant human rights issues included: fog. In 2018 it rained.", "2019", ["2020"]),
        ("Significant human rights issues included: fog. In August 2019 it rained.", "2020", []),
        (
            "Significant human rights issues included: fog. Members of the police committed some"
            " abuses.",
            "2020",
            [],
        ),
        (
            "Significant human rights issues included credible reports of: fog. There were credible"
            " reports that members of the police committed abuses. In 2020 it rained.",
            "2021",
            [],
        ),
        (
            "There were no significant changes in the human rights situation in Fiji. It took"
            " credible steps to identify and punish officials who may have committed abuses.",
            "2023",
            [],
        ),
        (
            "There were no significant changes in the human rights situation in Fiji. It took"
            " credible steps to identify and punish officials who committed human rights"
            " abuses.",
            "2024",
            [],
        ),
        ("The most significant human rights problems were fog and ice in 2013.", "2014", ["2015"]),
    ],
)
def test_stock_sentences_and_years_point_to_an_edition(
    text: str, edition: str, others: list[str]
) -> None:
    guess = guess_edition([text])
    assert guess.edition == edition
    assert guess.why.startswith(f"the edition {edition} is inferred, not named")
    assert "is the wording of" in guess.why
    for other in others:
        assert re.search(rf"\(.*{other}.* would fit as well\)", guess.why)


def test_missing_sentences_tell_editions_apart_in_a_whole_summary() -> None:
    said = "Significant human rights issues included: fog."
    assert guess_edition([said]).edition == "2020"
    assert guess_edition([FILLER, said]).edition == "2019"


def test_year_far_beyond_the_wording_is_told_and_does_not_decide() -> None:
    guess = guess_edition(["The most significant human rights issues included fog until 2030."])
    assert guess.edition == "2017"
    assert "the latest year it names is 2030" in guess.why


def test_year_alone_does_not_decide() -> None:
    guess = guess_edition(["In March 2019 it rained."])
    assert guess.edition == ""
    assert guess.why == (
        "no edition can be inferred: the latest year it names is 2019 ('March 2019')"
    )


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("On January 10, the island voted.", "'On January 10'"),
        ("It voted in May and in June.", "'in May'"),
        ("On January 10, 2021, the island voted.", ""),
        ("It voted in May 2021.", ""),
        ("It may vote in may.", ""),
    ],
)
def test_events_dated_without_a_year_are_pointed_out(text: str, dated: str) -> None:
    why = guess_edition([text]).why
    assert ("dated without a year" in why) == bool(dated)
    assert dated in why


def test_text_without_any_pointer_gives_no_guess() -> None:
    guess = guess_edition(["It rained."])
    assert guess.edition == ""
    assert guess.why == "no edition can be inferred: nothing in the text points to one"
    assert guess_edition([]) == guess


def test_reasons_quote_the_text() -> None:
    guess = guess_edition(["It rained. Human rights issues included fog."])
    assert "'Human rights issues included' is the wording of 2018" in guess.why


def test_table_of_wordings_is_sound() -> None:
    text = resources.files("reports.model").joinpath("editions.toml").read_text("utf-8")
    rows = tomllib.loads(text)["wording"]
    assert len(rows) == 28
    for row in rows:
        assert re.compile(row["pattern"])
        assert len(row["share"]) == LAST - 2016 + 1
        assert all(0 <= share <= 100 for share in (*row["share"], row["before"]))
        assert max(row["share"]) > 0


@given(st.lists(st.text()))
def test_a_guess_is_a_year_or_nothing_and_always_explained(blocks: list[str]) -> None:
    guess = guess_edition(blocks)
    assert guess.edition == "" or FIRST <= int(guess.edition) <= LAST
    assert guess.why


@pytest.mark.parametrize(
    "unit", ["members of ", "most significant human ", "credible reports that "]
)
def test_long_texts_are_guessed_in_bounded_time(unit: str) -> None:
    guess_edition([unit * 20_000])
