"""What the lines over an older report's text say, and where its text begins."""

from __future__ import annotations

import pytest

from scrapers.engines.title_lines import TitleLines, editions_in, is_trailing, read_title_lines
from scrapers.read.page import Block


def read(*lines: str | Block) -> TitleLines:
    flow = [line if isinstance(line, Block) else Block(line) for line in lines]
    return read_title_lines(flow, lambda line: line.casefold() in ("northland", "south isle"))


def texts(found: TitleLines) -> list[str]:
    return [block.text for block in found.text]


@pytest.mark.parametrize(
    ("line", "edition", "name"),
    [
        ("2010 Human Rights Report: Northland", "2010", "Northland"),
        ("2015 Human Rights Reports: South Isle", "2015", "South Isle"),
        ("2009 Country Reports on Human Rights Practices", "2009", ""),
        ("2009 Country Reports on Human Rights Practices - Northland", "2009", "Northland"),
        ("Country Reports on Human Rights Practices - 2004", "2004", ""),
        ("Country Reports on Human Rights Practices for 2011", "2011", ""),
        ("Country Reports on Human Rights Practices \u2013 2007", "2007", ""),
        ("Country Reports on Human Rights Practices, 2001", "2001", ""),
        ("Northland Country Report on Human Rights Practices for 1998", "1998", "Northland"),
        ("Northland: Report", "", ""),
        ("2010 Report on International Religious Freedom: Northland", "", ""),
    ],
)
def test_title_names_edition_and_country(line: str, edition: str, name: str) -> None:
    found = read(Block(line, "h2"), "The boats sailed.")
    assert found.editions == ((edition,) if edition else ())
    assert found.name == (name or line if not edition else name)
    assert texts(found) == ["The boats sailed."]


def test_lines_in_one_block_are_read_like_lines_of_their_own() -> None:
    line = (
        "Country Reports on Human Rights Practices - 2004 "
        "Released by the Bureau of Democracy, Human Rights, and Labor February 28, 2005"
    )
    found = read(Block("Northland", "h2"), line, "The boats sailed.")
    assert (found.editions, found.name, found.published_on) == (
        ("2004",),
        "Northland",
        "2005-02-28",
    )
    assert texts(found) == ["The boats sailed."]


def test_prose_that_follows_titles_in_their_block_is_text() -> None:
    line = (
        "Released by the Bureau of Democracy, Human Rights, and Labor March 11, 2008 Boats sailed."
    )
    assert texts(read("Northland", line, "Gulls flew.")) == ["Boats sailed.", "Gulls flew."]


@pytest.mark.parametrize(
    "line",
    [
        "February 25, 2000",
        "Report",
        "Share",
        "2011",
        "Bureau of Democracy, Human Rights, and Labor",
        "This is the basic text view. SWITCH NOW to the new, more interactive format.",
        "NORTHLAND",
    ],
)
def test_frame_lines_are_no_prose(line: str) -> None:
    found = read("Country Reports on Human Rights Practices for 2011", line, "The boats sailed.")
    assert texts(found) == ["The boats sailed."]


@pytest.mark.parametrize(
    "prose",
    [
        "Report after report told of fog.",
        "2011 was a year of fog.",
        "January 3, 2004, was a day of fog.",
        "Northland is an island.",
        "The Country Reports on Human Rights Practices for 2003 told of fog.",
        "Share of boats by quay",
    ],
)
def test_prose_that_begins_like_a_frame_line_is_prose(prose: str) -> None:
    assert texts(read("Country Reports on Human Rights Practices - 2004", prose)) == [prose]


def test_menus_before_the_title_are_no_text() -> None:
    menu = Block("Home | Press", links=["/", "/press/"])
    found = read(menu, "Some banner.", Block("Northland", "h2"), "The boats sailed.")
    assert (found.name, texts(found)) == ("Northland", ["The boats sailed."])


def test_text_without_any_title_is_all_text() -> None:
    assert texts(read("The boats sailed.", "Gulls flew.")) == ["The boats sailed.", "Gulls flew."]


def test_name_that_no_table_knows_is_given_as_printed() -> None:
    assert read(Block("Ruritania", "h2"), "The boats sailed.").name == "Ruritania"


def test_date_that_is_none_is_not_given() -> None:
    assert read(Block("Northland", "h2"), "February 31, 2005", "Boats.").published_on == ""


def test_every_edition_named_is_told() -> None:
    found = read(
        "2010 Human Rights Report: Northland",
        "Country Reports on Human Rights Practices for 2009",
        "The boats sailed.",
    )
    assert found.editions == ("2010", "2009")


def test_piece_of_a_breadcrumb_names_an_edition() -> None:
    assert editions_in("Country Reports on Human Rights Practices - 2004") == ["2004"]
    assert editions_in("Africa") == []


def test_last_lines_of_a_site_are_told_from_a_report() -> None:
    assert is_trailing(
        Block("The Office of Website Management, Bureau of Public Affairs, manages.")
    )
    assert is_trailing(Block("[Back to Top]"))
    assert not is_trailing(Block("The Office of the Ombudsman was open."))
