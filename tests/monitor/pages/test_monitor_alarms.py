"""What the operator should see to stands first on the overview."""

from __future__ import annotations

from datetime import timedelta

from monitor_stage import Clock, Open

from reports.watch.alarm import AlarmKind, Finding
from services.assembly import Parts

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
