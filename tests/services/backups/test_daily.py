"""A backup a day is made by itself and checked; some old ones are kept, and files of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from walk_stage import Watch

from services.backups.daily import back_up, back_up_if_due
from services.backups.kept import backup_name, backups_in, to_keep
from services.health.backup_age import last_backup
from storage.database.errors import DatabaseUnusable

DAY = timedelta(days=1)
FOREIGN = (
    "reportwatch-before-the-move.sqlite",
    "reportwatch-20200101T000000Z.sqlite.bak",
    "reportwatch-20200101T000000Z.sqlite.partial",
    "reportwatch-20209999T000000Z.sqlite",
    "notes.txt",
)


def names(watch: Watch) -> list[str]:
    folder = watch.parts.settings.home / "backups"
    return sorted(each.name for each in backups_in(folder))


def alarms(watch: Watch) -> list[str]:
    with watch.parts.store.read() as unit:
        return [each.text for each in unit.alarms.open() if each.kind == "backup"]


def test_one_backup_a_day_is_made_however_often_it_is_asked(watch: Watch) -> None:
    for _ in range(3 * 96):
        back_up_if_due(watch.parts)
        watch.now += timedelta(minutes=15)
    assert len(names(watch)) in (3, 4)
    assert len({name[:20] for name in names(watch)}) == len(names(watch))
    assert alarms(watch) == []
    with watch.parts.store.read() as unit:
        assert watch.now - (last_backup(unit) or watch.now) <= DAY


@pytest.mark.parametrize("counts", [(7, 4, 6), (1, 0, 0), (0, 0, 0), (2, 9, 1)])
def test_of_a_year_of_backups_the_newest_of_days_weeks_and_months_are_kept(
    counts: tuple[int, int, int],
) -> None:
    made: set[datetime] = set()
    for number in range(400):
        newest = datetime(2025, 11, 3, 0, 7, tzinfo=UTC) + number * DAY
        made = to_keep({*made, newest}, counts)
        assert newest in made
    days, weeks, months = counts
    assert len(made) <= max(days + weeks + months, 1)
    ages = sorted((newest - each).days for each in made)
    assert ages[:days] == list(range(days))
    if months > 1:
        assert ages[-1] >= 28 * (months - 2), "each month's last is kept for months"
    if weeks > 1:
        assert any(7 * (weeks - 2) <= age <= 7 * weeks for age in ages)


def test_only_files_of_ours_are_removed(watch: Watch, tmp_path: Path) -> None:
    folder = watch.parts.settings.home / "backups"
    folder.mkdir()
    for name in FOREIGN:
        (folder / name).write_text("somebody else's")
    (folder / "reportwatch-20200102T000000Z.sqlite").mkdir()
    (tmp_path / "far").write_text("elsewhere")
    (folder / "reportwatch-20200103T000000Z.sqlite").symlink_to(tmp_path / "far")
    old = folder / backup_name(watch.now - 900 * DAY)
    old.write_text("one of ours, of an earlier month than any that is kept")
    watch.set(backups="1,0,0")
    back_up(watch.parts)
    left = {each.name for each in folder.iterdir()}
    assert left >= {*FOREIGN, "reportwatch-20200102T000000Z.sqlite"}
    assert "reportwatch-20200103T000000Z.sqlite" in left
    assert old.name not in left


def _full(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=2**20))


def _filled_meanwhile(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("storage.database.copies._copy", fail)


@pytest.mark.parametrize("spoil", [_full, _filled_meanwhile])
def test_a_full_disk_is_an_alarm_and_deletes_nothing(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, spoil: Callable[..., None]
) -> None:
    back_up_if_due(watch.parts)
    made = names(watch)
    with monkeypatch.context() as patch:
        spoil(watch, patch)
        for _ in range(96):  # a day and its night
            watch.now += timedelta(minutes=15)
            back_up_if_due(watch.parts)
        (alarm,) = alarms(watch)
        assert "Those made before are kept" in alarm
        assert names(watch) == made
        assert sorted(each.name for each in (watch.parts.settings.home / "backups").iterdir()) == (
            made
        )
        with pytest.raises(DatabaseUnusable):
            back_up(watch.parts)
    watch.now += timedelta(hours=2)
    back_up_if_due(watch.parts)
    assert alarms(watch) == []
    assert len(names(watch)) == len(made) + 1


def test_what_fails_is_tried_again_after_an_hour_not_at_every_check(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[datetime] = []

    def fail(_engine: object, _target: object) -> None:
        tried.append(watch.now)
        raise DatabaseUnusable("no")

    monkeypatch.setattr("storage.store.back_up", fail)
    for _ in range(24):
        back_up_if_due(watch.parts)
        watch.now += timedelta(minutes=15)
    assert len(tried) == 6


def test_backups_that_are_off_are_neither_made_nor_missed(watch: Watch) -> None:
    watch.set(backups="off")
    back_up_if_due(watch.parts)
    assert names(watch) == []
    assert alarms(watch) == []


def test_a_clock_that_jumps_removes_no_backup_of_today(watch: Watch) -> None:
    for year in (2099, 2026, 2027):
        watch.now = watch.now.replace(year=year)
        back_up_if_due(watch.parts)
        made = backups_in(watch.parts.settings.home / "backups")
        assert watch.now.date() in {when.date() for when in made.values()}
        for each in made:
            with closing(sqlite3.connect(each)) as database:
                assert database.execute("SELECT count(*) FROM payload").fetchone()


@pytest.mark.on_both
def test_each_kind_of_database_is_backed_up_daily_and_the_oldest_is_dropped(
    each_watch: Watch,
) -> None:
    each_watch.set(backups="2,0,0")
    for _ in range(3):
        back_up_if_due(each_watch.parts)
        back_up_if_due(each_watch.parts)
        each_watch.now += DAY
    assert alarms(each_watch) == []
    ends = {name[-7:] for name in names(each_watch)}
    assert ends == {".sqlite" if each_watch.parts.store.is_file else ".pgdump"}
    assert len(names(each_watch)) == 2
    with each_watch.parts.store.read() as unit:
        assert each_watch.now - (last_backup(unit) or each_watch.now) == DAY


@pytest.mark.on_both
def test_programs_that_are_missing_are_an_alarm(
    each_watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("storage.database.postgres_tools._ELSEWHERE", ())
    back_up_if_due(each_watch.parts)
    if each_watch.parts.store.is_file:
        assert alarms(each_watch) == []
    else:
        assert "pg_dump is not installed" in alarms(each_watch)[0]
