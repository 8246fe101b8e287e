"""The country table: every name, code, key and slug leads to one place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.countries import BadCountryTable, CountryTable, fold, load_table, world

WORLD = world()


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Côte d'Ivoire", "cote divoire"),
        ("Cote d\u2019Ivoire", "cote divoire"),
        ("The Gambia", "gambia"),
        ("Gambia, The", "gambia"),
        ("Guinea-Bissau", "guinea bissau"),
        ("Antigua & Barbuda", "antigua and barbuda"),
        ("  São   Tomé\u00a0and Príncipe ", "sao tome and principe"),
        ("Türkiye", "turkiye"),
        ("Thebes", "thebes"),
        ("", ""),
    ],
)
def test_names_are_compared_without_accents_case_and_marks(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    once = fold(name)
    if not re.search(r"^the | the$", once):
        assert fold(once) == once


@pytest.mark.parametrize(
    ("name", "country", "part"),
    [
        ("Kazakhstan", "KAZ", ""),
        ("KAZ", "KAZ", ""),
        ("kazakhstan", "KAZ", ""),
        ("Kosovo", "XKX", ""),
        ("Burma", "MMR", ""),
        ("Swaziland", "SWZ", ""),
        ("Eswatini", "SWZ", ""),
        ("Macedonia", "MKD", ""),
        ("North Macedonia", "MKD", ""),
        ("The Gambia", "GMB", ""),
        ("Turkey (Türkiye)", "TUR", ""),
        ("Bosnia and Herzegovnia", "BIH", ""),
        ("Korea, Republic of", "KOR", ""),
        ("Democratic People's Republic of Korea", "PRK", ""),
        ("China (Includes Tibet, Hong Kong, and Macau)", "CHN", ""),
        ("Tibet", "CHN", "tibet"),
        ("china/tibet", "CHN", "tibet"),
        ("CHN/tibet", "CHN", "tibet"),
        ("HKG", "CHN", "hong-kong"),
        ("Hong Kong", "CHN", "hong-kong"),
        ("MAC", "CHN", "macau"),
        ("PSE", "ISR", "west-bank-and-gaza"),
        ("Crimea", "UKR", "crimea"),
        ("Western Sahara", "ESH", ""),
    ],
)
def test_place_is_found_by_any_of_its_names(name: str, country: str, part: str) -> None:
    place = WORLD.find(name)
    assert place is not None
    assert (place.country, place.part) == (country, part)


@pytest.mark.parametrize(
    "name", ["", " ", "Ruritania", "KA", "Korea", "the", "Guinea Bissau Papua"]
)
def test_unknown_name_finds_nothing(name: str) -> None:
    assert WORLD.find(name) is None


@pytest.mark.parametrize(
    ("slug", "country", "part"),
    [
        ("kazakhstan", "KAZ", ""),
        ("__trashed", "BDI", ""),
        ("ghana__trashed", "GHA", ""),
        ("malaysia-2", "MYS", ""),
        ("Malaysia", "MYS", ""),
        ("china/tibet", "CHN", "tibet"),
        ("republic-of-korea", "KOR", ""),
    ],
)
def test_place_is_found_by_the_slugs_its_pages_have_had(slug: str, country: str, part: str) -> None:
    place = WORLD.find_slug(slug)
    assert place is not None
    assert (place.country, place.part) == (country, part)


@pytest.mark.parametrize(
    ("slug", "edition", "country"),
    [
        ("__trashed", "2018", "BDI"),
        ("__trashed", "2019", ""),
        ("thebahamas", "2023", "BHS"),
        ("thebahamas", "2022", ""),
        ("kazakhstan", "2016", "KAZ"),
        ("kazakhstan", "2031", ""),
    ],
)
def test_slug_speaks_only_for_the_editions_it_was_seen_in(
    slug: str, edition: str, country: str
) -> None:
    place = WORLD.find_slug(slug, edition)
    assert (place.country if place else "") == country


@pytest.mark.parametrize(
    ("name", "countries"),
    [
        ("Kazahkstan", ["KAZ"]),
        ("Bosnia & Herzegovinia", ["BIH"]),
        ("Chda", ["TCD"]),
        ("Nigera", ["NER", "NGA"]),
        ("North Korae", ["PRK"]),
        ("The Republic of Iceland", ["ISL"]),
        ("The State of Papua New Guinea", ["PNG"]),
        ("Sweden and Norway", []),
        ("Ruritania", []),
        ("Cha", []),
        ("", []),
    ],
)
def test_unknown_name_is_like_names_within_one_slip_in_five_letters(
    name: str, countries: list[str]
) -> None:
    assert sorted(place.country for place in WORLD.alike(name)) == countries


def test_countries_a_text_names_are_counted_by_their_whole_names() -> None:
    counts = WORLD.mentions("Guinea and Papua New Guinea; Swaziland is Eswatini. nigeria Tibet")
    assert {place.country: count for place, count in counts.items()} == {
        "GIN": 1,
        "PNG": 1,
        "SWZ": 2,
    }
    assert not WORLD.mentions("")


def test_table_holds_the_countries_and_areas_of_all_editions() -> None:
    places = list(WORLD)
    assert len([place for place in places if not place.part]) == 197
    assert len([place for place in places if place.part]) == 6
    assert all(re.fullmatch(r"[A-Z]{3}", place.country) for place in places)
    assert all(re.fullmatch(r"[a-z-]*", place.part) for place in places)


def test_every_place_is_found_by_each_of_its_names_and_codes() -> None:
    assert len([*WORLD]) == 203
    for place in WORLD:
        assert len(place.names) >= 1
        assert all(WORLD.find(name) == place for name in place.names), place
        code = f"{place.country}/{place.part}" if place.part else place.country
        assert WORLD.find(code) == place
        assert WORLD.get(place.country, place.part) == place


def test_every_slug_belongs_to_one_place() -> None:
    owners: dict[str, set[str]] = {}
    for place in WORLD:
        for slug in place.slugs:
            owners.setdefault(slug.casefold(), set()).add(place.name)
    assert len(owners) == 235
    assert {slug: names for slug, names in owners.items() if len(names) > 1} == {}


def test_name_to_print_falls_back_to_the_code() -> None:
    assert WORLD.name("KAZ") == "Kazakhstan"
    assert WORLD.name("CHN", "tibet") == "Tibet"
    assert WORLD.name("XAA") == "XAA"
    assert WORLD.name("XAA", "north") == "XAA/north"


def test_table_that_contradicts_itself_is_refused() -> None:
    first = {"code": "XAA", "key": "a", "names": ["A", "Same"]}
    second = {"code": "XAB", "key": "b", "names": ["B", "The same"]}
    with pytest.raises(BadCountryTable, match=r"'The same' names both A and B"):
        CountryTable({"country": [first, second]})


def test_source_may_bring_its_own_rows() -> None:
    table = load_table(
        """
        [[country]]
        code = "XAA"
        key = "ruritania"
        names = ["Ruritania", "Kingdom of Ruritania"]
        slugs = { "ruritania" = "2022-2024" }
        [[area]]
        parent = "XAA"
        part = "north"
        names = ["The North"]
        """
    )
    found = table.find("Kingdom of Ruritania")
    assert found is not None and found.name == "Ruritania"
    area = table.find("ruritania/north")
    assert area is not None and (area.country, area.part) == ("XAA", "north")


FURTHER = """
[[area]]
parent = "CHN"
part = "far-shore"
names = ["Far Shore"]
slugs = { "china/far-shore-of-china" = "2021" }
[[area]]
parent = "CHN"
part = "tibet"
names = ["Tibet, in another family's words"]
[[country]]
code = "CHN"
names = ["China (includes the Far Shore)"]
slugs = { "china-and-far-shore" = "2021" }
"""


def test_source_may_bring_further_rows_names_and_slugs() -> None:
    table = world(FURTHER)
    found = {
        "Far Shore": "CHN/far-shore",
        "china/far-shore": "CHN/far-shore",
        "Tibet, in another family's words": "CHN/tibet",
        "Tibet": "CHN/tibet",
        "China (includes the Far Shore)": "CHN",
        "China": "CHN",
    }
    for name, key in found.items():
        place = table.find(name)
        assert place and place.key == key, name
    for slug, key in {
        "china/far-shore-of-china": "CHN/far-shore",
        "china/tibet": "CHN/tibet",
    }.items():
        place = table.find_slug(slug, "2021")
        assert place and place.key == key, slug
    assert table.name("CHN") == "China"
    assert WORLD.find("Far Shore") is None
    assert WORLD.find("China (includes the Far Shore)") is None


def test_further_row_must_not_contradict_the_table() -> None:
    with pytest.raises(BadCountryTable, match="'Chad' names both"):
        world('[[country]]\ncode = "CHN"\nnames = ["Chad"]')
