"""Guesses at the edition of a text that does not name it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.editions import guess_edition


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("The most significant human rights issues included fog.", "2017"),
        ("Human rights issues included fog.", "2017"),
        ("Human rights issues included fog. In 2018 it rained.", "2018"),
        ("Significant human rights issues included: fog.", "2019"),
        ("Significant human rights issues included: fog. In August 2020 it rained.", "2020"),
        ("Members of the security forces committed some abuses.", "2020"),
        ("Significant human rights issues included credible reports of: fog.", "2021"),
        (
            "Significant human rights issues included credible reports of: fog. Since 2022, ice.",
            "2022",
        ),
        ("There were no significant changes in the human rights situation in Fiji.", "2023"),
        (
            "The government took credible steps to identify and punish officials. In 2024, ice.",
            "2024",
        ),
        ("The most significant human rights problems were fog and ice in 2015.", "2015"),
    ],
)
def test_stock_sentences_and_years_point_to_an_edition(text: str, edition: str) -> None:
    guess = guess_edition([text])
    assert guess.edition == edition
    assert "is the wording of" in guess.why


def test_year_beyond_the_wording_is_told_and_does_not_decide() -> None:
    guess = guess_edition(["The most significant human rights issues included fog until 2030."])
    assert guess.edition == "2017"
    assert "the latest year it names is 2030" in guess.why


def test_year_alone_does_not_decide() -> None:
    guess = guess_edition(["In 2019 it rained."])
    assert (guess.edition, guess.why) == ("", "the latest year it names is 2019")


def test_text_without_any_pointer_gives_no_guess() -> None:
    guess = guess_edition(["It rained."])
    assert (guess.edition, guess.why) == ("", "nothing in the text points to an edition")
    assert guess_edition([]) == guess


def test_reasons_quote_the_text() -> None:
    guess = guess_edition(["Members of the security forces committed numerous abuses."])
    assert "'Members of the security forces committed numerous abuses'" in guess.why


@given(st.lists(st.text()))
def test_a_guess_is_a_year_or_nothing_and_always_explained(blocks: list[str]) -> None:
    guess = guess_edition(blocks)
    assert guess.edition == "" or 2011 <= int(guess.edition) <= 2024
    assert guess.why
