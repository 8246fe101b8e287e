"""The imitated WordPress pages, filters and orders its posts as the publisher's does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployments.sample_site import SiteResponse
from deployments.sample_site.wordpress import MAP_ENTRIES, MAP_INDEX_PATH, REST_PATH, Post, answer

FIRST = datetime(2024, 5, 1, 10, tzinfo=UTC)


def _posts(count: int) -> list[Post]:
    return [
        Post(
            number,
            f"https://www.example.org/reports/district-{number}/",
            f"District {number} & Sons",
            FIRST + timedelta(days=number),
            FIRST + timedelta(days=100 - number),
        )
        for number in range(count)
    ]


def _asked(query: str, count: int = 5) -> tuple[SiteResponse, Any]:
    reply = answer(_posts(count), REST_PATH, query)
    assert reply
    return reply, json.loads(reply.body)


@pytest.mark.parametrize(
    ("query", "numbers", "total", "pages"),
    [
        ("", [4, 3, 2, 1, 0], 5, 1),
        ("per_page=2", [4, 3], 5, 3),
        ("per_page=2&page=3", [0], 5, 3),
        ("orderby=modified", [0, 1, 2, 3, 4], 5, 1),
        ("orderby=modified&order=asc&per_page=1", [4], 5, 5),
        ("modified_after=2024-08-06T10:00:00&orderby=modified", [0, 1, 2], 3, 1),
        ("modified_after=2024-08-06T09:59:59Z&orderby=modified", [0, 1, 2, 3], 4, 1),
        ("modified_after=2025-01-01T00:00:00&page=7", [], 0, 0),
    ],
)
def test_the_collection_tells_what_was_asked(
    query: str, numbers: list[int], total: int, pages: int
) -> None:
    reply, told = _asked(query)
    assert reply.status == 200
    assert [post["id"] for post in told] == numbers
    totals = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    assert reply.headers == {"Content-Type": "application/json; charset=UTF-8", **totals}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("per_page=2&page=4", "rest_post_invalid_page_number"),
        ("per_page=101", "rest_invalid_param"),
        ("page=0", "rest_invalid_param"),
        ("orderby=weight", "rest_invalid_param"),
        ("modified_after=lately", "rest_invalid_param"),
    ],
)
def test_the_collection_refuses_what_it_does_not_have(query: str, code: str) -> None:
    reply, told = _asked(query)
    assert (reply.status, told["code"]) == (400, code)


def test_a_post_has_the_publishers_fields() -> None:
    _, (post,) = _asked("", count=1)
    assert post == {
        "id": 0,
        "date_gmt": "2024-05-01T10:00:00",
        "modified": "2024-08-09T05:00:00",
        "modified_gmt": "2024-08-09T10:00:00",
        "slug": "district-0",
        "link": "https://www.example.org/reports/district-0/",
        "title": {"rendered": "District 0 &amp; Sons"},
    }


def test_fields_can_be_chosen() -> None:
    _, (post,) = _asked("_fields=link,modified_gmt,title.rendered", count=1)
    assert set(post) == {"link", "modified_gmt", "title"}


def test_the_index_of_site_maps_leads_to_every_post() -> None:
    posts = _posts(MAP_ENTRIES + 1)
    index = answer(posts, MAP_INDEX_PATH, "")
    assert index
    maps = re.findall(rb"<loc>https://www.example.org(.+?)</loc>", index.body)
    assert maps == [b"/state_report-sitemap.xml", b"/state_report-sitemap2.xml"]
    replies = [answer(posts, path.decode(), "") for path in maps]
    rows = [row for each in replies if each for row in re.findall(rb"<url>(.+?)</url>", each.body)]
    assert len(rows) == len(posts)
    assert rows[0] == (
        b"<loc>https://www.example.org/reports/district-0/</loc>"
        b"<lastmod>2024-08-09T10:00:00+00:00</lastmod>"
    )


def test_other_paths_are_not_wordpress() -> None:
    assert answer(_posts(1), "/reports/district-0/", "") is None
