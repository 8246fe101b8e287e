"""Stock sentences of a summary: found literally, under the kinds that they state and no other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.facts.kinds import KIND_NAMES
from reports.facts.read import read_facts
from reports.text.canonical import canonical_blocks

SAID: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("stock_sentences.toml").read_text("utf-8")
)
OF_NO_KIND = SAID.pop("none")
BEFORE = "Zembla is a kingdom of 200 isles."


def kinds_of(said: str) -> list[str]:
    facts = read_facts([BEFORE, said])
    assert all((fact.text, fact.block, fact.start) == (said, 1, 0) for fact in facts)
    return [fact.kind for fact in facts]


@pytest.mark.parametrize(
    ("kind", "said"), [(kind, said) for kind, table in SAID.items() for said in table]
)
def test_a_stock_sentence_is_found_whole_under_its_kind(kind: str, said: str) -> None:
    assert kind in kinds_of(said)


@pytest.mark.parametrize("said", OF_NO_KIND)
def test_what_a_sentence_does_not_state_is_no_fact(said: str) -> None:
    assert kinds_of(said) == []


def test_every_kind_has_a_name_and_sentences() -> None:
    assert list(SAID) == list(KIND_NAMES)
    assert all(len(table) >= 12 for table in SAID.values())
    assert len(OF_NO_KIND) >= 100


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        (
            "Members of the security forces and armed groups committed some abuses.",
            ["force_abuse_scale", "nonstate"],
        ),
        (
            "Civilian authorities did not always maintain control over the army, and soldiers "
            "committed some abuses.",
            ["civilian_control", "force_abuse_scale"],
        ),
        (
            "Civilian authorities maintained control over the police, and the government had "
            "mechanisms to punish officers who committed abuses.",
            ["civilian_control", "accountability"],
        ),
        ("Rebels of the Armed Forces of the North committed numerous abuses.", ["nonstate"]),
        ("Irregular nongovernmental forces committed abuses.", ["nonstate"]),
    ],
)
def test_a_sentence_stands_under_each_kind_that_it_states(said: str, kinds: list[str]) -> None:
    assert kinds_of(said) == kinds


STEPS = "The government took some steps to prosecute officials who committed abuses."


@pytest.mark.parametrize(
    "impunity",
    [
        "Nevertheless, impunity was a problem.",
        "Impunity was not widespread.",
        "There were no reports of impunity.",
        "Impunity was a problem in corruption cases.",
    ],
)
def test_a_sentence_on_impunity_beside_the_one_on_steps_belongs_to_it(impunity: str) -> None:
    facts = read_facts([BEFORE, f"{STEPS} {impunity} Rain fell."])
    assert [(fact.kind, fact.text) for fact in facts] == [
        ("accountability", STEPS),
        ("accountability", impunity),
    ]
    assert [fact.start for fact in facts] == [0, len(STEPS) + 1]


@pytest.mark.parametrize(
    "other",
    [
        "Public perceptions of impunity persisted.",
        "Observers considered impunity widespread.",
        "Impunity for domestic violence persisted.",
    ],
)
def test_what_others_think_of_impunity_does_not_belong_to_it(other: str) -> None:
    assert [fact.text for fact in read_facts([f"{STEPS} {other}"])] == [STEPS]


@pytest.mark.parametrize("between", ["Rain fell.", "\n"])
def test_a_denial_of_impunity_that_stands_alone_says_nothing_of_officials(between: str) -> None:
    blocks = canonical_blocks([f"{STEPS} {between} Impunity was not widespread."])
    blocks = blocks if between.strip() else [STEPS, "Impunity was not widespread."]
    assert [fact.text for fact in read_facts(blocks)] == [STEPS]


def test_steps_against_officials_leave_out_sentences_on_abuses_alone() -> None:
    alone = "The government investigated some of these abuses."
    assert [fact.text for fact in read_facts([alone])] == [alone]
    assert [fact.text for fact in read_facts([alone, STEPS])] == [STEPS]


def test_facts_are_in_document_order_whatever_their_kind() -> None:
    blocks = [
        "Gangs committed abuses. There were no changes in the human rights situation.",
        STEPS,
        "Civilian authorities maintained control over the police. Impunity grew.",
    ]
    kinds = ["nonstate", "trend", "accountability", "civilian_control", "accountability"]
    facts = read_facts(blocks)
    assert [fact.kind for fact in facts] == kinds
    assert [(fact.block, fact.start) for fact in facts] == sorted(
        (fact.block, fact.start) for fact in facts
    )


def test_what_an_earlier_year_brought_is_no_trend_unless_this_year_is_named() -> None:
    earlier = "After the 2019 coup there were changes in the human rights situation"
    assert kinds_of(f"{earlier}.") == []
    assert kinds_of(f"{earlier} that went on: there were no changes during the year.") == ["trend"]
    assert kinds_of("Compared with 2019, the human rights situation improved.") == ["trend"]


def test_words_in_quotation_marks_are_somebody_elses() -> None:
    quoted = "The envoy spoke: “The king fell. Security forces committed abuses. It is over.”"
    assert read_facts([quoted]) == ()
    assert len(read_facts([quoted.replace("“", "").replace("”", "")])) == 1


def test_a_summary_without_stock_sentences_has_no_facts() -> None:
    assert read_facts([BEFORE, ""]) == ()
    assert read_facts([]) == ()


PHRASES = [said for table in SAID.values() for said in table]


@given(st.lists(st.lists(st.one_of(st.sampled_from(PHRASES), st.text())).map(" ".join)))
@example([" ".join(PHRASES[:40]), STEPS])
def test_every_fact_is_a_literal_part_of_its_block(texts: list[str]) -> None:
    blocks = canonical_blocks(texts)
    for fact in read_facts(blocks):
        assert fact.kind in KIND_NAMES
        assert blocks[fact.block][fact.start : fact.start + len(fact.text)] == fact.text


@pytest.mark.parametrize(
    "unit",
    [
        "impunity took ",
        "gangs ",
        "gangs and rebels, ",
        "human rights situation ",
        "civilian a-",
        "security forces committed ",
        "abuses by police and ",
        "police were reported to have ",
        "maintained effective control ",
        "government did not or and ",
        "Impunity. ",
        "The government took steps to punish officials. Impunity grew. ",
    ],
)
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    with bounded():
        read_facts([unit * (1_000_000 // len(unit)), unit * (45_000 // len(unit))])
