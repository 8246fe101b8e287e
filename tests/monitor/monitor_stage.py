"""What the monitor's tests stand on: a clock, settings, an application that listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from monitor.__main__ import proxy_options
from monitor.app import create_app
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.text.fingerprint import payload_sha256
from scrapers.registry import source_named
from services.assembly import Parts, open_parts
from services.runs.run import Trigger, start_run
from services.settings import Settings, load_settings
from storage.watch.locations import Sighting

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SUBSCRIBER = "ann@law.example"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def settings_for(home: Path, **overrides: object) -> Settings:
    facts = {"home": home, "delay": 0, "gone_checks": 2, "gone_hours": 0, "secret": "s3cret"}
    return load_settings(**{**facts, **overrides})


def subscribe(parts: Parts, address: str) -> None:
    with parts.store.write() as unit:
        unit.subscriptions.add(address, Channel.EMAIL, SubscriptionFilter(), parts.now())
        unit.commit()


def record(
    parts: Parts,
    name: ReportId,
    *readings: Reading,
    title: str = "A report",
    url: str = "https://sample.reportwatch.example/reports/trial/",
    flow_run: str = "",
    error: str = "",
) -> None:
    """Record readings of one report, one after the other, in a run of their own."""
    recording = start_run(
        parts,
        source_named(name.source),
        trigger=Trigger.MANUAL,
        orchestrator="direct",
        flow_run=flow_run,
        parameters={},
    )
    for reading in readings:
        body = " ".join(reading.all_blocks).encode()
        sighting = Sighting(
            url,
            name.edition,
            parts.now(),
            page=Page((Identified(name, Evidence.HEADING, title, reading),)),
            body=body,
            payload_sha256=payload_sha256(body),
            region_sha256=payload_sha256(body),
        )
        with parts.store.write() as unit:
            unit.recorder(recording).record([sighting])
            unit.commit()
    with parts.store.write() as unit:
        unit.runs.end(recording.run_id, "failed", now=parts.now(), seconds=1, error=error)
        unit.commit()


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free loopback port; gives its address."""
    # Asyncio sends without delay on sockets that name their protocol alone: 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        options = proxy_options(app.state.parts.settings)
        config = uvicorn.Config(app, log_config=None, ws="none", lifespan="on", **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def monitor_over(
    home: Path, clock: Clock | None = None, **settings: object
) -> Iterator[tuple[httpx.Client, Parts]]:
    """Serve a monitor over a home; gives a stranger in front of it, and the parts behind it."""
    with (
        open_parts(settings_for(home, **settings), now=clock or Clock()) as parts,
        listening(create_app(parts)) as address,
        httpx.Client(base_url=address) as client,
    ):
        yield client, parts


Open = Callable[..., tuple[httpx.Client, Parts]]
