"""Kinds of sentences that lists of issues come in, each with what is read of it, in order."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reports.issues.read import read_issues
from reports.model.reading import IssueRank, IssueStatus

CASES = (
    Path(os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).parent
    / "review"
    / "cases"
    / "issue_lists.json"
)

LEAD_INS = [
    (
        "Significant human rights abuses by the Marsh League in towns that were besieged took many "
        "forms and included credible reports of: hostage taking; and looting.",
        ["hostage taking", "looting"],
    ),
    (
        "Officers of the queen committed grave human rights violations, which included credible "
        "reports of: torture; and rape.",
        ["torture", "rape"],
    ),
    (
        "Severe human rights abuses that were common in salt pans included torture; and rape.",
        ["torture", "rape"],
    ),
    (
        "Human rights abuses were severe and included torture; and rape.",
        ["torture", "rape"],
    ),
    ("Significant human right problems included torture; and rape.", ["torture", "rape"]),
    ("Human rights problems were largely limited to corruption.", ["corruption"]),
    ("The main human rights issues were limited to forced labor.", ["forced labor"]),
    ("The chief human rights problems were confined to corruption.", ["corruption"]),
    (
        "The weavers suffered grave violations of human rights by the guild including: torture; "
        "and forced labor.",
        ["torture", "forced labor"],
    ),
    (
        "The chief human rights problems consisted of torture; and corruption.",
        ["torture", "corruption"],
    ),
    ("A human rights concern was overcrowding in prisons.", ["overcrowding in prisons"]),
    (
        "Serfs endured human rights violations at the hands of stewards, including: torture; rape.",
        ["torture", "rape"],
    ),
    (
        "There were several reports of serious human rights abuses during the year: the death of a "
        "weaver in custody; and corruption.",
        ["the death of a weaver in custody", "corruption"],
    ),
    (
        "Human rights issues included corruption. The navy was also responsible for torture; "
        "arbitrary arrests; and rape.",
        ["corruption", "torture", "arbitrary arrests", "rape"],
    ),
    (
        "The crown was responsible for the killing of weavers; burning of barns; and looting.",
        ["the killing of weavers", "burning of barns", "looting"],
    ),
    (
        "The navy was responsible for numerous abuses: torture; and rape.",
        ["torture", "rape"],
    ),
    (
        "Human rights issues included torture; and rape. Problems with courts included corruption.",
        ["torture", "rape", "corruption"],
    ),
    ("There were reports of grave abuses during the year: torture; rape.", ["torture", "rape"]),
    (
        "Human rights issues included, but were not limited to, torture; and rape.",
        ["torture", "rape"],
    ),
    (
        "Coast guard abuses unrelated to the feud included torture, arbitrary arrest, and rape.",
        ["torture", "arbitrary arrest", "rape"],
    ),
    (
        "The main human rights problems stemmed from the feud of two houses. These included "
        "killings; and arson, extortion, and corruption.",
        ["killings", "arson, extortion, and corruption"],
    ),
    (
        "Observers reported other human rights problems. They included torture; and child labor.",
        ["torture", "child labor"],
    ),
    (
        "Crimes against humanity occurred against the hill people. These crimes were continuing "
        "and included: rape; forced labor; and torture.",
        ["rape", "forced labor", "torture"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), LEAD_INS)
def test_every_form_of_a_lead_in_opens_its_list(text, expected):
    read = read_issues(["Norland is a kingdom.", text])
    assert ([each.text for each in read.items], read.unread) == (expected, ())
    assert read.status is IssueStatus.LISTED


LAST_VERBS = [
    ("Human rights issues included torture, cases of which included whipping; and rape.", 2),
    ("Human rights problems were killings, including of nuns: two were reported; and rape.", 2),
    ("Human rights issues included torture by guards, including: whipping; and rape.", 2),
]


@pytest.mark.parametrize(("text", "count"), LAST_VERBS)
def test_a_verb_behind_the_first_problem_is_no_part_of_the_lead_in(text, count):
    read = read_issues([text])
    assert len(read.items) == count
    assert read.items[0].text.startswith(("torture", "killings"))


NO_ISSUES = [
    "The vote was marred by reports of human rights abuses against weavers.",
    "The march ended in peace but was followed by several serious human rights problems.",
    "The feud of two houses was the cause of most human rights abuses.",
    "Drought in the hills was at the bottom of the most serious human rights problems.",
    "Two editors were victims of serious human rights abuses.",
    "The crown took steps against human rights problems. These included dismissals; and trials.",
    "Human rights abuses included in the report of the League were denied.",
    "Talks on human rights issues included a visit to the salt pans.",
    "Economic problems included inflation; and poor roads.",
    "The Ministry of Ports was responsible for harbors; the navy for isles; the army for borders.",
    "Weak courts contributed to disorder but corruption was a serious human rights problem.",
    "The dam was with its many camps a driver of major human rights problems.",
]


@pytest.mark.parametrize("sentence", NO_ISSUES)
def test_what_a_sentence_does_not_call_a_problem_is_no_issue(sentence):
    read = read_issues([sentence, "Human rights issues included torture; and corruption."])
    assert [each.text for each in read.items] == ["torture", "corruption"]


PROBLEMS = [
    ("Corruption was one of the most serious human rights problems.", ["Corruption"]),
    ("Child labor was a third major area of concern in human rights.", ["Child labor"]),
    ("Child labor constituted another significant human rights problem.", ["Child labor"]),
]


@pytest.mark.parametrize(("sentence", "expected"), PROBLEMS)
def test_what_it_calls_one_is(sentence, expected):
    assert [each.text for each in read_issues([sentence]).items] == expected


ONE = [
    "violence and threats of violence against weavers, members of guilds, and pilgrims",
    "crimes, violence, or threats of violence motivated by envy",
    "crimes involving violence or threats of violence targeting weavers",
    "crimes motivated by antisemitism, racism, or hatred of the hill people",
    "poor prison and detention center conditions",
    "anti-Norlandic and anti-Semitic incidents",
    "police violence against migrants, pilgrims, and Vesken",
    "discrimination against weavers; Vesken; and Halvi and Norren",
    "violence and discrimination against women",
    "restrictions on speech; including fines for cartoonists",
]
MANY = [
    (
        "domestic violence and discrimination against the hill people",
        ["domestic violence", "discrimination against the hill people"],
    ),
    (
        "arbitrary arrest and crimes, violence, or threats of violence motivated by envy",
        ["arbitrary arrest", "crimes, violence, or threats of violence motivated by envy"],
    ),
    (
        "violence motivated by race, religion, or ethnicity and serious corruption",
        ["violence motivated by race, religion, or ethnicity", "serious corruption"],
    ),
    (
        "limits on speech and credible reports of forced labor",
        ["limits on speech", "credible reports of forced labor"],
    ),
    (
        "torture; limits on speech, and credible reports of forced labor; and corruption",
        ["torture", "limits on speech", "credible reports of forced labor", "corruption"],
    ),
    (
        "killings targeting judges by gangs and killings targeting weavers by the coast guard",
        [
            "killings targeting judges by gangs",
            "killings targeting weavers by the coast guard",
        ],
    ),
    (
        "the existence of laws against blasphemy and grave acts of corruption",
        ["the existence of laws against blasphemy", "grave acts of corruption"],
    ),
    (
        "corruption and, though rarely applied, criminal libel laws",
        ["corruption", "though rarely applied, criminal libel laws"],
    ),
    (
        "police abuse of weavers and pilgrims and violence and discrimination against women",
        ["police abuse of weavers and pilgrims", "violence and discrimination against women"],
    ),
    (
        "child labor, and crimes, violence, or threats of violence motivated by envy",
        ["child labor", "crimes, violence, or threats of violence motivated by envy"],
    ),
    (
        "bribery in courts, including child courts, as well as discrimination against the Vesken",
        ["bribery in courts, including child courts", "discrimination against the Vesken"],
    ),
    ("laws on “foreign quills;” torture; and rape", ["laws on “foreign quills", "torture", "rape"]),
    ("torture;. rape;. and corruption", ["torture", "rape", "corruption"]),
    ("torture; [2] rape [3]; and [4] corruption", ["torture", "rape", "corruption"]),
    (
        "torture; corruption in courts, serious restrictions on speech, including fines, and jail; "
        "and rape",
        [
            "torture",
            "corruption in courts",
            "serious restrictions on speech, including fines, and jail",
            "rape",
        ],
    ),
    (
        "torture; limits on poets, including jail, serious restrictions on paper, and fines; rape",
        [
            "torture",
            "limits on poets, including jail, serious restrictions on paper, and fines",
            "rape",
        ],
    ),
]


@pytest.mark.parametrize("issue", ONE)
def test_what_belongs_together_is_one_issue(issue):
    for body, more in ((issue, []), (f"corruption; {issue}", ["corruption"])):
        read = read_issues([f"Significant human rights issues included: {body}."])
        assert [each.text for each in read.items] == [*more, issue]


@pytest.mark.parametrize(("body", "expected"), MANY)
def test_what_is_several_issues_is_parted(body, expected):
    read = read_issues([f"Significant human rights issues included: {body}."])
    assert [each.text for each in read.items] == expected


REPORTS = [
    ("included: reports of torture; rape; and theft", "torture", True),
    ("included: numerous reports of torture; rape; and theft", "torture", True),
    ("included: credible reports and allegations of: torture; rape; theft", "torture", True),
    ("included: reports of torture; rape; and reports of theft", "reports of torture", False),
    ("included: torture; and reports of rape", "torture", False),
]


@pytest.mark.parametrize(("words", "first", "is_hedged"), REPORTS)
def test_reports_of_lead_the_whole_list_unless_a_later_issue_repeats_them(words, first, is_hedged):
    read = read_issues([f"Significant human rights issues {words}."])
    assert (read.items[0].text, read.leads[0].is_hedged) == (first, is_hedged)


EXISTED = [
    ("Discrimination against women persisted.", ["Discrimination against women"]),
    ("Corruption and child labor were also reported.", ["Corruption", "child labor"]),
    (
        "Violence against women was widespread; police rarely acted.",
        ["Violence against women was widespread; police rarely acted"],
    ),
    ("Elections were common.", []),
    ("Impunity was widespread.", []),
]


@pytest.mark.parametrize(("sentence", "expected"), EXISTED)
def test_after_a_list_a_problem_that_is_said_to_exist_is_a_further_issue(sentence, expected):
    read = read_issues([f"Human rights issues included torture; and rape. {sentence}"])
    assert [(each.text, each.rank) for each in read.items[2:]] == [
        (text, IssueRank.FURTHER) for text in expected
    ]
    assert read_issues([sentence]).status is IssueStatus.UNPARSED


def test_a_list_that_goes_on_without_a_rank_of_its_own_keeps_that_of_the_list_before_it():
    read = read_issues(
        ["Other human rights problems included torture; and rape. Societal abuses included arson."]
    )
    assert {each.rank for each in read.items} == {IssueRank.OTHER}


SCOPES = [
    (
        "Human rights issues involving officers of the crown included: torture; and theft. Other "
        "significant human rights issues included: rape; and arson.",
        "involving officers of the crown",
    ),
    (
        "The navy of Southmark committed abuses in the occupied isles. Other significant human "
        "rights issues included: rape; and arson.",
        "The navy of Southmark",
    ),
    (
        "Human rights issues during the year included: torture; and theft. Other significant human "
        "rights issues included: rape; and arson.",
        "",
    ),
    (
        "Members of the security forces committed some abuses. Other significant human rights "
        "issues included: rape; and arson.",
        "",
    ),
    (
        "Human rights abuses by the navy in isles that were besieged took many forms and included "
        "credible reports of: rape; and arson.",
        "by the navy in isles that were besieged",
    ),
    (
        "Officers of the queen committed human rights abuses, including reports of: rape; arson.",
        "Officers of the queen",
    ),
]


@pytest.mark.parametrize(("text", "scope"), SCOPES)
def test_a_list_of_others_takes_the_actor_of_the_sentence_before_it(text, scope):
    assert read_issues([text]).leads[-1].scope == scope


GROUPS = [
    (
        "Rebel bands in the hills also committed abuses, including hostage taking; and rape.",
        "Rebel bands in the hills",
    ),
    (
        "Despite the truce, armed groups \u2013 including the Reed Front \u2013 reportedly "
        "perpetrated human rights abuses, including the following: hostage taking; and rape.",
        "armed groups \u2013 including the Reed Front",
    ),
    (
        "Abuses by militias of the hills reportedly grew and included: hostage taking; and rape.",
        "militias of the hills",
    ),
    (
        "Militias of the hills committed abuses all year. According to pilgrims, these abuses "
        "included hostage taking; and rape.",
        "Militias of the hills",
    ),
    (
        "Militias of the hills committed abuses. Abuses included hostage taking; and rape.",
        "Militias of the hills",
    ),
    (
        "Insurgents were responsible for grave abuses, including hostage taking; and rape.",
        "Insurgents",
    ),
    (
        "Insurgents were responsible for hostage taking; and rape.",
        "Insurgents",
    ),
]


@pytest.mark.parametrize(("text", "group"), GROUPS)
def test_what_groups_outside_the_state_did_is_listed_under_them(text, group):
    read = read_issues(["Human rights issues included torture; and corruption.", text])
    assert read.status is IssueStatus.LISTED
    assert [(each.text, each.group, each.rank) for each in read.items[2:]] == [
        ("hostage taking", group, IssueRank.FURTHER),
        ("rape", group, IssueRank.FURTHER),
    ]


def test_a_group_keeps_the_issues_that_stand_in_blocks_of_their_own_and_no_others():
    read = read_issues(
        [
            "Rebel bands committed human rights abuses, including:",
            "hostage taking;",
            "rape.",
            "Human rights issues included torture; and corruption.",
        ]
    )
    assert [(each.text, each.group) for each in read.items] == [
        ("hostage taking", "Rebel bands"),
        ("rape", "Rebel bands"),
        ("torture", ""),
        ("corruption", ""),
    ]
    assert read.status is IssueStatus.LISTED


@pytest.mark.parametrize(("text", "group"), GROUPS)
def test_alone_it_is_no_list_of_the_summary(text, group):
    read = read_issues([text])
    assert (read.status, read.items) == (IssueStatus.UNPARSED, ())
    assert read.reason


NOT_THEIRS = [
    "Soldiers who fought rebels committed abuses, including rape and arson.",
    "The armed forces committed abuses, including rape and arson.",
    "Police units that hunted gangs engaged in abuses, such as beatings and theft.",
]


@pytest.mark.parametrize("sentence", NOT_THEIRS)
def test_what_the_state_did_against_such_groups_is_not_listed_under_them(sentence):
    read = read_issues(["Human rights issues included torture; and corruption.", sentence])
    assert [each.group for each in read.items] == ["", ""]


def test_a_lead_in_that_names_such_a_group_as_the_actor_gives_it_to_its_issues():
    read = read_issues(["Human rights abuses by armed groups included: rape; and hostage taking."])
    assert {(each.group, each.rank) for each in read.items} == {
        ("armed groups", IssueRank.PRINCIPAL)
    }


@pytest.mark.skipif(not CASES.exists(), reason=f"the reviewed issue lists {CASES} are not here")
def test_the_reviewed_lists_are_read_as_expected(subtests: pytest.Subtests):
    cases = [each for each in json.loads(CASES.read_text("utf-8")) if "issues" in each["expected"]]
    assert len(cases) >= 25
    for case in cases:
        with subtests.test(kind=case["kind"]):
            read = read_issues(case["text"])
            found = {"status": read.status, "issues": [each.text for each in read.items]}
            assert found == case["expected"]
