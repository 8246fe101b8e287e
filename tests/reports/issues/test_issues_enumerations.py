"""How a list without semicolons is parted into its issues, and when it is kept whole."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.issues.enumerations import parts_of
from reports.issues.read import read_issues
from reports.issues.split import split
from reports.text.passage import Passage


def parted(body: str) -> list[str]:
    return [words.text for words, _ in split(Passage(body))]


SERIES = [
    pytest.param(
        "torture, harsh prison conditions, and child labor",
        ["torture", "harsh prison conditions", "child labor"],
        id="every piece is a problem",
    ),
    pytest.param(
        "torture and abuse of detainees, arbitrary arrest, and incommunicado detention",
        ["torture and abuse of detainees", "arbitrary arrest", "incommunicado detention"],
        id="an inner and parts nothing",
    ),
    pytest.param(
        "censorship, discrimination against women, minorities, and lepers who beg, corruption",
        ["censorship, discrimination against women, minorities, and lepers who beg, corruption"],
        id="one unknown piece and the whole is kept",
    ),
    pytest.param(
        "censorship, discrimination against women, minorities, and migrants, and corruption",
        [
            "censorship",
            "discrimination against women, minorities, and migrants",
            "corruption",
        ],
        id="persons go on with what is done to them",
    ),
    pytest.param(
        "harsh prison conditions, restrictions on speech, press, and assembly, and child labor",
        ["harsh prison conditions", "restrictions on speech, press, and assembly", "child labor"],
        id="rights go on with what restricts them",
    ),
    pytest.param(
        "corruption, bans on harps, although never enforced, and child labor",
        ["corruption", "bans on harps, although never enforced", "child labor"],
        id="a qualifier stays with its issue",
    ),
    pytest.param(
        "police violence, libel laws (though courts, rarely, applied them), and child labor",
        ["police violence", "libel laws (though courts, rarely, applied them)", "child labor"],
        id="commas in brackets part nothing",
    ),
    pytest.param(
        "denial of fair trial, cruel, inhuman, or degrading treatment, and an inability to vote in "
        "free, fair, and periodic elections",
        [
            "denial of fair trial",
            "cruel, inhuman, or degrading treatment",
            "an inability to vote in free, fair, and periodic elections",
        ],
        id="fixed phrases keep their commas",
    ),
    pytest.param(
        "detention in “black cellars,” corruption, and child labor",
        ["detention in “black cellars,”", "corruption", "child labor"],
        id="a comma inside closing quotation marks",
    ),
    pytest.param(
        "threats to weavers ,allegations of bribery , and a ban on harps",
        ["threats to weavers", "allegations of bribery", "a ban on harps"],
        id="commas with misplaced spaces",
    ),
    pytest.param(
        "unlawful killings, a political prisoner, and corruption",
        ["unlawful killings", "a political prisoner", "corruption"],
        id="a person whose being held is the issue",
    ),
    pytest.param(
        "harassment, intimidation, and violence against weavers",
        ["harassment, intimidation, and violence against weavers"],
        id="lone acts share the persons of the last",
    ),
    pytest.param(
        "impunity for torture, rape, and arson",
        ["impunity for torture, rape, and arson"],
        id="the first may govern all",
    ),
    pytest.param(
        "those linked to weak courts, corruption, and child labor",
        ["those linked to weak courts, corruption, and child labor"],
        id="a first piece that only points",
    ),
    pytest.param(
        "excessive force, including torture, harsh prison conditions, and child labor",
        ["excessive force, including torture, harsh prison conditions, and child labor"],
        id="examples whose end is not certain",
    ),
    pytest.param(
        "threats against judges, political prisoners, and corruption",
        ["threats against judges, political prisoners, and corruption"],
        id="persons who may be an issue or go on with one",
    ),
    pytest.param(
        "corruption, and torture, and child labor",
        ["corruption, and torture, and child labor"],
        id="more than one last issue",
    ),
]


@pytest.mark.parametrize(("body", "expected"), SERIES)
def test_commas_part_issues_only_where_every_piece_is_known(body, expected):
    assert parted(body) == expected


PAIRS = [
    ("corruption and trafficking in persons", 2),
    ("unlawful killings, and torture or cruel, inhuman, or degrading treatment", 2),
    ("corruption, although judges tried cases, and child labor", 2),
    ("arbitrary arrest, and serious restrictions on press freedom, including jail and fines", 2),
    ("harsh prison conditions and laws against sorcery, although never enforced", 2),
    ("limits on press freedom, including fines for editors, and trafficking in persons", 2),
    ("arbitrary arrest and restrictions on press freedom, including censorship", 2),
    ("torture by guards, and consensual same-sex activity, although this was not enforced", 2),
    ("limits on press freedom, including fines for editors, and censorship", 1),
    ("restrictions on freedom of speech and freedom of assembly", 1),
    ("violence against women and indigenous persons", 1),
    ("torture and corruption and child labor", 1),
    ("restrictions on the press, including censorship and criminal libel laws", 1),
    ("arbitrary arrest and detention", 1),
    ("torture and cruel treatment", 1),
    ("discrimination and societal violence against weavers", 1),
    ("arbitrary arrest and unlawful detention of weavers", 1),
    ("exclusion of and violence against weavers", 1),
    ("harsh and life-threatening conditions in prisons", 1),
    ("harassment of editors and pressure on them", 1),
    ("corruption, trafficking in persons", 1),
]


@pytest.mark.parametrize(("body", "count"), PAIRS)
def test_only_a_single_and_between_two_issues_parts_a_pair(body, count):
    found = parted(body)
    assert len(found) == count
    assert count == 2 or found == [body]


def test_a_list_with_a_semicolon_is_never_cut_at_commas():
    body = "Human rights issues included torture, corruption, and child labor; and rape."
    assert [issue.text for issue in read_issues([body]).items] == [
        "torture, corruption, and child labor",
        "rape",
    ]


def test_an_enumeration_too_long_to_be_judged_is_kept_whole():
    assert len(parted("torture, corruption, " * 100 + "and child labor")) == 1


NOUNS = ["torture", "corruption", "women", "harsh ", "of ", "against "]
JOINTS = ["and ", ", ", ", and ", "including ", "which ", "; ", "(", ")"]
WORDS = st.sampled_from([*NOUNS, *JOINTS])


@given(st.lists(WORDS, max_size=40).map(" ".join))
@example("torture, arbitrary arrest, and censorship")
def test_parts_stand_in_order_and_lose_no_word_but_the_joining(body):
    parts = parts_of(Passage(body))
    reached = 0
    for part in parts:
        assert part.start >= reached
        assert body[part.start : part.end] == part.text
        assert body[reached : part.start].strip(" ,") in ("", "and", "and from")
        reached = part.end
    assert reached == len(body)
