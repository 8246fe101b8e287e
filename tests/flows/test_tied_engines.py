"""A flow run's process ends with its runner, at whatever moment that one is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from patience import wait_for
from programs import is_alive

ENGINE = """
import asyncio, sys
from types import SimpleNamespace
from uuid import UUID
from prefect.runner._starter_engine import EngineCommandStarter
from flows.tied_engines import tie_engines
tie_engines()
starter = EngineCommandStarter(command=sys.argv[1], stream_output=False)
asyncio.run(starter.start(SimpleNamespace(id=UUID(sys.argv[2]))))
"""


def test_an_engine_that_has_not_come_to_its_flow_dies_with_its_runner(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    (tmp_path / "engine.py").write_text(
        "import os, pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    command = f"{sys.executable} {tmp_path / 'engine.py'} {said}"
    runner = subprocess.Popen([sys.executable, "-c", ENGINE, command, str(uuid4())])
    engine = int(wait_for(lambda: said.exists() and said.read_text(), "no engine was started"))
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    wait_for(lambda: not is_alive(engine), "the engine outlived its runner")


WORKER = """
import subprocess, sys
subprocess.run([sys.executable, "-m", "services.parent_death", "worker", *sys.argv[1:]])
"""


def test_an_engine_of_a_worker_of_prefects_own_dies_with_it_and_knows_it(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    (tmp_path / "engine.py").write_text(
        "import os, pathlib, sys, time\n"
        "facts = os.getpid(), os.getppid(), os.environ['REPORTWATCH_RUNNER_PID']\n"
        "pathlib.Path(sys.argv[1]).write_text(' '.join(map(str, facts)))\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, str(tmp_path / "engine.py"), str(said)]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *command])
    wait_for(lambda: said.exists() and said.read_text().count(" ") == 2, "no engine was started")
    engine, parent, known = map(int, said.read_text().split())
    assert parent == known == worker.pid
    worker.kill()
    worker.wait()
    wait_for(lambda: not is_alive(engine), "the engine outlived its worker")


def test_an_engine_whose_worker_is_gone_before_it_looks_does_not_begin(tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = f"{sys.executable} -m services.parent_death worker touch {said}"
    # A shell in the worker's place: no worker is a shell, as whoever adopts orphans is no Python.
    ended = subprocess.run(["sh", "-c", f"{command}; exit $?"], check=False)
    assert ended.returncode == 1
    assert not said.exists()


def test_the_place_where_prefect_starts_an_engine_is_still_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prefect.runner import _starter_engine as starter

    from flows import tied_engines

    seen: list[list[str]] = []

    async def note(command: list[str], **_options: object) -> None:
        seen.append(command)

    monkeypatch.setattr(starter, "run_process", starter.run_process)
    monkeypatch.setattr(tied_engines, "_run_process", note)
    tied_engines.tie_engines()
    asyncio.run(starter.run_process(["engine"], stream_output=False))
    assert seen == [[sys.executable, "-m", "services.parent_death", str(os.getpid()), "engine"]]
