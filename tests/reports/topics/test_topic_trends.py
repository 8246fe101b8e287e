"""Editions compared topic by topic: what vanished, what is new, and when nobody may be alarmed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.topics.trends import (
    FEW_LISTS,
    FEWEST,
    EditionLists,
    Figure,
    Place,
    TopicTrendKind,
    compare_editions,
    may_have_vanished,
)

TOPIC, OTHER = "corruption", "privacy"


def places(count: int, start: int = 0) -> list[Place]:
    return [(f"X{number:02}", "") for number in range(start, start + count)]


def lists(
    edition: str, count: int, of: int, *, start: int = 0, unparsed: int = 0, none: int = 0
) -> EditionLists:
    """Return an edition with so many lists naming the topic, all of them naming the other one."""
    listed = places(of, start)
    return EditionLists(
        edition,
        {
            place: frozenset({OTHER, TOPIC} if number < count else {OTHER})
            for number, place in enumerate(listed)
        },
        none_reported=frozenset(places(none, 100)),
        unparsed=frozenset(places(unparsed, 200)),
    )


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((5, 50), (0, 50), TopicTrendKind.VANISHED),
        ((4, 50), (0, 50), TopicTrendKind.FELL),
        ((50, 50), (1, 50), TopicTrendKind.FELL),
        ((100, 200), (1, 200), TopicTrendKind.VANISHED),
        ((100, 200), (2, 200), TopicTrendKind.FELL),
        ((0, 50), (5, 50), TopicTrendKind.APPEARED),
        ((1, 200), (20, 200), TopicTrendKind.APPEARED),
        ((0, 50), (4, 50), TopicTrendKind.ROSE),
        ((10, 50), (10, 50), TopicTrendKind.STEADY),
        ((10, 40), (12, 40), TopicTrendKind.ROSE),
        ((10, 40), (9, 40), TopicTrendKind.FELL),
    ],
)
def test_a_topic_is_judged_by_its_share_of_the_lists(
    before: tuple[int, int], after: tuple[int, int], verdict: TopicTrendKind
) -> None:
    compared = compare_editions(lists("2023", *before), lists("2024", *after))
    assert compared.is_whole
    (trend,) = [each for each in compared.trends if each.topic == TOPIC]
    assert trend.verdict is verdict
    assert (trend.before, trend.after) == (Figure(*before), Figure(*after))


def test_reports_with_a_list_in_both_editions_are_a_second_figure() -> None:
    before = lists("2023", 20, 40, none=2)
    after = lists("2024", 0, 40, start=4)
    compared = compare_editions(before, after)
    (trend,) = compared.having(TopicTrendKind.VANISHED)
    assert compared.lists_in_both == 36
    assert (trend.both_before, trend.both_after) == (Figure(16, 36), Figure(0, 36))
    assert trend.named_before == tuple(places(20))


def test_editions_of_which_too_little_is_held_are_judged_by_the_reports_in_both() -> None:
    # All who named the topic are missing from the later edition so far.
    before, after = lists("2023", 10, 50), lists("2024", 0, 30, start=20)
    compared = compare_editions(before, after)
    assert not compared.is_whole
    assert not compared.is_telling
    assert compared.having(TopicTrendKind.VANISHED) == ()
    gone = compare_editions(lists("2023", 10, 50), lists("2024", 0, 30))
    assert [each.topic for each in gone.having(TopicTrendKind.VANISHED)] == [TOPIC]


@pytest.mark.parametrize(("held", "is_whole"), [(40, True), (39, False)])
def test_four_fifths_of_either_edition_must_be_held_in_both(held: int, is_whole: bool) -> None:
    few, many = lists("2024", 0, held), lists("2023", 20, 50)
    assert compare_editions(many, few).is_whole is is_whole
    assert compare_editions(few, many).is_whole is is_whole


def test_lists_that_cannot_be_read_alarm_nobody() -> None:
    before = lists("2023", 20, 50)
    after = lists("2024", 0, 44)
    gaps = EditionLists("2024", after.topics, unparsed=frozenset(places(6, 44)))
    compared = compare_editions(before, gaps)
    assert compared.is_whole
    assert [each.topic for each in compared.having(TopicTrendKind.VANISHED)] == [TOPIC]
    assert not compared.is_telling


PARTIAL = {
    "a partial list counts for the topic it names": (
        (0, 20), {OTHER}, (0, 20), {TOPIC}, Figure(0, 20), Figure(1, 21), TopicTrendKind.ROSE,
    ),
    "and never against the topic it lacks": (
        (10, 20), {OTHER}, (10, 20), {OTHER}, Figure(10, 20), Figure(10, 20), TopicTrendKind.STEADY,
    ),
    "one that names it is one of the lists before": (
        (0, 20), {TOPIC}, (0, 20), {OTHER}, Figure(1, 21), Figure(0, 20), TopicTrendKind.FELL,
    ),
    "without a whole list on either side nothing has left": (
        (10, 20), {OTHER}, (0, 0), {OTHER}, Figure(10, 20), Figure(0, 0), TopicTrendKind.STEADY,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "old_partial", "new", "new_partial", "before", "after", "verdict"),
    PARTIAL.values(), ids=PARTIAL,
)  # fmt: skip
def test_a_list_that_was_not_read_whole_counts_for_what_it_names_alone(
    old: tuple[int, int],
    old_partial: set[str],
    new: tuple[int, int],
    new_partial: set[str],
    before: Figure,
    after: Figure,
    verdict: TopicTrendKind,
) -> None:
    (place,) = places(1, 50)
    compared = compare_editions(
        replace(lists("2023", *old), partial={place: frozenset(old_partial)}),
        replace(lists("2024", *new), partial={place: frozenset(new_partial)}),
    )
    (trend,) = [each for each in compared.trends if each.topic == TOPIC]
    assert (trend.before, trend.after, trend.verdict) == (before, after, verdict)


def test_a_list_that_was_not_read_whole_is_in_both_for_a_topic_it_names_in_both() -> None:
    (place,) = places(1, 50)
    before = replace(lists("2023", 20, 20), partial={place: frozenset({TOPIC})})
    for named, figures in (
        ({TOPIC}, (Figure(21, 21), Figure(1, 21))),
        ({OTHER}, (Figure(20, 20), Figure(0, 20))),
    ):
        after = replace(lists("2024", 0, 20), partial={place: frozenset(named)})
        compared = compare_editions(before, after)
        trend = next(each for each in compared.trends if each.topic == TOPIC)
        assert (trend.both_before, trend.both_after) == figures
        assert compared.lists_in_both == 20
        assert compared.reports_in_both == 21


@pytest.mark.parametrize(("partial", "is_telling"), [(5, True), (6, False)])
def test_lists_that_were_not_read_whole_alarm_nobody(partial: int, is_telling: bool) -> None:
    before = lists("2023", 10, 50)
    whole = dict.fromkeys(places(50 - partial), frozenset({OTHER}))
    unread = dict.fromkeys(places(partial, 50 - partial), frozenset({OTHER}))
    compared = compare_editions(before, EditionLists("2024", whole, partial=unread))
    assert compared.having(TopicTrendKind.VANISHED)
    assert compared.is_telling is is_telling


def test_an_edition_without_lists_says_nothing_of_topics() -> None:
    before = lists("2023", 20, 50)
    after = EditionLists("2024", {}, none_reported=frozenset(places(50)))
    compared = compare_editions(before, after)
    assert not compared.is_possible
    assert {each.verdict for each in compared.trends} == {TopicTrendKind.STEADY}


def test_a_few_reports_are_too_few_to_tell_of() -> None:
    lists_ = FEW_LISTS
    assert may_have_vanished(Figure(FEWEST, lists_), Figure(0, lists_))
    assert not may_have_vanished(Figure(FEWEST - 1, lists_), Figure(0, lists_))
    assert not may_have_vanished(Figure(FEWEST, FEW_LISTS - 1), Figure(0, lists_))
    assert not may_have_vanished(Figure(FEWEST, lists_), Figure(0, FEW_LISTS - 1))


@pytest.mark.parametrize(("of", "has_few"), [(19, True), (20, False)])
def test_few_lists_are_said_to_be_few(of: int, has_few: bool) -> None:
    assert compare_editions(lists("2023", 1, 30), lists("2024", 0, of)).has_few_lists is has_few


def test_topics_come_in_the_order_asked_for_and_unknown_ones_last() -> None:
    named = {("XAA", ""): frozenset({"b", "a", "zz", "c"})}
    compared = compare_editions(EditionLists("1", named), EditionLists("2", {}), ["c", "x", "b"])
    assert [each.topic for each in compared.trends] == ["c", "b", "a", "zz"]


def test_what_changed_most_comes_first() -> None:
    before = {
        place: frozenset({"often", *(["seldom"] if number < 6 else [])})
        for number, place in enumerate(places(20))
    }
    after = dict.fromkeys(places(20), frozenset({"other"}))
    compared = compare_editions(EditionLists("1", before), EditionLists("2", after))
    assert [each.topic for each in compared.having(TopicTrendKind.VANISHED)] == ["often", "seldom"]


TOPICS = st.frozensets(st.sampled_from("abcd"))
SIDES = st.dictionaries(st.sampled_from(places(12)), TOPICS)
OPPOSITE = {
    TopicTrendKind.VANISHED: TopicTrendKind.APPEARED,
    TopicTrendKind.APPEARED: TopicTrendKind.VANISHED,
    TopicTrendKind.FELL: TopicTrendKind.ROSE,
    TopicTrendKind.ROSE: TopicTrendKind.FELL,
    TopicTrendKind.STEADY: TopicTrendKind.STEADY,
}


@given(SIDES, SIDES)
def test_turning_the_editions_round_turns_every_verdict_round(
    one: dict[Place, frozenset[str]], two: dict[Place, frozenset[str]]
) -> None:
    forth = compare_editions(EditionLists("1", one), EditionLists("2", two))
    back = compare_editions(EditionLists("2", two), EditionLists("1", one))
    assert forth.is_whole == back.is_whole
    assert {each.topic: OPPOSITE[each.verdict] for each in forth.trends} == {
        each.topic: each.verdict for each in back.trends
    }


@given(SIDES)
@example({("XAA", ""): frozenset({"torture_cidt"}), ("XAB", ""): frozenset()})
def test_an_edition_against_itself_is_steady(one: dict[Place, frozenset[str]]) -> None:
    compared = compare_editions(EditionLists("1", one), EditionLists("2", one))
    assert all(each.verdict is TopicTrendKind.STEADY for each in compared.trends)
    assert all(each.before == each.both_before for each in compared.trends)
