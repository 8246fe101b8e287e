"""Two editions of a report: what is told of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.compare.editions import compare_editions
from reports.issues.read import read_issues
from reports.model.reading import Fact, IssueList, IssueStatus, Reading, Section
from reports.wording.editions import (
    kept_share,
    length_line,
    list_state,
    section_fate,
    section_name,
    topic_remark,
    what_changed,
    wording_remarks,
)

LEAD = "Significant human rights issues included"
OLD_LIST = (
    f"{LEAD}: torture by police; serious restrictions on internet freedom; harsh prison "
    "conditions; and corruption."
)
NEW_LIST = (
    f"{LEAD} credible reports of: torture by police or soldiers; restrictions on internet freedom; "
    "and trafficking in persons."
)
STEPS = "The government took steps to punish officials who may have committed abuses."


def reading(*blocks: str, sections: tuple[Section, ...] = (), **fields) -> Reading:
    fields.setdefault("issues", read_issues(blocks))
    return Reading("Executive Summary", blocks, sections=sections, **fields)


def steps(text: str) -> tuple[Fact, ...]:
    return (Fact("accountability", text, 1, 0),)


COURTS = Section("1", "Courts", ("The courts of the islands sat in the harbour town all year.",))
PRISONS = Section("2", "Prisons", ("Guards kept the light out of the northern prison for weeks.",))
BEFORE = reading(OLD_LIST, STEPS, sections=(COURTS, PRISONS), facts=steps(STEPS))
NOW = STEPS.replace("may have committed", "committed")
AFTER = reading(NEW_LIST, NOW, sections=(COURTS,), facts=steps(NOW))


def test_everything_that_differs_is_told_in_one_paragraph():
    compared = compare_editions(BEFORE, AFTER)
    assert what_changed(compared, "2022", "2023") == (
        "The 2023 report has 43 words, 19 % fewer than the 53 of 2022; its executive summary has"
        " 31, 3 % more than the 30."
        " Of the 4 issues that the 2022 summary lists, the 2023 summary names 2 in other words;"
        " 2 are no longer listed. 1 issue is newly listed."
        " Topics no longer named among the issues: Harsh or life-threatening prison and detention"
        " conditions; Corruption and lack of transparency."
        " Topics that only the 2023 list names: Trafficking in persons."
        " Sections: 1 not in 2023."
        " Of the words below the 2022 headings, 52 % stand in 2023 in unbroken runs of 5 or more."
        " Another sentence on: accountability of officials."
        " The 2023 list is introduced with a hedge that 2022 lacks:"
        " “Significant human rights issues included credible reports of:”."
    )
    assert compared.has_silence


def test_words_of_degree_and_hedges_are_pointed_out():
    compared = compare_editions(BEFORE, AFTER)
    assert [wording_remarks(each) for each in compared.reworded] == [(), ("“serious”: 1 → 0",)]
    assert {each.phrase for each in compared.hedges} == {"credible reports", "may have"}
    assert compared.leads.hedge == "new"
    assert compare_editions(AFTER, BEFORE).leads.hedge == "gone"


def test_stock_sentences_are_laid_over_each_other():
    (change,) = compare_editions(BEFORE, AFTER).stock
    assert change.state == "reworded"
    assert [piece.text for piece in change.pieces if piece.op == "delete"] == ["may have"]
    (same,) = compare_editions(BEFORE, BEFORE).stock
    assert same.state == "same"
    (gone,) = compare_editions(BEFORE, reading(OLD_LIST)).stock
    (new,) = compare_editions(reading(OLD_LIST), BEFORE).stock
    assert (gone.state, new.state) == ("gone", "new")


def test_a_report_against_itself_changes_nothing():
    compared = compare_editions(BEFORE, BEFORE)
    assert not compared.has_silence
    assert len(compared.issues.kept) == 4
    assert kept_share(compared) == 1
    assert not (compared.hedges or compared.degrees)
    assert "as many as the 53" in what_changed(compared, "2022", "2023")
    assert "every one is still named" in what_changed(compared, "2022", "2023")


NONE = IssueList(IssueStatus.NONE_REPORTED)
UNREAD = IssueList(IssueStatus.UNPARSED, reason="a list that\nends nowhere")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (BEFORE.issues, NONE, "In 2022, 4 issues listed; in 2023, the summary says that there"),
        (NONE, NONE, "In both editions the summary says that there were no such issues"),
        (BEFORE.issues, UNREAD, "The 2023 list of human rights issues could not be read"),
        (UNREAD, NONE, "The 2022 list of human rights issues could not be read"),
    ],
)
def test_a_list_that_is_none_or_unread_is_said_to_be_so(before, after, said):
    compared = compare_editions(reading("Calm.", issues=before), reading("Calm.", issues=after))
    assert said in what_changed(compared, "2022", "2023")
    if UNREAD in (before, after):
        topics = compared.topics
        assert not (topics.kept or topics.added or topics.dropped or compared.issues.dropped)


def test_where_no_report_lists_issues_nothing_is_said_of_lists():
    calm = reading("Calm.").without_lists()
    assert "issue" not in what_changed(compare_editions(calm, calm), "2022", "2023")
    assert list_state(calm.issues) == "the reports hold no list of issues"


def test_an_unread_list_says_why():
    assert list_state(UNREAD).endswith("by the program: a list that ends nowhere")


def test_an_issue_gone_is_not_a_topic_gone():
    before = reading(f"{LEAD}: torture of prisoners by guards; torture by police.")
    after = reading(f"{LEAD}: torture by police.")
    compared = compare_editions(before, after)
    (gone,) = compared.issues.dropped
    assert topic_remark(gone.topics, compared.topics, "2023") == (
        "another issue under the topic is listed in 2023"
    )
    lost = compare_editions(BEFORE, AFTER)
    assert len(lost.issues.dropped) == 2
    assert not any(topic_remark(each.topics, lost.topics, "2023") for each in lost.issues.dropped)


def test_sections_are_named_with_their_fate():
    sections = compare_editions(BEFORE, AFTER).outline.sections
    named = [(section_name(each), section_fate(each, "2022", "2023")) for each in sections]
    assert named == [("Section 1. Courts", "in both"), ("Section 2. Prisons", "not in 2023")]


def test_lengths_are_said_with_their_change():
    assert length_line(compare_editions(BEFORE, AFTER).report) == "53 → 43 words (−19 %)"
    assert length_line(compare_editions(reading(), AFTER).summary) == "0 → 31 words"


TEXTS = st.lists(st.sampled_from([OLD_LIST, NEW_LIST, STEPS, NOW, "Calm.", "", "x" * 400]))
SECTIONS = st.lists(
    st.builds(
        lambda number, heading, blocks: Section(number, heading, tuple(blocks)),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "Courts", "Prisons", "Life", "a. b", "\u202e"]),
        TEXTS,
    ),
    max_size=4,
)


@given(TEXTS, TEXTS, SECTIONS, SECTIONS, st.sampled_from([None, 0.01, 0.0]))
def test_whatever_two_editions_hold_something_is_told(one, two, these, those, deadline):
    before = reading(*filter(None, one), sections=tuple(these))
    after = reading(*filter(None, two), sections=tuple(those))
    compared = compare_editions(before, after, deadline)
    assert what_changed(compared, "2022", "2023")
    matched = compared.outline.sections
    assert sum(each.before is not None for each in matched) == len(before.sections)
    assert sum(each.after is not None for each in matched) == len(after.sections)
