"""How a report is cut whose headings are plain lines, or run on in a paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text.canonical import canonical_block
from scrapers.read.page import Block
from scrapers.read.plain_outline import begins_sections, cut_at_sections, cut_at_summary


def cut(*texts: str) -> tuple[list[str], list[tuple[str, str, tuple[str, ...]]]]:
    head, sections = cut_at_sections([Block(text) for text in texts])
    told = [(each.number, each.heading, each.blocks) for each in sections]
    return [block.text for block in head], told


@pytest.mark.parametrize(
    ("line", "number", "heading"),
    [
        ("Section 1 Respect for Boats, Including:", "1", "Respect for Boats, Including:"),
        ("Section 1. Life", "1", "Life"),
        ("SECTION 2: LIBERTY", "2", "LIBERTY"),
        ("Section 3 \u2013 Boats", "3", "Boats"),
        ("Section 4 .", "4", ""),
        ("Section 11", "11", ""),
        ("Section I. Demography", "I", "Demography"),
        ("SECTION IV: Policy", "IV", "Policy"),
        ("Section III", "III", ""),
    ],
)
def test_line_of_its_own_begins_a_section(line: str, number: str, heading: str) -> None:
    assert cut("One.", line, "A boat sank.") == (["One."], [(number, heading, ("A boat sank.",))])
    assert begins_sections(Block(line))


@pytest.mark.parametrize(
    "text",
    [
        "Section 1 of the act applies to boats.",
        "Section 14 The court held that boats may sail.",
        "Sections 1 and 2 apply.",
        "Section one",
        "Section I Boats",
        "Section VIIII. Boats",
        "Section i. Boats",
        "Section 123 Boats",
    ],
)
def test_prose_that_names_a_section_begins_none(text: str) -> None:
    assert cut("One.", text) == (["One.", text.strip()], [])


def test_heading_element_may_end_in_a_full_stop() -> None:
    assert begins_sections(Block("Section 7. Worker Rights.", "h3"))
    assert not begins_sections(Block("Section 7. Worker Rights."))


def test_number_alone_takes_the_next_line_as_its_title() -> None:
    assert cut("Section 1", "Life", "A boat sank.")[1] == [("1", "Life", ("A boat sank.",))]
    assert cut("Section 1.", "A boat sank.")[1] == [("1", "", ("A boat sank.",))]


def test_line_over_all_sections_is_a_section_without_text() -> None:
    _, sections = cut("RESPECT FOR HUMAN RIGHTS", "Section 1 Life", "A.")
    assert sections == [("", "RESPECT FOR HUMAN RIGHTS", ()), ("1", "Life", ("A.",))]


@pytest.mark.parametrize(
    ("text", "before", "sections"),
    [
        ("One. Section 1. Life A. Section 2. B.", ["One."], [("1", "Life A."), ("2", "B.")]),
        ("One.Section 1.Life A.", ["One."], [("1", "Life A.")]),
        ("Section 1. Life A.", [], [("1", "Life A.")]),
        ("One. Section I. Life A. Section II. B.", ["One."], [("I", "Life A."), ("II", "B.")]),
        ("One. Section I Life A.", ["One. Section I Life A."], []),
        ("One. Under Section 1. The court A.", ["One. Under Section 1. The court A."], []),
        ("One. Section 1. of the act.", ["One. Section 1. of the act."], []),
        ("One. Section 2. The court A.", ["One. Section 2. The court A."], []),
        (
            "One. Section 1. A. The act. Section 7. B. Section 2. C.",
            ["One."],
            [("1", "A. The act. Section 7. B."), ("2", "C.")],
        ),
        (
            "One. RESPECT FOR HUMAN RIGHTS Section 1 Respect for Boats was kept.",
            ["One."],
            [("1", "Respect for Boats was kept.")],
        ),
    ],
)
def test_sections_that_run_on_follow_each_other_between_sentences(
    text: str, before: list[str], sections: list[tuple[str, str]]
) -> None:
    head, told = cut(text)
    assert head == before
    assert [(number, " ".join(blocks)) for number, _, blocks in told] == sections


def test_section_that_runs_on_has_a_title_where_its_first_part_is_lettered() -> None:
    text = "Section 1. Life and Boats a. Nests There were forty. Section 2. Liberty Gulls flew."
    assert cut(text)[1] == [
        ("1", "Life and Boats", ("a. Nests There were forty.",)),
        ("2", "Section 2.", ("Liberty Gulls flew.",)),
    ]


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("a. Disappearance", True),
        ("Women", True),
        ("Prison and Detention Center Conditions", True),
        ("a. There were no reports of boats that sank.", False),
        ("There were none.", False),
        ("two piers were closed;", False),
        ("women", False),
        ("Boats, piers, quays and " * 5, False),
        ("The following boats sank:", False),
    ],
)
def test_sub_heading_is_a_short_line_without_an_end(line: str, is_heading: bool) -> None:
    _, [section] = cut_at_sections([Block("Section 1 Life"), Block(line.strip())])
    assert section.subheadings == ((0,) if is_heading else ())


def test_blocks_given_stay_as_they_are() -> None:
    flow = [Block("Section 1 Life"), Block("Women")]
    cut_at_sections(flow)
    assert flow[1].tag == ""


@pytest.mark.parametrize(
    ("texts", "before", "heading", "rest"),
    [
        (["Executive Summary", "One."], [], "Executive Summary", ["One."]),
        (
            ["A preface.", "EXECUTIVE SUMMARY:", "One."],
            ["A preface."],
            "EXECUTIVE SUMMARY:",
            ["One."],
        ),
        (["EXECUTIVE SUMMARY One."], [], "EXECUTIVE SUMMARY", ["One."]),
        (["EXECUTIVE SUMMARYOne."], [], "EXECUTIVE SUMMARY", ["One."]),
        (["HARBOUR 2024 REPORT EXECUTIVE SUMMARY One."], [], "EXECUTIVE SUMMARY", ["One."]),
        (["Executive Summary The boats."], [], "Executive Summary", ["The boats."]),
        (["HARBOUR 2024 REPORT Executive Summary One."], [], "Executive Summary", ["One."]),
        (["The Executive Summary One."], [], "", ["The Executive Summary One."]),
        (["Executive summary pages were read."], [], "", ["Executive summary pages were read."]),
        (
            ["One. Two.", "See the Executive Summary."],
            [],
            "",
            ["One. Two.", "See the Executive Summary."],
        ),
        (["It has a page. EXECUTIVE SUMMARY"], [], "", ["It has a page. EXECUTIVE SUMMARY"]),
    ],
)
def test_summary_heading_is_taken_off_plain_text(
    texts: list[str], before: list[str], heading: str, rest: list[str]
) -> None:
    told_before, told, told_rest = cut_at_summary([Block(text) for text in texts])
    assert [block.text for block in told_before] == before
    assert told == heading
    assert [block.text for block in told_rest] == rest


WORDS = st.sampled_from(
    [
        "Section",
        "1.",
        "2",
        "3.",
        "RESPECT FOR HUMAN RIGHTS",
        "Life",
        "a.",
        "boats",
        "sank.",
        "under",
    ]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), max_size=8))
def test_no_word_is_lost_and_none_changes_its_place(texts: list[str]) -> None:
    head, sections = cut_at_sections([Block(canonical_block(text)) for text in texts])
    told = [block.text for block in head]
    for section in sections:
        told += [section.heading, *section.blocks]
    numbers = {"Section", "1.", "2", "3.", "RESPECT", "FOR", "HUMAN", "RIGHTS", "2."}
    assert [w for w in " ".join(told).split() if w not in numbers] == [
        w for w in " ".join(texts).split() if w not in numbers
    ]
