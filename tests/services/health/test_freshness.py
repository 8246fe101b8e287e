"""Silence is noticed: promises, listings, runs that came to nothing, and a scheduler that stops."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from freshness_stage import (
    HOUR,
    MINUTE,
    alarms,
    come_back,
    go_down,
    last_ok,
    planned,
)
from received import mails
from walk_stage import HTML, SOURCE, START, Watch

from alerts.sink import Sink
from deployments.sample_site import SiteResponse
from flows.schedule_notes import note_deployments, scheduled_sources
from reports.watch.alarm import AlarmKind, Finding
from reports.watch.promise import Promise
from scrapers.sources.sample_hrr import SampleReports
from services.agreed_settings import agree
from services.health.freshness import OURSELVES, OVERDUE, check, note_run_end, scheduled_check
from services.health.promises import ATTEND_PULSE, CHECK_PULSE, promised_hours, promises
from services.health.watchdog import Watchdog
from services.runs.run import DiscoveryFailed, Trigger
from services.settings import load_settings
from storage.database.errors import DatabaseFailed
from storage.watch.runs import INTERRUPTED


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


def end_run(watch: Watch, state: str, error: str = "", **facts: Any) -> int:
    """Write a run of the sample source into the ledger that ended in a state."""
    asked = {"trigger": "scheduled", "orchestrator": "direct", "flow_run": "", "parameters": {}}
    with watch.parts.store.write() as unit:
        run_id = unit.runs.start(SOURCE, **{**asked, "now": watch.now, **facts})
        if state != "running":
            unit.runs.end(run_id, state, now=watch.now, seconds=1, error=error)
        unit.commit()
    return run_id


def test_a_site_that_is_down_breaks_the_promise_and_the_operator_is_told_once(
    each_watch: Watch, sink: Sink
) -> None:
    watch = each_watch
    watch.set(smtp_url=sink.url, operator="ops@law.example")
    watch.run()
    assert last_ok(watch) == START
    assert check(watch.parts).findings == ()
    go_down(watch)
    watch.now = START + 47 * HOUR
    watch.run()
    assert list(alarms(watch)) == ["run_blocked"]
    watch.deliver()
    assert last_ok(watch) == START
    watch.now += MINUTE
    for _ in range(3):
        checked = check(watch.parts)
        assert [finding.kind for _, finding in checked.findings] == ["freshness", "run_blocked"]
        watch.deliver()
        watch.now += HOUR
    blocked, stale = mails(sink)
    assert stale["Subject"] == "To see to: Sample: not read in time"
    assert stale["To"] == "ops@law.example"
    told = text_of(stale)
    for piece in (
        "last read well on 1 May 2026, 09:00 UTC, promised every 48 hours",
        "the promise is broken since 3 May 2026, 09:00 UTC",
        "The last run, run 2 (manual), ended on 3 May 2026, 08:00 UTC",
        "`reportwatch ingest sample-hrr`",
        "`reportwatch doctor --publishers`",
    ):
        assert piece in told
    assert "24 of 24 pages refused or unanswered" in text_of(blocked)
    come_back(watch)
    watch.run()
    assert alarms(watch) == {}
    assert check(watch.parts).findings == ()
    watch.deliver()
    assert len(mails(sink)) == 3
    over = mails(sink)[-1]
    assert over["Subject"].startswith("Over: Sample: ")
    assert "operators.reportwatch" in over["List-Id"]


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("age", "is_kept"),
    [(0 * HOUR, True), (48 * HOUR, True), (48 * HOUR + timedelta(seconds=1), False)],
)
def test_a_promise_is_broken_once_its_hours_are_over(
    watch: Watch, age: timedelta, is_kept: bool
) -> None:
    watch.now = START + age
    assert (check(watch.parts).findings == ()) is is_kept
    assert ("freshness" in alarms(watch)) is not is_kept


def test_a_source_may_promise_more_or_less_than_what_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings(fresh_hours=12)
    assert promised_hours(SOURCE, settings) == 12
    monkeypatch.setattr(SampleReports, "promise_hours", 72)
    assert promised_hours(SOURCE, settings) == 72
    assert promised_hours("a source of the past", settings) == 12


def test_what_was_never_read_nor_scheduled_is_promised_to_nobody(watch: Watch) -> None:
    go_down(watch)
    with pytest.raises(DiscoveryFailed):
        watch.run()
    watch.now += 999 * HOUR
    assert check(watch.parts).findings == ()
    assert alarms(watch) == {}


def test_a_scheduled_source_that_was_never_read_has_its_time_and_no_more(watch: Watch) -> None:
    note_deployments(watch.parts, planned(SOURCE))
    watch.now += 40 * HOUR
    note_deployments(watch.parts, planned(SOURCE))  # a restart gives no new time
    watch.now += 8 * HOUR
    assert scheduled_check(watch.parts).findings == ()
    watch.now += MINUTE
    ((source, finding),) = scheduled_check(watch.parts).findings
    assert (source, finding.kind) == (SOURCE, "freshness")
    assert "never read well since its schedule was first seen on 1 May 2026" in finding.text
    assert "No run of all of it has ended yet." in finding.text
    note_deployments(watch.parts, planned())
    assert scheduled_check(watch.parts).findings == ()
    assert alarms(watch) == {}


@pytest.mark.parametrize("is_named_by_schedule", [True, False])
def test_the_sources_of_a_plan_are_those_that_its_schedules_ingest(
    is_named_by_schedule: bool,
) -> None:
    plan = planned("one", is_named_by_schedule=is_named_by_schedule)
    assert scheduled_sources(plan) == {"one"}
    assert scheduled_sources(planned("one", "two")) == {"one", "two"}
    assert scheduled_sources(planned()) == set()


@pytest.mark.usefixtures("seen")
def test_a_run_under_way_is_named_in_a_broken_promise(watch: Watch) -> None:
    watch.now = START + 49 * HOUR
    lock = watch.parts.store.lock(f"source-{SOURCE}")
    assert lock
    run_id = end_run(watch, "running")
    ((_, finding),) = check(watch.parts).findings
    lock.release()
    assert f"Run {run_id} is under way since 3 May 2026, 10:00 UTC." in finding.text


def test_a_listing_that_was_cut_is_an_alarm_until_it_is_whole_again(each_watch: Watch) -> None:
    watch = each_watch
    watch.run()
    (edition,) = [each for each in watch.site.editions if each.year == 2023]
    keys = [each.key for each in edition.reports]
    watch.site.unlist(2023, *keys[:6])
    watch.run()
    alarm = alarms(watch)["listing_floor"]
    assert (alarm.source, alarm.subject) == (SOURCE, "2023")
    assert "Edition 2023: its listing, read on 1 May 2026, 10:00 UTC, names " in alarm.text
    assert "the last good one named 13" in alarm.text
    assert alarm.examples == (SampleReports().index_url("2023"),)
    assert "`reportwatch ingest sample-hrr --edition 2023`" in alarm.remedy
    watch.now += MINUTE
    assert [each.kind for _, each in check(watch.parts).findings] == ["listing_floor"]
    watch.site.altered.clear()
    watch.run()
    assert alarms(watch) == {}


@pytest.mark.usefixtures("seen")
def test_an_edition_that_a_person_named_and_nobody_has_is_no_alarm(watch: Watch) -> None:
    with pytest.raises(DiscoveryFailed):
        watch.run(editions=("1999",))
    assert list(alarms(watch)) == ["run_blocked"]
    watch.run()
    assert alarms(watch) == {}


def test_a_run_whose_every_page_is_refused_is_no_reading_and_an_alarm_at_once(
    each_watch: Watch,
) -> None:
    watch = each_watch
    watch.run()
    for scene in watch.site.editions:
        for each in scene.reports:
            watch.site.fail(each.key, 403)
    report = watch.run()
    assert report.counts["blocked"] + report.counts["error"] == report.counts["checked"]
    assert last_ok(watch) == START
    alarm = alarms(watch)["run_blocked"]
    assert f"run {report.run_id} (manual, ended 1 May 2026, 10:00 UTC) had" in alarm.text
    assert len(alarm.examples) == 5
    assert alarm.examples[0].startswith("https://")
    watch.site.altered.clear()
    watch.run()
    assert alarms(watch) == {}
    assert last_ok(watch) == START + 2 * HOUR


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("state", "error", "says"),
    [
        ("failed", "no listing could be read: down.", "failed: no listing could be read: down."),
        ("failed", "", "failed: it left no reason."),
        ("crashed", "the process died", "crashed: its process was killed or cancelled"),
        ("failed", INTERRUPTED, ""),
        ("done", "one listing was cut", ""),
    ],
)
def test_what_a_run_came_to_decides(watch: Watch, state: str, error: str, says: str) -> None:
    end_run(watch, state, error)
    check(watch.parts)
    found = alarms(watch)
    assert list(found) == (["run_blocked"] if says else [])
    if says:
        assert says in found["run_blocked"].text


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("trigger", [Trigger.IMPORT, Trigger.REREAD, Trigger.REVIEW])
def test_runs_that_ask_no_publisher_are_no_measure(watch: Watch, trigger: Trigger) -> None:
    end_run(watch, "failed", "the file is no page", trigger=trigger.value)
    assert check(watch.parts).findings == ()


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("parameters", [{"urls": ["https://x"]}, {"countries": ["XAB"]}])
def test_a_run_of_single_pages_neither_raises_an_alarm_nor_ends_it(
    watch: Watch, parameters: dict[str, Any]
) -> None:
    end_run(watch, "failed", "down", parameters=parameters)
    assert check(watch.parts).findings == ()
    end_run(watch, "failed", "down")
    end_run(watch, "done", parameters=parameters)
    check(watch.parts)
    assert list(alarms(watch)) == ["run_blocked"]


@pytest.mark.usefixtures("seen")
def test_while_a_run_is_under_way_the_last_one_is_not_judged(watch: Watch) -> None:
    end_run(watch, "failed", "down")
    lock = watch.parts.store.lock(f"source-{SOURCE}")
    assert lock
    end_run(watch, "running")
    assert check(watch.parts).findings == ()
    assert alarms(watch) == {}
    lock.release()
    check(watch.parts)  # the lock is free: that run died
    assert "crashed" in alarms(watch)["run_blocked"].text


@pytest.mark.usefixtures("seen")
def test_an_alarm_stays_while_the_next_run_is_under_way(watch: Watch) -> None:
    end_run(watch, "failed", "down")
    check(watch.parts)
    lock = watch.parts.store.lock(f"source-{SOURCE}")
    assert lock
    end_run(watch, "running")
    check(watch.parts)
    lock.release()
    assert list(alarms(watch)) == ["run_blocked"]


@pytest.mark.usefixtures("seen")
def test_alarms_of_drift_are_left_alone(watch: Watch) -> None:
    drift = Finding(AlarmKind.DRIFT_LENGTH, "2023", "much shorter")
    with watch.parts.store.write() as unit:
        unit.alarms.see(SOURCE, drift, None, watch.now)
        unit.commit()
    check(watch.parts)
    assert list(alarms(watch)) == ["drift_length"]


def test_that_nobody_attends_is_an_alarm_once_workers_are_to_run_what_was_deployed(
    watch: Watch,
) -> None:
    check(watch.parts)
    assert alarms(watch) == {}
    agree(watch.parts)
    check(watch.parts)
    assert alarms(watch)["attend"].text.startswith("Nobody ever attended: ")
    with watch.parts.store.write() as unit:
        unit.heartbeats.beat(ATTEND_PULSE, watch.now)
        unit.commit()
    for minutes, found in ((0, []), (10, []), (1, ["attend"])):
        watch.now += minutes * MINUTE
        check(watch.parts)
        assert list(alarms(watch)) == found
    assert "Nobody attends since" in alarms(watch)["attend"].text


def test_a_run_leaves_the_alarm_of_the_scheduler_alone(watch: Watch) -> None:
    stop_scheduler(watch)
    check(watch.parts)
    watch.run()
    assert list(alarms(watch)) == ["scheduler"]


def stop_scheduler(watch: Watch, minutes: float = 46) -> None:
    note_deployments(watch.parts, planned(SOURCE))
    watch.now += minutes * MINUTE


def test_a_scheduler_that_stops_is_an_alarm_until_a_check_comes(
    each_watch: Watch, sink: Sink
) -> None:
    watch = each_watch
    watch.set(smtp_url=sink.url, operator="ops@law.example")
    stop_scheduler(watch)
    ((source, finding),) = check(watch.parts).findings
    assert (source, finding.kind) == (OURSELVES, "scheduler")
    assert "its last sign of life was on 1 May 2026, 09:00 UTC" in finding.text
    assert "every 15 minutes (45 are allowed)" in finding.text
    watch.deliver()
    watch.now += MINUTE
    checked = scheduled_check(watch.parts)
    assert (checked.findings, alarms(watch)) == ((), {})
    assert [each.kind for each in checked.cleared] == ["scheduler"]
    watch.deliver()
    (mail,) = mails(sink)
    assert mail["Subject"] == "To see to: reportwatch: the scheduler has stopped"


@pytest.mark.usefixtures("seen")
def test_without_a_pulse_nobody_expects_a_check(watch: Watch) -> None:
    watch.now += 10 * HOUR
    assert check(watch.parts).findings == ()
    note_deployments(watch.parts, planned(SOURCE, has_check=False))
    watch.now += 10 * HOUR
    assert check(watch.parts).findings == ()


def test_a_plan_without_a_check_takes_back_what_was_expected(watch: Watch) -> None:
    stop_scheduler(watch)
    note_deployments(watch.parts, planned(SOURCE, has_check=False))
    assert check(watch.parts).findings == ()


@pytest.mark.usefixtures("seen")
def test_a_check_says_what_was_raised_and_cleared_since_the_check_before(watch: Watch) -> None:
    scheduled_check(watch.parts)
    watch.now += MINUTE
    end_run(watch, "failed", "down")
    note_run_end(watch.parts, SOURCE)
    watch.now += MINUTE
    first = scheduled_check(watch.parts)
    assert [each.kind for each in first.raised] == ["run_blocked"]
    assert first.cleared == ()
    watch.now += MINUTE
    watch.run()
    second = scheduled_check(watch.parts)
    assert second.raised == ()
    assert [each.kind for each in second.cleared] == ["run_blocked"]
    watch.now += MINUTE
    third = scheduled_check(watch.parts)
    assert (third.raised, third.cleared) == ((), ())


def test_a_second_check_at_the_same_time_is_refused(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runs.run.LOCK_SECONDS", 0)
    lock = watch.parts.store.lock("check")
    assert lock
    refused = scheduled_check(watch.parts)
    note_run_end(watch.parts, SOURCE)  # left to the check under way
    lock.release()
    assert refused.is_refused
    with watch.parts.store.read() as unit:
        assert unit.heartbeats.last(CHECK_PULSE) is None


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("freshness.promises", "left to the next check: the disk is full"),
        ("after_run.judge_reading", "left to the next run to judge: the disk is full"),
    ],
)
def test_a_database_that_fails_at_a_runs_end_does_not_fail_the_run(
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
    says: str,
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseFailed("the disk is full")

    monkeypatch.setattr(f"services.health.{step}", fail)
    assert watch.run().is_clean
    assert says in caplog.text


@pytest.mark.usefixtures("seen")
def test_a_publishers_words_are_told_on_one_harmless_line(watch: Watch) -> None:
    end_run(watch, "failed", "evil\n\x1b[31m\u202e" + "x" * 999)
    check(watch.parts)
    text = alarms(watch)["run_blocked"].text
    assert "\n" not in text and "\x1b" not in text and "\u202e" not in text
    assert len(text) < 500


@pytest.mark.usefixtures("seen")
def test_a_site_that_finds_no_listing_at_all_is_an_alarm_though_its_pages_answer(
    watch: Watch,
) -> None:
    for edition in watch.site.editions:
        watch.site.alter(
            edition.path, lambda _: SiteResponse(200, HTML, b"<html><body></body></html>")
        )
    watch.run()
    assert last_ok(watch) == START
    (alarm,) = alarms(watch).values()  # one cause, one alarm
    assert alarm.kind == "run_blocked"
    assert "found no listing: " in alarm.text
    watch.run(editions=("2023",))
    assert list(alarms(watch)) == ["run_blocked"]
    lock = watch.parts.store.lock(f"source-{SOURCE}")
    assert lock
    end_run(watch, "running")
    checked = check(watch.parts)  # the next run is under way: nothing new is said of the last
    lock.release()
    assert (checked.findings, checked.is_well) == ((), False)
    assert list(alarms(watch)) == ["run_blocked"]


class TestTheWatchdog:
    """Of the runner: it checks where the scheduled check does not come."""

    def test_he_checks_every_quarter_of_an_hour_once_the_scheduled_check_is_overdue(
        self, watch: Watch
    ) -> None:
        note_deployments(watch.parts, planned(SOURCE))
        watchdog = Watchdog(watch.parts)
        checks = []
        for minute in range(80):
            watch.now = START + minute * MINUTE
            if watchdog.check_if_overdue():
                checks.append(minute)
        assert checks == [46, 61, 76]
        assert list(alarms(watch)) == ["scheduler"]

    def test_he_rests_while_scheduled_checks_come(self, watch: Watch) -> None:
        note_deployments(watch.parts, planned(SOURCE))
        watchdog = Watchdog(watch.parts)
        for minute in range(120):
            watch.now = START + minute * MINUTE
            if minute % 15 == 0:
                scheduled_check(watch.parts)
            assert watchdog.check_if_overdue() is None

    def test_he_has_patience_anew_after_the_machine_slept(self, watch: Watch) -> None:
        note_deployments(watch.parts, planned(SOURCE))
        watchdog = Watchdog(watch.parts)
        watch.now += 9 * HOUR
        assert watchdog.check_if_overdue() is None
        for _ in range(46):
            watch.now += MINUTE
            found = watchdog.check_if_overdue()
        assert found

    def test_he_expects_nothing_where_no_check_was_ever_scheduled(self, watch: Watch) -> None:
        watchdog = Watchdog(watch.parts)
        for _ in range(60):
            watch.now += MINUTE
            assert watchdog.check_if_overdue() is None

    def test_he_judges_the_sources_too(self, watch: Watch) -> None:
        watch.run()
        note_deployments(watch.parts, planned(SOURCE))
        watchdog = Watchdog(watch.parts)
        while watch.now < START + 49 * HOUR:
            watch.now += 10 * MINUTE
            watchdog.check_if_overdue()
        assert sorted(alarms(watch)) == ["freshness", "scheduler"]


def test_a_promise_counts_from_the_last_good_reading_else_from_its_schedule(watch: Watch) -> None:
    note_deployments(watch.parts, planned("another", SOURCE))
    watch.now += HOUR
    watch.run()
    with watch.parts.store.read() as unit:
        found = promises(unit, watch.parts.settings)
    read_at = START + HOUR
    assert found == [
        Promise("another", 48, START),
        Promise(SOURCE, 48, read_at, read_at),
    ]


def test_overdue_is_well_beyond_the_interval() -> None:
    assert timedelta(minutes=30) < OVERDUE <= HOUR
