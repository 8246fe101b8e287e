"""Two programs that ask one host take turns, by a limit of the real Prefect server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest
from prefect_stage import CREDENTIAL

from flows.host_turns import HostTurns

DELAY = 0.4
ASKING = """
import json, sys, time
from flows.host_turns import HostTurns
turn, moments = HostTurns(), []
for _ in range(4):
    turn("www.freedonia.example", float(sys.argv[1]))
    moments.append(time.time())
print(json.dumps(moments))
"""


@pytest.mark.slow
def test_requests_of_two_programs_to_one_host_stay_apart(prefect_server: dict[str, str]) -> None:
    command = [sys.executable, "-c", ASKING, str(DELAY)]
    environment = {**os.environ, **prefect_server, "PREFECT_API_AUTH_STRING": CREDENTIAL}
    programs = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(2)
    ]
    told = [json.loads(program.communicate(timeout=60)[0]) for program in programs]
    moments = sorted(moment for each in told for moment in each)
    assert len(moments) == 8
    assert min(later - earlier for earlier, later in pairwise(moments)) >= DELAY


def test_without_a_server_a_run_goes_by_its_own_pace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("nobody answers")

    monkeypatch.setattr("flows.host_turns.get_client", refuse)
    monkeypatch.setattr("flows.host_turns.concurrency", refuse)
    HostTurns()("www.freedonia.example", 3600)
    assert "so at our own pace: nobody answers" in caplog.text
