"""Watch a passage: from the page of a version, on a page of its own, and through the API."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from monitor_stage import Clock, Open

from alerts.sink import Sink
from reports.notices.watched import Standing
from reports.text.plain import visible
from services.assembly import Parts
from services.notify.delivery import deliver
from services.notify.passages import LONGEST_QUOTE
from services.signing import reader_url

NAME = "sample-hrr/2023/XAG"
QUOTE = "credible reports of: arbitrary or unlawful killings"
ANN = "ann@court.example"


@pytest.fixture
def desk(open_monitor: Open, tmp_path: Path) -> tuple[httpx.Client, Parts]:
    return open_monitor(is_filled=True, clock=Clock(), public_url="http://127.0.0.1:9")


def send(client: httpx.Client, **fields: str) -> httpx.Response:
    """Send the form that the page of version 1 has, with what is typed into it."""
    page = BeautifulSoup(client.get(f"/reports/{NAME}/v/1").text, "html.parser")
    form = page.select_one('form[action="/watch"]')
    assert form is not None
    hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    data = {**hidden, "address": ANN, "quote": QUOTE, **fields}
    return client.post("/watch", data=data)


def test_a_version_has_a_form_that_watches_its_words(desk: tuple[httpx.Client, Parts]) -> None:
    client, parts = desk
    answer = send(client, vouched="yes", note="Case 12")
    assert answer.status_code == 200
    assert "is notified from now on of what becomes of" in answer.text
    with parts.store.read() as unit:
        (held,) = unit.subscriptions.all(ANN)
    passage = held.filter.passage
    assert passage is not None
    assert (passage.report, passage.version, passage.quote) == (NAME, 1, QUOTE)
    assert (passage.note, passage.text) == ("Case 12", 0)
    assert held.anchor is not None
    assert held.anchor.standing(passage.quote) is Standing.CITED


def test_a_stranger_confirms_by_a_letter_that_quotes_the_report(
    open_monitor: Open, tmp_path: Path
) -> None:
    with Sink(tmp_path / "mail") as sink:
        client, parts = open_monitor(
            is_filled=True, clock=Clock(), smtp_url=sink.url, public_url="http://127.0.0.1:9"
        )
        assert "Check your mail" in send(client, note="my own words").text
        deliver(parts)
        letter = next(each for each in map(Path.read_text, sink.mails()) if ANN in each).replace(
            "=\n", ""
        )
        assert "what becomes of" in letter
        assert "my own words" not in letter
        link = re.search(r"http://127.0.0.1:9(/confirm\?\S+)", letter)
        assert link
        path = link[1].replace("=3D", "=")
        assert client.post(path).status_code == 200
    with parts.store.read() as unit:
        (held,) = unit.subscriptions.all(ANN)
    assert held.anchor is not None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"quote": QUOTE.replace("killings", "arrests")},
            "nearest to it, in the Executive Summary",
        ),
        ({"quote": "torture"}, "at least 2 words"),
        ({"quote": "a " * LONGEST_QUOTE}, "at most 2,000 characters"),
        ({"report": "sample-hrr/2023/XZZ"}, "there is no report"),
        ({"report": "nothing"}, "is not source/edition/country"),
        ({"report": "sample-hrr/2023/\x00"}, "name a report as"),
        ({"version": "99"}, "has no version 99"),
        ({"version": "one"}, "a version is a number"),
        ({"note": "n" * 201}, "at most 200 characters"),
        ({"every": "hour"}, "there is no rhythm"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_everything_typed_kept(
    desk: tuple[httpx.Client, Parts], fields: dict[str, str], said: str
) -> None:
    client, parts = desk
    answer = send(client, vouched="yes", **fields)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    alert = page.select_one("[role=alert]")
    assert alert is not None
    assert said in alert.text
    for name, value in fields.items():
        field = page.select_one(f'main form [name="{name}"]')
        assert field is not None
        if name != "every":
            assert visible(value).strip() in (field.get("value") or field.text)
    with parts.store.read() as unit:
        assert unit.subscriptions.all(ANN) == []


def test_the_manage_page_lists_what_is_watched_and_drops_it(
    desk: tuple[httpx.Client, Parts],
) -> None:
    client, parts = desk
    send(client, vouched="yes", note="Case 12")
    path = reader_url(parts.settings, "manage", ANN).removeprefix("http://127.0.0.1:9")
    page = client.get(path).text
    assert "what becomes of “credible reports of" in page
    assert "as cited, in version" in page
    assert "your note: Case 12" in page
    assert f'href="/reports/{NAME}"' in page
    number = re.search(r'name="drop" value="(\d+)"', page)
    assert number
    client.post(path, data={"drop": number[1]})
    with parts.store.read() as unit:
        assert unit.subscriptions.all(ANN) == []


def test_programs_watch_through_the_api(desk: tuple[httpx.Client, Parts]) -> None:
    client, _ = desk
    asked = {"address": ANN, "passage": {"report": NAME, "quote": QUOTE, "still": True}}
    made = client.post("/api/v1/subscriptions", json={**asked, "vouched": True})
    assert made.status_code == 201
    passage = made.json()["passage"]
    assert (passage["quote"], passage["standing"], passage["still"]) == (QUOTE, "as cited", True)
    assert client.get("/api/v1/subscriptions").json()[-1]["passage"] == passage
    also = {**asked, "countries": ["XAG"], "vouched": True}
    assert client.post("/api/v1/subscriptions", json=also).status_code == 400
