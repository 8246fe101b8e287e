"""Payloads move between places and lose nothing, whatever breaks off and whoever is at work."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import Database, sqlite_url
from sqlalchemy import Engine, event, text
from walk_stage import START, Watch, watching

from services import payloads
from services.assembly import open_parts
from services.payloads import STRAY_FOR, PutAway, move, sweep, tidy
from services.settings import load_settings
from storage.database.engine import open_engine
from storage.database.errors import PlaceFailed, StorageError
from storage.operate import payload_moves
from storage.operate.payload_moves import PlaceShare
from storage.store import Store, open_store
from storage.texts.markers import MARKER
from storage.texts.places import address_of, place_at

FORK = multiprocessing.get_context("fork")
PAYLOADS = 24
"""At least so many has the sample site."""


@pytest.fixture(autouse=True)
def _several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload_moves, "MOST", 8)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return address_of(str(tmp_path / "pages"))


def shares(store: Store) -> dict[str, tuple[int, int]]:
    """Return how many payloads and strays each place has."""
    with store.read() as unit:
        return {each.address: (each.payloads, each.strays) for each in unit.payload_moves.shares()}


def bodies(store: Store) -> dict[str, bytes]:
    """Return every payload's bytes, read anew."""
    from storage.texts.payloads import Payloads

    with store.read() as unit:
        known = unit._connection.execute(text("SELECT sha256 FROM payload")).scalars().all()
        read = Payloads(unit._connection, is_fresh=True)
        return {digest: read.get(digest) for digest in known}


def named(store: Store) -> set[str]:
    with store.read() as unit:
        query = text("SELECT object_name FROM payload WHERE object_name IS NOT NULL")
        return set(unit._connection.execute(query).scalars())


def objects(folder: str) -> set[str]:
    path = Path(folder.removeprefix("file://"))
    return {each.name for each in path.rglob("*") if each.is_file() and each.name != MARKER}


def faults(store: Store) -> list[str]:
    with store.read() as unit:
        return unit.audit.check()["faults"]


def tomorrow(watch: Watch) -> None:
    watch.now += STRAY_FOR + timedelta(seconds=1)


JOURNEYS = {
    "to a folder": ("folder",),
    "to a folder and back": ("folder", "database"),
    "from folder to folder": ("folder", "other folder"),
    "to a bucket and back": ("bucket", "database"),
    "around": ("folder", "bucket", "database", "bucket", "folder"),
}


@pytest.mark.on_both
@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_payloads_arrive_whole_and_what_they_leave_goes_a_day_later(
    each_watch: Watch, folder: str, bucket: str, journey: tuple[str, ...]
) -> None:
    places = {"folder": folder, "other folder": f"{folder}-2", "bucket": bucket, "database": ""}
    each_watch.run()
    store, now = each_watch.parts.store, each_watch.parts.now
    before = bodies(store)
    assert len(before) >= PAYLOADS
    left = ""
    for stop in journey:
        address = places[stop]
        moved = move(store, address, now)
        assert (moved.payloads, moved.faults) == (len(before), [])
        assert moved.bytes > 1000
        assert shares(store)[address][0] == len(before)
        assert bodies(store) == before
        assert faults(store) == []
        if left:
            assert shares(store)[left] == (0, len(before))  # a reader may still be at them
        assert sweep(store, now) == 0
        tomorrow(each_watch)
        assert sweep(store, now) == (len(before) if left else 0)
        assert bodies(store) == before
        left = address
    assert objects(folder) == (named(store) if journey[-1] == "folder" else set())


def test_what_lies_there_already_is_not_moved_again(watch: Watch, folder: str) -> None:
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    first = move(store, folder, now)
    names = objects(folder)
    assert len(names) == first.payloads
    assert move(store, folder, now).payloads == 0
    assert objects(folder) == names


@pytest.mark.on_both
def test_runs_read_and_write_while_payloads_lie_outside(each_watch: Watch, folder: str) -> None:
    each_watch.run()
    store, now = each_watch.parts.store, each_watch.parts.now
    move(store, folder, now)
    for step in (3, 6, 9):
        report = each_watch.at(step)
        assert not report.failures
    assert shares(store)[""][0] > 0
    assert faults(store) == []
    move(store, folder, now)
    assert shares(store)[""] == (0, 0)
    assert faults(store) == []


def test_a_payload_that_does_not_read_back_whole_stays_and_is_named(
    watch: Watch, folder: str
) -> None:
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    with store._engine.begin() as connection:
        digest = connection.execute(
            text("SELECT min(sha256) FROM payload WHERE base_sha256 IS NOT NULL")
        ).scalar()
        connection.execute(
            text("UPDATE payload SET body = x'28b52ffd00' WHERE sha256 = :it"), {"it": digest}
        )
    moved = move(store, folder, now)
    assert len(moved.faults) == 1
    assert digest in moved.faults[0]
    assert shares(store) == {"": (1, 0), folder: (moved.payloads, 0)}


@pytest.mark.parametrize("fault", ["is gone", "is another's", "is cut short"])
@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_an_object_that_is_not_what_it_was_is_found_and_named(
    watch: Watch, request: pytest.FixtureRequest, kind: str, fault: str
) -> None:
    address = request.getfixturevalue(kind)
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    move(store, address, now)
    place, names = place_at(address), sorted(named(store))
    objects = place.get(names[:2])
    place.remove(names[:1])
    if fault != "is gone":
        is_whole = "another" in fault  # it unpacks, if both are packed against one payload
        place.put({names[0]: objects[names[1]] if is_whole else objects[names[0]][:-1]})
    found = [each for each in faults(store) if each.startswith("payload ")]
    assert names[0][:64] in found[0]
    moved = move(store, "", now)
    assert any(names[0][:64] in each for each in moved.faults)


def test_a_place_that_is_away_ends_the_check_and_is_no_damage(watch: Watch, folder: str) -> None:
    watch.run()
    move(watch.parts.store, folder, watch.parts.now)
    shutil.move(folder.removeprefix("file://"), f"{folder.removeprefix('file://')}-away")
    with pytest.raises(PlaceFailed, match="mounted"):
        faults(watch.parts.store)


def test_a_folder_that_was_used_is_not_begun_anew_where_its_disk_was_mounted(
    watch: Watch, folder: str
) -> None:
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    move(store, folder, now)
    path = Path(folder.removeprefix("file://"))
    path.rename(path.with_name("away"))
    path.mkdir()
    watch.at(9)
    with pytest.raises(PlaceFailed, match="mounted"):
        move(store, folder, now)
    assert not list(path.iterdir())
    path.rmdir()
    path.with_name("away").rename(path)
    move(store, folder, now)
    assert shares(store)[""] == (0, 0)
    assert faults(store) == []


def test_a_place_that_gives_back_something_else_is_not_believed(
    watch: Watch, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.run()
    before = bodies(watch.parts.store)
    monkeypatch.setattr("storage.texts.places._write", lambda file, *_: file.write_bytes(b"what?"))
    with pytest.raises(PlaceFailed, match="does not give back"):
        move(watch.parts.store, folder, watch.parts.now)
    assert shares(watch.parts.store)[""] == (len(before), 0)
    assert bodies(watch.parts.store) == before


@pytest.mark.on_both
def test_a_move_that_stood_still_for_a_day_names_nothing_that_was_swept(
    each_watch: Watch, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_watch.run()
    store, now = each_watch.parts.store, each_watch.parts.now
    before = bodies(store)
    place = place_at(folder)
    put = place.put
    swept = []

    def slowly(objects: dict[str, bytes]) -> None:
        put(objects)
        tomorrow(each_watch)
        if not swept:
            reads = place.get

            def read(names: list[str]) -> dict[str, bytes]:
                found = reads(names)
                monkeypatch.setattr(place, "get", reads)
                swept.append(sweep(store, now))
                return found

            monkeypatch.setattr(place, "get", read)

    monkeypatch.setattr(place, "put", slowly)
    with pytest.raises(StorageError, match="stood still"):
        move(store, folder, now)
    assert swept == [8]
    assert bodies(store) == before
    monkeypatch.setattr(place, "put", put)
    move(store, folder, now)
    assert bodies(store) == before
    assert objects(folder) == named(store)


@pytest.mark.on_both
def test_two_moves_at_once_lose_nothing(each_watch: Watch, folder: str) -> None:
    """The second overtakes the first between its writing and its naming."""
    each_watch.run()
    store, now = each_watch.parts.store, each_watch.parts.now
    before = bodies(store)
    other = f"{folder}-2"
    place_at(folder).prepare()
    with store.read() as unit:
        moving = unit.payload_moves.read(folder, "")
    assert moving is not None
    names = store.transact(lambda unit: unit.payload_moves.note(folder, moving.packed, now()))
    place_at(folder).put({names[each]: body for each, body in moving.packed.items()})
    assert move(store, other, now).payloads == len(before)
    assert store.transact(lambda unit: unit.payload_moves.settle(moving, folder, names, now())) == 0
    assert shares(store) == {"": (0, 0), folder: (0, 8), other: (len(before), 0)}
    tomorrow(each_watch)
    assert sweep(store, now) == 8
    assert bodies(store) == before
    assert faults(store) == []


def test_whoever_reads_an_earlier_state_can_read_on(watch: Watch, folder: str) -> None:
    """Also what was moved back since, for as long as no transaction lasts longer than a day."""
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    move(store, folder, now)
    with store.read() as unit:
        known = unit._connection.execute(text("SELECT max(sha256) FROM payload")).scalar_one()
        move(store, "", now)
        sweep(store, now)
        from storage.texts.payloads import Payloads

        assert Payloads(unit._connection, is_fresh=True).get(known)


def _move_in_child(home: Path, to: str, allowed: int | None, count: Any) -> None:
    """Move in this process, and kill it before one statement, commit or write more."""

    def burn(*_: object) -> None:
        if count.value == allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        count.value += 1

    sync = os.fsync
    event.listen(Engine, "before_cursor_execute", burn)
    event.listen(Engine, "commit", burn)
    os.fsync = lambda descriptor: (burn(), sync(descriptor))[1]  # type: ignore[assignment,func-returns-value]
    with closing(open_store(sqlite_url(home), home)) as store:
        move(store, to, lambda: START)
    os._exit(0)


def _spawn(home: Path, to: str, allowed: int | None) -> tuple[int | None, int]:
    count = FORK.Value("i", 0, lock=False)
    child = FORK.Process(target=_move_in_child, args=(home, to, allowed, count))
    child.start()
    child.join()
    return child.exitcode, count.value


class Trial:
    """A home from which each trial starts: a move out of the database, back, or further on."""

    def __init__(self, home: Path, folder: Path, route: str) -> None:
        self._at_work = (home, folder / "pages", folder / "other")
        self._base = folder / "base"
        self.folders = [address_of(str(each)) for each in self._at_work[1:]]
        self.to = {"out": self.folders[0], "back": "", "on": self.folders[1]}[route]
        if route != "out":
            assert _spawn(home, self.folders[0], None)[0] == 0
        for each in filter(Path.exists, self._at_work):
            shutil.copytree(each, self._base / each.name)
        code, self.points = _spawn(home, self.to, None)
        assert code == 0

    def kill(self, point: int) -> bool:
        """Begin anew, and kill a move before one statement, commit or write.

        False if it ended before: the number of its writes differs by a few.
        """
        for each in self._at_work:
            shutil.rmtree(each, ignore_errors=True)
            if (self._base / each.name).exists():
                shutil.copytree(self._base / each.name, each)
        code, _ = _spawn(self._at_work[0], self.to, point)
        assert code in (0, -signal.SIGKILL)
        return code != 0


@pytest.mark.parametrize("kills", [3, pytest.param(80, marks=pytest.mark.slow)])
@pytest.mark.parametrize("route", ["out", "back", "on"])
def test_a_move_killed_anywhere_is_clean_and_goes_on(
    home: Path, seen: None, tmp_path: Path, route: str, kills: int
) -> None:
    trial = Trial(home, tmp_path, route)
    assert trial.points > 40
    assert len(trial.folders) == 2
    chosen = random.Random(17).sample(range(trial.points), min(kills, trial.points))
    assert len(chosen) >= 3
    killed = 0
    for point in chosen:
        killed += trial.kill(point)
        with closing(open_store(sqlite_url(home), home)) as store:
            before = bodies(store)
            assert len(before) >= PAYLOADS
            assert faults(store) == []
            move(store, trial.to, lambda: START)
            assert shares(store)[trial.to][0] == len(before)
            sweep(store, lambda: START + STRAY_FOR + timedelta(seconds=1))
            assert bodies(store) == before
            assert faults(store) == []
            for here in trial.folders:
                assert objects(here) == (named(store) if here == trial.to else set())
    assert killed >= len(chosen) - max(1, len(chosen) // 10)


class Ticks:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_run_puts_away_what_it_recorded_in_passing_and_at_its_end(
    watch: Watch, folder: str
) -> None:
    store, ticks = watch.parts.store, Ticks()
    away = PutAway(store, folder, watch.parts.now, ticks)
    store.do_afterwards(away.in_passing)
    watch.run()
    count = shares(store)[""][0]
    assert count >= PAYLOADS  # it is not time yet
    ticks.now += payloads.EVERY_SECONDS
    watch.run()
    assert shares(store) == {"": (0, 0), folder: (count, 0)}
    watch.at(9)
    new = shares(store)[""][0]
    assert new > 0
    away.at_end()
    assert shares(store) == {"": (0, 0), folder: (count + new, 0)}


def test_a_place_that_is_away_holds_up_no_run_and_is_tried_again(
    watch: Watch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, ticks = watch.parts.store, Ticks()
    address = address_of(str(tmp_path / "not" / "there"))
    away = PutAway(store, address, watch.parts.now, ticks)
    store.do_afterwards(away.in_passing)
    watch.run()
    ticks.now += payloads.EVERY_SECONDS
    assert watch.run().is_clean
    assert "captured pages stay in the database for now" in caplog.text
    (tmp_path / "not").mkdir()
    ticks.now += payloads.EVERY_SECONDS
    watch.run()
    assert address not in shares(store)  # that was too soon
    ticks.now += payloads.AGAIN_SECONDS
    watch.run()
    assert shares(store)[""] == (0, 0)


def test_a_program_that_ends_has_put_away_what_it_recorded(
    home: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_PAYLOADS", folder)
    with watching(sqlite_url(home), home) as other:
        settings = load_settings(home=home, via=other.origin, delay=0)
        assert settings.payloads == folder
        with open_parts(settings, lambda: START) as parts:
            other.parts = parts
            other.run()
        found = shares(other.parts.store)
    assert found[""] == (0, 0)
    assert found[folder][0] >= PAYLOADS


def test_once_a_day_what_is_left_is_put_away_and_swept(watch: Watch, folder: str) -> None:
    watch.run()
    store, now = watch.parts.store, watch.parts.now
    count = shares(store)[""][0]
    tidy(store, folder, now)
    assert shares(store) == {"": (0, 0), folder: (count, 0)}
    move(store, "", now)
    tomorrow(watch)
    tidy(store, "", now)
    assert objects(folder) == set()
    with store.read() as unit:
        assert unit.payload_moves.shares()[1:] == [PlaceShare(folder, 0, 0, 0)]


def test_seals_hold_through_moves(database: Database, folder: str) -> None:
    with watching(database.url, database.home) as opened:
        opened.run()
        move(opened.parts.store, folder, opened.parts.now)
        assert faults(opened.parts.store) == []
        by_hand = open_engine(database.url)  # its connections keep no seals
        with by_hand.begin() as connection:
            connection.execute(text("UPDATE payload SET object_size = object_size + 1"))
        by_hand.dispose()
        found = faults(opened.parts.store)
    assert any("payload" in each and "not what reportwatch wrote" in each for each in found)
