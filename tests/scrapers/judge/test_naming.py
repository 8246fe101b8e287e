"""Which report a page is: what heading, breadcrumb and address decide together, and what not.

A wrong identity is the worst fault there is, so that every odd combination has its row.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.model.values import Page
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
FAMILY = "Country Reports on Human Rights Practices"
IRF = "Report on International Religious Freedom"
HOST = "https://www.state.gov"


def titled(year: str, name: str) -> str:
    return f"{year} {FAMILY}: {name}"


def at(slug: str, year: str = "2021") -> str:
    return f"{HOST}/reports/{year}-country-reports-on-human-rights-practices/{slug}"


@dataclass(frozen=True)
class Look:
    """One page: what its parts say."""

    heading: str = ""
    current: str = ""
    url: str = ""
    crumb: str = ""
    prose: str = "The harbour was calm."
    section: str = "Harbours and Lighthouses"


def read(look: Look) -> Page:
    said = {name: html.escape(value) for name, value in vars(look).items()}
    body = """<html><body><main><div id="breadcrumbs"><a>Home</a><a>{crumb}</a>
    <span class="bc_current">{current}</span></div>
    <h1 class="report-header__headline">{heading}</h1>
    <div class="report__content"><h2 class="report__section-title">EXECUTIVE SUMMARY</h2>
    <p>{prose}</p><h4 class="report-toc-section">Section 1.</h4>
    <h3 class="report__section-title">{section}</h3><p>Three were dredged.</p></div>
    </main></body></html>""".format(**said)
    return SOURCE.read(body.encode(), look.url)


def verdict(look: Look) -> tuple[str, str]:
    """Return the report and how it was decided, or ``undecided`` and the guess."""
    page = read(look)
    for found in page.reports:
        assert not page.undecided
        return str(found.report).removeprefix("us-state-hrr/"), found.how.value
    for each in page.undecided:
        return "undecided", f"{each.edition}/{each.country}"
    return "no report", ""


CRUMB = f"2021 {FAMILY}"
NORWAY = Look(titled("2021", "Norway"), "Norway", at("norway/"), CRUMB)


@pytest.mark.parametrize(
    ("look", "report", "how"),
    [
        (NORWAY, "2021/NOR", "heading"),
        # slugs that are wrong, missing, drafts or odd
        (Look(titled("2021", "Norway"), "Norway", at("__trashed/"), CRUMB), "2021/NOR", "heading"),
        (Look(titled("2018", "Togo"), "Togo", at("__trashed/", "2018")), "2018/TGO", "heading"),
        (Look(titled("2021", "Norway"), "Norway", at("sweden/"), CRUMB), "2021/NOR", "heading"),
        (Look(titled("2021", "Norway"), "", at("sweden/")), "2021/NOR", "heading"),
        (Look(titled("2021", "Norway"), "Norway", at(""), CRUMB), "2021/NOR", "heading"),
        (Look(titled("2021", "Norway"), "", ""), "2021/NOR", "heading"),
        (Look("", "", at("malaysia-2/"), CRUMB), "2021/MYS", "url"),
        (Look("", "", at("burma-draft", "2023")), "2023/MMR", "url"),
        (Look("", "", at("ghana__trashed-2/", "2018")), "2018/GHA", "url"),
        (Look("", "", at("__trashed/", "2018")), "2018/BDI", "url"),
        (Look("", "", at("NORWAY")), "2021/NOR", "url"),
        (Look("", "", at("norway/index.html")), "2021/NOR", "url"),
        (Look("", "", at("c%C3%B4te-d%27ivoire/")), "2021/CIV", "url"),
        (Look("", "", at("2022samplehrrwha/trinidad-and-tobago", "2022")), "2022/TTO", "url"),
        (Look("", "", at("china/tibet-2/", "2022")), "2022/CHN/tibet", "url"),
        # bare headings, upper case, renamed countries, other ways to write a name
        (Look("Norway", "Norway", at("norway/"), CRUMB), "2021/NOR", "heading"),
        (Look("NORWAY", "", at("page-9/"), CRUMB), "2021/NOR", "heading"),
        (
            Look(titled("2016", "Swaziland"), "Swaziland", at("swaziland/", "2016")),
            "2016/SWZ",
            "heading",
        ),
        (
            Look(titled("2019", "Eswatini"), "Eswatini", at("eswatini/", "2019")),
            "2019/SWZ",
            "heading",
        ),
        (
            Look(titled("2023", "Turkey (Türkiye)"), "", at("turkey/", "2023")),
            "2023/TUR",
            "heading",
        ),
        (Look(titled("2021", "Côte d\u2019Ivoire"), "", at("x/")), "2021/CIV", "heading"),
        (
            Look("2021 COUNTRY REPORTS ON HUMAN RIGHTS PRACTICES: NORWAY", "", ""),
            "2021/NOR",
            "heading",
        ),
        (
            Look("2021 Country Report on Human Rights Practices: Norway", "", ""),
            "2021/NOR",
            "heading",
        ),
        (Look(f"2021 {FAMILY} \u2013 Norway", "", ""), "2021/NOR", "heading"),
        (Look(titled("2021", "The Gambia"), "Gambia, The", at("gambia/")), "2021/GMB", "heading"),
        # child areas
        (
            Look(
                titled("2022", "China (Includes Hong Kong, Macau, and Tibet) \u2013 Tibet"),
                "Tibet",
                at("china/tibet/", "2022"),
            ),
            "2022/CHN/tibet",
            "heading",
        ),
        (
            Look(titled("2022", "China (Includes New Areas) \u2014 Macau"), "Macau", ""),
            "2022/CHN/macau",
            "heading",
        ),
        (
            Look(titled("2022", "Ukraine \u2013 Crimea"), "Crimea", at("ukraine/crimea/", "2022")),
            "2022/UKR/crimea",
            "heading",
        ),
        # the heading names nothing: the breadcrumb decides, then the address
        (Look("Report", "Norway", at("page-9/"), CRUMB), "2021/NOR", "breadcrumb"),
        (
            Look(titled("2021", "The Long Fjord"), "Norway", at("page-9/"), CRUMB),
            "2021/NOR",
            "breadcrumb",
        ),
        (Look("Country Report", "", at("norway/")), "2021/NOR", "url"),
        (Look(f"2021 {FAMILY}", "", at("norway/")), "2021/NOR", "url"),
        # a misspelt heading over an address that says what it must mean
        (Look(titled("2021", "Norwya"), "Norwya", at("norway/"), CRUMB), "2021/NOR", "url"),
        (Look("Kazahkstan", "Kazakhstan", at("page-9/"), CRUMB), "2021/KAZ", "breadcrumb"),
        # editions: the address agrees with the first
        (
            Look(titled("2022", "Norway"), "Norway", at("norway/", "2022"), CRUMB),
            "2022/NOR",
            "heading",
        ),
        (Look("Norway", "Norway", at("norway/", "2021"), CRUMB), "2021/NOR", "heading"),
    ],
)
def test_page_is_identified(look: Look, report: str, how: str) -> None:
    assert verdict(look) == (report, how)


@pytest.mark.parametrize(
    ("look", "guess", "said"),
    [
        # countries that contradict each other
        (
            Look(titled("2021", "Norway"), "Sweden", at("sweden/"), CRUMB),
            "2021/SWE",
            "the country is contradicted: heading says Norway, breadcrumb says Sweden, ",
        ),
        (
            Look(titled("2021", "Norway"), "Sweden", at("denmark/"), CRUMB),
            "2021/NOR",
            "contradicted",
        ),
        (
            Look(titled("2021", "Norway"), "Sweden", at("page-9/"), CRUMB),
            "2021/NOR",
            "contradicted",
        ),
        (Look("Norway", "", at("sweden/")), "2021/NOR", "contradicted"),
        (Look("", "Norway", at("sweden/"), CRUMB), "2021/NOR", "contradicted"),
        # a country and its own child area
        (
            Look(titled("2022", "China"), "China", at("china/tibet/", "2022")),
            "2022/CHN",
            "address says Tibet",
        ),
        (
            Look(titled("2022", "Tibet"), "Tibet", at("china/", "2022")),
            "2022/CHN/tibet",
            "address says China",
        ),
        (
            Look(titled("2022", "China \u2013 Tibet"), "China", at("china/tibet/", "2022")),
            "2022/CHN/tibet",
            "breadcrumb says China",
        ),
        (Look(titled("2022", "Israel \u2013 Tibet"), "", ""), "2022/", "no country is known"),
        (
            Look(titled("2022", "China \u2013 Shangri-La"), "", at("china/shangri-la/", "2022")),
            "2022/",
            "no country is known",
        ),
        (
            Look(titled("2022", "China \u2013 Shangri-La"), "China", at("page-9/", "2022")),
            "2022/CHN",
            "the heading says 'China \u2013 Shangri-La', an unknown part of China",
        ),
        (
            Look(titled("2022", "China"), "Shangri-La", at("china/shangri-la/", "2022")),
            "2022/CHN",
            "the address says 'china/shangri-la', an unknown part of China",
        ),
        # misspelt and unknown names that nothing else decides
        (
            Look(titled("2021", "Norwya"), "Norwya", "", CRUMB),
            "2021/NOR",
            "'Norwya' is most like Norway",
        ),
        (Look(titled("2021", "Nigera"), "Nigera", "", CRUMB), "2021/", "Niger or Nigeria"),
        (
            Look(titled("2021", "Ruritania"), "Ruritania", at("ruritania/"), CRUMB),
            "2021/",
            "no country is known by the name 'Ruritania'",
        ),
        (
            Look(titled("2021", "Ruritania"), "Ruritania", at("norway/"), CRUMB),
            "2021/NOR",
            "no country is known by the name 'Ruritania', and the address alone says Norway",
        ),
        (
            Look(titled("2021", "Sweeden"), "Sweeden", at("norway/"), CRUMB),
            "2021/NOR",
            "most like Sweden, but the address says Norway",
        ),
        (
            Look(titled("2021", "Sweeden"), "Norway", at("norway/"), CRUMB),
            "2021/NOR",
            "most like Sweden, but the breadcrumb says Norway",
        ),
        (Look(titled("2021", "Norway"), "Sweeden", "", CRUMB), "2021/NOR", "most like Sweden"),
        (
            Look(titled("2021", "North Korae"), "", at("south-korea/")),
            "2021/KOR",
            "most like North Korea",
        ),
        # no name at all
        (
            Look("", "", at("page-9/"), CRUMB, "Fog over Norway and Norway."),
            "2021/NOR",
            "the text names Norway 2 times",
        ),
        (
            Look("", "", at("__trashed/", "2020")),
            "2020/",
            "neither heading, breadcrumb nor address",
        ),
        (Look("", "", at("china/xinjiang/", "2022")), "2022/", "the name 'china/xinjiang'"),
        (Look("", "", at("china/norway/", "2022")), "2022/", "the name 'china/norway'"),
        (
            Look("", "", at("norway/"), prose="Sweden was calm."),
            "2021/NOR",
            "the text names Sweden once and never Norway",
        ),
        # a sample or draft page
        (
            Look("Sample HRR WHA", "", at("2022samplehrrwha/", "2022")),
            "2022/",
            "no country is known",
        ),
        (
            Look(titled("2022", "Norway"), "Norway", at("2022samplehrreur/", "2022"), CRUMB),
            "2022/NOR",
            "the address is a sample's and names no country",
        ),
        (Look(f"DRAFT 2021 {FAMILY}: Norway", "", at("norway/")), "2021/NOR", "names 'DRAFT"),
        # editions that contradict each other
        (
            Look(titled("2020", "Norway"), "Norway", at("norway/"), CRUMB),
            "2021/NOR",
            "the edition is contradicted: heading says 2020, breadcrumb says 2021, ",
        ),
        (
            Look(titled("2020", "Norway"), "", at("norway/")),
            "2020/NOR",
            "the edition is contradicted",
        ),
        (
            Look("Norway", "", at("norway/", "2022"), CRUMB),
            "2021/NOR",
            "the edition is contradicted",
        ),
        (  # heading and breadcrumb are one page: they do not outvote the address
            Look(titled("2021", "Norway"), "Norway", at("norway/", "2022"), CRUMB),
            "2021/NOR",
            "the edition is contradicted: heading says 2021, breadcrumb says 2021, ",
        ),
        # nothing names an edition
        (Look("Chad"), "/TCD", "the heading names Chad but nothing on the page names an edition"),
        (
            Look("Chad", prose="Human rights issues included fog."),
            "2018/TCD",
            "the edition 2018 is inferred, not named",
        ),
        (Look("Chda"), "/TCD", "'Chda' is most like Chad"),
        (Look("", prose="Fog over Chad."), "/TCD", "nothing on the page names an edition"),
        # another family's marks on a page of this one
        (
            Look(
                titled("2021", "Norway"),
                "Norway",
                at("norway/"),
                CRUMB,
                section="Religious Demography",
            ),
            "2021/NOR",
            f"its list of sections names {IRF}",
        ),
        (
            Look(f"2021 {IRF}: Norway", "Norway", at("norway/"), CRUMB),
            "2021/NOR",
            f"the heading names {IRF}",
        ),
        (
            Look(
                titled("2021", "Norway"),
                "Norway",
                f"{HOST}/reports/2021-{IRF.lower().replace(' ', '-')}/norway/",
            ),
            "2021/NOR",
            f"the address names {IRF}",
        ),
        (
            Look("Norway (Tier 2)", "Norway", at("norway/"), CRUMB),
            "2021/NOR",
            "names Trafficking in Persons Report",
        ),
        (
            Look("2021 Almanac of Harbours: Norway", "Norway", at("norway/"), CRUMB),
            "2021/NOR",
            "the heading names '2021 Almanac of Harbours: Norway'",
        ),
    ],
)
def test_page_is_undecided_and_says_why(look: Look, guess: str, said: str) -> None:
    assert verdict(look) == ("undecided", guess)
    [found] = read(look).undecided
    assert said in found.why


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(f"2021 {IRF}: Norway", "Norway", crumb=f"2021 {IRF}"), IRF),
        (Look("Norway", "Norway", crumb=f"2021 {IRF}"), IRF),
        (
            Look(
                "Norway",
                "Norway",
                f"{HOST}/reports/2021-report-on-international-religious-freedom/norway/",
            ),
            IRF,
        ),
        (Look("Norway", section="Status of Government Respect for Religious Freedom"), IRF),
        (
            Look("Norway", section="1. Openness To, and Restrictions Upon, Foreign Investment"),
            "Investment Climate Statements",
        ),
        (Look("Norway (Tier 2 Watch List)"), "Trafficking in Persons Report"),
        (Look("Country Reports on Terrorism 2022: Norway"), "Country Reports on Terrorism"),
        (
            Look("Norway", url=f"{HOST}/reports/2021-almanac-of-harbours/norway/"),
            "the collection '2021-almanac-of-harbours'",
        ),
        (Look("2021 Almanac of Harbours: Norway"), "'2021 Almanac of Harbours: Norway'"),
        (Look("Remarks to the Press"), "the heading 'Remarks to the Press' names no report"),
    ],
)
def test_page_of_another_family_holds_no_report_and_the_reason_names_it(
    look: Look, said: str
) -> None:
    assert verdict(look) == ("no report", "")


NAMES = st.sampled_from(
    ["", "Norway", "Sweden", "Denmark", "Ruritania", "Norwya", "Tibet", "China"]
)
YEARS = st.sampled_from(["2020", "2021"])


@given(heading=NAMES, current=NAMES, slug=NAMES, year=YEARS, other=YEARS)
@example(heading="Norway", current="Norway", slug="Norway", year="2021", other="2021")
def test_a_decided_country_is_never_against_two_witnesses(
    heading: str, current: str, slug: str, year: str, other: str
) -> None:
    look = Look(titled(year, heading), current, at(slug.lower(), other))
    for found in read(look).reports:
        place = SOURCE.countries.get(found.report.country, found.report.part)
        told = [SOURCE.countries.find(name) for name in (heading, current, slug)]
        assert place in told
        assert len([each for each in told if each and each != place]) < 2
        assert found.report.edition == year == other
