"""What the tests of freshness share: the clock's hours, alarms by kind, a dead man's switch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from walk_stage import SOURCE, Watch

from flows.deployments_file import PlannedDeployment, PlannedSchedule
from reports.watch.alarm import Alarm

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NOBODY = "http://127.0.0.1:1"


def planned(
    *sources: str, has_check: bool = True, is_named_by_schedule: bool = True
) -> tuple[PlannedDeployment, ...]:
    """Return a plan that ingests some sources and checks."""
    named = [{"source": each} for each in sources]
    ingest = tuple(
        PlannedSchedule(f"s{number}", "15 6 * * *", "UTC", each if is_named_by_schedule else {})
        for number, each in enumerate(named)
    )
    often = (PlannedSchedule("often", "*/15 * * * *", "UTC", {}),)
    return (
        _deployment("ingest", "flows.ingest.ingest_flow", ingest, named[0] if named else {}),
        _deployment("check", "flows.check.check_flow", often if has_check else ()),
    )


def _deployment(
    name: str, entrypoint: str, schedules: tuple[PlannedSchedule, ...], parameters: Any = None
) -> PlannedDeployment:
    tags = ("reportwatch",)
    return PlannedDeployment(name, entrypoint, "", tags, parameters or {}, schedules, 1, "ENQUEUE")


def alarms(watch: Watch) -> dict[str, Alarm]:
    """Return the open alarms by kind; fails where one kind has several."""
    with watch.parts.store.read() as unit:
        found = unit.alarms.open()
    by_kind = {each.kind: each for each in found}
    assert len(by_kind) == len(found)
    return by_kind


def last_ok(watch: Watch) -> object:
    with watch.parts.store.read() as unit:
        return unit.sources.last_ok().get(SOURCE)


def go_down(watch: Watch) -> None:
    """Let the site answer nobody."""
    watch.set(via=NOBODY)


def come_back(watch: Watch) -> None:
    watch.set(via=watch.origin)


class Switch(ThreadingHTTPServer):
    """A dead man's switch on loopback that remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.status = 200
        self.location = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        switch: Any = self.server
        switch.asked.append(self.path)
        self.send_response(switch.status)
        if switch.location:
            self.send_header("Location", switch.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def switch() -> Iterator[Switch]:
    with Switch() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
