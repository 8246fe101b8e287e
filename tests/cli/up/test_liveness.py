"""What hangs is found and started again; what is slow, starting or well is left alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from patience import wait_for

from cli.up.home_lock import HomeLock, UpRefused, refuse_second
from cli.up.liveness import Broken, FilePulse, Limits, Watch, http_probe
from cli.up.logs import KEPT_LOGS, LONGEST_LINE, Log
from cli.up.prefect_database import PrefectDatabase
from cli.up.program import Program
from cli.up.systemd import ServiceManager

QUICK = Limits(probe_seconds=0.1, start_probe_seconds=0.05)


class Process:
    """A process as the watch sees it, on a clock of its own."""

    def __init__(self, *, is_loaded: bool = False) -> None:
        self.now = self.cpu = 0.0
        self.is_well = True
        self.is_loaded = is_loaded
        self.watch = Watch(
            lambda: self.is_well,
            lambda: self.cpu,
            is_loaded=lambda: self.is_loaded,
            clock=lambda: self.now,
        )

    def live(self, seconds: int, *, share: float = 0.0) -> str:
        """Let time pass, the process using a share of a processor; return the first fault."""
        for _ in range(seconds):
            self.now += 1
            self.cpu += share
            if fault := self.watch.fault():
                return fault
            answer = self.watch._answer
            if answer is not None:
                wait_for(lambda a=answer: a.is_back, "the probe did not come back")
        return ""


def test_what_does_not_answer_three_times_is_found_within_a_minute() -> None:
    process = Process()
    assert process.live(30) == ""
    process.is_well = False
    assert "has not answered" in process.live(55)


def test_what_is_slow_on_a_loaded_machine_is_given_longer_and_not_for_ever() -> None:
    process = Process(is_loaded=True)
    process.live(30)
    process.is_well = False
    assert process.live(100, share=0.2) == ""
    assert "has not answered" in process.live(60, share=0.2)


def test_what_is_stopped_on_a_loaded_machine_is_found_as_soon() -> None:
    process = Process(is_loaded=True)
    process.live(30)
    process.is_well = False
    assert "has not answered" in process.live(55)


def test_what_was_busy_until_it_was_stopped_is_found_as_soon() -> None:
    process = Process(is_loaded=True)
    process.live(30)
    process.live(8, share=0.9)  # since its last answer: more than a hundredth of the next minutes
    process.is_well = False
    assert "has not answered" in process.live(55)


def test_a_start_is_waited_for_as_long_as_something_is_done() -> None:
    process = Process()
    process.is_well = False
    assert process.live(800, share=0.5) == ""
    process.is_well = True
    assert process.live(30) == ""


def test_a_start_that_does_nothing_is_ended() -> None:
    process = Process()
    process.is_well = False
    assert "done nothing" in process.live(90)


def test_a_probe_that_finds_it_broken_ends_it_at_once() -> None:
    def broken() -> bool:
        raise Broken("has lost its database")

    watch = Watch(broken, lambda: 0.0, QUICK)
    assert wait_for(watch.fault, "nothing was found") == "has lost its database"


def test_a_program_that_hangs_is_killed_and_started_again(tmp_path: Path) -> None:
    pulse = tmp_path / "pulse"
    code = (
        f"import pathlib, time\nwhile True: pathlib.Path({str(pulse)!r}).touch(); time.sleep(0.02)"
    )
    program = Program(
        "program",
        [sys.executable, "-c", code],
        dict(os.environ),
        Log(tmp_path / "log"),
        FilePulse(pulse),
    )
    said: list[str] = []
    program.start()
    program._watch._limits = QUICK

    def has_answered() -> bool:
        program.revive(said.append)
        return program.has_answered

    wait_for(has_answered, "it did not come to answer")
    first = program._child.pid
    os.kill(first, signal.SIGSTOP)

    def is_another() -> bool:
        program.revive(said.append)
        return program._child.pid != first and program.is_running

    wait_for(is_another, "it was not started again")
    program.stop(1)
    assert "has not answered" in said[0]


def test_any_answer_says_that_a_server_lives(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}/"
    assert http_probe(address)() is False


def test_a_log_has_a_bound_and_loses_nothing_of_what_is_kept(tmp_path: Path) -> None:
    log = Log(tmp_path / "program.log", longest=10_000)
    reading, writing = os.pipe()
    log.take(os.fdopen(reading, "rb"))
    lines = [b"line %06d\n" % number for number in range(20_000)]
    with os.fdopen(writing, "wb") as out:
        out.write(b"".join(lines))
    log.finish(10)
    kept = sorted(tmp_path.iterdir())
    assert [each.name for each in kept] == [
        "program.log",
        *(f"program.log.{n}" for n in range(1, KEPT_LOGS + 1)),
    ]
    newest_last = [*kept[:0:-1], kept[0]]
    said = b"".join(each.read_bytes() for each in newest_last)
    assert b"".join(lines).endswith(said)
    assert all(each.stat().st_size < 10_000 + (1 << 17) for each in kept)
    assert log.tail(12).endswith("019999\n")


def test_lines_of_any_length_stay_whole_in_logs_with_a_bound(tmp_path: Path) -> None:
    """As JSON needs it: a record that comes in many pieces is not cut between two logs."""
    log = Log(tmp_path / "program.log", longest=50_000)
    reading, writing = os.pipe()
    log.take(os.fdopen(reading, "rb"))
    lengths = [10, 900, 30_000, 70_000, 200_000, 5, 140_000] * 3
    with os.fdopen(writing, "wb", buffering=0) as out:
        for number, length in enumerate(lengths):
            out.write(json.dumps({"number": number, "message": "x" * length}).encode() + b"\n")
    log.finish(10)
    kept = sorted(tmp_path.iterdir())
    found = [json.loads(line)["number"] for each in kept for line in each.read_text().splitlines()]
    assert len(kept) == KEPT_LOGS + 1
    assert sorted(found) == list(range(len(lengths)))[-len(found) :]
    assert all(each.stat().st_size < 50_000 + 270_000 for each in kept)


def test_one_line_without_an_end_has_a_bound_too(tmp_path: Path) -> None:
    log = Log(tmp_path / "program.log", longest=10_000)
    reading, writing = os.pipe()
    log.take(os.fdopen(reading, "rb"))
    with os.fdopen(writing, "wb") as out:
        out.write(b"x" * (8 * LONGEST_LINE))
    log.finish(10)
    kept = list(tmp_path.iterdir())
    assert len(kept) == KEPT_LOGS + 1
    assert all(each.stat().st_size < 10_000 + LONGEST_LINE + (1 << 17) for each in kept)


def test_a_second_up_a_copy_and_a_moved_home_are_noticed(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    refuse_second(home)
    lock = HomeLock(home)
    with pytest.raises(UpRefused, match=f"process {os.getpid()}"):
        refuse_second(home)
    copy.mkdir()
    (copy / "up.lock").write_bytes((home / "up.lock").read_bytes())
    with pytest.raises(UpRefused, match="is a copy of"):
        HomeLock(copy)
    assert lock.is_in_place
    home.rename(tmp_path / "moved")
    assert not lock.is_in_place
    lock.release()
    HomeLock(tmp_path / "moved").release()
    HomeLock(copy).release()


def prefect_file(folder: Path) -> Path:
    file = folder / "prefect.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE deployment (name TEXT, words TEXT)")
        made.executemany("INSERT INTO deployment VALUES (?, ?)", [("a", "b" * 900)] * 300)
        made.commit()
    return file


def test_a_database_of_prefect_that_is_whole_is_left_alone(tmp_path: Path) -> None:
    prefect_file(tmp_path)
    database = PrefectDatabase(tmp_path, pytest.fail)
    assert not database.prepare()
    database.check()
    database.check()


@pytest.mark.parametrize("damage", ["cut", "flipped", "no database", "emptied head"])
def test_a_damaged_one_is_set_aside_and_said(tmp_path: Path, damage: str) -> None:
    file = prefect_file(tmp_path)
    body = bytearray(file.read_bytes())
    if damage == "cut":
        body = body[: len(body) // 2]
    elif damage == "flipped":
        for place in range(5000, len(body), 700):
            body[place] ^= 0xFF
    elif damage == "no database":
        body[:] = b"no database at all " * 100
    else:
        body[100:4096] = bytes(3996)
    file.write_bytes(body)
    said: list[str] = []
    database = PrefectDatabase(tmp_path, said.append)
    assert database.prepare()
    assert database.was_replaced
    assert "set aside" in said[0]
    assert not file.exists()
    assert [each.name for each in tmp_path.glob("prefect.db.damaged-*")]


def test_one_that_the_server_cannot_open_is_set_aside_by_its_last_words(tmp_path: Path) -> None:
    file = prefect_file(tmp_path)
    database = PrefectDatabase(tmp_path, lambda _line: None)
    assert not database.prepare("sqlite3.OperationalError: database is locked")
    assert database.prepare("sqlite3.DatabaseError: malformed")
    assert not file.exists()


def test_one_that_goes_away_under_the_server_is_noticed(tmp_path: Path) -> None:
    file = prefect_file(tmp_path)
    database = PrefectDatabase(tmp_path, lambda _line: None)
    database.check()
    file.unlink()
    with pytest.raises(Broken, match="lost its database"):
        database.check()


def test_the_service_manager_hears_of_start_life_and_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        manager = ServiceManager()
        assert "NOTIFY_SOCKET" not in os.environ
        manager.starting("waiting for prefect")
        manager.ready()
        manager.alive()
        manager.alive()
        manager.stopping()
        said = [heard.recv(500).decode() for _ in range(4)]
    assert said[0].startswith("STATUS=waiting for prefect\nEXTEND_TIMEOUT_USEC=")
    assert said[1].startswith("READY=1")
    assert said[2:] == ["WATCHDOG=1", "STOPPING=1\nSTATUS=stopping"]
