"""Moved paragraphs: the law holds, their words are no edit, and the fewest words count as moved."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.compare.diff import (
    Comparison,
    Op,
    ReadingComparison,
    compare_blocks,
    compare_readings,
    unified_text,
)
from reports.model.reading import Reading, Section
from reports.text.canonical import words

LAW = "The law of the islands provides for an independent judiciary and free courts."
PRESS = "Police closed two newspapers in the harbour town and arrested their editors in May."
PRISON = "Guards in the northern prison held inmates without light for weeks at a time."
LABOR = "Fishermen could form unions, but the ministry of ports registered none of them."
SHORT = "Freedom of Movement"


def sides(comparison: Comparison) -> tuple[list[str], list[str]]:
    """Take out the insertions, then the deletions: what is left are the two texts' words."""
    pieces = [piece for paragraph in comparison.paragraphs for piece in paragraph]
    return (
        words(piece.text for piece in pieces if piece.op is not Op.INSERT),
        words(piece.text for piece in pieces if piece.op is not Op.DELETE),
    )


def applied(comparison: Comparison, before: list[str]) -> list[str]:
    """Apply a comparison to the words of the old text, which it must fit."""
    rest, made = list(before), []
    for piece in (piece for paragraph in comparison.paragraphs for piece in paragraph):
        taken = words([piece.text])
        if piece.op is not Op.INSERT:
            assert rest[: len(taken)] == taken
            del rest[: len(taken)]
        if piece.op is not Op.DELETE:
            made += taken
    assert not rest
    return made


def marked(before: list[str], after: list[str]) -> str:
    return unified_text(compare_blocks(before, after))


PARAGRAPH = st.sampled_from([LAW, PRESS, PRISON, LABOR, SHORT, "No.", PRESS.replace("two", "six")])
TEXT = st.lists(PARAGRAPH, max_size=8)


@given(TEXT, TEXT, st.sampled_from([None, 0.01, 2e-9, 0.0]))
def test_a_comparison_applied_to_the_old_text_gives_the_new_one(before, after, deadline):
    compared = compare_blocks(before, after, deadline)
    assert applied(compared, words(before)) == words(after)
    assert compared.is_same == (words(before) == words(after))


@given(TEXT, TEXT, TEXT, TEXT)
def test_it_does_so_where_paragraphs_move_between_sections(one, two, three, four):
    before = Reading("", tuple(one), sections=(Section("1", "Courts", tuple(two)),))
    after = Reading("", tuple(three), sections=(Section("1", "Courts", tuple(four)),))
    compared = compare_readings(before, after)
    assert applied(compared.summary, words(one)) == words(three)
    assert applied(compared.sections[0].comparison, words(["Courts", *two])) == words(
        ["Courts", *four]
    )
    assert compared.is_same == (words(one) == words(three) and words(two) == words(four))


@given(TEXT, TEXT)
def test_every_moved_word_left_one_place_and_arrived_at_one(before, after):
    compared = compare_blocks(before, after)
    pieces = [piece for paragraph in compared.paragraphs for piece in paragraph]
    left = {n: [p.text for p in pieces if p.move == n and p.op is Op.DELETE] for n in range(1, 9)}
    arrived = {
        n: [p.text for p in pieces if p.move == n and p.op is Op.INSERT] for n in range(1, 9)
    }
    assert left == arrived
    assert compared.words_moved == len(words(t for texts in arrived.values() for t in texts))


@given(st.permutations([LAW, PRESS, PRISON, LABOR]))
def test_a_reordering_adds_and_removes_no_word(after):
    compared = compare_blocks([LAW, PRESS, PRISON, LABOR], after)
    assert (compared.words_added, compared.words_removed) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [LAW, PRESS, PRISON],
            [PRESS, PRISON, LAW],
            f"[>1: {LAW}>]\n\n{PRESS}\n\n{PRISON}\n\n{{>1: {LAW}>}}",
            id="the one that moved is marked, not the two it passed",
        ),
        pytest.param(
            [LAW, PRESS, PRISON, LABOR],
            [PRISON, LAW, PRESS, LABOR.replace("none", "two")],
            f"{{>1: {PRISON}>}}\n\n{LAW}\n\n{PRESS}\n\n[>1: {PRISON}>]\n\n"
            "Fishermen could form unions, but the ministry of ports registered [-none-] {+two+} of"
            " them.",
            id="an edit beside a move is still seen word by word",
        ),
        pytest.param(
            [LAW, PRESS, PRISON],
            [PRESS, PRISON, LAW.replace("independent", "obedient")],
            "[>1: The law of the islands provides for an>] [-independent-]"
            " [>1: judiciary and free courts.>]"
            f"\n\n{PRESS}\n\n{PRISON}\n\n"
            "{>1: The law of the islands provides for an>} {+obedient+}"
            " {>1: judiciary and free courts.>}",
            id="a paragraph edited while it moved",
        ),
        pytest.param(
            [SHORT, LAW, "Courts", PRESS, PRISON],
            ["Courts", PRESS, PRISON, SHORT, LAW],
            f"[>1: {SHORT}>]\n\n[>1: {LAW}>]\n\nCourts\n\n{PRESS}\n\n{PRISON}\n\n"
            f"{{>1: {SHORT}>}}\n\n{{>1: {LAW}>}}",
            id="a sub-heading moves with its paragraph, as one move",
        ),
        pytest.param(
            ["Calm.", PRESS], [PRESS, "Calm."], f"[>1: Calm.>]\n\n{PRESS}\n\n{{>1: Calm.>}}",
            id="a short paragraph moves within its text",
        ),
        pytest.param(
            [PRESS, LAW, PRESS], [LAW, PRESS], f"[-{PRESS}-]\n\n{LAW}\n\n{PRESS}",
            id="a repeated paragraph that is cut is removed, not moved",
        ),
    ],
)  # fmt: skip
def test_it_reads_as_a_person_would_mark_it(before, after, expected):
    assert marked(before, after) == expected


def compared_sections(before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]):
    old, new = (
        Reading("", ("Calm.",), sections=tuple(Section("", h, b) for h, b in each.items()))
        for each in (before, after)
    )
    return compare_readings(old, new)


def test_a_move_between_sections_says_where_from_and_where_to():
    compared: ReadingComparison = compared_sections(
        {"Courts": (LAW, PRESS), "Prisons": (PRISON,)},
        {"Courts": (LAW,), "Prisons": (PRISON, PRESS)},
    )
    assert [(m.origin, m.destination, m.words, m.paragraphs) for m in compared.moves] == [
        ("Courts, paragraph 2", "Prisons, paragraph 2", 14, 1)
    ]
    assert (compared.words_added, compared.words_removed, compared.words_moved) == (0, 0, 14)
    assert not compared.is_same
    assert [name for name, _ in compared.changed] == ["Courts", "Prisons"]


def test_a_short_phrase_said_anew_in_another_section_has_not_moved():
    compared = compared_sections(
        {"Courts": ("Calm.", LAW), "Prisons": (PRISON,)},
        {"Courts": (LAW,), "Prisons": (PRISON, "Calm.")},
    )
    assert (compared.words_added, compared.words_removed, compared.moves) == (1, 1, ())


def test_a_section_that_changed_places_moved_with_its_heading():
    compared = compared_sections(
        {"Courts": (LAW, PRESS), "Prisons": (PRISON, LABOR), "Elections": (SHORT,)},
        {"Prisons": (PRISON, LABOR), "Courts": (LAW, PRESS), "Elections": (SHORT,)},
    )
    assert (compared.words_added, compared.words_removed) == (0, 0)
    assert len(compared.moves) == 1
    assert compared.moves[0].origin.endswith("its heading")


def test_a_rewritten_report_of_many_paragraphs_costs_no_search_for_likenesses():
    draw = random.Random(7)
    texts = [
        [" ".join(f"w{draw.randrange(900)}" for _ in range(40)) for _ in range(3000)]
        for _ in range(2)
    ]
    compared = compare_blocks(*texts)
    assert compared.words_moved == 0


def test_a_reversed_text_of_many_paragraphs_is_told_in_little_time():
    before = [f"{PRESS} This was incident number {n} of the year." for n in range(5000)]
    compared = compare_blocks(before, before[::-1])
    assert (compared.words_added, compared.words_removed) == (0, 0)
