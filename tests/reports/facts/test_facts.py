"""What the stock sentences of a summary say, as values with the sentences themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.facts.read import (
    Accountability,
    CivilianControl,
    ForceAbuseScale,
    Nonstate,
    Trend,
    read_facts,
)
from reports.model.reading import Facts
from reports.text.canonical import canonical_blocks

UNUSED = None

TRENDS = [
    ("There were no significant changes in the human rights situation in Zembla.", "no_change"),
    ("There were no changes to the human rights situation during the year.", "no_change"),
    ("The human rights situation in Zembla remained largely unchanged.", "no_change"),
    ("The human rights situation did not improve during the year.", "no_change"),
    ("There was no improvement in the human rights situation in Zembla.", "no_change"),
    ("The human rights situation in Zembla deteriorated during the year.", "worsened"),
    ("The floods severely worsened the human rights situation in the country.", "worsened"),
    ("Zembla's already severe restrictions on human rights worsened in some areas.", "worsened"),
    ("There were notable negative changes in the human rights situation.", "worsened"),
    ("The human rights record remained poor and worsened in several key areas.", "worsened"),
    ("The human rights situation in Zembla improved during the year.", "improved"),
    ("There were two positive human rights developments in Zembla.", "improved"),
    (
        "There were no significant changes in the human rights situation, but the new law on harps "
        "silenced the north.",
        "mixed",
    ),
    (
        "The human rights situation improved in the north, and the human rights situation in the "
        "south deteriorated.",
        "mixed",
    ),
    ("Although the king fell, there were no changes in the human rights situation.", "no_change"),
    ("There were notable changes in the human rights situation in Zembla.", UNUSED),
    ("The government promised to improve the human rights situation.", UNUSED),
    ("There were no significant changes in human rights during the year.", "no_change"),
    ("The human rights situation in Zembla continued to deteriorate.", "worsened"),
    ("There was a significant deterioration in respect for human rights.", "worsened"),
    ("There were some improvements in human rights during the year.", "improved"),
    ("There were no improvements in human rights organizations' work.", UNUSED),
    ("The human rights situation of beekeepers worsened.", UNUSED),
    ("Prison conditions improved, although the courts did not.", UNUSED),
    ("The government held elections under an improved law.", UNUSED),
]


@pytest.mark.parametrize(("said", "value"), TRENDS)
def test_the_trend_is_what_the_sentence_says_of_the_situation(said, value):
    assert value_of("trend", said) == value


CONTROLS = [
    ("Civilian authorities maintained effective control over the security forces.", "full"),
    ("The queen maintained effective control over the security forces.", "full"),
    ("The Ministry of Justice maintained effective civilian control over the police.", "full"),
    ("While civilian authorities maintained control over the police, laws were unclear.", "full"),
    ("The security forces reported to civilian authorities.", "full"),
    (
        "Civilian authorities maintained control over the army, although gangs operated outside "
        "the control of officials.",
        "full",
    ),
    ("Civilian authorities generally maintained effective control over the army.", "generally"),
    (
        "Although authorities generally maintained control over the security forces, there were "
        "instances in which soldiers acted independently of civilian control.",
        "generally",
    ),
    ("Civilian authorities did not always maintain control of the police.", "at_times_not"),
    ("Civilian authorities at times did not maintain control of the police.", "at_times_not"),
    ("Civilian authorities, at times, did not maintain control of the police.", "at_times_not"),
    ("Civilian authorities failed at times to maintain control over the army.", "at_times_not"),
    ("Civilian control of the security forces remained weak.", "at_times_not"),
    ("Soldiers on occasion acted independently of civilian control.", "at_times_not"),
    ("Some security forces reported to civilian authorities.", "at_times_not"),
    (
        "The government maintained control over its army but did not maintain effective control "
        "over the brigades of the north.",
        "at_times_not",
    ),
    ("Civilian authorities did not maintain effective control over the army.", "none"),
    ("Authorities generally did not maintain effective control over the army.", "none"),
    ("Civilian authorities routinely failed to maintain control over the army.", "none"),
    ("The security forces did not report to civilian authorities.", "none"),
    ("Civilian authorities maintained effective control.", "full"),
    ("Civilian authorities maintained effective control over both forces.", "full"),
    ("The armed forces were under civilian control.", "full"),
    ("Civilian authorities maintained nominal control over the police.", "at_times_not"),
    ("Civilian authorities exercised no control over the army.", "none"),
    ("Security forces were not under effective civilian control.", "none"),
    ("The junta maintained effective control over the security forces.", UNUSED),
    ("The rebels maintained control over the police of the north.", UNUSED),
    ("Civilian authorities maintained control over the borders.", UNUSED),
    ("The extent of civilian control over the army was unclear.", UNUSED),
    ("The king maintained control over the courts and the newspapers.", UNUSED),
    ("Civilian control over the army improved.", UNUSED),
]


@pytest.mark.parametrize(("said", "value"), CONTROLS)
def test_civilian_control_is_as_far_as_the_sentence_says(said, value):
    assert value_of("civilian_control", said) == value


SCALES = [
    ("Members of the security forces committed some abuses.", "some"),
    ("There were credible reports that members of the police committed some abuses.", "some"),
    ("There were reports members of the security forces committed abuses.", "some"),
    ("Security forces committed abuses.", "some"),
    ("Members of the security forces and armed groups committed some abuses.", "some"),
    (
        "There were no reports that members of the security forces committed systematic abuses, "
        "although there were credible reports that border guards beat fishermen.",
        "some",
    ),
    ("Members of both forces committed some abuses.", "some"),
    ("Members of the security forces committed few abuses.", "few"),
    ("Members of the national guard committed isolated abuses.", "few"),
    ("Members of the security forces committed numerous abuses.", "numerous"),
    ("Members of the security forces committed serious and pervasive abuses.", "numerous"),
    ("Police committed numerous abuses, and the army committed some abuses.", "numerous"),
    ("Members of the security forces committed no abuses.", "none"),
    ("There were no reports that members of the security forces committed abuses.", "none"),
    ("There were no reports that the security forces committed any serious abuses.", "none"),
    ("Members of the security forces were not reported to have committed abuses.", "none"),
    ("Members of the security forces are not known to have committed abuses.", "none"),
    ("Rebels of the Armed Forces of the North committed numerous abuses.", UNUSED),
    ("The government punished members of the police who committed abuses.", UNUSED),
    ("Gangs committed numerous abuses.", UNUSED),
    ("Members of the police committed to a new code.", UNUSED),
]


@pytest.mark.parametrize(("said", "value"), SCALES)
def test_the_scale_of_abuse_is_that_of_the_security_forces(said, value):
    assert value_of("force_abuse_scale", said) == value


OFFICIALS = "officials who may have committed human rights abuses"
ACCOUNTS = [
    (f"The government took credible steps to identify and punish {OFFICIALS}.", "credible"),
    (f"The government generally took credible steps to identify {OFFICIALS}.", "credible"),
    (f"The government took some credible steps to identify {OFFICIALS}.", "some"),
    (f"The government took credible steps in some cases to punish {OFFICIALS}.", "some"),
    (f"In some cases, the government took credible steps to punish {OFFICIALS}.", "some"),
    (f"The government took steps to investigate and prosecute {OFFICIALS}.", "some"),
    (f"The government had mechanisms in place to identify and punish {OFFICIALS}.", "some"),
    ("The government investigated, prosecuted, and punished police and soldiers.", "some"),
    (
        f"The government made efforts to prosecute {OFFICIALS}, and impunity was not a problem.",
        "some",
    ),
    (
        f"The government took credible steps to punish {OFFICIALS}, but impunity remained.",
        "some",
    ),
    (f"The government took limited steps to identify and punish {OFFICIALS}.", "limited"),
    (f"The government took limited credible steps to identify {OFFICIALS}.", "limited"),
    (f"The government took credible but inconsistent steps to punish {OFFICIALS}.", "limited"),
    (f"The government seldom took credible steps to identify {OFFICIALS}.", "limited"),
    (f"The government took few or no steps to punish {OFFICIALS}.", "limited"),
    (f"The government did little to identify or punish {OFFICIALS}.", "limited"),
    (f"The government selectively prosecuted {OFFICIALS}.", "limited"),
    ("Government efforts to punish officials who committed abuses were inconsistent.", "limited"),
    ("Authorities rarely prosecuted or punished officials.", "limited"),
    ("Officials who committed abuses were rarely held accountable.", "limited"),
    ("The government took little action against officials who committed abuses.", "limited"),
    ("The government tried to investigate officials with limited means.", "some"),
    (
        "The government sometimes took steps to dismiss officials who committed abuses but rarely "
        "prosecuted them.",
        "limited",
    ),
    (
        f"Authorities took steps to punish {OFFICIALS}, but their actions were insufficient.",
        "inadequate",
    ),
    (f"The government took steps to punish {OFFICIALS}, but impunity existed.", "inadequate"),
    (f"The government did not adequately investigate {OFFICIALS}.", "inadequate"),
    (f"In several cases the government did not punish {OFFICIALS}.", "inadequate"),
    ("Impunity was widespread.", "inadequate"),
    (f"The government did not take credible steps to identify and punish {OFFICIALS}.", "none"),
    (f"The government did not take credible steps or action to punish {OFFICIALS}.", "none"),
    (f"The regime took no steps to identify or punish {OFFICIALS}.", "none"),
    (f"The government also failed to take steps to punish {OFFICIALS}.", "none"),
    (f"There were no reports that authorities took steps to punish {OFFICIALS}.", "none"),
    ("The government did not initiate or conclude investigations of officials.", "none"),
    ("Officials who committed abuses were not prosecuted.", "none"),
    ("The government lacked mechanisms to punish officials who committed abuses.", "none"),
    ("Impunity was not a problem.", UNUSED),
    ("There were no reports of impunity.", UNUSED),
    ("Public perceptions of impunity persisted.", UNUSED),
    ("Officials engaged in corrupt practices with impunity.", UNUSED),
    ("The government investigated attacks by pirates and prosecuted some of them.", UNUSED),
    ("The ministry is responsible for investigating crimes.", UNUSED),
    (
        "Significant human rights issues included: impunity of officials; lack of investigation "
        "and punishment of police.",
        UNUSED,
    ),
]


@pytest.mark.parametrize(("said", "value"), ACCOUNTS)
def test_accountability_is_how_the_report_calls_the_steps(said, value):
    assert value_of("accountability", said) == value


def test_a_sentence_on_impunity_beside_the_one_on_steps_belongs_to_it():
    steps = "The government took some steps to prosecute officials who committed abuses."
    facts = read_facts(["Zembla is flat.", f"{steps} Nevertheless, impunity was a problem. Rain."])
    assert facts.accountability is not None
    assert facts.accountability.value == Accountability.INADEQUATE
    assert facts.accountability.text == f"{steps} Nevertheless, impunity was a problem."


def test_steps_against_officials_outweigh_mechanisms_and_impunity_said_before():
    steps = "The government took limited steps to punish officials who committed abuses."
    facts = read_facts(
        ["The government utilized mechanisms to punish police.", "Impunity grew.", steps]
    )
    assert facts.accountability is not None
    assert (facts.accountability.text, facts.accountability.block) == (steps, 2)


OUTSIDERS = [
    ("Nonstate armed groups committed killings and abductions.", "yes"),
    ("Criminal gangs killed civilians in the north.", "yes"),
    ("Armed groups, including the Herons, operated with impunity and beat fishermen.", "yes"),
    ("Abductions by rebels continued.", "yes"),
    ("The government investigated attacks by militias.", "yes"),
    ("Terrorist groups were reported to have killed numerous civilians.", "yes"),
    ("The government reached an agreement with the rebels.", UNUSED),
    ("Security forces killed villagers in operations against insurgents.", UNUSED),
    ("In its response to the insurgents, the army said, security forces killed farmers.", UNUSED),
    ("Government-linked militias committed abuses.", UNUSED),
    ("The police committed some abuses.", UNUSED),
    ("The office combats organized crime and terrorism.", UNUSED),
    (
        "Significant human rights issues included: killings by gangs; abductions by rebels.",
        UNUSED,
    ),
]


@pytest.mark.parametrize(("said", "value"), OUTSIDERS)
def test_abuses_outside_the_state_are_told_from_what_the_state_does_about_them(said, value):
    assert value_of("nonstate", said) == value


def value_of(part: str, said: str) -> str | None:
    facts = read_facts(["Zembla is a kingdom of 200 isles.", said])
    fact = getattr(facts, part)
    if fact is None:
        return None
    assert (fact.text, fact.block, fact.start) == (said, 1, 0)
    return fact.value


def test_every_value_of_every_part_is_reached_by_one_of_these_sentences():
    reached = {
        Trend: TRENDS,
        CivilianControl: CONTROLS,
        ForceAbuseScale: SCALES,
        Accountability: ACCOUNTS,
        Nonstate: OUTSIDERS,
    }
    for values, sentences in reached.items():
        assert {value for _, value in sentences if value} == {each.value for each in values}


def test_a_summary_without_stock_sentences_has_no_facts():
    assert read_facts(["Zembla is a kingdom of 200 isles.", ""]) == Facts()
    assert read_facts([]) == Facts()


PHRASES = [said for table in (TRENDS, CONTROLS, SCALES, ACCOUNTS, OUTSIDERS) for said, _ in table]


@given(st.lists(st.lists(st.one_of(st.sampled_from(PHRASES), st.text())).map(" ".join)))
def test_every_fact_is_a_literal_part_of_its_block(texts):
    blocks = canonical_blocks(texts)
    facts = read_facts(blocks)
    for part in ("trend", "civilian_control", "force_abuse_scale", "accountability", "nonstate"):
        if fact := getattr(facts, part):
            assert blocks[fact.block][fact.start : fact.start + len(fact.text)] == fact.text


@pytest.mark.parametrize(
    "unit",
    [
        "impunity took ",
        "gangs ",
        "human rights situation ",
        "civilian a-",
        "security forces committed ",
        "maintained effective control ",
        "government did not or and ",
        "Impunity. ",
    ],
)
def test_hostile_text_is_read_in_bounded_time(unit):
    with bounded():
        read_facts([unit * (1_000_000 // len(unit)), unit * (45_000 // len(unit))])
