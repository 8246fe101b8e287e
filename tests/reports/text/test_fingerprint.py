"""The hashes: equal exactly where the words, blocks or bytes are equal."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from reports.model.reading import Reading, Section
from reports.text.canonical import canonical_blocks, words
from reports.text.fingerprint import payload_sha256, text_sha256, words_sha256

BLOCKS = st.lists(st.text(st.sampled_from("ab \u00a0\u200b"), max_size=6)).map(canonical_blocks)


def test_text_hash_is_the_one_of_the_contract() -> None:
    told = hashlib.sha256("Fog \u2013 and ice.\nRain.".encode()).hexdigest()
    assert text_sha256(["Fog \u2013 and ice.", "Rain."]) == told


def test_payload_hash_is_of_the_bytes_alone() -> None:
    assert payload_sha256(b"\xff\x00") == hashlib.sha256(b"\xff\x00").hexdigest()


@given(BLOCKS, BLOCKS)
def test_equal_text_hashes_are_equal_texts(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (text_sha256(one) == text_sha256(other)) == ("\n".join(one) == "\n".join(other))


@given(BLOCKS, BLOCKS)
def test_equal_word_hashes_are_equal_words(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (words_sha256(one) == words_sha256(other)) == (words(one) == words(other))


@given(BLOCKS, st.data())
def test_paragraphs_cut_elsewhere_have_the_same_words(
    blocks: tuple[str, ...], data: st.DataObject
) -> None:
    told = words(blocks)
    cut = data.draw(st.integers(0, len(told)))
    assert words_sha256([" ".join(told[:cut]), " ".join(told[cut:])]) == words_sha256(blocks)


def reading(summary: tuple[str, ...], *sections: Section) -> Reading:
    return Reading("EXECUTIVE SUMMARY", summary, ("Note: A note.",), sections)


def test_words_of_a_report_are_summary_headings_and_sections() -> None:
    whole = reading(("One.",), Section("1", "Life", ("a. Gulls", "Many.")), Section("", "", ("X",)))
    assert whole.all_blocks == ("One.", "Life", "a. Gulls", "Many.", "X")


def test_edit_in_a_section_changes_the_report_and_not_the_summary() -> None:
    before = reading(("One.",), Section("1", "Life", ("Many.",)))
    after = reading(("One.",), Section("1", "Life", ("Few.",)))
    assert before.text_sha256 == after.text_sha256
    assert before.words_sha256 != after.words_sha256
    assert before.report_sha256 != after.report_sha256
    assert before.sections[0].section_sha256 != after.sections[0].section_sha256


def test_paragraph_split_in_two_is_cited_otherwise_and_no_edit() -> None:
    before, after = reading(("One. Two.",)), reading(("One.", "Two."))
    assert before.text_sha256 != after.text_sha256
    assert before.words_sha256 == after.words_sha256


def test_notes_and_the_summary_heading_are_no_words_of_the_report() -> None:
    plain = Reading("Executive Summary", ("One.",))
    noted = Reading("EXECUTIVE SUMMARY", ("One.",), ("Note: A note.",))
    assert plain.words_sha256 == noted.words_sha256


def test_heading_of_a_section_is_not_counted_among_its_words() -> None:
    assert Section("1", "Life and Limb", ("Three more words.", "Two more.")).word_count == 5
