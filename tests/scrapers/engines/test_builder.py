"""How report-builder pages and saved texts are read."""

from __future__ import annotations

import pytest

from scrapers.engines.report_builder import is_builder_url
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


@pytest.mark.parametrize(
    ("name", "country", "said"),
    [
        ("Iceland", "ISL", "the page's heading names Iceland"),
        ("iceland", "ISL", "the page's heading names Iceland"),
        ("The Republic of Iceland", "ISL", "'The Republic of Iceland' is most like Iceland"),
        ("Iclend", "NOR", "the text names Norway 2 times"),
        ("Icelnad", "ISL", "'Icelnad' is most like Iceland"),
        ("Nigera", "", "'Nigera' is most like Niger or Nigeria"),
        ("Ruritania", "NOR", "the text names Norway 2 times"),
        ("It rained in Iceland.", "NOR", "the text names Norway 2 times"),
    ],
)
def test_heading_suggests_the_country(name: str, country: str, said: str) -> None:
    [found] = SOURCE.read_text(f"{name}\nExecutive Summary\nFog over Norway, Norway.", "").undecided
    assert found.country == country
    assert said in found.why


def test_child_area_is_guessed_with_its_parent() -> None:
    [found] = SOURCE.read_text("Tibet\nExecutive Summary\nThe passes were open.", "").undecided
    assert found.country == "CHN/tibet"


def test_edition_is_guessed_and_the_guess_explained() -> None:
    text = (
        "Iceland\nExecutive Summary\nSignificant human rights issues included credible reports of:"
        " fog. On May 2, 2021 it rained."
    )
    [found] = SOURCE.read_text(text, "").undecided
    assert found.edition == "2022"
    assert "the edition 2022 is inferred, not named" in found.why
    assert "the latest year it names is 2021 ('May 2, 2021')" in found.why


def test_two_summaries_without_names_are_two_reports() -> None:
    text = "Executive Summary\nMalta is an island.\nExecutive Summary\nFiji is many."
    first, second = SOURCE.read_text(text, "").undecided
    assert (first.country, second.country) == ("MLT", "FJI")


def test_name_of_a_country_inside_a_longer_name_does_not_count() -> None:
    text = "Executive Summary\nPapua New Guinea is high. Papua New Guinea is deep. Guinea. Fiji."
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
    [unknown] = page.undecided
    assert (unknown.country, unknown.edition) == ("", "2020")
    assert "the page's heading names the edition 2020" in unknown.why


def test_countries_named_equally_often_are_not_chosen_from() -> None:
    [found] = SOURCE.read_text("Executive Summary\nMalta and Fiji are islands.", "").undecided
    assert found.country == ""
    assert "names Malta and Fiji equally often" in found.why


def test_country_inside_a_text_begins_no_report() -> None:
    text = "Israel\nSection 1. Springs\nThe springs ran.\nTibet\nThe passes were open."
    [found] = SOURCE.read_text(text, "").undecided
    assert [each.blocks for each in found.reading.sections] == [
        ("The springs ran.", "Tibet", "The passes were open.")
    ]


def test_section_titles_in_markup_are_sections_numbered_or_not() -> None:
    body = b"""<html><body><h1>Custom Report Excerpts</h1><h2>Malta</h2>
    <h2 class="report__section-title">Executive Summary</h2><p>The harbour was full.</p>
    <h4 class="report-toc-section">Section 1.</h4><h3 class="report__section-title">Docks</h3>
    <p>Three.</p><h3 class="report__section-title">Ferries</h3><p>Four.</p>
    <h2>Fiji</h2><p>Reefs without any title.</p></body></html>"""
    malta, fiji = SOURCE.read(body, "").undecided
    assert [(each.number, each.heading) for each in malta.reading.sections] == [
        ("1", "Docks"),
        ("", "Ferries"),
    ]
    assert (malta.country, fiji.country) == ("MLT", "FJI")
    assert [each.blocks for each in fiji.reading.sections] == [("Reefs without any title.",)]
    assert "no executive summary" in fiji.why


FOREIGN = [
    (
        "Malta\nSection IV. U.S. Government Policy and Engagement\nEnvoys met.",
        "MLT",
        "Report on International Religious Freedom",
    ),
    (
        "Malta\nExecutive Summary\nFaiths.\nSection I.\nReligious Demography\nMany.",
        "MLT",
        "Report on International Religious Freedom",
    ),
    (
        "Malta 2021 International Religious Freedom Report\nExecutive Summary\nFaiths.",
        "MLT",
        "Report on International Religious Freedom",
    ),
    (
        "Malta\nExecutive Summary\nPorts.\n"
        "1. Openness To, and Restrictions Upon, Foreign Investment\nOpen.",
        "MLT",
        "Investment Climate Statements",
    ),
    (
        "MALTA (Tier 2)\nPRIORITIZED RECOMMENDATIONS:\nDo more.",
        "MLT",
        "Trafficking in Persons Report",
    ),
]


@pytest.mark.parametrize(("text", "country", "family"), FOREIGN)
def test_report_of_another_family_is_named_and_never_matched_by_its_text(
    text: str, country: str, family: str
) -> None:
    page = SOURCE.read_text(text, "")
    [found] = page.undecided
    assert page.reports == ()
    assert (found.country, found.edition, found.reading.blocks) == (country, "", ())
    assert f"it is of another family: {family}" in found.why


def test_another_family_beside_this_one_taints_only_its_own_part() -> None:
    text = (
        "Malta\nExecutive Summary\nThe harbour was full.\n"
        "Fiji\nSection II. Status of Government Respect for Religious Freedom\nMany."
    )
    malta, fiji = SOURCE.read_text(text, "").undecided
    assert malta.reading.blocks == ("The harbour was full.",)
    assert "another family" not in malta.why
    assert "another family" in fiji.why


@pytest.mark.parametrize(
    "line",
    [
        "See the Department of State's International Religious Freedom Report at https://x.example/.",
        "See the Department of State's Trafficking in Persons Report",
        "Freedom of Religion",
        "Corruption and Lack of Transparency in Government",
    ],
)
def test_references_to_another_family_are_text_like_any_other(line: str) -> None:
    text = f"Malta\nExecutive Summary\nThe harbour was full.\nSection 2. Respect\n{line}"
    [found] = SOURCE.read_text(text, "").undecided
    assert "another family" not in found.why
    assert found.reading.blocks
