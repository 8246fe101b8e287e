"""The UK's country notes: names as the publisher prints them, and how often they are asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports.model.identity import ReportId
from scrapers.registry import source_named

SOURCE = source_named("uk-cpin")

PRINTED = {
    "Afghanistan": "AFG",
    "Albania": "ALB",
    "Algeria": "DZA",
    "Angola": "AGO",
    "Bangladesh": "BGD",
    "Bolivia": "BOL",
    "Botswana": "BWA",
    "Brazil": "BRA",
    "Burma": "MMR",
    "Cameroon": "CMR",
    "Chad": "TCD",
    "China": "CHN",
    "Colombia": "COL",
    "Côte d'Ivoire": "CIV",
    "Democratic Republic of Congo": "COD",
    "Democratic Republic of the Congo (DRC)": "COD",
    "Ecuador": "ECU",
    "Egypt": "EGY",
    "El Salvador": "SLV",
    "Eritrea": "ERI",
    "Ethiopia": "ETH",
    "Fiji": "FJI",
    "Gambia": "GMB",
    "The Gambia": "GMB",
    "Georgia": "GEO",
    "Ghana": "GHA",
    "Guinea": "GIN",
    "Guyana": "GUY",
    "Honduras": "HND",
    "Hong Kong": "CHN/hong-kong",
    "Hong Kong SAR": "CHN/hong-kong",
    "India": "IND",
    "Iran": "IRN",
    "Iraq": "IRQ",
    "Ivory Coast": "CIV",
    "Jamaica": "JAM",
    "Jordan": "JOR",
    "Kenya": "KEN",
    "Kosovo": "XKX",
    "Kuwait": "KWT",
    "Lebanon": "LBN",
    "Liberia": "LBR",
    "Libya": "LBY",
    "Malawi": "MWI",
    "Malaysia": "MYS",
    "Mauritius": "MUS",
    "Mexico": "MEX",
    "Moldova": "MDA",
    "Mongolia": "MNG",
    "Morocco": "MAR",
    "Myanmar": "MMR",
    "Myanmar (Burma)": "MMR",
    "Namibia": "NAM",
    "Nepal": "NPL",
    "Nicaragua": "NIC",
    "Nigeria": "NGA",
    "North Korea": "PRK",
    "North Macedonia": "MKD",
    "Occupied Palestinian Territories": "ISR/west-bank-and-gaza",
    "The Occupied Palestinian Territories (OPTs)": "ISR/west-bank-and-gaza",
    "Pakistan": "PAK",
    "Palestine": "ISR/west-bank-and-gaza",
    "Peru": "PER",
    "Philippines": "PHL",
    "Russia": "RUS",
    "Rwanda": "RWA",
    "Saudi Arabia": "SAU",
    "Senegal": "SEN",
    "Serbia": "SRB",
    "Sierra Leone": "SLE",
    "Somalia": "SOM",
    "South Africa": "ZAF",
    "South Sudan": "SSD",
    "Sri Lanka": "LKA",
    "Sudan": "SDN",
    "Swaziland": "SWZ",
    "Syria": "SYR",
    "Tanzania": "TZA",
    "Trinidad and Tobago": "TTO",
    "Tunisia": "TUN",
    "Turkey": "TUR",
    "Türkiye": "TUR",
    "UAE": "ARE",
    "Uganda": "UGA",
    "Ukraine": "UKR",
    "Uzbekistan": "UZB",
    "Venezuela": "VEN",
    "Vietnam": "VNM",
    "Yemen": "YEM",
    "Zambia": "ZMB",
    "Zimbabwe": "ZWE",
}
"""Countries by the names that the collection and its notes print, or have printed."""


@pytest.mark.parametrize(("name", "key"), PRINTED.items())
def test_every_name_that_the_publisher_prints_is_known(name: str, key: str) -> None:
    place = SOURCE.place_of("", f"{name}: country policy and information notes")
    assert place and place.key == key


def test_no_page_is_put_off_for_longer_than_a_day() -> None:
    longest = SOURCE.rhythm.report_wait(timedelta(days=3650)) * (1 + SOURCE.rhythm.jitter)
    assert longest < timedelta(hours=27)


NOTE = "0000000b-631a-4ac2-9c11-00000000000b"


def series(title: str, country: str = "FJI", part: str = NOTE) -> str:
    return SOURCE.series_of(ReportId("uk-cpin", "current", country, part), title)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Country policy and information note: reefs, Fiji, May 2024 (accessible)", ""),
        ("Country policy and information note: reefs, Fiji, February 2026", ""),
        ("Country policy and information note: Reefs, Fiji, version 6.0", ""),
        ("Country information and guidance: reefs in Fiji", ""),
        ("Fiji: country policy and information note, the reefs", ""),
        (
            "Country policy and information note: human trafficking, Fiji, May 2024",
            "Country policy and information note: trafficking, Fiji, May 2025",
        ),
    ],
)
def test_editions_of_one_subject_are_of_one_series(before: str, after: str) -> None:
    other = after or "Country policy and information note: reefs, Fiji, June 2020 (accessible)"
    assert series(before) == series(other) != ""


@pytest.mark.parametrize(
    "title",
    [
        "Country policy and information note: lagoons, Fiji, May 2024 (accessible)",
        "Country policy and information note: reefs and lagoons, Fiji, May 2024",
        "Country bulletin: reefs, Fiji, May 2024",
        "Country policy and information note: Fiji, May 2024",
    ],
)
def test_other_subjects_and_other_kinds_are_of_other_series(title: str) -> None:
    assert series(title) != series("Country policy and information note: reefs, Fiji, June 2020")


def test_what_has_no_subject_or_is_no_note_is_of_no_series() -> None:
    assert series("Country policy and information note: Fiji, May 2024") == ""
    assert series("Fiji: country policy and information notes", part="") == ""
