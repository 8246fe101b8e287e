"""Unsubscribing takes a valid link and a click: nothing less, and nothing more."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from monitor_stage import SUBSCRIBER, Open, subscribe

from services.assembly import Parts
from services.signing import unsubscribe_token, unsubscribe_url

BOB = "bob+alerts&co@law.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def addresses(parts: Parts) -> list[str]:
    with parts.store.read() as unit:
        return [each.address for each in unit.subscriptions.all()]


@pytest.fixture
def monitor(open_monitor: Open) -> tuple[httpx.Client, Parts]:
    client, parts = open_monitor(public_url="http://127.0.0.1", admin_password="closed")
    for address in (SUBSCRIBER, BOB):
        subscribe(parts, address)
    return client, parts


def link_for(parts: Parts, address: str) -> str:
    link = urlsplit(unsubscribe_url(parts.settings, address))
    return f"{link.path}?{link.query}"


def test_opening_the_link_changes_nothing_and_shows_a_button(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, parts = monitor
    for _ in range(3):
        answer = client.get(link_for(parts, BOB))
        assert answer.status_code == 200
        assert html.escape(BOB) in answer.text
        assert '<form method="post"' in answer.text
    assert addresses(parts) == [SUBSCRIBER, BOB]


def test_the_button_deletes_that_address_alone(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    page = client.get(link_for(parts, BOB)).text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action
    answer = client.post(html.unescape(action[1]))
    assert answer.status_code == 200
    assert "gets no further messages" in answer.text
    assert addresses(parts) == [SUBSCRIBER]


@pytest.mark.parametrize("times", [1, 3])
def test_one_click_from_a_mail_client_works_and_can_be_repeated(
    monitor: tuple[httpx.Client, Parts], times: int
) -> None:
    client, parts = monitor
    for _ in range(times):
        assert client.post(link_for(parts, BOB), data=ONE_CLICK).status_code == 200
    assert addresses(parts) == [SUBSCRIBER]


def test_one_click_may_come_as_multipart(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    files = {name: (None, value) for name, value in ONE_CLICK.items()}
    assert client.post(link_for(parts, BOB), files=files).status_code == 200
    assert addresses(parts) == [SUBSCRIBER]


def test_address_and_token_may_stand_in_the_form(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    form = dict(parse_qsl(urlsplit(link_for(parts, BOB)).query))
    assert client.post("/unsubscribe", data=form).status_code == 200
    assert addresses(parts) == [SUBSCRIBER]


def test_a_wrong_link_is_refused_and_says_what_to_do(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    token = unsubscribe_token(parts.settings, BOB)
    wrong = [
        {},
        {"address": BOB},
        {"address": BOB, "token": ""},
        {"address": BOB, "token": token[:-1]},
        {"address": BOB, "token": token.upper()},
        {"address": BOB, "token": "ä" * 64},
        {"address": SUBSCRIBER, "token": token},
        {"address": "", "token": unsubscribe_token(parts.settings, "")},
        {"address": BOB + "\0", "token": token},
    ]
    for query in wrong:
        path = f"/unsubscribe?{urlencode(query)}"
        for answer in (
            client.get(path),
            client.post(path),
            client.post("/unsubscribe", data=query),
        ):
            assert answer.status_code == 403
            assert "This link is not valid" in answer.text
    assert addresses(parts) == [SUBSCRIBER, BOB]


def test_an_enormous_form_is_not_read(monitor: tuple[httpx.Client, Parts]) -> None:
    client, _ = monitor
    assert client.post("/unsubscribe", content=b"x" * 10_000).status_code == 413
    assert client.get(f"/unsubscribe?address={'x' * 2000}").status_code == 400
