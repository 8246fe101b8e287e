"""Pages answer 404 while their listing names them: nobody is notified before somebody decides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import sqlite_url
from products import Products
from received import mails
from walk_stage import BETWEEN_RUNS, SOURCE, Watch, told, watching

from alerts.sink import Sink
from reports.watch.alarm import Alarm
from services.history.removal_review import drop, release
from services.history.review import Decision, decide, dismiss
from services.ingest import finish_walk
from services.runs.run import BadRequest, IngestRequest
from services.watch.walk import Walk
from storage.operate.actions import OperatorAction


def fail(watch: Watch, count: int = 99) -> list[str]:
    """Let pages of 2023 answer 404; return their names."""
    online = [each.key for scene in watch.site.editions for each in scene.reports]
    keys = [each for each in online if each.startswith("2023/")][:count]
    for each in keys:
        watch.site.fail(each, 404, "<h1>Not found</h1>")
    return keys


def alarms(watch: Watch) -> list[Alarm]:
    with watch.parts.store.read() as unit:
        return unit.alarms.open(SOURCE)


def reviews(watch: Watch) -> list[int]:
    with watch.parts.store.read() as unit:
        return [each.id for each in unit.reviews(SOURCE).open()]


def actions(watch: Watch) -> list[OperatorAction]:
    with watch.parts.store.read() as unit:
        return unit.actions.latest(9)


def break_off(folder: Path) -> None:
    with watching(sqlite_url(folder), folder) as watch:
        watch.run()
        watch.subscribe()
        fail(watch)
        for _ in range(3):
            report = watch.run()
            assert told(report) == {}
            assert (report.is_clean, report.fault) == (True, "")
        assert report.notes == ("13 removals of edition 2023 held; decide review 1",)


@pytest.fixture
def broken(products: Products, home: Path) -> Iterator[Watch]:
    """A site whose newest edition has answered 404 for long enough."""
    shutil.copytree(products.get("broken", break_off), home, dirs_exist_ok=True)
    with watching(sqlite_url(home), home) as watch:
        watch.site.was_asked_before()
        watch.now += 4 * BETWEEN_RUNS
        fail(watch)
        yield watch


def test_nobody_is_told_and_the_operator_has_one_alarm(broken: Watch, sink: Sink) -> None:
    broken.set(smtp_url=sink.url, operator="ops@law.example")
    (alarm,) = alarms(broken)
    assert (alarm.kind, alarm.subject) == ("mass_removal", "2023")
    assert alarm.text.startswith("13 of the 13 reports of edition 2023 that its listing names")
    assert "`reportwatch review 1 --release`" in alarm.remedy
    assert alarm.examples[0].startswith("sample-hrr/2023/")
    broken.deliver()
    assert [mail["To"] for mail in mails(sink)] == ["ops@law.example"]
    assert broken.alerts() == []


def test_released_they_are_told_as_usual(broken: Watch, sink: Sink) -> None:
    broken.set(smtp_url=sink.url, mass_change=5)
    done = release(broken.parts, 1, "Ann")
    assert len(done.removed) == 13
    assert (done.document.outcome, len(done.document.removed)) == ("released", 13)
    assert len(broken.alerts()) == 13 and set(each.split()[0] for each in broken.alerts()) == {
        "removed"
    }
    assert broken.deliver().sent == 1  # a mass is one message
    assert (alarms(broken), reviews(broken)) == ([], [])
    (action,) = actions(broken)
    assert (action.who, action.action, action.subject) == ("Ann", "released", "review 1")
    assert told(broken.run()) == {}
    broken.site.altered.clear()
    assert len(told(broken.run())["restored"]) == 13


def test_dropped_nobody_is_told(broken: Watch) -> None:
    assert drop(broken.parts, 1, "Ann").document.outcome == "dropped"
    assert (alarms(broken), reviews(broken), broken.alerts()) == ([], [], [])
    for _ in range(2):
        assert told(broken.run()) == {}
    assert (alarms(broken), reviews(broken)) == ([], [])
    broken.site.altered.clear()
    assert told(broken.run()) == {}
    assert [each.action for each in actions(broken)] == ["dropped"]


def test_pages_that_are_back_close_alarm_and_review(broken: Watch) -> None:
    broken.site.altered.clear()
    assert told(broken.run()) == {}
    assert (alarms(broken), reviews(broken), broken.alerts()) == ([], [], [])


def test_pages_that_are_back_before_the_release_are_not_removed(broken: Watch) -> None:
    for each in list(broken.site.altered)[:3]:
        del broken.site.altered[each]
    broken.run()
    assert len(release(broken.parts, 1, "Ann").removed) == 10


def test_one_page_alone_is_removed_as_before(watch: Watch) -> None:
    watch.run()
    watch.subscribe()
    (key,) = fail(watch, 1)
    watch.run()
    assert told(watch.run()) == {"removed": (key,)}
    assert watch.alerts() == [f"removed {key}"]
    assert (alarms(watch), reviews(watch)) == ([], [])


class Killed(BaseException):
    """What a process that is killed leaves behind: nothing after this."""


def test_a_run_killed_half_way_and_run_again_holds_them_once(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.run()
    watch.subscribe()
    fail(watch)
    watch.run()

    def die(*_: object, **__: object) -> None:
        raise Killed

    for step in ("save_accounts", "mark_read"):  # held, and not yet committed
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(f"services.watch.walk.{step}", die)
            finish_walk(watch.parts, Walk.open(watch.parts, IngestRequest(SOURCE)))
        assert reviews(watch) == []
    watch.run()
    assert (reviews(watch), watch.alerts()) == ([1], [])
    assert [each.kind for each in alarms(watch)] == ["mass_removal"]


WRONG = {
    "named": lambda watch: decide(watch.parts, Decision(1, "XAA", "2023")),
    "dismissed": lambda watch: dismiss(watch.parts, 1),
    "unknown released": lambda watch: release(watch.parts, 2, "Ann"),
    "unknown dropped": lambda watch: drop(watch.parts, 2, "Ann"),
}


def test_removals_are_released_or_dropped_and_nothing_else(
    broken: Watch, subtests: pytest.Subtests
) -> None:
    for name, act in WRONG.items():
        with subtests.test(act=name):
            with pytest.raises(BadRequest):
                act(broken)
            assert reviews(broken) == [1]


def test_a_decision_is_made_once(broken: Watch) -> None:
    drop(broken.parts, 1, "Ann")
    with pytest.raises(BadRequest, match="dropped already"):
        release(broken.parts, 1, "Bob")
