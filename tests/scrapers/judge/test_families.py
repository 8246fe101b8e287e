"""Which family of reports a title, an address or a list of sections belongs to."""

from __future__ import annotations

import pytest

from scrapers.judge.families import (
    family_of_address,
    family_of_line,
    family_of_sections,
    family_of_title,
    other_families,
)
from scrapers.registry import all_sources

RIGHTS = "Country Reports on Human Rights Practices"
FREEDOM = "Report on International Religious Freedom"


@pytest.mark.parametrize(
    ("title", "own", "family"),
    [
        (f"2021 {RIGHTS}: Chad", FREEDOM, RIGHTS),
        (f"2021 {RIGHTS}: Chad", RIGHTS, ""),
        (f"2021 {FREEDOM}: Chad", RIGHTS, FREEDOM),
        (f"2021 {FREEDOM}: Chad", FREEDOM, ""),
        ("Chad", FREEDOM, ""),
    ],
)
def test_title_tells_the_family_unless_it_is_the_one_read(
    title: str, own: str, family: str
) -> None:
    assert family_of_title(title, own) == family
    assert family_of_line(title, own) == family


@pytest.mark.parametrize(
    ("heading", "own", "family"),
    [
        ("Section 6. Discrimination, Societal Abuses, and Trafficking in Persons", FREEDOM, RIGHTS),
        ("Section I. Religious Demography", RIGHTS, FREEDOM),
        ("Religious Demography", RIGHTS, FREEDOM),
        ("Section I. Religious Demography", FREEDOM, ""),
        ("Executive Summary", FREEDOM, ""),
    ],
)
def test_section_that_no_other_family_has_tells_it(heading: str, own: str, family: str) -> None:
    assert family_of_sections(["Executive Summary", heading], own) == family


def test_address_tells_the_family() -> None:
    url = "https://www.state.gov/reports/2021-country-reports-on-human-rights-practices/chad/"
    assert family_of_address(url, FREEDOM) == RIGHTS


def test_sections_of_one_family_are_no_other_familys() -> None:
    seen = [section for each in other_families("") for section in each.sections]
    assert len(seen) == len(set(seen))


def test_every_source_of_the_engine_has_a_title_that_no_other_family_claims() -> None:
    sources = all_sources().values()
    assert len(sources) >= 4
    for source in sources:
        assert not family_of_title(source.family, source.family)
