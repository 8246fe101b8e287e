"""How headings and paragraphs become a summary, notes and sections."""

from __future__ import annotations

import pytest

from scrapers.read.outline import SECTION_NUMBER, outline
from scrapers.read.page import Block
from scrapers.read.parts import SECTION_TITLE, SUBTITLE


def title(text: str, tag: str = "h3") -> Block:
    return Block(text, tag, frozenset({SECTION_TITLE}))


def number(text: str) -> Block:
    return Block(text, "", frozenset({SECTION_NUMBER}))


def heading(text: str) -> Block:
    return Block(text, "h3")


def paras(*texts: str) -> list[Block]:
    return [Block(text) for text in texts]


def row(*links: str) -> Block:
    return Block(" | ".join(links), links=list(links))


@pytest.mark.parametrize(
    "name",
    [
        "EXECUTIVE SUMMARY",
        "Executive Summary",
        "executive summary",
        "Executive Summary Title",
        "Executive Summary:",
        "EXECUTIVE SUMMARY.",
        "1. Executive Summary",
        "I. EXECUTIVE SUMMARY",
        "executive  summary  title :",
    ],
)
def test_summary_is_found_under_every_heading_it_has_had(name: str) -> None:
    reading = outline([title(name), *paras("One.", "Two.")])
    assert (reading.heading, reading.blocks) == (name, ("One.", "Two."))


@pytest.mark.parametrize("name", ["Executive Summary of the Annex", "Summary", "Executive"])
def test_other_headings_begin_no_summary(name: str) -> None:
    reading = outline([title(name), *paras("One.")])
    assert reading.blocks == ()
    assert [section.heading for section in reading.sections] == [name]


def test_the_first_summary_heading_with_text_wins() -> None:
    flow = [title("Executive Summary"), title("EXECUTIVE SUMMARY"), *paras("One.")]
    assert outline(flow).heading == "EXECUTIVE SUMMARY"
    assert outline(flow).blocks == ("One.",)


def test_heading_without_text_is_told_as_such() -> None:
    reading = outline(
        [title("Executive Summary"), number("Section 1."), title("Life"), *paras("A")]
    )
    assert (reading.heading, reading.blocks) == ("Executive Summary", ())
    assert reading.sections[0].heading == "Life"


@pytest.mark.parametrize(
    ("flow", "sections"),
    [
        ([number("Section 1."), title("Life")], [("1", "Life")]),
        ([number("Section 2:"), title("Liberty")], [("2", "Liberty")]),
        ([title("Section 3. Security of the Person")], [("3", "Security of the Person")]),
        ([number("Section I."), title("Demography")], [("I", "Demography")]),
        ([title("SECTION IV. Policy and Engagement")], [("IV", "Policy and Engagement")]),
        ([title("Section II:")], [("II", "")]),
        ([title("Section I found")], [("", "Section I found")]),
        ([title("Life")], [("", "Life")]),
        ([number("Section 1."), title("Life"), title("Endnote")], [("1", "Life"), ("", "Endnote")]),
        ([title("Life"), title("Life")], [("", "Life"), ("", "Life")]),
        ([title("SECTION 4 Corruption")], [("4", "Corruption")]),
        ([title("Section 5.")], [("5", "")]),
        ([title("Sections of the Act")], [("", "Sections of the Act")]),
        ([title("Section 2 of the act")], [("", "Section 2 of the act")]),
        ([number("Section 6."), *paras("A."), title("Life")], [("6", ""), ("", "Life")]),
        ([number("Section 7."), number("Section 8."), title("Life")], [("7", ""), ("8", "Life")]),
    ],
)
def test_sections_carry_their_printed_number(
    flow: list[Block], sections: list[tuple[str, str]]
) -> None:
    reading = outline([title("Executive Summary"), *paras("One."), *flow])
    assert [(section.number, section.heading) for section in reading.sections] == sections


def test_sub_headings_are_blocks_of_their_section() -> None:
    flow = [title("Executive Summary"), *paras("One."), title("Life"), heading("a. X"), *paras("Y")]
    assert outline(flow).sections[0].blocks == ("a. X", "Y")
    assert outline(flow).sections[0].subheadings == (0,)


def test_sub_heading_is_told_by_its_class_too() -> None:
    disguised = Block("b. X", "", frozenset({SUBTITLE}))
    flow = [title("Executive Summary"), *paras("One."), title("Life"), *paras("Y"), disguised]
    assert outline(flow).sections[0].subheadings == (1,)


def test_section_before_the_summary_is_a_section() -> None:
    flow = [title("SENSITIVE BUT"), *paras("A."), title("Executive Summary"), *paras("One.")]
    reading = outline(flow)
    assert (reading.blocks, reading.notes) == (("One.",), ())
    assert [(each.heading, each.blocks) for each in reading.sections] == [
        ("SENSITIVE BUT", ("A.",))
    ]


def test_words_under_a_second_summary_heading_are_kept() -> None:
    flow = [title("Executive Summary"), *paras("One."), title("Executive Summary"), *paras("Two.")]
    reading = outline(flow)
    assert reading.blocks == ("One.",)
    assert [each.blocks for each in reading.sections] == [("Two.",)]


def test_text_before_the_first_section_is_the_summary_where_no_title_says_so() -> None:
    reading = outline([*paras("One.", "Two."), number("Section 1."), title("Life"), *paras("A")])
    assert (reading.heading, reading.blocks) == ("", ("One.", "Two."))
    assert [section.heading for section in reading.sections] == ["Life"]


def test_row_of_links_is_no_introduction() -> None:
    reading = outline([row("North", "South"), number("Section 1."), title("Life"), *paras("A")])
    assert (reading.blocks, reading.notes) == ((), ())


def test_titles_without_numbers_make_no_summary_of_what_stands_before_them() -> None:
    reading = outline([*paras("One."), title("Related"), *paras("A")])
    assert (reading.heading, reading.blocks) == ("", ())


@pytest.mark.parametrize(
    "note",
    [
        "Note: This report was updated 4/07/17.",
        "(Note: see the annex.)",
        "ANNOUNCEMENT: An addendum follows.",
        "READ A SECTION: COAST (BELOW) | FOREST",
    ],
)
def test_marked_notes_stand_apart_from_the_prose(note: str) -> None:
    reading = outline([title("Executive Summary"), *paras(note, "Noteworthy rain fell.")])
    assert reading.blocks == ("Noteworthy rain fell.",)
    assert reading.notes == (note,)


def test_preface_is_a_note_and_rows_of_links_are_nothing() -> None:
    flow = [
        title("Read a Section: Coast"),
        row("North", "South"),
        *paras("The coast is long."),
        title("EXECUTIVE SUMMARY"),
        *paras("One."),
        heading("Read a Section"),
        row("North", "South"),
    ]
    reading = outline(flow)
    assert (reading.blocks, reading.notes, reading.sections) == (
        ("One.",),
        ("The coast is long.",),
        (),
    )


def test_prose_with_a_link_is_prose() -> None:
    linked = Block("See the annex of 2020.", links=["/annex/"])
    assert outline([title("Executive Summary"), linked]).blocks == ("See the annex of 2020.",)


def test_report_pasted_into_its_summary_is_cut_at_its_sections() -> None:
    pasted = "EXECUTIVE SUMMARY One. Section 1. Life A. Section 2. Liberty B."
    reading = outline([title("Executive Summary Title"), *paras(pasted, "B2.", "Section 3. C.")])
    assert reading.blocks == ("One.",)
    assert [(section.number, section.blocks) for section in reading.sections] == [
        ("1", ("Life A.",)),
        ("2", ("Liberty B.", "B2.")),
        ("3", ("C.",)),
    ]


def test_mention_of_a_section_does_not_cut_a_summary_that_has_sections() -> None:
    text = "As Section 1. of the act says, one."
    reading = outline([title("Executive Summary"), *paras(text), title("Life"), *paras("A")])
    assert reading.blocks == (text,)


def test_pasted_report_is_cut_beside_a_section_of_its_own() -> None:
    pasted = "One. Section 1. Life A. Section 2. Liberty B."
    reading = outline([title("Executive Summary"), *paras(pasted), title("Endnote"), *paras("C.")])
    assert reading.blocks == ("One.",)
    assert [section.number for section in reading.sections] == ["1", "2", ""]


def test_summary_keeps_its_short_lines_where_nothing_is_cut() -> None:
    flow = [title("Executive Summary"), *paras("Section 1. Life", "Short line", "One.")]
    reading = outline([*flow, title("Endnote"), *paras("C.")])
    assert reading.blocks == ("Section 1. Life", "Short line", "One.")
    assert reading.notes == ()


def test_report_without_any_title_is_read_from_its_lines() -> None:
    reading = outline(paras("EXECUTIVE SUMMARY", "One.", "Section 1. Life", "a. X", "A."))
    assert (reading.heading, reading.blocks) == ("EXECUTIVE SUMMARY", ("One.",))
    assert [(each.heading, each.blocks) for each in reading.sections] == [("Life", ("a. X", "A."))]


@pytest.mark.parametrize("marks", ["<", "***", "\u2014 _ \u2026"])
def test_summary_without_a_letter_is_empty(marks: str) -> None:
    reading = outline([title("Executive Summary"), *paras(marks), title("Life"), *paras("A")])
    assert (reading.heading, reading.blocks) == ("Executive Summary", ())


def test_page_without_any_title_says_nothing() -> None:
    reading = outline(paras("One.", "Two."))
    assert (reading.heading, reading.blocks, reading.sections) == ("", (), ())
