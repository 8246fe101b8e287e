"""The words lawyers weigh: stock sentences by what they speak of, hedges, words of degree."""

import pytest

from reports.facts.phrases import WordShift, degree_shifts, hedge_shifts, stock_sentences
from reports.model.reading import Fact, Reading

TREND = "There were no significant changes in the human rights situation in Belvaria."
STEPS = "The government took credible steps to punish officials who may have committed abuses."
MORE = "Nevertheless, impunity was a problem."
DENIAL = "There were no credible reports of significant human rights abuses."


def test_stock_sentences_are_those_of_the_facts_and_the_denials_in_a_fixed_order():
    blocks = (f"{STEPS} {MORE}", DENIAL, TREND)
    facts = (
        Fact("accountability", STEPS, 0, 0),
        Fact("accountability", MORE, 0, len(STEPS) + 1),
        Fact("trend", TREND, 2, 0),
    )
    found = stock_sentences(Reading("", blocks, facts=facts))
    assert [(each.about, each.text) for each in found] == [
        ("trend", TREND),
        ("accountability", STEPS),
        ("accountability", MORE),
        ("denial", DENIAL),
    ]


def test_a_denial_that_is_a_fact_is_told_once():
    said = "There were no reports that members of the security forces committed abuses."
    facts = (Fact("force_abuse_scale", said, 0, 0),)
    found = stock_sentences(Reading("", (said,), facts=facts))
    assert [each.about for each in found] == ["force_abuse_scale"]


def test_no_more_denials_are_taken_than_a_summary_can_hold():
    assert len(stock_sentences(Reading("", (f"{DENIAL} " * 900,)))) == 40


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Issues included torture.", "Issues included credible reports of torture.",
         {"credible reports": (0, 1)}),
        ("credible reports of torture", "reports of torture",
         {"credible reports": (1, 0), "reports": (0, 1)}),
        ("officials who may have committed abuses", "officials who committed abuses",
         {"may have": (1, 0)}),
        ("There were no reports of torture.", "There was no torture.", {}),
        ("He was reportedly beaten and allegedly shot.", "He was beaten and shot.",
         {"reportedly": (1, 0), "alleged": (1, 0)}),
        ("punished for alleged offenses", "punished", {}),
    ],
)  # fmt: skip
def test_hedges_that_come_and_go(before, after, expected):
    shifts = hedge_shifts([before], [after])
    assert {each.phrase: (each.before, each.after) for each in shifts} == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("serious corruption", "corruption", {"serious": (1, 0)}),
        ("some abuses", "numerous abuses", {"some": (1, 0), "numerous": (0, 1)}),
        ("someone was seriously hurt", "someone was hurt", {"seriously": (1, 0)}),
        ("credible reports of torture", "torture", {}),
        ("credible steps", "steps", {"credible": (1, 0)}),
        ("Serious and serious", "serious twice, serious", {}),
    ],
)
def test_words_of_degree_that_come_and_go(before, after, expected):
    shifts = degree_shifts([before], [after])
    assert {each.phrase: (each.before, each.after) for each in shifts} == expected


def test_a_shift_to_or_from_nothing_is_told_apart():
    assert WordShift("some", 2, 0).is_gone
    assert WordShift("some", 0, 2).is_new
    assert not (WordShift("some", 1, 2).is_gone or WordShift("some", 1, 2).is_new)
