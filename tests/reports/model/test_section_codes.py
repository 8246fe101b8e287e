"""A report is cut at its headings, and each piece has the code of what it is about, or none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reports.model.reading import Reading, Section
from reports.model.section_codes import (
    NO_OUTLINE,
    OTHER_NUMBER,
    UNKNOWN,
    Piece,
    section_codes,
)
from reports.text.fingerprint import text_sha256
from scrapers.registry import all_sources, source_named

HRR = "us-state-hrr"
EXAMPLES = Path(__file__).parents[2] / "examples"


def pieces(*sections: Section, source: str = HRR) -> list[Piece]:
    reading = Reading("EXECUTIVE SUMMARY", ("Of all.", "Of more."), sections=sections)
    return list(section_codes().pieces(source, reading))


def section(number: str, heading: str, *blocks: str) -> Section:
    """Make a section whose blocks that end without a full stop are its headings."""
    at = tuple(place for place, block in enumerate(blocks) if not block.endswith("."))
    return Section(number, heading, blocks, at)


PERSON = "Respect for the Integrity of the Person"
PRIVACY = "Arbitrary or Unlawful Interference with Privacy, Family, Home, or Correspondence"


@pytest.mark.parametrize(
    ("number", "title", "heading", "code"),
    [
        ("1", PERSON, "b. Disappearance", "1b"),
        ("1", f"{PERSON}, Including Freedom from:", "B. DISAPPEARANCE", "1b"),
        ("1", PERSON, f"f. {PRIVACY}", "1f"),
        ("1", PERSON, f"h. {PRIVACY}", "1f"),
        ("1", PERSON, "f. Transnational Repression", "1e-abroad"),
        ("2", "Respect for Civil Liberties", "f. Protection of Refugees", "2f"),
        ("2", "Respect for Civil Liberties", "e. Protection of Refugees", "2f"),
        ("7", "Worker Rights", "d. Discrimination (see section 6)", "7d"),
        ("2", "Liberty", "Disappearance", "2024-2c-disappearance"),
        ("1", "Life", "a. Extrajudicial Killings", "2024-1a"),
        ("3", "Security of the Person", "a. Extrajudicial Killings", ""),
        ("1", PERSON, "Detainee's Ability to Challenge Lawfulness of Detention:", ""),
        ("1", "A Section Nobody Knows", "b. Disappearance", ""),
    ],
)
def test_a_heading_has_the_code_of_its_words_whatever_letter_is_printed(
    number: str, title: str, heading: str, code: str
) -> None:
    found = pieces(section(number, title, heading, "Words."))[-1]
    assert (found.code, found.code_note) == (code, "" if code else UNKNOWN)


def test_the_pieces_are_the_whole_report_in_order() -> None:
    one = section("1", PERSON, "Before.", "b. Disappearance", "It was.", "It is.", "Unheard of")
    two = section("4", "Corruption in Government", "Some.")
    found = pieces(one, two)
    assert [(each.position, each.level, each.number, each.code) for each in found] == [
        (0, 0, "", "summary"),
        (1, 1, "1", "1"),
        (2, 2, "1", "1b"),
        (3, 2, "1", ""),
        (4, 1, "4", "4"),
    ]
    assert [each.text for each in found] == [
        "Of all.\nOf more.", "Before.", "It was.\nIt is.", "", "Some.",
    ]  # fmt: skip
    assert found[4].sha256 == two.section_sha256
    assert found[0].sha256 == text_sha256(("Of all.", "Of more."))


def test_a_number_that_is_not_the_headings_is_told() -> None:
    found = pieces(section("3", "Corruption in Government", "Some."))[-1]
    assert (found.code, found.code_note) == ("4", OTHER_NUMBER.format("3"))


def test_a_section_that_begins_inside_another_is_that_section() -> None:
    political = "Section 3. Freedom to Participate in the Political Process"
    inner = "Elections and Political Participation"
    found = pieces(section("2", "Respect for Civil Liberties", "A.", political, inner, "B."))
    assert [(each.number, each.level, each.code) for each in found[1:]] == [
        ("2", 1, "2"),
        ("3", 1, "3"),
        ("3", 2, "3-elections"),
    ]


def test_what_has_no_outline_has_no_code() -> None:
    found = pieces(section("1", PERSON, "b. Disappearance"), source="uk-cpin")
    assert [each.code_note for each in found] == ["", NO_OUTLINE, NO_OUTLINE]


def test_the_table_of_codes_contradicts_itself_nowhere() -> None:
    codes = section_codes().all
    assert len(codes) > 100
    twice = Counter((each.source, each.code) for each in codes)
    assert [name for name, count in twice.items() if count > 1] == []
    assert {each.source for each in codes} <= set(all_sources())
    assert all(each.code.startswith(each.section) for each in codes)


@pytest.mark.parametrize(
    ("source", "fewest", "coded"),
    [("us-state-hrr", 150, 70), ("us-state-irf", 10, 10), ("sample-hrr", 60, 60)],
)
def test_every_example_page_is_cut_without_loss_and_without_a_guess(
    source: str, fewest: int, coded: int
) -> None:
    found = []
    reader = source_named(source)
    for file in sorted((EXAMPLES / source).glob("*.html")):
        body = file.read_bytes()
        for each in reader.read(body, reader.page_url(body)).reports:
            cut = list(section_codes().pieces(source, each.reading))
            lines = [line for piece in cut[1:] for line in (piece.heading, *piece.blocks)]
            assert (*cut[0].blocks, *filter(None, lines)) == each.reading.all_blocks, file.name
            found += cut
    assert len(found) >= fewest
    assert len([each for each in found if each.code]) >= coded
    assert {each.code_note for each in found if not each.code} <= {UNKNOWN}
