"""A real `up` whose programs are killed and stopped, whose ports are taken, whose server's database
is lost: it goes on by itself, says what it met, and every edit is mailed once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.sink import Sink
from bench.chaos.installation import SOURCE, SUBSCRIBER, Installation, waited
from bench.chaos.ledger import Ledger
from bench.chaos.publisher import EDITION, EditedSite, Mails
from bench.child import ROOT
from deployments.sample_site import serve

pytestmark = pytest.mark.slow

BLOWS = 4
PATIENCE = 300
"""Seconds that a step may take on a machine with other work."""

BOUND = 900
"""Seconds for all of it on a machine with other work; some three minutes on an idle one."""


def test_every_edit_is_mailed_once_whatever_program_is_killed_or_stopped() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.chaos", "--kills", str(BLOWS), "--seed", "3", "--away", "0"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BOUND,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["blows"]) == BLOWS
    assert {each["signal"] for each in found["blows"]} == {"SIGKILL", "SIGSTOP"}
    assert found["faults"] == [], done.stderr
    assert found["told_once"] == found["edits"] == BLOWS
    is_idle = all(each["load"] < (os.cpu_count() or 1) for each in found["blows"])
    assert not (is_idle and found["late"]), found["blows"]


def comes(what: Callable[[], bool], why: str) -> None:
    """Wait for what takes a minute at most on an idle machine; fail with ``why``."""
    assert waited(what, PATIENCE) is not None, why


@dataclass
class Stage:
    """A running `up` with its site and its mails."""

    up: Installation
    site: EditedSite
    sink: Sink

    def goes_on(self) -> None:
        """Wait until a run that begins from now on has seen an edit, and it was mailed."""
        token = self.site.edit(self.site.pages[0])
        comes(lambda: Mails(self.sink.mails()).told(token) == 1, f"{token} was not mailed")

    def said(self, words: str, since: int) -> None:
        """Wait until `up` says something after a point of its log."""
        comes(lambda: words in self.up.log.read_text()[since:], f"it does not say {words!r}")

    @property
    def log_length(self) -> int:
        return len(self.up.log.read_text())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("blows")
    site = EditedSite()
    with serve(site) as origin, Sink(folder / "mail") as sink:
        up = Installation(folder, origin, sink.url)
        try:
            up.command("ingest", SOURCE, "--edition", EDITION)
            up.command("subscribe", SUBSCRIBER)
            up.start()
            yield Stage(up, site, sink)
        finally:
            up.end()
            up.clear()


@contextmanager
def held(port: int, role: str, up: Installation) -> Iterator[int]:
    """Kill a program and take its port before it is there again."""
    victim = next(each for each in up.programs() if each.role == role)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        victim.send(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while True:
            try:
                other.bind(("127.0.0.1", port))
                break
            except OSError:
                assert time.monotonic() < deadline, "the port could not be taken"
                time.sleep(0.005)
        other.listen()
        yield os.getpid()


@pytest.mark.parametrize("role", ["monitor", "prefect"])
def test_a_port_that_another_program_took_is_said_and_used_again_once_free(
    stage: Stage, role: str
) -> None:
    up, since = stage.up, stage.log_length
    port = {"monitor": up.port, "prefect": up.prefect_port}[role]
    with held(port, role, up) as holder:
        stage.said(f"{role} cannot be started again: port {port} is taken by", since)
        stage.said(f"(process {holder})", since)
    answers = {"monitor": up.monitor_answers, "prefect": up.prefect_answers}[role]
    comes(answers, f"{role} is not there again")
    assert up.log.read_text()[since:].count("cannot be started again") == 1
    stage.goes_on()


def database(up: Installation) -> Path:
    return up.home / "prefect" / "prefect.db"


def test_prefects_database_removed_under_a_running_server_is_made_anew(stage: Stage) -> None:
    since = stage.log_length
    database(stage.up).unlink()
    stage.said("prefect has lost its database", since)
    stage.said("is set aside as prefect.db.damaged-", since)
    comes(stage.up.prefect_answers, "the server is not there again")
    stage.goes_on()


@pytest.mark.parametrize("fault", ["half", "gone", "noise"])
def test_prefects_database_lost_or_damaged_at_rest_is_set_aside_at_the_start(
    stage: Stage, fault: str
) -> None:
    stage.up.end()
    path, since = database(stage.up), stage.log_length
    whole = path.read_bytes()
    if fault == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if fault == "half" else os.urandom(len(whole)))
    with closing(Ledger(stage.up.home)) as ledger:
        last = ledger.last_run()
    stage.up.start()
    beside = [each.name for each in path.parent.glob("prefect.db*.damaged-*")]
    # Nothing is left of one that is gone after an orderly end: there is nothing to set aside.
    assert bool(beside) or fault == "gone"
    if fault != "gone":
        stage.said("Prefect's database cannot be used", since)
    stage.goes_on()
    with closing(Ledger(stage.up.home)) as ledger:
        assert ledger.runs_since(last)
