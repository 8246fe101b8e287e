"""What a start says as it goes."""

from __future__ import annotations

from pathlib import Path

from cli.up.start_progress import BEGINS, StartProgress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_start_speaks_at_once_and_says_what_it_waits_for_and_for_how_long() -> None:
    said: list[str] = []
    clock = Clock()
    start = StartProgress(said.append, clock)
    assert said == [BEGINS]
    clock.now += 3
    wait = start.wait_for("prefect", Path("/home/logs/prefect.log"))
    assert said[-1] == "waiting for the Prefect server (3 s so far)"
    told = []
    for second in range(120):
        clock.now = 103.0 + second
        if status := wait.tell():
            told.append(second)
            assert status == f"waiting for prefect, starting for {second} s now"
            assert f"({second + 3} s in all)" in said[-1]
            assert ("its log is /home/logs/prefect.log" in said[-1]) == (second >= 30)
    assert told == [2, 5, 10, 15, 20, 50, 80, 110]
    start.ready()
    assert said[-1] == "ready after 122 s"
