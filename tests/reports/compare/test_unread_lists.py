"""What is said of lists that were not read whole, and of lists about different actors."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.compare.diff import compare_readings
from reports.compare.editions import compare_editions
from reports.facts.read import read_facts
from reports.model.identity import ReportId
from reports.model.reading import (
    NO_LISTS,
    ActorList,
    Issue,
    IssueList,
    IssueStatus,
    LeadIn,
    Reading,
    Section,
    Unread,
    UnreadList,
    outside_lists,
)
from reports.model.values import VersionView
from reports.topics.classify import topics_of
from reports.wording.edition_view import lay_out_editions
from reports.wording.editions import what_changed

POLICE = "involving officers of the Harbor Police"
REBELS = "committed by the Dawn Front"
REST = "Other concerns of the year included exile; banishment; and curfews."
GONE = ("no longer", "newly", "new in", "Topics that only", "Topics no longer")

PARTIAL = "The {} list of human rights issues was not read whole by the program"
UNPARSED = "The {} list of human rights issues could not be read by the program"


def reading(about: str, *texts: str, status: IssueStatus = IssueStatus.LISTED) -> Reading:
    """Return a summary whose one list names some issues; a partial one has a sentence unread."""
    block = f"Human rights issues {about} included: {'; '.join(texts)}."
    if status is IssueStatus.UNPARSED:
        return Reading("Executive Summary", (block,), issues=IssueList(reason="It is in verse."))
    lead = LeadIn(f"Human rights issues {about} included:", 0, 0, about)
    items = tuple(Issue(text, topics_of(text), 0, block.index(text), lead=0) for text in texts)
    is_partial = status is IssueStatus.PARTIAL
    issues = IssueList(status, items, (lead,), unread=(Unread(REST, 1, 0),) * is_partial)
    return Reading("Executive Summary", (block, REST), issues=issues)


def view(value: Reading, edition: str, number: int = 1) -> VersionView:
    when = datetime(2026, 5, 1, tzinfo=UTC)
    name = ReportId("sample-hrr", edition, "AUT")
    return VersionView(name, number, f"{edition}: Norvania", value, "", when, when, "", 1)


LISTED, PART, UNREAD = IssueStatus.LISTED, IssueStatus.PARTIAL, IssueStatus.UNPARSED

SENTENCES = {
    "both whole, one actor: an issue is gone and another is new": (
        (POLICE, LISTED), (POLICE, LISTED),
        ["names 1 in the same words; 1 is no longer listed.", "1 issue is newly listed.",
         "Topics no longer named among the issues:", "Topics that only the 2024 list names:"],
        ["No longer listed in 2024", "Newly listed in 2024", "In the same words in both"],
    ),
    "both whole, two actors: a list is missing on either side": (
        (POLICE, LISTED), (REBELS, LISTED),
        ["names none; 2 are of lists that it does not have.",
         f"There is no list about “{POLICE}” in 2024; that of 2023 names 2 issues.",
         f"There is no list about “{REBELS}” in 2023; that of 2024 names 2 issues."],
        [f"No list about “{POLICE}” in 2024", f"No list about “{REBELS}” in 2023"],
    ),
    "a general list is no list of an actor": (
        ("", LISTED), (REBELS, LISTED),
        ["There is no general list in 2024; that of 2023 names 2 issues."],
        ["No general list in 2024", f"No list about “{REBELS}” in 2023"],
    ),
    "the newer partial, one actor": (
        (POLICE, LISTED), (POLICE, PART),
        [PARTIAL.format(2024), "names 1 in the same words; for 1 no counterpart was found"],
        ["Listed in 2023, without a counterpart in what was read of 2024",
         "Listed in 2024, without a counterpart in 2023",
         "In the same words in both"],
    ),
    "the older partial, one actor": (
        (POLICE, PART), (POLICE, LISTED),
        [PARTIAL.format(2023), "Of the 2 issues read of the 2023 summary"],
        ["Listed in 2023, without a counterpart in 2024",
         "Listed in 2024, without a counterpart in what was read of 2023",
         "In the same words in both"],
    ),
    "the newer partial, two actors: what was not read may be the list": (
        (POLICE, LISTED), (REBELS, PART),
        [PARTIAL.format(2024), "names none; for 2 no counterpart was found in what was read."],
        ["Listed in 2023, without a counterpart in what was read of 2024",
         "Listed in 2024, without a counterpart in 2023"],
    ),
    "the newer unparsed": (
        (POLICE, LISTED), (POLICE, UNREAD), [UNPARSED.format(2024)], [],
    ),
    "the older unparsed, the newer partial": (
        (POLICE, UNREAD), (REBELS, PART), [UNPARSED.format(2023), PARTIAL.format(2024)], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("older", "newer", "sentences", "groups"), SENTENCES.values(), ids=SENTENCES
)
def test_what_two_editions_are_said_to_list(older, newer, sentences, groups):
    before = reading(older[0], "torture", "corruption", status=older[1])
    after = reading(newer[0], "torture", "child labor", status=newer[1])
    compared = compare_editions(before, after)
    said = what_changed(compared, "2023", "2024")
    for each in sentences:
        assert each in said
    shown = lay_out_editions(view(before, "2023"), view(after, "2024"), compared, "Nobody")
    assert [group.title for group in shown.issues] == groups
    if {older[1], newer[1]} != {LISTED}:
        assert not [words for words in GONE if words in f"{said} {shown.issues} {shown.topics}"]
        assert not (compared.topics.added or compared.topics.dropped or compared.leads.hedge)


def test_the_sentences_that_were_not_read_stand_beside_the_list():
    before = reading(POLICE, "torture", status=PART)
    compared = compare_editions(before, reading(POLICE, "torture"))
    shown = lay_out_editions(view(before, "2023"), view(before, "2024"), compared, "Nobody")
    assert shown.unread == (("2023", (REST,)),)
    assert shown.list_before == "1 issue read of a list that was not read whole"
    assert shown.list_after == "1 issue listed"


def test_topics_of_both_lists_are_known_though_one_is_partial():
    compared = compare_editions(
        reading("", "torture", "corruption"), reading("", "torture", status=PART)
    )
    assert compared.topics.kept == topics_of("torture")
    assert not compared.has_silence


def test_a_hedge_is_neither_new_nor_gone_beside_a_list_that_was_not_read_whole():
    plain = reading("", "torture")
    lead = LeadIn("Issues included credible reports of:", 0, 0, is_hedged=True)
    hedged = IssueList(PART, plain.issues.items, (lead,), unread=(Unread(REST, 1, 0),))
    compared = compare_editions(plain, Reading("Executive Summary", (REST,), issues=hedged))
    assert compared.leads.hedge == ""


def test_a_family_without_lists_has_none_that_were_not_read():
    none = Reading("Executive Summary", ("Calm.",), issues=NO_LISTS)
    other = Reading("Executive Summary", ("Storms.",), issues=NO_LISTS)
    assert compare_editions(none, other).unread_lists == ()
    assert compare_readings(none, other).unread_lists == ()


VERSIONS = {
    "whole on both sides": (LISTED, LISTED, ("child labor",), ("corruption",), (), ()),
    "the older partial": (
        PART, LISTED, (), (), ("corruption", "child labor"), (UnreadList(False, PART, (REST,)),),
    ),
    "the newer partial": (
        LISTED, PART, (), (), ("corruption", "child labor"), (UnreadList(True, PART, (REST,)),),
    ),
    "the newer unparsed": (
        LISTED, UNREAD, (), (), ("corruption",), (UnreadList(True, UNREAD),),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "added", "removed", "unmatched", "unread"), VERSIONS.values(), ids=VERSIONS
)
def test_what_an_edit_is_said_to_do_to_the_list(old, new, added, removed, unmatched, unread):
    before = reading("", "torture", "corruption", status=old)
    after = reading("", "torture", "child labor", status=new)
    compared = compare_readings(before, after)
    assert (compared.issues_added, compared.issues_removed) == (added, removed)
    assert compared.issues_unmatched == unmatched
    assert compared.unread_lists == unread


def test_an_edit_that_names_another_actor_tells_of_lists_and_of_no_issue_by_itself():
    before = reading(POLICE, "torture", "exile")
    compared = compare_readings(before, reading(REBELS, "torture", "exile"))
    assert compared.lists_removed == (ActorList(POLICE, ("torture", "exile")),)
    assert compared.lists_added == (ActorList(REBELS, ("torture", "exile")),)
    assert (compared.issues_gone, compared.issues_new) == ((), ())
    assert compared.issues_removed == ("torture", "exile")  # programs count them all the same
    assert compared.issues_added == ("torture", "exile")


def test_issues_outside_of_whole_lists_are_told_apart_though_texts_repeat():
    lists = (ActorList(REBELS, ("torture",)),)
    assert outside_lists(("torture", "exile", "torture"), lists) == ("exile", "torture")


def test_nothing_is_said_of_lists_if_the_summary_has_the_same_words():
    before = reading("", "torture", status=PART)
    compared = compare_readings(before, reading("", "torture", status=PART))
    assert compared.unread_lists == ()
    assert compared.issues_unmatched == ()


def test_an_issue_whose_words_still_stand_in_the_other_summary_is_not_without_a_counterpart():
    before = reading("", "torture", "curfews")
    after = reading("", "torture", status=PART)
    assert compare_readings(before, after).issues_unmatched == ()


COURTS = Section("1", "Courts", ("The courts of the islands sat in the harbour town all year.",))
FULL = Reading("Executive Summary", ("Calm.",), sections=(COURTS,))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (FULL, replace(FULL, sections=()), "No section of the 2024 report was read, so that"),
        (replace(FULL, sections=()), FULL, "No section of the 2023 report was read, so that"),
        (FULL, replace(FULL, blocks=()), "; no executive summary was read of 2024."),
        (replace(FULL, blocks=()), FULL, "; no executive summary was read of 2023."),
    ],
)
def test_what_was_not_read_is_not_said_to_be_gone_or_new(before, after, said):
    compared = compare_editions(before, after)
    told = what_changed(compared, "2023", "2024")
    assert said in told
    shown = lay_out_editions(view(before, "2023"), view(after, "2024"), compared, "Nobody")
    fates = {row.fate for row in shown.sections}
    assert not compared.has_silence
    assert not any(f"{fate} 2024" in f"{told} {fates}" for fate in ("not in", "new in"))
    if compared.outline.is_unread:
        edition = "2024" if not after.sections else "2023"
        assert fates == {f"no section of {edition} was read"}
        assert "Of the words below" not in told


def test_no_stock_sentence_is_gone_from_a_summary_that_was_not_read():
    steps = "The government took credible steps to punish officials who committed abuses."
    before = Reading("Executive Summary", (steps,), facts=read_facts([steps]))
    unread = replace(before, blocks=(), facts=read_facts([]))
    assert len(compare_editions(before, replace(unread, blocks=("Calm.",))).stock) == 1
    for one, other in ((before, unread), (unread, before)):
        assert compare_editions(one, other).stock == ()
