"""A port that another program took is named with it, waited for, and used again once it is free."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from patience import wait_for

from cli.up import program as programs
from cli.up.logs import Log
from cli.up.ports import free_port, taken
from cli.up.program import Program


def test_a_busy_port_is_left_and_a_free_one_taken_and_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        wanted = busy.getsockname()[1]
        found = free_port(wanted, "the monitor")
    assert found != wanted
    assert f"port {wanted} is busy; the monitor takes {found} instead" in capsys.readouterr().err
    assert free_port(found, "the monitor") == found
    assert capsys.readouterr().err == ""


def test_who_holds_a_port_is_named() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        assert taken(port) == f"port {port} is taken by another program"  # it does not listen yet
        busy.listen()
        comm = Path("/proc/self/comm").read_text().strip()
        assert taken(port) == f"port {port} is taken by {comm} (process {os.getpid()})"
    assert taken(port) == ""


def test_a_program_whose_port_is_taken_waits_says_so_once_and_starts_when_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "OBSTACLE_SECONDS", 0.01)
    said: list[str] = []
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        looks = 0

        def obstacle() -> str:
            nonlocal looks
            looks += 1
            return taken(port)

        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        waiting = Program(
            "monitor", command, dict(os.environ), Log(tmp_path / "log"), obstacle=obstacle
        )
        waiting.start()
        waiting.kill()

        def has_looked_often() -> bool:
            waiting.revive(said.append)
            return looks >= 5

        wait_for(has_looked_often, "it does not look whether the port is free")
        assert not waiting.is_running
    assert [f"port {port} is taken by" in line for line in said] == [False, True]

    def runs() -> bool:
        waiting.revive(said.append)
        return waiting.is_running

    wait_for(runs, "it did not start once the port was free")
    waiting.stop(1)
    assert len(said) == 2
