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
    )
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a  b", "a b"),
        ("  a\t\r\n b ", "a b"),
        ("a\u00a0b\u202fc\u2009d\u3000e", "a b c d e"),
        ("a\u200bb", "ab"),
        ("\ufeffa", "a"),
        ("a \u200b b", "a b"),
        ("\u200b \ufeff", ""),
        ("e\u0301", "\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("\u212b", "\u00c5"),
        ("\ufb01", "\ufb01"),  # compatibility forms stay: NFC, not NFKC
        ("a\u200cb\u00adc\u2060d", "a\u200cb\u00adc\u2060d"),  # only U+200B and U+FEFF go
        ("\u201cquoted\u201d \u2013 it\u2019s", "\u201cquoted\u201d \u2013 it\u2019s"),
        ("Case STAYS", "Case STAYS"),
        ("", ""),
    ],
)
def test_block_has_one_form(text: str, canonical: str) -> None:
    assert canonical_block(text) == canonical


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
