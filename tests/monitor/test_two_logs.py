"""Two installations watch each other; a log that contradicts itself is caught, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from databases import sqlite_url
from monitor_stage import listening
from sqlalchemy import text
from walk_stage import Watch, watching

from monitor.app import create_app
from reports.transparency.note import Note
from services.transparency.checkpoints import begin_anew, head, make_checkpoint
from services.transparency.daily import checkpoint_now
from services.transparency.faults import WitnessFailed
from services.transparency.keys import begin_log, witness_key
from services.transparency.reading import log_view
from services.transparency.witness import look_at, witness_log


@dataclass
class Desk:
    """One organisation: its watch, its monitor on loopback."""

    watch: Watch
    address: str

    @property
    def origin(self) -> str:
        return begin_log(self.watch.parts).origin

    @property
    def vkey(self) -> str:
        return begin_log(self.watch.parts).vkey

    @property
    def witness(self) -> str:
        """What others set as their witness."""
        return f"{witness_key(self.watch.parts).public} {self.address}/log/witness"


@contextmanager
def desk(folder: Path, name: str) -> Iterator[Desk]:
    folder.mkdir()
    with ExitStack() as opened:
        watch = opened.enter_context(watching(sqlite_url(folder), folder))
        watch.set(log_origin=f"{name}.example/log", allow_private=True)
        address = opened.enter_context(listening(create_app(watch.parts)))
        watch.run()
        yield Desk(watch, address)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two desks, each with a log and a monitor."""
    with desk(tmp_path / "one", "one") as one, desk(tmp_path / "two", "two") as other:
        yield one, other


def befriend(one: Desk, other: Desk) -> None:
    """Let one cosign the other's log, and be asked for it."""
    witness_log(one.watch.parts, other.vkey, f"{other.address}/log")
    other.watch.set(witnesses=one.witness)


def rewrite(watch: Watch, statement: str) -> None:
    with watch.parts.store.write() as unit:
        unit._connection.execute(text(statement))
        unit.commit()


def edited(desk: Desk, old: str = "credible reports of", new: str = "reports of") -> None:
    desk.watch.site.edit("2023/XAG", old, new)
    desk.watch.run()


def cosigners(desk: Desk) -> list[str]:
    view = log_view(desk.watch.parts)
    return [each.name for each in view.witnesses if each.cosigned_at]


def forks(desk: Desk) -> list[str]:
    with desk.watch.parts.store.read() as unit:
        return [each.why for each in unit.witnessed.forks()]


def test_two_organisations_cosign_each_others_logs(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    befriend(other, one)
    for each in two:
        assert checkpoint_now(each.watch.parts).faults == ()
    assert cosigners(one) == ["two.example/witness"]
    assert cosigners(other) == ["one.example/witness"]
    edited(one)
    made = checkpoint_now(one.watch.parts)
    assert made.faults == ()
    assert cosigners(one) == ["two.example/witness"]
    published = (one.watch.parts.settings.home / "log" / "checkpoint").read_bytes()
    lines = [each.name for each in Note.parse(published).signatures]
    assert lines == ["one.example/log", "two.example/witness"]
    assert forks(one) == forks(other) == []


def test_a_cosignature_is_made_fresh_each_day(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    checkpoint_now(other.watch.parts)
    first = log_view(other.watch.parts).witnesses[0].cosigned_at
    for each in two:
        each.watch.now += timedelta(days=1)
    assert checkpoint_now(other.watch.parts).faults == ()
    second = log_view(other.watch.parts).witnesses[0].cosigned_at
    assert first is not None
    assert second == first + timedelta(days=1)


def test_a_witness_that_is_away_stops_nothing_and_is_told(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    key = witness_key(one.watch.parts).public
    other.watch.set(witnesses=f"{key} http://127.0.0.1:9/log/witness")
    made = checkpoint_now(other.watch.parts)
    assert made.head.size > 0
    assert made.faults[0].startswith("one.example/witness: it does not answer")
    with other.watch.parts.store.read() as unit:
        told = [each.examples for each in unit.alarms.open() if each.kind == "transparency"]
    assert told[0][0].startswith("one.example/witness")
    befriend(one, other)
    assert checkpoint_now(other.watch.parts).faults == ()


def test_an_operator_who_rewrites_the_past_and_signs_anew_is_caught(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    checkpoint_now(other.watch.parts)
    look_at(one.watch.parts, other.origin)
    forge(other)
    edited(other)
    with pytest.raises(WitnessFailed, match="contradicts itself: its past is not what it was"):
        look_at(one.watch.parts, other.origin)
    assert forks(one) == ["its past is not what it was"]
    made = checkpoint_now(other.watch.parts)
    assert "it answers 422" in made.faults[0]


def forge(desk: Desk) -> None:
    """Rewrite an old version, and sign everything anew with the log's own key."""
    rewrite(desk.watch, "UPDATE reading SET words_sha256 = text_sha256 WHERE version_id = 1")
    for statement in ("DELETE FROM leaf", "DELETE FROM tile", "DELETE FROM checkpoint"):
        rewrite(desk.watch, statement)
    (desk.watch.parts.settings.home / "log" / "checkpoint").unlink()
    make_checkpoint(desk.watch.parts)


def test_two_roots_of_one_size_are_kept_as_proof(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    checkpoint_now(other.watch.parts)
    forge(other)
    made = checkpoint_now(other.watch.parts)
    assert "it answers 409" in made.faults[0]
    assert forks(one) == ["it signed two roots of one size"]


def test_a_log_that_went_back_is_not_cosigned_and_told_so(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    checkpoint_now(other.watch.parts)
    first = head(other.watch.parts, begin_log(other.watch.parts))
    edited(other)
    checkpoint_now(other.watch.parts)
    rewrite(other.watch, f"DELETE FROM checkpoint WHERE size > {first.size}")
    with pytest.raises(WitnessFailed, match="shows fewer leaves than it did"):
        look_at(one.watch.parts, other.origin)
    assert forks(one) == ["it shows fewer leaves than it did"]


def test_a_new_log_is_another_log_to_its_witness(two: tuple[Desk, Desk]) -> None:
    one, other = two
    befriend(one, other)
    checkpoint_now(other.watch.parts)
    begin_anew(other.watch.parts, "a backup was restored", "")
    made = checkpoint_now(other.watch.parts)
    assert "it answers 404" in made.faults[0]
    befriend(one, other)
    assert checkpoint_now(other.watch.parts).faults == ()
    with one.watch.parts.store.read() as unit:
        names = [each.origin for each in unit.witnessed.all()]
    assert names == ["two.example/log", "two.example/log/2"]
    assert forks(one) == []
