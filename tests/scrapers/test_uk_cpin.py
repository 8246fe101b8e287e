"""The UK's country notes: names as the publisher prints them, and how often they are asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
