"""What a page's navigation lists, and how a reading is held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.model.reading import Reading, Section
from scrapers.read.navigation import Heading, check_outline, navigation_outline
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
EXAMPLES = Path(__file__).parents[2] / "examples" / "us-state-hrr"
LISTING = [
    "hub-2024",
    "outline-mixed-2024",
    "empty-heading-text-follows-2019",
    "loose-text-2021",
    "numbered-summary-heading-2022",
    "stray-sections-2020",
    "wayback-toolbar-2018",
]
NAVIGATION = b"""<nav class="report-toc"><p>In this section /</p><ol>
<li class="report-toc__section"><a href="#report-toc__exec-summary">EXECUTIVE  SUMMARY</a></li>
<li class="report-toc__section"><a href="#s-1">Section 1. Life</a>
  <ol><li class="report-toc__sub-section"><a href="#s-1-1">a. Boats</a>
    <ol><li class="report-toc__h4_sub-section"><a href="#s-1-1-1">Piers</a></li></ol></li></ol></li>
<li class="report-toc__section"><a href="#s-2">Endnote</a></li>
<li class="other"><a href="/x">Elsewhere</a></li>
</ol></nav>"""


def reading(*sections: Section) -> Reading:
    return Reading("EXECUTIVE SUMMARY", ("One.",), (), sections)


LIFE = Section("1", "Life", ("a. Boats", "One sank.", "Piers", "None."), (0, 2))
ENDNOTE = Section("", "Endnote", ("Sailors were asked.",))


def test_navigation_lists_headings_with_depth_and_anchor() -> None:
    assert navigation_outline(b"<p>" + NAVIGATION) == (
        Heading(0, "EXECUTIVE SUMMARY", "report-toc__exec-summary"),
        Heading(0, "Section 1. Life", "s-1"),
        Heading(1, "a. Boats", "s-1-1"),
        Heading(2, "Piers", "s-1-1-1"),
        Heading(0, "Endnote", "s-2"),
    )


@pytest.mark.parametrize("body", [b"", b"<p>No navigation</p>", NAVIGATION[:200]])
def test_page_without_a_whole_navigation_lists_nothing(body: bytes) -> None:
    assert navigation_outline(body) == ()


def test_reading_of_all_that_is_listed_is_exact() -> None:
    check = check_outline(navigation_outline(NAVIGATION), reading(LIFE, ENDNOTE))
    assert check.is_exact
    assert check.unlisted == 0


@pytest.mark.parametrize(
    "sections",
    [
        (LIFE,),
        (ENDNOTE, LIFE),
        (Section("2", "Life", LIFE.blocks, (0, 2)), ENDNOTE),
        (Section("1", "Life", LIFE.blocks, (0,)), ENDNOTE),
        (Section("1", "Life", LIFE.blocks), Section("", "Endnote", ("a. Boats", "Piers"), (0, 1))),
        (LIFE, ENDNOTE, ENDNOTE),
    ],
)
def test_reading_that_differs_from_what_is_listed_is_not_exact(
    sections: tuple[Section, ...],
) -> None:
    assert not check_outline(navigation_outline(NAVIGATION), reading(*sections)).is_exact


def test_roman_numbers_are_listed_as_they_are_read() -> None:
    listing = NAVIGATION.replace(b"Section 1.", b"Section IV.")
    life = Section("IV", "Life", LIFE.blocks, LIFE.subheadings)
    assert check_outline(navigation_outline(listing), reading(life, ENDNOTE)).is_exact


def test_headings_that_no_navigation_lists_are_counted() -> None:
    entries = [entry for entry in navigation_outline(NAVIGATION) if entry.depth < 2]
    check = check_outline(entries, reading(LIFE, ENDNOTE))
    assert (check.is_exact, check.unlisted) == (True, 1)


@pytest.mark.parametrize("name", LISTING)
def test_own_example_page_is_read_as_its_navigation_lists_it(name: str) -> None:
    body = (EXAMPLES / f"{name}.html").read_bytes()
    [found] = SOURCE.read(body, "").reports
    entries = navigation_outline(body)
    assert entries
    assert check_outline(entries, found.reading).is_exact
