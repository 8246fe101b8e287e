"""How report-builder pages and saved texts are read."""

from __future__ import annotations

import pytest

from scrapers.builder import is_builder_url
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")


@pytest.mark.parametrize(
    ("url", "is_builder"),
    [
        ("https://www.state.gov/report/custom/0123456789/", True),
        ("https://www.state.gov/report/custom/0123456789", True),
        ("https://www.state.gov/report/custom/31bd9beb41-4/", True),
        ("https://www.state.gov/report/custom/012345678/", False),
        ("https://www.state.gov/report/custom/0123456789/x/", False),
        ("https://www.state.gov/reports/2021-country-reports-on-human-rights-practices/x/", False),
        ("", False),
    ],
)
def test_builder_pages_are_known_by_their_address(url: str, is_builder: bool) -> None:
    assert is_builder_url(url) is is_builder


def test_boilerplate_of_a_saved_text_is_left_out() -> None:
    text = """An official website of the United States Government Here's how you know

    Official websites use .gov
    Executive Summary

    The bay of Iceland was calm. Iceland had wind.

    Human Rights Reports
    Edit Your Custom Report

    01 / Select a Year
    Norway"""
    page = SOURCE.read_text(text, "")
    [found] = page.undecided
    assert page.reports == ()
    assert found.reading.heading == "Executive Summary"
    assert found.reading.blocks == ("The bay of Iceland was calm. Iceland had wind.",)
    assert found.country == "ISL"
    assert "names Iceland 2 times" in found.why


@pytest.mark.parametrize("name", ["Iceland", "iceland", "The Republic of Iceland"])
def test_heading_names_the_country_where_the_table_knows_it(name: str) -> None:
    [found] = SOURCE.read_text(f"{name}\nExecutive Summary\nFog over Norway, Norway.", "").undecided
    assert found.country == ("ISL" if "Republic" not in name else "NOR")


def test_child_area_is_guessed_with_its_parent() -> None:
    [found] = SOURCE.read_text("Tibet\nExecutive Summary\nThe passes were open.", "").undecided
    assert found.country == "CHN/tibet"


def test_edition_is_guessed_and_the_guess_explained() -> None:
    text = (
        "Iceland\nExecutive Summary\nSignificant human rights issues included credible reports of:"
        " fog. On May 2, 2022 it rained."
    )
    [found] = SOURCE.read_text(text, "").undecided
    assert found.edition == "2022"
    assert "the latest year it names is 2022" in found.why


def test_two_summaries_without_names_are_two_reports() -> None:
    text = "Executive Summary\nMalta is an island.\nExecutive Summary\nFiji is many."
    first, second = SOURCE.read_text(text, "").undecided
    assert (first.country, second.country) == ("MLT", "FJI")


def test_name_of_a_country_inside_a_longer_name_does_not_count() -> None:
    text = "Executive Summary\nPapua New Guinea is high. Papua New Guinea is deep. Fiji. Fiji."
    [found] = SOURCE.read_text(text, "").undecided
    assert found.country == "PNG"


@pytest.mark.parametrize(
    "text", ["", "\n\n", "Iceland", "Executive Summary", "Iceland\nExecutive Summary\nSection 1. A"]
)
def test_text_that_says_nothing_holds_no_report(text: str) -> None:
    page = SOURCE.read_text(text, "")
    assert (page.reports, page.undecided) == ((), ())


def test_several_titled_reports_in_one_text_are_each_identified() -> None:
    family = "Country Reports on Human Rights Practices"
    text = (
        f"2021 {family}: Iceland\nExecutive Summary\nFog.\n"
        f"2020 {family}: China - Tibet\nExecutive Summary\nSnow.\n"
        f"2020 {family}: Ruritania\nExecutive Summary\nSun."
    )
    page = SOURCE.read_text(text, "")
    assert [str(found.report) for found in page.reports] == [
        "us-state-hrr/2021/ISL",
        "us-state-hrr/2020/CHN/tibet",
    ]
    assert [found.country for found in page.undecided] == [""]
