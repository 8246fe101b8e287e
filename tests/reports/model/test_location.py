"""Which addresses are one location."""

from __future__ import annotations

import pytest

from reports.model.location import location_key

PAGE = "https://www.example.org/reports/chad"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (f"{PAGE}/", True),
        (f"{PAGE}#top", True),
        ("http://www.example.org/reports/chad", True),
        ("https://WWW.example.org/reports/chad", True),
        (f"{PAGE}?", True),
        (f"{PAGE}?page=2", False),
        ("https://www.example.org/reports/Chad", False),
        ("https://example.org/reports/chad", False),
    ],
)
def test_scheme_case_of_host_and_last_slash_make_no_other_location(
    other: str, is_same: bool
) -> None:
    assert (location_key(other) == location_key(PAGE)) is is_same


def test_what_names_no_host_is_its_own_key() -> None:
    assert location_key("saved/chad.html") == "saved/chad.html"
