"""What is read of an issue beside its words: lead-in, scope, rank, group, qualifier, reason."""

from __future__ import annotations

import pytest

from reports.issues.read import read_issues
from reports.model.reading import IssueList, IssueRank, IssueStatus

LIST = "torture; and corruption."


def only_lead(text: str):
    (lead,) = read_issues([text]).leads
    return lead


SCOPES = [
    ("Significant human rights issues included: ", ""),
    ("The most significant human rights issues during the year included: ", ""),
    ("The most serious human rights problems in the country were: ", ""),
    ("Significant human rights issues in the Republic of Norland included: ", "the Republic"),
    ("Significant human rights issues by all parties to the conflict included: ", "by all parties"),
    (
        "Significant human rights issues involving officials of the crown included: ",
        "involving officials of the crown",
    ),
    (
        "Significant human rights issues \u2013 primarily under the former queen \u2013 included: ",
        "primarily under the former queen",
    ),
    (
        "In the area held by the Marsh League, significant human rights issues included: ",
        "In the area held by the Marsh League",
    ),
    (
        "Outside of human rights abuses committed by Southmark, significant human rights issues "
        "included: ",
        "Outside of human rights abuses committed by Southmark",
    ),
    (
        "Significant human rights issues included credible reports, by all parties, of: ",
        "by all parties",
    ),
    (
        "Significant human rights issues included credible reports of the following by both "
        "armies: ",
        "by both armies",
    ),
    ("There were human rights abuses during the war, including: ", "during the war"),
]


@pytest.mark.parametrize(("words", "scope"), SCOPES)
def test_the_words_that_bound_a_whole_list_are_kept(words, scope):
    lead = only_lead(words + LIST)
    assert lead.text == words.strip()
    assert scope in lead.scope
    assert bool(scope) == bool(lead.scope)


HEDGES = [
    ("Significant human rights issues included credible reports of: ", True),
    ("Significant human rights issues included reports of ", True),
    ("Human rights issues included allegations of ", True),
    ("There were reports of human rights abuses, including ", True),
    ("Significant human rights issues included: ", False),
    ("Other reported abuses included ", False),
]


@pytest.mark.parametrize(("words", "is_hedged"), HEDGES)
def test_a_lead_in_that_speaks_of_reports_is_hedged(words, is_hedged):
    lead = only_lead(words + LIST)
    assert (lead.text, lead.is_hedged) == (words.strip(), is_hedged)


def test_a_doubled_lead_in_is_one_lead_in():
    read = read_issues([f"Significant human rights issues included: credible reports of: {LIST}"])
    assert read.leads[0].text == "Significant human rights issues included: credible reports of:"
    assert read.items[0].text == "torture"


def test_several_lists_keep_their_own_lead_ins_and_places():
    blocks = [
        "Norland is a federation. Significant human rights issues in Norland included: torture.",
        "The crown took steps.",
        "In the area held by the Marsh League, significant human rights issues included: rape.",
    ]
    read = read_issues(blocks)
    assert [(issue.text, issue.lead, issue.block) for issue in read.items] == [
        ("torture", 0, 0),
        ("rape", 1, 2),
    ]
    assert [issue.rank for issue in read.items] == [IssueRank.PRINCIPAL] * 2
    assert [lead.block for lead in read.leads] == [0, 2]
    assert read.leads[0].start == blocks[0].index("Significant")


def ranks(*blocks: str) -> list[tuple[str, str]]:
    return [(issue.text, issue.rank.value) for issue in read_issues(blocks).items]


def test_a_second_list_is_of_the_second_rank():
    assert ranks(
        "The most serious human rights problems were torture; and rape.",
        "Other human rights problems included hunger in prisons; and child labor.",
    ) == [
        ("torture", "principal"),
        ("rape", "principal"),
        ("hunger in prisons", "other"),
        ("child labor", "other"),
    ]


def test_a_list_that_goes_on_in_its_paragraph_is_further_to_it():
    assert ranks(
        "Human rights issues included torture; and rape. Additional problems included forced labor."
        " There was censorship. Other human rights problems included hunger in prisons."
    ) == [
        ("torture", "principal"),
        ("rape", "principal"),
        ("forced labor", "further"),
        ("censorship", "further"),
        ("hunger in prisons", "other"),
    ]


GROUPED = [
    (
        "Human rights issues included: 1) with respect to the Crown: reports of: torture; and rape;"
        " and 2) with respect to the Marsh League: child labor. It rained.",
    ),
    (
        "Human rights issues included: with respect to the Crown: torture; and rape;"
        " with respect to the Marsh League: child labor. It rained.",
    ),
    (
        "Human rights issues included: 1) with respect to the Crown: torture; and rape."
        " 2) with respect to the Marsh League: child labor. It rained.",
    ),
    (
        "Human rights issues included:",
        "with respect to the Crown: torture; and rape.",
        "with respect to the Marsh League: child labor. It rained.",
    ),
]


@pytest.mark.parametrize("blocks", GROUPED)
def test_groups_of_issues_name_whom_they_concern(blocks):
    read = read_issues(blocks)
    crown, league = "with respect to the Crown", "with respect to the Marsh League"
    assert [(issue.text, issue.group) for issue in read.items] == [
        ("torture", crown),
        ("rape", crown),
        ("child labor", league),
    ]
    assert {issue.lead for issue in read.items} == {0}


QUALIFIERS = [
    (
        "laws against sorcery, although the law was not enforced",
        "although the law was not enforced",
    ),
    ("laws against sorcery, which were rarely applied", "which were rarely applied"),
    ("bribery, but courts tried some cases", "but courts tried some cases"),
    ("bribery and theft, all of which judges punished", "all of which judges punished"),
    ("bribery; however, judges punished it", "however, judges punished it"),
    ("bribery; authorities rarely punished it", "authorities rarely punished it"),
    ("limits on speech, including, but not limited to, satire", ""),
    ("abuses by militias, which looted, as well as child labor", ""),
    ("bribery", ""),
]


@pytest.mark.parametrize(("issue", "qualifier"), QUALIFIERS)
def test_the_end_of_an_issue_that_only_qualifies_it_is_marked(issue, qualifier):
    (first, *_) = read_issues([f"Human rights issues included: {issue}; and torture."]).items
    assert (first.text, first.qualifier) == (issue, qualifier)


def reason_of(*blocks: str) -> str:
    read: IssueList = read_issues(blocks)
    assert (read.status, read.items) == (IssueStatus.UNPARSED, ())
    return read.reason


def test_a_summary_that_cannot_be_read_says_why():
    assert "holds no text" in reason_of()
    assert "holds no text" in reason_of("")
    assert "No sentence introduces a list" in reason_of("Norland held elections.")
    assert "“Human rights issues included:”" in reason_of("Human rights issues included:")


def test_a_denial_of_less_is_quoted_in_the_reason():
    assert "does not say that there were no reports of significant" in reason_of(
        "Norland held elections.",
        "There were no reports government officials committed human rights abuses.",
    )


def test_an_introduction_in_prose_is_quoted_in_the_reason_and_cut():
    prose = "The government\u2019s human rights record remained poor " + "in many ways " * 30
    reason = reason_of("Norland is a kingdom.", f"{prose}and worsened.")
    assert "“The government\u2019s human rights record remained poor in" in reason
    assert len(reason) < 400


OLD_INTRODUCTIONS = [
    (
        "The government\u2019s human rights record remained poor. The following human rights "
        "problems were reported: killings by police; torture; and child labor.",
    ),
    (
        "The crown generally respected human rights; however, there were problems in the following "
        "areas: killings by police, torture, and child labor.",
    ),
    ("Problems remained. These problems included killings by police; torture; and child labor.",),
    (
        "The following human rights abuses were reported:",
        "killings by police",
        "torture",
        "child labor",
        "The crown took no action. It held no elections.",
    ),
]


@pytest.mark.parametrize("blocks", OLD_INTRODUCTIONS)
def test_the_lists_of_old_introductions_are_read(blocks):
    read = read_issues(blocks)
    assert [issue.text for issue in read.items] == ["killings by police", "torture", "child labor"]
