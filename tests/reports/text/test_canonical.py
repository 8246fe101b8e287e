"""The canonical text: the form in which words are hashed, compared and cited."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text.canonical import canonical_block, canonical_blocks, words

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(" \t\n\r\u00a0\u2003\u2009\u202f\u3000\u200b\ufeff\u200c\u00ade\u0301"),
        st.sampled_from("\u200d\u0647\ufe0f\u034f\u2068\ufb03\u0338=\u180e\U0001f33e\ud800"),
    )
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a  b", "a b"),
        ("  a\t\r\n b ", "a b"),
        ("a\u00a0b\u202fc\u2009d\u3000e", "a b c d e"),
        ("a\u200bb", "ab"),
        ("a\U000e0061\U000e007fb", "ab"),
        ("\ufeffa", "a"),
        ("a \u200b b", "a b"),
        ("\u200b \ufeff", ""),
        ("e\u0301", "\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("\u212b", "\u00c5"),
        ("2\u00bd\u00aa", "2\u00bd\u00aa"),  # compatibility forms stay: NFC, not NFKC
        ("\u201cquoted\u201d \u2013 it\u2019s", "\u201cquoted\u201d \u2013 it\u2019s"),
        ("Case STAYS", "Case STAYS"),
        ("", ""),
    ],
)
def test_block_has_one_form(text: str, canonical: str) -> None:
    assert canonical_block(text) == canonical


@pytest.mark.parametrize(
    "unseen",
    [
        *("\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f"),
        *("\u2060", "\u2062", "\u2066", "\u2067", "\u2068", "\u2069", "\u206d", "\ufe0f", "\ufeff"),
        "\u200d\u00ad\u200c",
    ],
)
def test_what_nobody_sees_is_no_word_wherever_it_stands(unseen: str) -> None:
    marked = f"{unseen}The har{unseen}bour{unseen}, {unseen} as \u201cthey\u201d said{unseen}."
    assert canonical_block(marked) == "The harbour, as \u201cthey\u201d said."
    assert canonical_block(f"har{unseen}bour") == "harbour"


@pytest.mark.parametrize("mover", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"])
def test_what_moves_letters_stays(mover: str) -> None:
    assert canonical_block(f"a {mover}b") == f"a {mover}b"


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0647\u200d.",  # at a word's end
        "\u0915\u094d\u200d\u0937",  # Devanagari
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",  # Sinhala
        "\U0001f468\u200d\U0001f33e",  # one picture of two
        "1\ufe0f\u20e3",  # a digit in its box
    ],
)
def test_joiners_stay_where_they_are_seen(text: str) -> None:
    assert canonical_block(text) == text


def test_ligatures_are_read_as_their_letters() -> None:
    typeset = "\ufb00 \ufb01 \ufb02 \ufb03 \ufb04 \ufb05 \ufb06: of\ufb01cials"
    assert canonical_block(typeset) == "ff fi fl ffi ffl st st: officials"


@given(TEXTS)
def test_canonical_form_is_its_own_canonical_form(text: str) -> None:
    once = canonical_block(text)
    assert canonical_block(once) == once


@given(TEXTS)
def test_canonical_form_is_normal_and_single_spaced(text: str) -> None:
    block = canonical_block(text)
    assert unicodedata.is_normalized("NFC", block)
    assert "  " not in block
    assert block == block.strip()
    assert not {"\u200b", "\ufeff", "\u00a0", "\n"} & set(block)


@given(st.lists(TEXTS), st.sampled_from([" ", "\u00a0", "\n\t", " \u200b "]))
def test_kind_of_space_between_words_leaves_no_trace(parts: list[str], space: str) -> None:
    assert canonical_block(space.join(parts)) == canonical_block(" ".join(parts))


def test_empty_blocks_are_dropped_and_order_is_kept() -> None:
    assert canonical_blocks(["b", " ", "\u200b", "", "a  c"]) == ("b", "a c")


@given(st.lists(TEXTS))
def test_words_do_not_know_paragraphs(texts: list[str]) -> None:
    blocks = canonical_blocks(texts)
    assert words(blocks) == words([" ".join(blocks)])
    assert all(words(blocks))
