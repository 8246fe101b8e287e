"""No route answers with a fault of the program, whoever asks, by whatever method, for whatever."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from databases import Database
from every_route import METHODS, Route, every_path, every_route
from fastapi import FastAPI
from monitor_stage import Clock, Open, monitor_over

from monitor.app import create_app
from monitor.doors.authentication import Reception
from monitor.doors.forms import MOST_FIELDS
from monitor.doors.rights import right_needed
from monitor.web.rendering import FOLDER
from reports.notices.subscription import Channel, SubscriberState
from scrapers.registry import source_named
from services.access import Right
from services.assembly import Parts
from services.runs.run import IngestRequest, Trigger, start_run

OPERATOR, READER = "correct horse", "battery staple"
Login = tuple[str, str] | None
WHO: dict[str, tuple[str, str] | None] = {
    "a stranger": None,
    "a reader": ("any", READER),
    "an operator": ("any", OPERATOR),
}

NOT_THERE = {
    **dict.fromkeys(("source", "country", "part", "topic", "flow_run"), "none"),
    **dict.fromkeys(("edition", "first", "second"), "1900"),
    **dict.fromkeys(("number", "before", "after"), "2147483647"),
}
IMPOSSIBLE = dict.fromkeys(NOT_THERE, "%F0%9F%98%80%0A-1")
HOSTILE = ("", "x", "-1", "٣", "9" * 30, "\0", "\ud800", "<script>", "a@b.example", "yes")
"""What a field may be given; the surrogate travels as bytes that are no UTF-8."""
DEEDS = ("retry", "retry all", "drop", "delete", "revive", "dismiss")

Guarded = tuple[httpx.Client, Parts, FastAPI]


@pytest.fixture
def guarded(open_monitor: Open, last_read_at: datetime) -> Guarded:
    """A filled monitor with passwords for readers and operators."""
    passwords = {"admin_password": OPERATOR, "reader_password": READER}
    clock = Clock(last_read_at + timedelta(hours=1))  # a clock that is behind makes all stale
    client, parts = open_monitor(is_filled=True, clock=clock, **passwords)
    return client, parts, create_app(parts)


def faults(answers: Iterable[httpx.Response]) -> list[tuple[str, str, int]]:
    return [
        (each.request.method, str(each.request.url), each.status_code)
        for each in answers
        if each.status_code >= 500
    ]


@pytest.mark.parametrize("who", WHO)
def test_no_method_brings_a_route_down(guarded: Guarded, who: str) -> None:
    client, _, app = guarded
    asked = [each for each in every_path(app) if who in those_who_reach(each)]
    assert len(asked) >= {"a stranger": 80 * len(METHODS), "a reader": 240, "an operator": 330}[who]
    answers = [client.request(each.method, each.filled(), auth=WHO[who]) for each in asked]
    assert faults(answers) == []
    read = [each for each in answers if each.request.method == "GET" and each.is_success]
    assert len(read) >= {"a stranger": 2, "a reader": 60, "an operator": 5}[who]


@pytest.mark.parametrize("who", ["a reader", "an operator"])
@pytest.mark.parametrize("names", [NOT_THERE, IMPOSSIBLE], ids=["not there", "impossible"])
def test_no_name_brings_a_route_down(guarded: Guarded, who: str, names: dict[str, str]) -> None:
    client, _, app = guarded
    asked = [each for each in every_route(app) if who in those_who_reach(each) and "{" in each.path]
    assert len(asked) >= {"a reader": 70, "an operator": 3}[who]
    answers = [client.request(each.method, each.filled(**names), auth=WHO[who]) for each in asked]
    assert faults(answers) == []


def those_who_reach(route: Route) -> tuple[str, ...]:
    """Return whom a route is asked by: all strangers, to be refused; whom it answers first."""
    needed = right_needed(route.method, route.filled())
    return ("a stranger", "an operator" if needed is Right.OPERATE else "a reader")


def fields() -> list[str]:
    """Return the name of every field that a form of ours has."""
    text = "".join(each.read_text("utf-8") for each in sorted((FOLDER / "templates").iterdir()))
    found = sorted(set(re.findall(r'<(?:input|select|textarea|button)[^>]* name="(\w+)"', text)))
    assert len(found) >= 20, found
    return found


def token(parts: Parts, path: str, auth: Login) -> str:
    """Return what a form at a path carries that was made for whoever shows this password."""
    request = httpx.Request("POST", "http://127.0.0.1/", headers={"host": "127.0.0.1"})
    flow = (httpx.BasicAuth(*auth) if auth else httpx.Auth()).auth_flow(request)
    headers = [(name.lower(), value) for name, value in next(flow).headers.raw]
    return Reception(parts).recognize({"type": "http", "headers": headers}).token(path)


def bodies() -> Iterator[dict[str, str]]:
    """Give forms with every field of ours, each time filled with something else."""
    names = fields()
    yield {}
    yield from (dict.fromkeys(names, text) for text in HOSTILE)
    yield from (dict.fromkeys(names, "1") | {"do": do} for do in DEEDS)
    yield {f"field{number}": "1" for number in range(MOST_FIELDS + 1)}


def send_forms(
    client: httpx.Client, path: str, key: str, forms: Iterable[dict[str, str]], auth: Login
) -> list[httpx.Response]:
    """Send forms as a browser would, each with a token."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return [
        client.post(
            path,
            content=urlencode({**form, "token": key}, encoding="utf-8", errors="surrogatepass"),
            headers=headers,
            auth=auth,
        )
        for form in forms
    ]


@pytest.mark.parametrize("who", WHO)
def test_no_form_brings_a_route_down(guarded: Guarded, who: str) -> None:
    client, parts, app = guarded
    posted = [each for each in every_route(app) if each.method == "POST"]
    assert len(posted) == 15
    forms = [*bodies()]
    assert len(forms) == 2 + len(HOSTILE) + len(DEEDS)
    for path in (each.filled() for each in posted):
        for key in (token(parts, path, WHO[who]), "0" * 64):
            assert faults(send_forms(client, path, key, forms, WHO[who])) == []


def test_the_page_of_a_run_shows_whatever_was_asked_for(open_monitor: Open) -> None:
    client, parts = open_monitor()
    request = IngestRequest(
        "sample-hrr", ("2023",), ("XAG",), ("https://sample.example/a",), full=True
    )
    asked = {
        **request.parameters,
        "limit": 3,
        "share": 0.5,
        "until": None,
        "none": [],
        "deep": {"a": 1},
    }
    run = start_run(
        parts,
        source_named("sample-hrr"),
        trigger=Trigger.MANUAL,
        orchestrator="direct",
        flow_run="",
        parameters=asked,
    )
    page = client.get(f"/runs/{run.run_id}")
    assert page.status_code == 200
    for words in (
        "editions: 2023",
        "everything fetched and read",
        "limit: 3",
        "share: 0.5",
        "deep: a",
    ):
        assert words in page.text


@pytest.mark.parametrize("canary", ["", "off", "nobody@example.org", "http://127.0.0.1:1/canary"])
def test_a_canary_nobody_sent_is_refused(open_monitor: Open, canary: str) -> None:
    client, parts = open_monitor(canary=canary)
    if "@" in canary:
        with parts.store.write() as unit:  # as an e-mail's canary has it: without a secret
            unit.subscribers.add(canary, Channel.EMAIL, parts.now(), state=SubscriberState.OURS)
            unit.commit()
    signed = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    odd = {**signed, "webhook-timestamp": "inf", "webhook-signature": "v1"}
    for headers in ({}, signed, odd):
        answer = client.post("/canary", content=b"\xff{", headers=headers)
        assert answer.status_code == 403, headers


def test_no_character_brings_a_database_down(database: Database) -> None:
    """Ask both kinds of database for what only one of them takes: U+0000, half a character."""
    with monitor_over(database.home, database_url=database.url) as (client, parts):
        routes = every_route(create_app(parts))
        lists = [each.path for each in routes if each.method == "GET" and "{" not in each.path]
        assert len(lists) >= 25
        answers = [
            client.get(path, params={name: text})
            for path in lists
            for name in ("source", "state", "edition", "address", "done")
            for text in ("a\0b", "\ufffd")
        ]
        for path in (
            each.path for each in routes if each.method == "POST" and "{" not in each.path
        ):
            forms = [dict.fromkeys(fields(), text) | {"do": "retry all"} for text in HOSTILE]
            answers += send_forms(client, path, token(parts, path, None), forms, None)
        for owner in ("a\0b", "\ud800"):
            vouched = {"address": "x@law.example", "vouched": True, "owner": owner}
            answers.append(client.post("/api/v1/subscriptions", content=json.dumps(vouched)))
            assert answers[-1].status_code == 400 or "\0" in owner
    assert faults(answers) == []
