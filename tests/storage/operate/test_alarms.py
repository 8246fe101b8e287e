"""Alarms: one for each thing, told once, open until what caused them is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from archive import SOURCE, Archive

from reports.watch.alarm import Alarm, AlarmKind, Finding
from storage.unit import Unit

LENGTH = Finding(AlarmKind.DRIFT_LENGTH, "2024", "much shorter", ("a", "b"), "look at it")
ISSUES = Finding(AlarmKind.DRIFT_ISSUES, "2024", "cannot be read")


@pytest.fixture
def ledger(archive: Archive) -> Ledger:
    return Ledger(archive)


class Ledger:
    """Runs that find things, an hour apart."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def run(self, *found: Finding, hours: int = 1) -> list[bool]:
        """Note what a run finds, clear the rest, and tell which of it is new."""
        self.archive.run()
        with self.archive.store.write() as unit:
            new = [
                unit.alarms.see(SOURCE, each, self.archive.run_id, self.archive.now)
                for each in found
            ]
            unit.alarms.clear(SOURCE, AlarmKind, self.archive.now, but=found)
            unit.commit()
        self.archive.now += timedelta(hours=hours)
        return new

    def read(self, what: str) -> Sequence[Alarm]:
        with self.archive.store.read() as unit:
            found: Sequence[Alarm] = getattr(unit.alarms, what)()
            return found

    def write(self, unit: Unit) -> None:
        unit.alarms.mark_reported([each.id for each in unit.alarms.unreported()], self.archive.now)
        unit.commit()

    def tell(self) -> None:
        with self.archive.store.write() as unit:
            self.write(unit)


def test_a_finding_is_one_alarm_as_long_as_it_lasts(ledger: Ledger) -> None:
    start = ledger.archive.now
    assert ledger.run(LENGTH) == [True]
    assert ledger.run(Finding(AlarmKind.DRIFT_LENGTH, "2024", "shorter still", ("c",))) == [False]
    (alarm,) = ledger.read("open")
    assert (alarm.kind, alarm.subject, alarm.source) == ("drift_length", "2024", SOURCE)
    assert (alarm.text, alarm.examples) == ("shorter still", ("c",))
    assert start < alarm.raised_at < alarm.seen_at


def test_kinds_and_subjects_are_alarms_of_their_own(ledger: Ledger) -> None:
    other = Finding(AlarmKind.DRIFT_LENGTH, "2023", "longer")
    assert ledger.run(LENGTH, ISSUES, other) == [True, True, True]
    assert [each.subject for each in ledger.read("open")] == ["2023", "2024", "2024"]


def test_an_alarm_is_cleared_when_a_run_no_longer_finds_it(ledger: Ledger) -> None:
    ledger.run(LENGTH, ISSUES)
    ledger.run(ISSUES)
    assert [each.kind for each in ledger.read("open")] == ["drift_issues"]
    ledger.run()
    assert ledger.read("open") == ledger.read("unreported") == []


def test_other_sources_and_kinds_are_left_alone(ledger: Ledger) -> None:
    ledger.run(LENGTH, ISSUES)
    with ledger.archive.store.write() as unit:
        unit.alarms.clear("another", AlarmKind, ledger.archive.now)
        unit.alarms.clear(SOURCE, [AlarmKind.HELD_BACK], ledger.archive.now)
        assert len(unit.alarms.open()) == len(unit.alarms.open(SOURCE)) == 2
        assert unit.alarms.open("another") == []


def test_an_alarm_is_told_once(ledger: Ledger) -> None:
    ledger.run(LENGTH)
    assert len(ledger.read("unreported")) == 1
    ledger.tell()
    ledger.run(LENGTH, ISSUES)
    assert [each.kind for each in ledger.read("unreported")] == ["drift_issues"]


@pytest.mark.parametrize(("hours", "is_new"), [(1, False), (23, False), (24, True), (100, True)])
def test_what_comes_and_goes_within_a_day_is_the_same_alarm(
    ledger: Ledger, hours: int, is_new: bool
) -> None:
    ledger.run(LENGTH)
    ledger.tell()
    ledger.run(hours=hours - 1)  # an hour passes with every run as well
    assert ledger.run(LENGTH) == [is_new]
    assert len(ledger.read("open")) == 1
    assert len(ledger.read("unreported")) == is_new


def test_fresh_alarms_are_found_by_when_they_were_raised(ledger: Ledger) -> None:
    ledger.run(LENGTH, hours=0)
    now = ledger.archive.now
    with ledger.archive.store.read() as unit:
        assert unit.alarms.has_unreported(now - timedelta(minutes=1))
        assert not unit.alarms.has_unreported(now + timedelta(minutes=1))
    ledger.tell()
    with ledger.archive.store.read() as unit:
        assert not unit.alarms.has_unreported(now - timedelta(minutes=1))


def test_what_was_raised_and_cleared_since_a_moment_is_told(ledger: Ledger) -> None:
    start = ledger.archive.now
    ledger.run(LENGTH)
    between = ledger.archive.now - timedelta(minutes=1)
    ledger.run(ISSUES)
    with ledger.archive.store.read() as unit:
        raised = [each.kind for each in unit.alarms.raised_since(between)]
        assert raised == ["drift_issues"]
        assert [each.kind for each in unit.alarms.cleared_since(between)] == ["drift_length"]
        assert len(unit.alarms.raised_since(start)) == 2
        assert unit.alarms.cleared_since(ledger.archive.now) == []


def test_an_alarm_may_be_of_no_run(ledger: Ledger) -> None:
    with ledger.archive.store.write() as unit:
        assert unit.alarms.see("reportwatch", LENGTH, None, ledger.archive.now)
        unit.commit()
    (alarm,) = ledger.read("open")
    assert alarm.source == "reportwatch"


CHANGED = replace(LENGTH, text="shorter still")
SAME_GIST = replace(LENGTH, text="much shorter, said anew", gist="much shorter")


@pytest.mark.parametrize(
    ("later", "is_shown"),
    [
        ([[LENGTH]], False),
        ([[LENGTH]] * 3, False),
        ([[CHANGED]], True),
        ([[SAME_GIST]], False),  # what it says of one moment differs in each run
        ([[], [LENGTH]], True),  # it was over and is back
        ([[LENGTH, ISSUES]], True),  # another one, not this
    ],
    ids=["lasts", "lasts long", "changed", "said anew", "returned", "another"],
)
def test_an_acknowledged_alarm_is_shown_again_if_it_changes_or_returns(
    ledger: Ledger, later: list[list[Finding]], is_shown: bool
) -> None:
    ledger.run(LENGTH)
    ledger.tell()
    acknowledge(ledger, "Ann")
    assert (ledger.read("unacknowledged"), ledger.read("unreported")) == ([], [])
    (alarm,) = ledger.read("open")
    assert alarm.acknowledged_by == "Ann" and alarm.acknowledged_at is not None
    for found in later:
        ledger.run(*found)
    unseen = ledger.read("unacknowledged")
    assert bool(unseen) is is_shown
    assert ledger.read("unreported") == unseen  # what is shown again is mailed again


def acknowledge(ledger: Ledger, who: str) -> None:
    with ledger.archive.store.write() as unit:
        ids = [each.id for each in unit.alarms.open()]
        unit.alarms.acknowledge(ids, who, ledger.archive.now)
        unit.commit()


def test_who_has_seen_an_alarm_and_when_is_kept_for_ever(ledger: Ledger) -> None:
    ledger.run(LENGTH)
    acknowledge(ledger, "Ann")
    acknowledge(ledger, "Bob")  # Ann has said so already
    first = ledger.archive.now
    ledger.run(CHANGED)
    then = ledger.archive.now
    acknowledge(ledger, "Bob")
    with ledger.archive.store.read() as unit:
        actions = unit.actions.latest(9)
    assert [(each.who, each.action, each.subject) for each in actions] == [
        ("Bob", "acknowledged", "alarm 1"),
        ("Ann", "acknowledged", "alarm 1"),
    ]
    assert [each.done_at for each in actions] == [then, first]
    assert actions[1].detail == f"drift_length of {SOURCE}, 2024: much shorter"
    assert actions[0].detail.endswith("shorter still")


def test_an_acknowledged_alarm_is_not_mailed_again_while_it_lasts(ledger: Ledger) -> None:
    ledger.run(LENGTH)
    ledger.tell()
    acknowledge(ledger, "Ann")
    with ledger.archive.store.read() as unit:
        assert unit.alarms.to_repeat(ledger.archive.now + timedelta(days=9)) == []
