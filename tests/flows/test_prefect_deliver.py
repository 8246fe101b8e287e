"""The deliver flow and the courier, with a real Prefect server and a real mail server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Completed
from prefect_stage import SOURCE, Stage

from alerts.sink import Sink
from cli.up.ports import free_port
from flows import courier
from flows.deliver import deliver_flow
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.watch.alarm import AlarmKind, Finding
from services.assembly import Parts, open_parts
from services.ingest import ingest
from services.notify.workers import MOST_WORKERS

READER = "reader@law.example"


@pytest.fixture
def sink(tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        yield sink


@pytest.fixture
def parts(stage: Stage, sink: Sink) -> Iterator[Parts]:
    """Parts with one alert due: a reader, a baseline, and one silent edit."""
    with open_parts(stage.settings) as opened:
        subscribe(opened)
        ingest(opened, stage.request())
        stage.site.advance(2)
        ingest(opened, stage.request())
        yield opened


def subscribe(parts: Parts) -> None:
    with parts.store.write() as unit:
        unit.subscriptions.add(
            READER, Channel.EMAIL, SubscriptionFilter(sources=(SOURCE,)), parts.now()
        )
        unit.commit()


def test_what_is_due_is_sent_once_and_the_flow_run_says_how_much(
    stage: Stage, parts: Parts, sink: Sink
) -> None:
    assert asyncio.run(deliver_flow()) == {"sent": 1, "retrying": 0, "dead": 0}
    assert len(sink.mails()) == 1
    flow_run = stage.last_flow_run("deliver")
    assert flow_run["state"]["message"] == "1 sent, 0 retrying, 0 dead"
    assert stage.artifacts(flow_run["id"])["table"]["key"] == "deliver"


@pytest.mark.slow
def test_with_nothing_due_nothing_is_sent_and_no_artifact_left(
    stage: Stage, parts: Parts, sink: Sink
) -> None:
    asyncio.run(deliver_flow())
    assert asyncio.run(deliver_flow()) == {"sent": 0, "retrying": 0, "dead": 0}
    assert len(sink.mails()) == 1
    assert stage.artifacts(stage.last_flow_run("deliver")["id"]) == {}


@pytest.mark.slow
def test_one_delivery_too_many_is_refused_and_says_so(stage: Stage, parts: Parts) -> None:
    locks = [parts.store.lock(f"deliver-{place}") for place in range(1, MOST_WORKERS + 1)]
    state = asyncio.run(deliver_flow(return_state=True))
    for lock in locks:
        lock.release()
    assert state.is_cancelled()
    assert state.message == "refused: enough deliveries are under way"


def carry_until(parts: Parts, sink: Sink, mails: int, seconds: float = 20) -> None:
    """Let the courier work until so many mails arrived."""

    async def work() -> None:
        stop = asyncio.Event()
        carrying = asyncio.create_task(courier.deliver_when_due(parts, stop))
        async with asyncio.timeout(seconds):
            while len(sink.mails()) < mails:
                await asyncio.sleep(0.05)
        stop.set()
        await carrying

    asyncio.run(work())


def test_the_courier_sends_what_is_due_as_a_flow_run_that_bears_its_tag(
    stage: Stage, parts: Parts, sink: Sink
) -> None:
    carry_until(parts, sink, 1)
    flow_run = stage.last_flow_run("deliver")
    assert "courier" in flow_run["tags"]
    assert flow_run["state"]["type"] == "COMPLETED"


def test_what_a_delivery_waits_for_without_awaiting_it_does_not_hold_the_runner(
    stage: Stage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, goes_on = threading.Event(), threading.Event()
    held: list[bool] = []

    @flow(name="deliver", persist_result=False)
    async def holding() -> State[Any]:
        waits.set()
        held.append(not goes_on.wait(10))  # as Prefect's engine waits for a server that hangs
        return Completed(data={"sent": 1})

    async def deliver_beside_the_runner() -> bool:
        delivering = asyncio.create_task(courier._deliver(parts))
        while not (waits.is_set() or delivering.done()):
            await asyncio.sleep(0.1)
        goes_on.set()
        return await delivering

    monkeypatch.setattr(courier, "deliver_flow", holding)
    assert asyncio.run(deliver_beside_the_runner())
    assert held == [False]


@pytest.mark.slow
def test_the_courier_brings_a_fresh_alarm_to_the_operator(
    stage: Stage, parts: Parts, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(deliver_flow())
    found = Finding(AlarmKind.DRIFT_LENGTH, "2023", "The median summary is much shorter.")
    monkeypatch.setenv("REPORTWATCH_OPERATOR", "ops@law.example")
    with open_parts(stage.settings) as opened:
        with opened.store.write() as unit:
            unit.alarms.see(SOURCE, found, run_id=1, now=opened.now())
            unit.commit()
        carry_until(opened, sink, 2)
        assert opened.store.is_free("deliver")
        with opened.store.read() as unit:
            assert unit.alarms.unreported() == []
    assert b"To: ops@law.example" in sink.mails()[1].read_bytes()


def test_the_courier_delivers_even_while_prefect_does_not_answer(
    stage: Stage, parts: Parts, sink: Sink
) -> None:
    nobody = f"http://127.0.0.1:{free_port(0, 'nobody')}/api"
    with temporary_settings({PREFECT_API_URL: nobody, PREFECT_CLIENT_MAX_RETRIES: 0}):
        carry_until(parts, sink, 1)


@pytest.mark.slow
def test_the_courier_rests_after_a_delivery_that_moved_nothing(
    stage: Stage, parts: Parts, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def note(stop: asyncio.Event, seconds: float) -> None:
        waits.append(seconds)
        stop.set()

    async def move_nothing(_parts: Parts) -> bool:
        return False

    monkeypatch.setattr(courier, "rest", note)
    monkeypatch.setattr(courier, "_deliver", move_nothing)
    asyncio.run(courier.deliver_when_due(parts, asyncio.Event()))
    assert waits == [courier.REST_SECONDS]


@pytest.mark.slow
def test_without_a_mail_server_set_the_courier_leaves_the_alerts_where_they_are(
    stage: Stage, parts: Parts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("REPORTWATCH_SMTP_URL")

    async def look_once(stop: asyncio.Event, _seconds: float) -> None:
        stop.set()

    monkeypatch.setattr(courier, "rest", look_once)
    with open_parts(stage.settings) as unset:
        asyncio.run(courier.deliver_when_due(unset, asyncio.Event()))
    assert "REPORTWATCH_SMTP_URL is not set" in caplog.text
    with parts.store.read() as unit:
        assert unit.outbox.has_due(parts.now())
