"""How an executive summary's list of issues is read, rule by rule."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.issues.read import read_issues
from reports.model.reading import IssueRank, IssueStatus

CORPUS = Path(os.environ.get("REPORTWATCH_CORPUS", "../shared/pages"))
GOLD = CORPUS.parent / "domain" / "issue_lists.json"


def texts(*blocks: str) -> list[str]:
    return [issue.text for issue in read_issues(blocks).items]


LEADS = [
    "Significant human rights issues included credible reports of: ",
    "Significant human rights issues included credible reports of ",
    "Significant human rights issues included: ",
    "Significant human rights issues included the following: ",
    "Human rights issues included ",
    "The most significant human rights problems were ",
    "The country\u2019s main human rights problem was ",
    "The most serious human rights issues for which the crown was responsible included: ",
    "Other human rights problems reported during the year included: ",
    "Other reported abuses included: ",
    "Problems also included ",
    "Issues included ",
    "Significant issues included ",
    "The most significant problems during the year remained ",
    "The following additional problems persisted: ",
    "Significant human rights issues, most of them in the northern isles, included: ",
    "In the area held by the Marsh League, significant human rights issues included: ",
    "Significant human rights issues involving officials of Norland\u2019s navy included: ",
    "There were credible reports of significant human rights issues, including: ",
    "The most significant human rights-related problems included ",
    "The most significant human rights (HR) problems were ",
    "Other significant human rights problems continued, including ",
    "The following human rights problems were reported: ",
    "Significant human rights issues: ",
    "Other areas of concern included ",
    "Societal abuses included ",
    "These problems included ",
    "There were problems reported in several areas, including ",
    "Although judges prosecuted some guards, significant human rights issues included: ",
    "Outside of human rights abuses committed by Southmark, significant human rights issues "
    "included: ",
]


@pytest.mark.parametrize("lead", LEADS)
def test_a_lead_in_is_recognised_and_is_no_part_of_the_first_issue(lead):
    sentence = (
        f"{lead}arbitrary arrest by harbour police; torture; and forced labor in the salt pans."
    )
    assert texts("Veldania is a federation.", sentence) == [
        "arbitrary arrest by harbour police",
        "torture",
        "forced labor in the salt pans",
    ]


NO_LEADS = [
    "The crown took credible steps to identify and punish officials who committed human rights "
    "abuses; corruption was not punished.",
    "Impunity for human rights abuses was widespread; torture went unpunished.",
    "Members of the security forces committed some abuses.",
    "There were reports that members of the coast guard committed numerous abuses.",
    "Armed bands also perpetrated serious human rights abuses, which, according to the League of "
    "Isles, included torture and abduction.",
    "Investigations of past human rights violations were slow; corruption delayed them.",
    "Human rights violations of the war were inadequately explained, and torture was denied.",
    "The human rights problems of Veldania are well known.",
    "Human rights problems were well documented; torture was denied.",
    "Human rights abuses were condemned by the crown; torture went on.",
    "After the vote, officials committed serious human rights abuses, including torture; and rape.",
]


@pytest.mark.parametrize("sentence", NO_LEADS)
def test_a_sentence_on_accountability_or_armed_bands_leads_no_list(sentence):
    assert read_issues([sentence]).status is IssueStatus.UNPARSED


LISTS = [
    pytest.param("torture; and corruption.", ["torture", "corruption"], id="and is dropped"),
    pytest.param("torture; or corruption.", ["torture", "corruption"], id="or is dropped"),
    pytest.param("torture; as well as corruption.", ["torture", "corruption"], id="as well as"),
    pytest.param(
        "restrictions on speech, press, and assembly; and torture.",
        ["restrictions on speech, press, and assembly", "torture"],
        id="never at commas",
    ),
    pytest.param(
        "limits on media, including fines for cartoonists, and jailing of singers; torture.",
        ["limits on media, including fines for cartoonists, and jailing of singers", "torture"],
        id="examples stay with their issue",
    ),
    pytest.param(
        "laws against sorcery, although they were not enforced; and child labor.",
        ["laws against sorcery, although they were not enforced", "child labor"],
        id="a qualifier stays with its issue",
    ),
    pytest.param(
        "laws against sorcery; however, they were not enforced; and child labor.",
        ["laws against sorcery; however, they were not enforced", "child labor"],
        id="so does one after a semicolon",
    ),
    pytest.param(
        "abuse of detainees (beatings; cold cells); and child labor.",
        ["abuse of detainees (beatings; cold cells)", "child labor"],
        id="not inside brackets",
    ),
    pytest.param(
        "torture under Order No. 7 by Gen. A. Brandt in the U.S. Zone; and child labor. It rained.",
        ["torture under Order No. 7 by Gen. A. Brandt in the U.S. Zone", "child labor"],
        id="abbreviations and initials end no sentence",
    ),
    pytest.param(
        "torture; and harassment of exiles in the U.S. The crown denied it.",
        ["torture", "harassment of exiles in the U.S."],
        id="an abbreviation may end one",
    ),
    pytest.param(
        "torture; laws against “mocking the crown.” The crown denied it.",
        ["torture", "laws against “mocking the crown.”"],
        id="a sentence ends inside its quotation marks",
    ),
    pytest.param(
        "torture; corruption. Political prisoners; and child labor. The crown lied; and lied.",
        ["torture", "corruption", "Political prisoners", "child labor"],
        id="a stray full stop in the middle",
    ),
    pytest.param(
        "torture; laws against sorcery; the crown jailed two editors; and child labor.",
        ["torture", "laws against sorcery", "the crown jailed two editors", "child labor"],
        id="but a clause that is not surely an answer is kept apart",
    ),
    pytest.param(
        "beatings in jails; authorities generally prosecuted the guards; and child labor.",
        ["beatings in jails; authorities generally prosecuted the guards", "child labor"],
        id="what the state did about an issue stays with it",
    ),
    pytest.param(
        "violence against women; lepers who beg; and corruption.",
        ["violence against women", "lepers who beg", "corruption"],
        id="a piece that says what happens is an issue",
    ),
    pytest.param(
        "discrimination against women; persons with disabilities; and migrants; and corruption.",
        [
            "discrimination against women; persons with disabilities; and migrants",
            "corruption",
        ],
        id="persons alone go on with the issue done to them",
    ),
    pytest.param(
        "threats against judges; political prisoners; and corruption.",
        ["threats against judges", "political prisoners", "corruption"],
        id="persons whose being held is the issue do not",
    ),
    pytest.param(
        "(a) torture; (b) corruption; and (c) child labor.",
        ["torture", "corruption", "child labor"],
        id="letters and numbers before issues are no part of them",
    ),
    pytest.param(
        "1) torture, 2) corruption, and 3) child labor.",
        ["torture", "corruption", "child labor"],
        id="numbers part issues like semicolons",
    ),
    pytest.param(
        "torture; corruption. forced labor in salt pans; and child labor.",
        ["torture", "corruption", "forced labor in salt pans", "child labor"],
        id="a stray full stop before a small letter",
    ),
    pytest.param(
        "torture; corruption, forced labor; and child labor.",
        ["torture", "corruption, forced labor", "child labor"],
        id="a comma in the place of a semicolon is not guessed at",
    ),
    pytest.param(
        "abuse of detainees (beatings; cold cells; and child labor.",
        ["abuse of detainees (beatings", "cold cells", "child labor"],
        id="a bracket never closed swallows nothing",
    ),
    pytest.param("torture; ; . ", ["torture"], id="nothing is no issue"),
    pytest.param("goose theft by the militia.", ["goose theft by the militia"], id="unknown topic"),
]


@pytest.mark.parametrize(("body", "expected"), LISTS)
def test_a_list_is_split_at_its_semicolons(body, expected):
    assert texts(f"Significant human rights issues included: {body}") == expected


def test_reports_of_is_lead_in_where_it_governs_the_list_and_kept_where_it_governs_one_issue():
    assert texts("Human rights issues included reports of torture; corruption.")[0] == "torture"
    assert texts("Human rights issues included: reports of torture; corruption.")[0] == "torture"
    assert texts("Human rights issues included reports of torture; reports of corruption.") == [
        "reports of torture",
        "reports of corruption",
    ]


OVERFLOW = [
    (
        "There were limits on freedoms of speech and assembly, including fines for cartoonists.",
        ["limits on freedoms of speech and assembly, including fines for cartoonists"],
    ),
    (
        "There was also censorship; and harassment of journalists.",
        ["censorship", "harassment of journalists"],
    ),
    ("There were frequent reports of forced labor.", ["forced labor"]),
    ("Additional problems included forced labor; and corruption.", ["forced labor", "corruption"]),
    ("Also of concern were forced labor; and corruption.", ["forced labor", "corruption"]),
    (
        "The government engaged in surveillance of poets.",
        ["The government engaged in surveillance of poets"],
    ),
    ("Freedom of the press was curtailed.", ["Freedom of the press was curtailed"]),
    ("Trafficking in persons was also a problem.", ["Trafficking in persons"]),
    (
        "With the late harvest, child labor became a serious problem during the year.",
        ["child labor"],
    ),
    (
        "Discrimination remained a problem for women; and for lepers.",
        ["Discrimination remained a problem for women; and for lepers"],
    ),
    (
        "The crown limited speech, and corruption remained a problem.",
        ["The crown limited speech, and corruption remained a problem"],
    ),
    ("There were no reports of forced labor.", []),
    ("There were two harvests.", []),
    ("Impunity was a problem.", []),
    ("Trafficking in persons was not a problem.", []),
    ("The crown took steps to prosecute traffickers.", []),
]


@pytest.mark.parametrize(("sentence", "expected"), OVERFLOW)
def test_sentences_after_a_list_go_on_naming_issues(sentence, expected):
    block = f"The most significant human rights issues included torture; and corruption. {sentence}"
    read = read_issues([block]).items
    assert [issue.text for issue in read] == ["torture", "corruption", *expected]
    assert {issue.rank for issue in read[2:]} <= {IssueRank.FURTHER}


def test_such_sentences_name_none_without_a_list_before_them_in_their_paragraph():
    issues = "Human rights issues included torture; and corruption."
    assert texts(issues, "There was also censorship.") == ["torture", "corruption"]


def test_two_lists_of_different_rank_make_one_in_order():
    assert texts(
        "The most significant human rights problems were torture; and censorship.",
        "Other human rights problems included: hunger in prisons; and child labor.",
    ) == ["torture", "censorship", "hunger in prisons", "child labor"]


def test_what_is_called_the_main_human_rights_problem_is_an_issue():
    assert texts("Violence against women remained the most serious human rights problem.") == [
        "Violence against women"
    ]
    assert texts("Corruption and child abuse were the main human rights problems in Norland.") == [
        "Corruption",
        "child abuse",
    ]
    assert texts("Corruption was among the isles\u2019 most serious problems, and grew.") == [
        "Corruption"
    ]
    assert texts("Torture and inhuman punishment were the gravest human rights problems.") == [
        "Torture and inhuman punishment"
    ]
    assert texts("Although it was banned, torture remained the main human rights problem.") == []
    assert texts("Corruption was not the main human rights problem.") == []
    assert texts("The late harvest was the most pressing problem.") == []


BULLETS = [
    ["torture;", "corruption; and", "child labor."],
    ["torture", "corruption", "child labor"],
    ["\u2022 torture", "\u2022 corruption", "\u2022 child labor"],
    ["Torture.", "Corruption.", "Child labor."],
    ["torture; corruption; and child labor."],
]


@pytest.mark.parametrize("bullets", BULLETS)
def test_a_list_may_give_every_issue_a_block_of_its_own(bullets):
    lead = "Significant human rights issues included credible reports of:"
    read = read_issues([lead, *bullets, "The crown took no steps against torture."])
    assert read.status is IssueStatus.LISTED
    assert [issue.text.lower() for issue in read.items] == ["torture", "corruption", "child labor"]
    assert all(issue.lead == 0 for issue in read.items)


TITLED = [
    ("1. Weak courts: The crown dismissed judges. It rained.", "2. Forced labor: Weavers toiled."),
    ("Weak courts: The crown dismissed judges. It rained.", "Forced labor: Weavers toiled on."),
]


@pytest.mark.parametrize("blocks", TITLED)
def test_a_list_may_tell_of_every_issue_under_a_title(blocks):
    lead = "The most significant human rights problems during the year involved:"
    read = read_issues([lead, *blocks, "The crown did nothing."])
    assert [issue.text for issue in read.items] == ["Weak courts", "Forced labor"]
    assert read.status is IssueStatus.LISTED


NONE_REPORTED = [
    "There were no reports of egregious human rights abuses.",
    "There were no reports of significant human rights abuses.",
    "There were no credible reports of significant human rights abuses.",
    "There were no credible reports of significant human rights abuses during the year.",
    "There were no reports of significant human rights abuses in the Salt Isles during the year.",
    "There were no significant reports of human rights abuses in the country.",
    "There were also no credible reports of any significant human rights issues.",
    "There were no significant human rights abuses reported.",
    "No significant human rights abuses were reported in 2031.",
    "During the year, there were no reports of serious human rights violations.",
    "There were no significant changes in the human rights situation in Norland during the year, "
    "and there were no credible reports of significant human rights abuses.",
]


@pytest.mark.parametrize("sentence", NONE_REPORTED)
def test_a_plain_statement_that_nothing_was_reported_is_believed(sentence):
    read = read_issues([f"Norland held elections. {sentence} The crown had mechanisms in place."])
    assert read.status is IssueStatus.NONE_REPORTED
    assert read.items == ()


NOT_NONE_REPORTED = [
    "There were no reports of significant human rights abuses by the coast guard.",
    "There were no reports of significant human rights abuses, but observers had no access.",
    "There were no reports of significant human rights abuses in detention.",
    "There were no significant changes in the human rights situation in Norland during the year.",
    "There were no reports that members of the security forces committed abuses.",
    "There were no reports of impunity.",
    "It was not true that there were no reports of significant human rights abuses.",
    "",
]


@pytest.mark.parametrize("sentence", NOT_NONE_REPORTED)
def test_anything_short_of_it_is_unparsed_never_no_issues(sentence):
    assert read_issues([sentence]).status is IssueStatus.UNPARSED
    assert read_issues([]).status is IssueStatus.UNPARSED


def test_a_list_outweighs_a_statement_that_nothing_significant_was_reported():
    read = read_issues([NONE_REPORTED[0], "Human rights problems included cases of torture."])
    assert read.status is IssueStatus.LISTED


def test_every_issue_carries_its_topics():
    read = read_issues(["Human rights issues included torture; goose theft; and child labor."])
    assert [issue.topics for issue in read.items] == [("torture_cidt",), (), ("child_labor",)]


FRAGMENTS = [
    "torture; ",
    "and corruption. ",
    "There were ",
    "Impunity ",
    "U.S. ",
    ": ",
    "; and ",
    "(",
    ")",
    "“",
    ".",
    "É. ",
    "\n",
]
PHRASES = st.sampled_from([*LEADS, *NONE_REPORTED, *FRAGMENTS])
BLOCK = st.one_of(st.text(), st.lists(st.one_of(PHRASES, st.text(max_size=8))).map("".join))


@given(st.lists(BLOCK, max_size=5))
def test_every_issue_is_a_literal_substring_in_order_and_nothing_raises(blocks):
    read = read_issues(blocks)
    reached = (0, 0)
    for issue in read.items:
        place = (issue.block, issue.start)
        end = issue.start + len(issue.text)
        assert issue.text.strip()
        assert blocks[issue.block][issue.start : end] == issue.text
        assert place >= reached
        assert issue.text.endswith(issue.qualifier)
        assert any(issue.group in block for block in blocks)
        assert issue.lead < len(read.leads)
        reached = (issue.block, end)
    for lead in read.leads:
        assert blocks[lead.block][lead.start : lead.start + len(lead.text)] == lead.text
    places = [blocks[each.block][each.start :][: len(each.text)] for each in read.unread]
    assert places == [each.text for each in read.unread]
    assert (read.status in (IssueStatus.LISTED, IssueStatus.PARTIAL)) == bool(read.items)
    assert (read.status is IssueStatus.UNPARSED) == bool(read.reason)
    assert not (read.is_whole and read.unread)


HOSTILE = [
    *("(", ";", "and ", "; and ", "( ; ", ") ", "a; ", ", ", ", which ", "A. ", "A.A.", "1) a: "),
    *("torture and ", "torture, ", "limits and ", "human rights problems ", "was a most "),
    *("no reports of ", "reports of ", "There were ", "In X, ", "; although ", "lack of "),
    *(
        "rebels committed abuses, including ",
        "; [1] ",
        "; and credible reports of ",
        "They included ",
    ),
    *("was responsible for ", "crimes involving x and ", "discrimination existed ", "anti-x and "),
    *("abuses by militias ", "violence, ", ", serious restrictions on "),
    *("lesbian, gay, bisexual, ", "; authorities not ", "with respect to x: ", "“a,” "),
]
OPENINGS = ["Human rights issues included: ", "There were no reports of ", "X remained ", ""]


def test_hostile_repetition_is_read_in_bounded_time(subtests: pytest.Subtests):
    for unit in HOSTILE:
        for opening in OPENINGS:
            with subtests.test(opening=opening, unit=unit):
                blocks = [opening + unit * (length // len(unit)) for length in (45_000, 1_000_000)]
                with bounded():
                    read_issues(blocks)


def test_of_a_block_too_long_for_a_summary_the_whole_sentences_at_its_beginning_are_read():
    block = (
        "Human rights issues included torture; and corruption. " + "It rained and rained. " * 5000
    )
    assert texts(block) == ["torture", "corruption"]


@pytest.mark.skipif(not GOLD.exists(), reason=f"the hand-checked issue lists {GOLD} are not here")
def test_the_hand_checked_lists_are_read_exactly():
    examples = json.loads(GOLD.read_text("utf-8"))
    assert len(examples) >= 22
    for example in examples:
        overflow = example.get("overflow", [])
        sentences = [example["sentence"], *(part["sentence"] for part in overflow)]
        expected = example["items"] + [issue for part in overflow for issue in part["items"]]
        assert texts(" ".join(sentences)) == expected, example["url"]
