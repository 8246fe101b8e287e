"""Whether a list was read whole: no sentence that looks like a list is left out in silence."""

from __future__ import annotations

import pytest

from reports.issues.read import read_issues
from reports.issues.unread import looks_like_list
from reports.model.reading import IssueStatus

LIST = "Significant human rights issues included torture; and corruption."

LIKE_LISTS = [
    pytest.param(
        "Observers of the League spoke of locked barns; night rides; "
        "censorship of plays; and toll bars.",
        id="three semicolons and one problem between them",
    ),
    pytest.param(
        "In the salt pans serious human rights problems ranged from hunger to whipping.",
        id="the noun of a lead-in and a verb of lists",
    ),
    pytest.param(
        "Observers spoke of serious human rights problems and counted: whippings; cold cells.",
        id="the noun of a lead-in, a colon and a semicolon",
    ),
    pytest.param(
        "Other problems that pilgrims told of: corruption, child labor, and whippings.",
        id="the noun of a lead-in, a colon and a problem",
    ),
    pytest.param(
        "Other human rights violations took place, among them torture and arson.",
        id="the noun of a lead-in, and some of them",
    ),
    pytest.param(
        "Human rights violations by the wardens took the form of torture and arson.",
        id="the noun of a lead-in, and their form",
    ),
]
NO_LISTS = [
    "The realm consists of four islands: Veld; Sund; Holm; and Skerry.",
    "The army answers to the minister of war; the police to the minister of the interior; the "
    "coast guard to the minister of ports; and the wardens to the minister of justice.",
    "The police report to the crown; the navy, which fights trafficking in persons, to the League; "
    "the office against corruption to the judges; and the guards of prisons to the queen.",
    "Its dialogue with Southmark on human rights issues included two visits.",
    "The accord covered rural reform; roads; the end of the war; and its verification.",
    "The crown took steps to punish officials who committed human rights abuses, including "
    "officers of the coast guard.",
    "Impunity for human rights abuses included the navy.",
    "Members of the security forces committed some abuses.",
    "There were no reports of significant human rights abuses.",
    "",
]


@pytest.mark.parametrize("sentence", LIKE_LISTS)
def test_a_list_beside_a_sentence_that_looks_like_one_and_went_unread_is_partial(sentence):
    blocks = [LIST, f"Norland held elections. {sentence}"]
    read = read_issues(blocks)
    assert read.status is IssueStatus.PARTIAL
    assert not read.is_whole
    assert [issue.text for issue in read.items] == ["torture", "corruption"]
    (unread,) = read.unread
    assert (unread.text, unread.block) == (sentence, 1)
    assert blocks[1][unread.start :] == sentence


@pytest.mark.parametrize("sentence", NO_LISTS)
def test_a_sentence_that_only_tells_something_leaves_a_list_whole(sentence):
    assert not looks_like_list(sentence)
    read = read_issues([LIST, sentence])
    assert (read.status, read.unread) == (IssueStatus.LISTED, ())


@pytest.mark.parametrize("sentence", LIKE_LISTS)
def test_nothing_read_is_unparsed_and_the_sentence_is_the_reason(sentence):
    denial = "There were no reports of significant human rights abuses."
    for blocks in ([sentence], [denial, sentence]):
        read = read_issues(blocks)
        assert (read.status, read.items) == (IssueStatus.UNPARSED, ())
        assert "looks like a list" in read.reason
        assert [each.text for each in read.unread] == [sentence]


def test_a_sentence_of_which_a_part_is_in_an_issue_is_read():
    lone = f"{LIST} There was hunger in prisons; torture of weavers; censorship; and child labor."
    assert read_issues([lone]).status is IssueStatus.LISTED


def test_a_lead_in_that_nothing_follows_is_unread_beside_a_list_that_was_read():
    read = read_issues([LIST, "In the north human rights issues included:"])
    assert read.status is IssueStatus.PARTIAL
    assert [each.text for each in read.unread] == ["In the north human rights issues included:"]


def test_what_authorities_did_after_an_open_list_is_not_taken_into_it():
    said = (
        "Authorities arrested editors; closed papers for libel; banned protests; and built roads."
    )
    read = read_issues([f"Human rights issues included torture; corruption. {said}"])
    assert [issue.text for issue in read.items] == ["torture", "corruption"]
    assert [each.text for each in read.unread] == [said]
