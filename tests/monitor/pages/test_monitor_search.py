"""The search of the monitor: its page and its API."""

from __future__ import annotations

import httpx
import pytest
from monitor_stage import Open

from services.runs.search_index import index_what_is_new

LEFT = '"critics of the government"'
"""Words that the sample site takes out of a section of Belvaria 2024."""


def test_the_form_alone_says_how_to_ask(client: httpx.Client) -> None:
    page = client.get("/search").text
    assert 'name="q"' in page
    assert "Removed words" in page


def test_what_is_said_now_is_marked_and_leads_to_its_version(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "torture"})
    assert page.status_code == 200
    assert "<mark>" in page.text
    assert "/v/" in page.text


def test_removed_words_lead_to_the_change_that_took_them_out(client: httpx.Client) -> None:
    found = client.get("/api/v1/search", params={"q": LEFT, "removed": True}).json()
    assert len(found["results"]) == found["total"] == 1
    assert all(each["until_version"] or each["state"] == "removed" for each in found["results"])
    page = client.get("/search", params={"q": LEFT, "when": "removed"}).text
    assert "what changed then" in page


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"q": "-"}, 400),
        ({"q": "fog", "country": "Atlantis"}, 404),
        ({"q": "fog", "as_of": "noon"}, 400),
        ({"q": "fog", "limit": 501}, 400),
        ({}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused(
    client: httpx.Client, asked: dict[str, str], status: int
) -> None:
    answer = client.get("/api/v1/search", params=asked)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_page_says_what_is_wrong_with_a_question(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "fog", "when": "then", "as_of": "noon"})
    assert page.status_code == 200
    assert "Give a date" in page.text


def test_hostile_words_are_text(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": '<script>alert(1)</script> "x'}).text
    assert "<script" not in page


def test_every_run_leaves_all_it_brought_searchable(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    assert index_what_is_new(parts) == 0
    assert "cannot be searched yet" not in client.get("/search", params={"q": "torture"}).text
