"""A flow run's process that somebody stopped is ended; one that runs or goes on is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from patience import wait_for

from flows.stopped_engines import LOOKS, StoppedEngines, stopped_children


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as running:
        yield running
        running.kill()


def stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGSTOP)
    wait_for(lambda: child.pid in numbers(), "it was not stopped")


def numbers() -> list[int]:
    return [pid for pid, _ in stopped_children(os.getpid())]


def test_a_process_that_stays_stopped_is_found_after_some_looks(
    child: subprocess.Popen[bytes],
) -> None:
    engines = StoppedEngines()
    assert engines.look() == []
    stop(child)
    assert [engines.look() for _ in range(LOOKS)] == [[]] * (LOOKS - 1) + [[child.pid]]


def test_a_process_that_goes_on_in_between_is_left_alone(child: subprocess.Popen[bytes]) -> None:
    engines = StoppedEngines()
    stop(child)
    for _ in range(LOOKS - 1):
        engines.look()
    child.send_signal(signal.SIGCONT)
    wait_for(lambda: child.pid not in numbers(), "it does not go on")
    assert engines.look() == []
    stop(child)
    assert engines.look() == []


def test_a_stopped_process_of_somebody_else_is_no_engine(child: subprocess.Popen[bytes]) -> None:
    stop(child)
    assert stopped_children(child.pid) == []
