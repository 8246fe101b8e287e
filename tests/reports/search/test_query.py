"""Queries: how they are read, and where what they ask for stands in a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.search.folding import LONGEST_WORD, fold, folded_text, words_of
from reports.search.query import BadQuery, Phrase, find_marks, parse_query


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in find_marks(text, parse_query(query).phrases)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("torture", ["Torture", "torture"]),
        ("TORTURE", ["Torture", "torture"]),
        ('"arbitrary arrest"', ["arbitrary arrest"]),
        ("arrest*", ["arrest", "arrests"]),
        ("so-called", ["so-called"]),
        ("cote", ["Côte"]),
        ("Côte", ["Côte"]),
        ("torture -police", ["Torture", "torture"]),
        ("police OR judges", ["Police", "judges"]),
        ("nothing", []),
        ('"torture and arbitrary"', ["torture and arbitrary"]),
        ('"torture arbitrary"', []),
    ],
)
def test_what_a_query_asks_for_is_marked_where_it_stands(query: str, expected: list[str]) -> None:
    text = "Torture in Côte: torture and arbitrary arrest, or “so-called” arrests. Police; judges."
    assert marked(text, query) == expected


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("the govern\u00adment", "government"),
        ("the government", "govern\u00adment"),
        ("the har\u200bbour", "har\u2060bour"),
        ("a register of har\u00adbours", '"register of harbours"'),
        ("a register of harbours", '"register of har\u00adbours"'),
        ("a register of harbours", "\u201cregister of harbours\u201d"),
        ("a register of harbours", "\u00ab register of harbours \u00bb"),
        ("a register of harbours", "\u201eregister of harbours\u201c -\u201charbours of\u201d"),
        ("of\ufb01cials", "officials"),
        ("officials", "of\ufb01cials"),
        ("officials", "of\u200e\ufb01*"),
    ],
)
def test_what_nobody_sees_parts_no_word_in_text_or_query(text: str, query: str) -> None:
    found = marked(text, query)
    assert len(found) == 1
    assert folded_text(found[0]).split()[-1] in ("government", "harbour", "harbours", "officials")


def words_long(phrase: Phrase, words: list[str], start: int) -> int:
    """Return how many words a phrase takes at one of them, as one would look for it by eye."""
    there = words[start : start + len(phrase.words)]
    if phrase.is_beginning and len(there) == len(phrase.words):
        there[-1] = there[-1][: len(phrase.words[-1])]
    return len(there) if tuple(there) == phrase.words else 0


FEW = st.lists(st.sampled_from(["a", "b", "ab", "abb", "É", "—"]), max_size=30)
PHRASES = st.lists(st.tuples(FEW.map(lambda w: w[:4]), st.booleans()), min_size=1, max_size=6)


@given(FEW, PHRASES)
@example(["a", "a", "b", "—", "a", "É"], [(["a", "b"], False), (["a"], True), (["b", "a"], False)])
def test_the_longest_phrase_that_begins_at_a_word_is_marked(
    text: list[str], asked: list[tuple[list[str], bool]]
) -> None:
    folded = [(tuple(w.folded for w in words_of(" ".join(words))), last) for words, last in asked]
    phrases = [Phrase(words, last) for words, last in folded if words]
    words, marks, position = list(words_of(" ".join(text))), [], 0
    while position < len(words):
        alone = [word.folded for word in words]
        long = max((words_long(phrase, alone, position) for phrase in phrases), default=0)
        if long:
            marks.append((words[position].start, words[position + long - 1].end))
        position += long or 1
    assert find_marks(" ".join(text), phrases) == marks


def test_words_in_typographic_quotes_must_stand_side_by_side() -> None:
    assert not marked("harbours of a register", "\u201cregister of harbours\u201d")


@pytest.mark.parametrize("query", ["", "  ", "\u00ad", '""', "-torture", "*", "…", "- -"])
def test_a_query_without_a_word_is_refused_with_what_to_write(query: str) -> None:
    with pytest.raises(BadQuery, match="write one or more words"):
        parse_query(query)


def test_a_query_as_long_as_a_text_is_refused() -> None:
    with pytest.raises(BadQuery, match="at most 40"):
        parse_query("word " * 41)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except BadQuery:
        return
    assert query.clauses


@given(st.text())
@example("Straße, l’État & 12 ﬁnes")
def test_words_stand_where_they_are_said_to_and_fold_once(text: str) -> None:
    for word in words_of(text):
        assert word.start < word.end <= len(text)
        assert fold(word.folded) == word.folded
    assert folded_text(folded_text(text)) == folded_text(text)


WORD = st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd", "Mn"]), min_size=1, max_size=250)
LETTERS = st.text("\u00ad\u200d\u202e\ufe0f\u034faÉßǅİΣςⅣ𝔄한ﬁª١_-’ \u0301\u0345\u00a0", min_size=1)


@given(st.one_of(st.text(), LETTERS, st.lists(WORD).map(" ".join)))
@example("Çôte d’Ivoire: the Straße’s “so-called” ﬁles, 𝔄𝔟𝔲𝔰𝔢 in Łódź, ΣΊΣΥΦΟΣ_and İstanbul.")
@example(f"{'long' * 50} {'É' * 150} e\u0301 \u0345 한국 ⅣⅤ ªº\n\tend\u00a0of it")
@example(f"{'ﬁ' * 99} {'x' * LONGEST_WORD} {'x' * (LONGEST_WORD + 1)}y z")
def test_a_text_folded_as_a_whole_has_the_words_folded_one_by_one(text: str) -> None:
    one_by_one = [word.folded for word in words_of(text)]
    assert folded_text(text).split() == one_by_one
    assert all(len(word) <= LONGEST_WORD for word in one_by_one)


def test_every_letter_is_folded_in_a_text_as_in_a_word() -> None:
    stretches = ((0, 0x3000), (0xA000, 0xB000), (0xF900, 0x10000), (0x1D000, 0x1F200))
    letters = [chr(each) for start, end in stretches for each in range(start, end)]
    assert len(letters) > 20_000
    for start in range(0, len(letters), 1000):
        text = " ".join(f"a{each}b {each}" for each in letters[start : start + 1000])
        assert folded_text(text).split() == [word.folded for word in words_of(text)]
