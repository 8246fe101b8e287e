"""One rule for entity tags and one for origins, on both sides of a request."""

from __future__ import annotations

import pytest

from scrapers.fetch.response import entity_tag, names_tag
from scrapers.fetch.urls import origin_of


def test_equal_bodies_have_equal_tags() -> None:
    assert entity_tag(b"fog") == entity_tag(b"fog") != entity_tag(b"rain")
    assert entity_tag(b"")[0] == entity_tag(b"")[-1] == '"'


@pytest.mark.parametrize(
    ("wanted", "is_named"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_tag_is_named_strongly_or_weakly(wanted: str, is_named: bool) -> None:
    assert names_tag(wanted, '"a"') is is_named


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Watch.example/reports?x=1", "https://watch.example"),
        ("https://watch.example:443/", "https://watch.example"),
        ("http://watch.example:8000", "http://watch.example:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin
