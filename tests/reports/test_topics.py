"""What the taxonomy promises, and how issues are filed under its topics."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.topics import TaxonomyError, Topic, normalised, read_taxonomy, taxonomy, topics_of

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


@given(TEXT)
def test_looking_words_up_first_finds_what_searching_every_topic_finds(text):
    searched = normalised(text)
    head = re.split(r",? (?:including|such as)\b", searched, maxsplit=1)[0]

    def speaks_of(topic: Topic) -> bool:
        place = head if topic.head_only else searched
        return any(re.search(pattern, place) for pattern in topic.patterns) and not any(
            re.search(veto, place) for veto in topic.vetoes
        )

    assert set(topics_of(text)) == {t.id for t in taxonomy().topics if speaks_of(t)}


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
