"""What the operator should see to stands first on the overview."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from monitor_stage import Clock, Open
from removal_stage import hold_removals

from reports.watch.alarm import AlarmKind, Finding
from services.assembly import Parts

AFTER_ALL = datetime(2026, 11, 1, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\u202e"


def see(parts: Parts, *found: Finding) -> None:
    with parts.store.write() as unit:
        run_id = unit.runs.start(
            "sample-hrr",
            trigger="manual",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        for each in found:
            unit.alarms.see("sample-hrr", each, run_id, parts.now())
        unit.alarms.clear("sample-hrr", AlarmKind, parts.now(), but=found)
        unit.runs.end(run_id, "done", now=parts.now(), seconds=1.0)
        unit.commit()


def test_open_alarms_are_shown_until_they_are_cleared(open_monitor: Open) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock)
    assert 'id="alarms"' not in client.get("/").text
    held = Finding(
        AlarmKind.HELD_BACK,
        "sample-hrr",
        "3 pages held back.",
        ("sample-hrr/2023/XAB", "https://sample.reportwatch.example/reports/one/"),
        "`reportwatch review` lists them.",
    )
    see(parts, held)
    text = client.get("/").text
    assert text.index('id="alarms"') < text.index('id="sources"')
    for told in (
        held.text,
        *held.examples,
        "<code>reportwatch review</code> lists them.",
        "held back",
        "2026-03-01",
    ):
        assert told in text
    clock.now += timedelta(hours=1)
    see(parts)
    assert 'id="alarms"' not in client.get("/").text


def test_an_alarm_shows_scraped_text_and_does_not_obey_it(open_monitor: Open) -> None:
    client, parts = open_monitor()
    see(parts, Finding(AlarmKind.DRIFT_SUMMARY, EVIL, EVIL, (EVIL, f"https://x/{EVIL}"), EVIL))
    text = client.get("/").text
    assert "<script>" not in text and "\u202e" not in text
    assert "&lt;script&gt;" in text


HELD = Finding(AlarmKind.HELD_BACK, "sample-hrr", "3 pages held back.")


def test_an_alarm_that_was_seen_leaves_the_strip_and_its_page_says_who(
    open_monitor: Open,
) -> None:
    client, parts = open_monitor()
    see(parts, HELD)
    text = client.get("/alarms").text
    (number,) = re.findall(r'name="alarm" value="(\d+)"', text)
    token = re.findall(r'name="token" value="([^"]+)"', text)[0]
    form = {"token": token, "alarm": number, "who": EVIL}
    done = client.post("/alarms", data=form)
    assert done.status_code == 303
    assert "1 acknowledged." in client.get(done.headers["location"]).text
    assert 'id="alarms"' not in client.get("/").text
    shown = client.get("/alarms").text
    assert 'id="acknowledged"' in shown and "3 pages held back." in shown
    assert 'id="actions"' in shown and f"acknowledged alarm {number}" in shown
    assert "<script>" not in shown and "\u202e" not in shown
    see(parts, replace(HELD, text="4 pages held back."))
    assert "4 pages held back." in client.get("/").text


def test_nothing_chosen_is_nothing_seen(open_monitor: Open) -> None:
    client, parts = open_monitor()
    see(parts, HELD)
    token = re.findall(r'name="token" value="([^"]+)"', client.get("/alarms").text)[0]
    assert client.post("/alarms", data={"token": token}).status_code == 400
    assert client.post("/alarms", data={"alarm": "1"}).status_code == 403
    assert 'id="alarms"' in client.get("/").text


@pytest.mark.parametrize(("do", "says"), [("release", "released, {} removed"), ("drop", "dropped")])
def test_removals_held_are_decided_on_the_review_page(
    open_monitor: Open, do: str, says: str
) -> None:
    client, parts = open_monitor(is_filled=True, clock=Clock(AFTER_ALL))
    number = hold_removals(parts)
    with parts.store.read() as unit:
        count = len(unit.mass_removals("sample-hrr").reports(number))
    assert count >= 10
    path = f"/reviews/{number}"
    assert "removals of 2023" in client.get("/reviews").text
    assert "Many reports are missing at once" in client.get("/").text
    shown = client.get(path).text
    assert (
        f"{count} reports whose removal is held" in shown and "/reports/sample-hrr/2023/" in shown
    )
    assert "<iframe" not in shown and client.get(f"{path}/page").status_code == 404
    token = re.findall(r'name="token" value="([^"]+)"', shown)[0]
    wrong = client.post(path, data={"token": token, "do": "dismiss"})
    assert (wrong.status_code, "release or drop them" in wrong.text) == (400, True)
    token = re.findall(r'name="token" value="([^"]+)"', wrong.text)[0]
    done = client.post(path, data={"token": token, "do": do, "who": "Ann"})
    assert done.status_code == 303
    assert says.format(count) in client.get(done.headers["location"]).text
    assert "mass removal" not in client.get("/").text
    assert f"This is {do}" in client.get(path).text
    assert "Ann" in client.get("/alarms").text
