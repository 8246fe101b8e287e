"""What the taxonomy promises, and how issues are filed under its topics."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.topics.classify import (
    TaxonomyError,
    facets_of,
    find_topics,
    read_taxonomy,
    taxonomy,
    topics_of,
)
from reports.topics.taxonomy import Topic, normalised

ISSUES = [
    ("arbitrary killings by the coast guard", ("unlawful_killing",)),
    ("abduction of fishermen", ("enforced_disappearance",)),
    ("torture of smugglers", ("torture_cidt",)),
    ("overcrowded jails", ("prison_conditions",)),
    ("arbitrary arrest of beekeepers", ("arbitrary_detention",)),
    ("political prisoners", ("political_prisoners",)),
    ("problems with the independence of the judiciary", ("judiciary_fair_trial",)),
    ("transnational repression of exiled poets", ("transnational_repression",)),
    ("reading of letters in breach of privacy", ("privacy",)),
    ("punishment of relatives of deserters", ("collective_punishment",)),
    ("forced evictions from the marshes", ("property",)),
    ("war crimes by both fleets", ("conflict_abuses",)),
    ("censorship of ballads", ("free_expression_media",)),
    ("blocking of websites", ("internet_freedom",)),
    ("a ban on assembly in the harbour", ("assembly_association",)),
    ("restrictions on religious freedom", ("religion",)),
    ("exit bans for sailors", ("movement",)),
    ("mistreatment of asylum seekers", ("refugees_migrants",)),
    ("no free and fair elections", ("elections_participation",)),
    ("corruption among pilots", ("corruption",)),
    ("impunity of the guards", ("impunity",)),
    ("harassment of human rights defenders", ("hr_defenders_monitors",)),
    ("domestic violence", ("gender_based_violence",)),
    ("forced sterilization", ("reproductive_coercion",)),
    ("neglect of children in care", ("children",)),
    ("antisemitic attacks", ("antisemitism",)),
    ("racial discrimination", ("minorities_racial",)),
    ("seizure of indigenous fishing grounds", ("indigenous",)),
    ("exclusion of persons with disabilities", ("disability",)),
    ("laws against same-sex conduct", ("lgbtqi",)),
    ("trafficking in persons", ("trafficking",)),
    ("forced labor on salt pans", ("forced_labor",)),
    ("the worst forms of child labor", ("child_labor",)),
    ("prohibition of trade unions", ("worker_rights",)),
    ("recruitment of child soldiers", ("child_soldiers",)),
    ("TORTURE", ("torture_cidt",)),
    ("use of force by police to obtain confessions", ("torture_cidt",)),
    ("security force abuse", ("torture_cidt",)),
    ("harsh and life-threatening conditions", ("prison_conditions",)),
    ("delayed access to legal counsel by detainees", ("judiciary_fair_trial",)),
    ("intimidation of poets and other dissidents living abroad", ("transnational_repression",)),
    ("detaining government critics", ("free_expression_media",)),
    ("jailing of conscientious objectors", ("religion",)),
    ("violence against immigrants", ("refugees_migrants",)),
    ("inability of citizens to elect their upper house", ("elections_participation",)),
    ("harassment of labor leaders", ("worker_rights",)),
    ("seizure of starvation rations and land mines", ("conflict_abuses",)),
    ("massacres in the marshes", ("unlawful_killing",)),
    ("restrictions on workers\u2019 freedom of association", ("worker_rights",)),
    ("goose theft", ()),
    ("", ()),
]


@pytest.mark.parametrize(("text", "expected"), ISSUES)
def test_an_issue_is_filed_under_its_topics(text, expected):
    assert topics_of(text) == expected


def test_every_topic_is_reached_by_one_of_these_issues():
    reached = {topic for _, topics in ISSUES for topic in topics}
    assert reached == {topic.id for topic in taxonomy().topics}


def test_an_issue_may_carry_several_topics_those_of_its_head_first():
    assert topics_of("restrictions on the press, including surveillance of cartoonists") == (
        "free_expression_media",
        "privacy",
    )


def test_examples_do_not_file_an_issue_under_topics_that_look_at_its_head_alone():
    assert "unlawful_killing" in topics_of("killings of journalists")
    assert "unlawful_killing" not in topics_of("limits on the press, including killings of editors")


def test_a_veto_takes_a_topic_away():
    assert "trafficking" in topics_of("trafficking of sailors")
    assert "trafficking" not in topics_of("drug trafficking by sailors")


def test_the_taxonomy_keeps_the_facts_that_researchers_join_on():
    read = taxonomy()
    torture = next(topic for topic in read.topics if topic.id == "torture_cidt")
    assert len(read.topics) == 35
    assert len(read.groups) == 7
    assert dict(torture.rights) == {"udhr": (5,), "iccpr": (7, 10), "cat": ()}
    assert torture.ciri == ("TORT",)
    assert torture.is_pts
    assert dict(torture.sections) == {"2011_2023": "1.c", "2024": "3.a"}
    assert [facet.id for facet in read.actors][:2] == ["government", "security_forces"]


VOCABULARY = sorted(
    {word for topic in taxonomy().topics for p in topic.patterns for word in re.findall(r"\w+", p)}
)
TEXT = st.lists(
    st.one_of(st.sampled_from(VOCABULARY), st.sampled_from([",", ";", "including", "-"]), st.text())
).map(" ".join)


SOFT = [
    ("violence against members of national minorities", "minorities_racial", True),
    ("discrimination based on national origin", "minorities_racial", True),
    ("abuse of the national security law against sailors", "minorities_racial", False),
    ("a national census of minors", "minorities_racial", False),
    ("harassment of religious minorities", "minorities_racial", False),
    ("harassment of religious minorities", "religion", True),
    ("harassment of sexual minorities", "minorities_racial", False),
    ("harassment of sexual minorities", "lgbtqi", True),
    ("discrimination against women", "gender_based_violence", True),
    ("restrictions on the rights of women and fishermen", "gender_based_violence", True),
    ("trafficking of men, women, and children", "gender_based_violence", False),
    ("trafficking of women, men, and children", "gender_based_violence", False),
    ("killings of men and women", "gender_based_violence", False),
    ("\u201chonor\u201d killings of daughters", "gender_based_violence", True),
    ("\u201chonor\u201d killings of daughters", "unlawful_killing", False),
    ("limits on the press, including violence against journalists", "torture_cidt", False),
    ("limits on the press, including violence against journalists", "free_expression_media", True),
    ("violence against journalists by police", "torture_cidt", False),
    ("unjustified arrests of journalists", "free_expression_media", True),
    ("hate speech against islanders", "free_expression_media", False),
    ("crimes based on gender identity or expression", "free_expression_media", False),
    ("crimes based on gender identity or expression", "lgbtqi", True),
]


@pytest.mark.parametrize(("text", "topic", "is_filed"), SOFT)
def test_words_that_mislead_are_told_apart(text, topic, is_filed):
    assert (topic in topics_of(text)) is is_filed


def test_examples_say_what_an_issue_is_where_its_head_does_not():
    assert "unlawful_killing" in topics_of("serious misdeeds, such as killings and torture")
    assert "unlawful_killing" not in topics_of("censorship, such as killings of editors")


def test_what_matched_is_told_in_the_words_of_the_text_and_where_they_stand():
    text = "Torture\u00a0of sailors, and \u201cunlawful\u201d Killings by gendarmes"
    found = {match.topic: match for match in find_topics(text)}
    assert found["torture_cidt"].words == "Torture"
    assert found["unlawful_killing"].words == "unlawful\u201d Killings"
    assert found["unlawful_killing"].start == text.index("unlawful")


def test_whole_words_are_told_even_where_a_pattern_needs_only_their_beginning():
    assert [match.words for match in find_topics("limits on assemblies")] == ["assemblies"]


def test_a_text_that_cannot_be_matched_letter_by_letter_still_says_its_words():
    text = "e\u0301vidence of torture"
    assert [(match.words, match.start) for match in find_topics(text)] == [("torture", -1)]


FACETS = [
    ("torture by the police", [("actor", "security_forces", "police")]),
    (
        "beatings by gendarmes of the northern isle",
        [("actor", "security_forces", "gendarmes")],
    ),
    ("use of child soldiers by the state", [("actor", "government", "by the state")]),
    ("killings by criminal groups", [("actor", "nonstate_armed_group", "criminal groups")]),
    ("killings by non-state actors", [("actor", "nonstate_armed_group", "non-state actors")]),
    (
        "Serious limits set by the authorities",
        [("actor", "government", "by the authorities"), ("qualifier", "severity", "Serious")],
    ),
    (
        "laws against whistling, although the laws were not enforced",
        [("qualifier", "enforcement_note", "although the laws were not enforced")],
    ),
    ("isolated acts during the year", [("qualifier", "limited"), ("qualifier", "temporal")]),
    ("societal violence", [("actor", "society", "societal")]),
    ("withholding of wages by employers", [("actor", "employers", "employers")]),
    ("abuses by foreign forces", [("actor", "foreign_forces", "foreign forces")]),
    ("goose theft", []),
]


@pytest.mark.parametrize(("text", "expected"), FACETS)
def test_actors_and_qualifiers_are_told_with_the_words_that_name_them(text, expected):
    found = [(facet.kind, facet.facet, facet.words) for facet in facets_of(text)]
    assert [each[: len(want)] for each, want in zip(found, expected, strict=True)] == expected
    facets = facets_of(text)
    assert len(facets) == len(expected)
    assert all(text[f.start : f.start + len(f.words)] == f.words for f in facets)


def test_every_facet_is_reached_by_one_of_these_texts():
    reached = {facet for _, expected in FACETS for _, facet, *_ in expected}
    read = taxonomy()
    assert reached == {facet.id for facet in (*read.actors, *read.qualifiers)}


def test_the_rights_at_stake_are_named_for_a_reader():
    by_id = taxonomy().by_id
    assert by_id["torture_cidt"].rights_line == "UDHR 5; ICCPR 7, 10; CAT"
    assert by_id["child_labor"].rights_line == "UDHR 23, 25, 26; ICCPR 8, 24; ILO C138, C182"


@given(st.text())
@example("credible reports of torture by police and arbitrary arrest")
def test_what_matched_is_a_literal_part_of_the_text(text):
    for match in (*find_topics(text), *facets_of(text)):
        if match.start >= 0:
            assert text[match.start : match.start + len(match.words)] == match.words


@given(TEXT)
def test_found_topics_are_those_an_issue_is_filed_under(text):
    assert tuple(match.topic for match in find_topics(text)) == topics_of(text)


@given(TEXT)
def test_looking_words_up_first_finds_what_searching_every_topic_finds(text):
    searched = normalised(text)
    head = re.split(r",? (?:including|such as)\b", searched, maxsplit=1)[0]

    def found(topic: Topic, place: str) -> bool:
        place = place if topic.head_only else searched
        return any(re.search(pattern, place) for pattern in topic.patterns) and not any(
            re.search(veto, place) for veto in topic.vetoes
        )

    def begins_in_head(topic: Topic) -> bool:
        place = head if topic.head_only else searched
        starts = [m.start() for p in topic.patterns for m in [re.search(p, place)] if m]
        return found(topic, head) and min(starts) < len(head)

    place = head if any(map(begins_in_head, taxonomy().topics)) else searched
    assert set(topics_of(text)) == {t.id for t in taxonomy().topics if found(t, place)}


@given(st.text())
def test_normalising_is_idempotent_where_patterns_can_tell(text):
    once = normalised(text)
    assert topics_of(once) == topics_of(text)


def entry(**changes: str) -> str:
    row = {"id": '"theft"', "name": '"Theft"', "group": '"geese"', "patterns": r"['\btheft\b']"}
    lines = [f"{key} = {value}" for key, value in (row | changes).items() if value]
    return "\n".join(["[[topics]]", *lines])


def written(*entries: str) -> str:
    return "\n".join(['version = 1\ngroups = ["geese"]', *entries])


def test_a_taxonomy_of_ones_own_is_read():
    read = read_taxonomy(written(entry()))
    assert read.topics_of("theft of geese") == ("theft",)
    assert read.topics_of("of geese") == ()


WRONG = [
    (written(entry(), entry()), "'theft' is used twice"),
    (written(entry(id='"Goose Theft"')), "lower-case letters"),
    (written(entry(group='"ducks"')), "group 'ducks'"),
    (written(entry(patterns="[]")), "at least one pattern"),
    (written(entry(patterns=r"['\btheft(']")), "is wrong"),
    (written(entry(patterns=r"['\bTheft']")), "lower case"),
    (written(entry(patterns=r"['(theft|loss)?']")), "matches every text"),
    (written(entry(patterns=r"['theft']")), "begin with"),
    (written(entry(patterns=r'["\btheft"]')), "in single quotes"),
    (written(entry(patterns=r"['\bof geese']")), "begin with"),
    (written(entry(patterns=r"['\btheft|\bloss']")), "alternatives outside a group"),
    (written(entry(patterns=r"['\b(goose )?theft']")), "begin with"),
    (written(entry(patterns=r"['\b(theft|an? loss)']")), "begin with"),
    (written(entry(patterns=r"['\bthe?ft']")), "begin with"),
    (written(entry(patterns=r"['\btheft[(]']")), "no literal brackets"),
    (written(entry(vetoes=r"['(']")), "is wrong"),
    (written(entry(name="")), "lacks 'name'"),
    ("version = ", "not valid TOML"),
    (written(entry(), '[[actors]]\nid = "thief"\npatterns = [")"]'), "thief"),
]


@pytest.mark.parametrize(("toml", "message"), WRONG)
def test_a_wrong_taxonomy_is_refused_with_the_entry_and_what_to_correct(toml, message):
    with pytest.raises(TaxonomyError, match=re.escape(message)):
        read_taxonomy(toml)
