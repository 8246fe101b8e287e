"""Tracked changes: accepting all gives the later text, rejecting all the earlier, to the letter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.compare.diff import Op, compare_blocks
from reports.compare.tracked import TrackedParagraph, track

WORD = st.sampled_from(["the", "of", "and", "credible", "reports", "torture;", "arrest.", "was"])
LONG = "One paragraph of more than eight words, which is long enough to move."
BLOCK = st.lists(WORD, max_size=12).map(" ".join) | st.sampled_from([LONG, f"{LONG} And more."])
BLOCKS = st.lists(BLOCK, max_size=6)
ANY_BLOCKS = st.lists(st.text(max_size=30), max_size=5)


def tracked(before: Sequence[str], after: Sequence[str]) -> tuple[TrackedParagraph, ...]:
    return track(compare_blocks(before, after).paragraphs, before, after)


def without(paragraphs: Sequence[TrackedParagraph], op: Op) -> tuple[str, ...]:
    """Return the paragraphs that are left if everything of one fate is taken out."""
    left: list[str] = []
    open_text = ""
    for paragraph in paragraphs:
        open_text += "".join(piece.text for piece in paragraph.pieces if piece.op is not op)
        if paragraph.mark is not op:
            left.append(open_text)
            open_text = ""
    return (*left, open_text) if open_text else tuple(left)


def canonical(blocks: Sequence[str]) -> tuple[str, ...]:
    """Return blocks with single spaces between their words, without those that have none."""
    single = (" ".join(word for word in block.split(" ") if word) for block in blocks)
    return tuple(block for block in single if block)


def shown(paragraphs: Sequence[TrackedParagraph]) -> list[str]:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[{}]", Op.INSERT: "<{}>"}
    return [
        "".join(marks[piece.op].format(piece.text) for piece in each.pieces)
        + marks[each.mark].format("¶")
        for each in paragraphs
    ]


@given(BLOCKS | ANY_BLOCKS, BLOCKS | ANY_BLOCKS)
def test_accepting_gives_the_later_text_and_rejecting_the_earlier(before, after):
    paragraphs = tracked(before, after)
    assert without(paragraphs, Op.DELETE) == canonical(after)
    assert without(paragraphs, Op.INSERT) == canonical(before)


@given(BLOCKS, BLOCKS)
def test_equal_texts_have_no_mark_and_different_ones_have_some(before, after):
    marks = [
        fate
        for each in tracked(before, after)
        for fate in (each.mark, *(piece.op for piece in each.pieces))
    ]
    assert (set(marks) <= {Op.EQUAL}) == (canonical(before) == canonical(after))


@given(BLOCKS, BLOCKS)
def test_the_last_mark_is_no_change_unless_a_text_is_empty(before, after):
    paragraphs = tracked(before, after)
    if canonical(before) and canonical(after):
        assert paragraphs[-1].mark is Op.EQUAL


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a b.", "a b.", ["a b.¶"], id="the same"),
        pytest.param("a b c.", "a c.", ["a [b ]c.¶"], id="a word cut in the middle"),
        pytest.param("a b c.", "b c.", ["[a ]b c.¶"], id="a word cut at the beginning"),
        pytest.param("a b", "a b c", ["a b< c>¶"], id="a word added at the end"),
        pytest.param("a b c.", "a x c.", ["a [b]<x> c.¶"], id="a word replaced"),
        pytest.param("a b.\nc d.", "a b.", ["a b.[¶]", "[c d.]¶"], id="a paragraph cut at the end"),
        pytest.param("a b.\nc d.", "c d.", ["[a b.][¶]", "c d.¶"], id="a paragraph cut before"),
        pytest.param("a b.", "x y.\na b.", ["<x y.><¶>", "a b.¶"], id="a paragraph added"),
        pytest.param("a b. c d.", "a b.\nc d.", ["a b.[ ]<¶>", "c d.¶"], id="a paragraph divided"),
        pytest.param("a b.\nc d.", "a b. c d.", ["a b.< >[¶]", "c d.¶"], id="paragraphs joined"),
        pytest.param(
            "a b.", "a b.\nx y.", ["a b.<¶>", "<x y.>¶"], id="a paragraph added at the end"
        ),
        pytest.param("a b.", "x y.", ["[a b.]<x y.>¶"], id="a paragraph replaced"),
        pytest.param("", "x y.", ["<x y.><¶>"], id="a text that is new"),
        pytest.param("a b.", "", ["[a b.][¶]"], id="a text that is gone"),
        pytest.param("", "", [], id="no text"),
    ],
)
def test_each_mark_stands_where_a_reader_expects_it(before, after, expected):
    assert shown(tracked(before.split("\n"), after.split("\n"))) == expected


def test_paragraphs_that_moved_keep_the_number_of_their_move():
    first, second = "First: " + LONG, "Second: " + LONG.replace("paragraph", "block")
    paragraphs = tracked([first, second, "Third."], [second, first, "Third."])
    moves = [(piece.op, piece.move) for each in paragraphs for piece in each.pieces if piece.move]
    assert moves == [(Op.DELETE, 1), (Op.INSERT, 1)] or moves == [(Op.INSERT, 1), (Op.DELETE, 1)]
    assert [each.mark for each in paragraphs].count(Op.EQUAL) == 2
