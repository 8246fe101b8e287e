"""Every place of the country table has the codes that were valid in the year, or a reason."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from reports.model.countries import world
from reports.model.country_codes import NO_CODE, BadCodeTable, CodeTable, country_codes
from reports.model.identity import ReportId


def codes(key: str, edition: str) -> tuple[object, ...]:
    country, _, part = key.partition("/")
    found = country_codes().of(ReportId("source", edition, country, part))
    return found.iso3, found.m49, found.cow, found.cow_number, found.gw_number


NONE = ("", "", "", None, None)


@pytest.mark.parametrize(
    ("key", "edition", "expected"),
    [
        ("SRB", "2002", ("YUG", "891", "YUG", 345, 345)),
        ("SRB", "2005", ("SCG", "891", "YUG", 345, 345)),
        ("SRB", "2006", ("SRB", "688", "YUG", 345, 340)),
        ("MNE", "2005", NONE),
        ("MNE", "2006", ("MNE", "499", "MNG", 341, 341)),
        ("XKX", "2007", NONE),
        ("XKX", "2008", ("", "", "KOS", 347, 347)),
        ("SDN", "2010", ("SDN", "736", "SUD", 625, 625)),
        ("SDN", "2011", ("SDN", "729", "SUD", 625, 625)),
        ("SSD", "2010", NONE),
        ("SSD", "2011", ("SSD", "728", "SSD", 626, 626)),
        ("TLS", "2001", ("TMP", "626", "", None, None)),
        ("TLS", "2002", ("TLS", "626", "ETM", 860, 860)),
        ("DEU", "2021", ("DEU", "276", "GMY", 255, 260)),
        ("YEM", "2021", ("YEM", "887", "YEM", 679, 678)),
        ("VNM", "2021", ("VNM", "704", "DRV", 816, 816)),
        ("TWN", "2021", ("TWN", "", "TAW", 713, 713)),
        ("PSE", "2021", NONE),
        ("ISR/west-bank-and-gaza", "1998", NONE),
        ("ISR/west-bank-and-gaza", "2021", ("PSE", "275", "", None, None)),
        ("CHN/hong-kong", "2021", ("HKG", "344", "", None, None)),
        ("CHN/macau", "2021", ("MAC", "446", "", None, None)),
        ("CHN/tibet", "2021", NONE),
        ("GBR", "current", ("GBR", "826", "UKG", 200, 200)),
        ("GBR/0c6a4f7e-0000-4000-8000-000000000000", "current", ("GBR", "826", "UKG", 200, 200)),
        ("GBR", "1992", NONE),
        ("XAG", "2022", NONE),
    ],
)
def test_codes_are_those_of_the_year(key: str, edition: str, expected: tuple[object, ...]) -> None:
    assert codes(key, edition) == expected


def test_a_place_without_a_code_says_why() -> None:
    seen = 0
    for place in world():
        for edition in ("1993", "1999", "2006", "2011", "2016", "2024"):
            found = country_codes().of(ReportId("source", edition, place.country, place.part))
            whole = (found.iso2, found.iso3, found.iso_numeric, found.m49, found.cow)
            is_whole = all(whole) and found.cow_number and found.gw_number
            assert is_whole or found.code_note, (place.key, edition)
            assert found.code_note != NO_CODE, (place.key, edition)
            seen += 1
    assert seen > 1000


def test_no_two_countries_have_one_code_in_a_year() -> None:
    names = ("iso2", "iso3", "iso_numeric", "m49", "cow", "cow_number", "gw_number")
    seen = 0
    for edition in map(str, range(1993, 2027)):
        of_year = [
            country_codes().of(ReportId("source", edition, *place))
            for place in country_codes().places()
        ]
        for name in names:
            given = [value for each in of_year if (value := getattr(each, name))]
            assert len(given) == len(set(given)), (edition, name)
            seen += len(given)
    assert seen > 40_000


def test_every_row_is_of_a_place_that_is_known() -> None:
    known = {(place.country, place.part) for place in world()}
    places = country_codes().places()
    assert len(places) > 190
    assert [each for each in places if each not in known] == []


def test_the_present_codes_are_those_of_the_country_table() -> None:
    text = resources.files("reports.model").joinpath("countries.toml").read_text("utf-8")
    rows = tomllib.loads(text)["country"]
    assert len(rows) > 190
    for row in rows:
        found = country_codes().of(ReportId("source", "2024", row["code"]))
        if row["code"] != "XKX":
            assert (found.iso2, found.iso3) == (row["iso2"], row["code"])


def test_two_rows_for_one_year_are_refused() -> None:
    rows = {"codes": [{"country": "ABC", "until": 2005}, {"country": "ABC", "from": 2005}]}
    with pytest.raises(BadCodeTable, match="ABC"):
        CodeTable(rows)
