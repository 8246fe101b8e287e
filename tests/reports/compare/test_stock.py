"""Stock sentences of two summaries, sentence beside sentence."""

import pytest

from reports.compare.alignment import Work
from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.compare.layout import Op
from reports.compare.stock import compare_stock, stock_key
from reports.facts.read import read_facts
from reports.model.reading import Reading
from reports.wording.editions import stock_fate, what_changed

SAME = [
    (
        "There were no changes in the human rights situation in Zembla during 2022.",
        "There were no changes in the human rights situation in the Kingdom of Zembla during 2023.",
    ),
    (
        "Members of the Zemblan Coast Guard committed some abuses.",
        "Members of the National Guard of Zembla committed some abuses.",
    ),
    ("Abductions by Red Heron continued.", "Abductions by Red Heron and Blue Crane continued."),
    ("Red Heron killed civilians.", "Blue Crane (BC) killed civilians."),
    ("Impunity was a problem.", "Impunity  was a problem."),
]
OTHER = [
    ("Security forces committed abuses.", "Security forces committed few abuses."),
    (
        "Authorities took steps to punish officials.",
        "Officials took steps to punish officials.",
    ),
    ("Impunity was a problem.", "Impunity was not a problem."),
    ("Some officials were punished.", "Few officials were punished."),
    ("The government punished 12 officers.", "The government punished 3 officers."),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_sentences_that_differ_by_years_and_names_alone_are_the_same(one: str, two: str) -> None:
    assert stock_key(one) == stock_key(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_any_other_word_makes_another_sentence(one: str, two: str) -> None:
    assert stock_key(one) != stock_key(two)


def reading(*blocks: str) -> Reading:
    return Reading("Executive Summary", blocks, facts=read_facts(blocks))


STEPS = "The government took few steps to prosecute officials who committed abuses."
IMPUNITY = "Nevertheless, impunity remained a problem."
CONTROL = "Civilian authorities maintained effective control over the police."
TREND = "There were no changes in the human rights situation during 2022."


def fates(before: Reading, after: Reading) -> list[tuple[str, str]]:
    changes = compare_stock(before, after, Work.within(None))
    return [(each.about, stock_fate(each, "2022", "2023")) for each in changes]


def test_each_sentence_stands_beside_its_counterpart() -> None:
    before = reading(TREND, CONTROL, f"{STEPS} {IMPUNITY}")
    after = reading(
        TREND.replace("2022", "2023"),
        f"{IMPUNITY} {STEPS.replace('few', 'some')}",
        "Gangs killed civilians.",
    )
    assert fates(before, after) == [
        ("trend", "the same sentence"),
        ("civilian_control", "no such sentence in 2023"),
        ("accountability", "the same sentence"),
        ("accountability", "another sentence"),
        ("nonstate", "no such sentence in 2022"),
    ]
    told = what_changed(compare_editions(before, after), "2022", "2023")
    assert (
        "Another sentence on: accountability of officials."
        " No such sentence in 2023 on: control of the security forces."
        " No such sentence in 2022 on: abuses by others than the state."
    ) in told


def test_another_sentence_is_laid_over_the_older_one_word_by_word() -> None:
    [change] = compare_stock(
        reading(STEPS), reading(STEPS.replace("few", "some")), Work.within(None)
    )
    assert [(piece.op, piece.text) for piece in change.pieces if piece.op is not Op.EQUAL] == [
        (Op.DELETE, "few"),
        (Op.INSERT, "some"),
    ]


def test_a_sentence_that_still_stands_in_the_text_is_not_gone_if_no_reader_took_it() -> None:
    found = reading(STEPS, CONTROL)
    missed = Reading("Executive Summary", (STEPS, CONTROL, "Rain fell."))
    assert {fate for _, fate in fates(found, missed)} == {"the same sentence"}
    assert {fate for _, fate in fates(missed, found)} == {"the same sentence"}
    assert compare_readings(found, missed).stock == ()


def test_two_versions_tell_of_the_stock_sentences_whose_words_differ() -> None:
    before = reading(TREND, CONTROL, STEPS)
    after = reading(TREND.replace("2022", "2023"), STEPS.replace("few", "no"))
    assert [(each.about, each.state) for each in compare_readings(before, after).stock] == [
        ("trend", "same"),
        ("civilian_control", "gone"),
        ("accountability", "reworded"),
    ]
    assert compare_readings(before, before).stock == ()
