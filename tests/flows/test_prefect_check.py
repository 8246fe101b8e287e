"""The check flow on a real Prefect server: its state, its events, and the mail that follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freshness_stage import planned
from patience import wait_for
from prefect.events.worker import EventsWorker
from prefect_stage import SOURCE, Stage, ask

from alerts.sink import Sink
from flows import courier
from flows.check import check_flow
from flows.schedule_notes import note_deployments
from services.assembly import Parts, open_parts, utc_now
from services.health import watchdog
from services.health.promises import CHECK_PULSE
from services.ingest import ingest
from services.settings import load_settings

OPERATOR = "ops@law.example"


@pytest.fixture
def parts(stage: Stage) -> Iterator[Parts]:
    """Parts that have read the sample site."""
    with open_parts(stage.settings) as opened:
        ingest(opened, stage.request())
        yield opened


def fail_a_run(parts: Parts) -> None:
    with parts.store.write() as unit:
        run_id = unit.runs.start(
            SOURCE,
            trigger="scheduled",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        unit.runs.end(run_id, "failed", now=parts.now(), seconds=1, error="down")
        unit.commit()


def events(stage: Stage, name: str) -> list[dict[str, Any]]:
    """Return the events of one name that the server holds."""
    wanted = {"filter": {"event": {"name": [name]}, "occurred": {"since": _an_hour_ago()}}}
    found: list[dict[str, Any]] = ask(stage.api_url, "/events/filter", wanted)["events"]
    return found


def _an_hour_ago() -> str:
    return (utc_now() - timedelta(hours=1)).isoformat()


def test_a_check_that_finds_nothing_completes_and_beats_its_pulse(
    stage: Stage, parts: Parts
) -> None:
    before = utc_now()
    assert asyncio.run(check_flow()) == {"findings": 0}
    assert stage.last_flow_run("check")["state"]["message"] == "0 findings"
    with parts.store.read() as unit:
        beat = unit.heartbeats.last(CHECK_PULSE)
        assert beat and beat >= before
        # No runner started this process: what is scheduled is what the bundled file says.
        assert "scheduled:us-state-hrr" in unit.heartbeats.all()


@pytest.mark.slow
def test_alarms_raised_and_cleared_are_events(stage: Stage, parts: Parts) -> None:
    names = [f"reportwatch.alarm.{each}" for each in ("raised", "cleared")]
    of_others = {each["id"] for name in names for each in events(stage, name)}
    fail_a_run(parts)
    assert asyncio.run(check_flow()) == {"findings": 1, "run_blocked": 1}
    assert stage.last_flow_run("check")["state"]["message"] == "1 finding, run_blocked: 1"
    ingest(parts, stage.request())
    assert asyncio.run(check_flow()) == {"findings": 0}
    EventsWorker.drain_all(timeout=5)
    for name in names:
        (event,) = wait_for(
            lambda name=name: [each for each in events(stage, name) if each["id"] not in of_others],
            f"nothing is {name}",
        )
        assert event["resource"]["prefect.resource.id"] == f"reportwatch.source.{SOURCE}"
        assert event["payload"]["kind"] == "run_blocked"
        assert "came to nothing" in event["payload"]["text"]


@pytest.mark.slow
def test_events_that_prefect_does_not_take_fail_no_check(
    stage: Stage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("full")

    monkeypatch.setattr("flows.check.emit_event", refuse)
    fail_a_run(parts)
    assert asyncio.run(check_flow()) == {"findings": 1, "run_blocked": 1}


@pytest.mark.slow
def test_a_second_check_is_refused_and_says_so(
    stage: Stage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runs.run.LOCK_SECONDS", 0)
    lock = parts.store.lock("check")
    assert lock
    state = asyncio.run(check_flow(return_state=True))
    lock.release()
    assert state.is_cancelled()
    assert state.message == "refused: another check is under way"


@pytest.mark.slow
def test_what_a_check_finds_is_mailed_to_the_operator_by_the_courier(
    stage: Stage, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        monkeypatch.setenv("REPORTWATCH_OPERATOR", OPERATOR)
        fail_a_run(parts)
        asyncio.run(check_flow())
        with open_parts(stage.settings) as opened:
            until(courier.deliver_when_due, opened, lambda: len(sink.mails()) == 1)
        mail = sink.mails()[0].read_bytes()
    assert b"Subject: To see to: Sample: the last run came to nothing" in mail


def until(task: Any, parts: Parts, is_done: Any, seconds: float = 20) -> None:
    """Let a part of the runner work until something is so."""

    async def work() -> None:
        stop = asyncio.Event()
        working = asyncio.create_task(task(parts, stop))
        async with asyncio.timeout(seconds):
            while not is_done():
                await asyncio.sleep(0.05)
        stop.set()
        await working

    asyncio.run(work())


def open_alarms(parts: Parts) -> list[str]:
    with parts.store.read() as unit:
        return [each.kind for each in unit.alarms.open()]


class HurriedClock:
    """A clock that goes on by twenty minutes each time it is asked."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=20)
        return self.now


def test_the_watchman_notices_a_stopped_scheduler_without_mail_server_and_prefect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "POLL_SECONDS", 0.01)
    monkeypatch.setenv("REPORTWATCH_HOME", str(tmp_path))
    with open_parts(load_settings()) as opened:
        note_deployments(opened, planned(SOURCE))
    with open_parts(load_settings(), now=HurriedClock()) as opened:
        until(watchdog.run_watchdog, opened, lambda: open_alarms(opened) == ["scheduler"])


def test_a_watchman_whose_check_fails_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watchdog, "POLL_SECONDS", 0.01)
    looks: list[int] = []

    def fail(_self: object) -> None:
        looks.append(1)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(watchdog.Watchdog, "check_if_overdue", fail)
    with open_parts(load_settings(home=tmp_path)) as opened:
        until(watchdog.run_watchdog, opened, lambda: len(looks) > 1)
    assert "the watchdog could not check" in caplog.text
