"""Scheduled runs: what is due is asked, jittered, within the day's budget, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from databases import Database
from walk_stage import HTML, SOURCE, AlteredSite, Clock, SiteResponse, Watch, counts, told, watching

from scrapers.registry import source_named
from services.ingest import ingest
from services.runs.run import IngestRequest, RunReport, Trigger
from services.watch.plan import PlanEntry, PlannedRequest, read_plan
from storage.watch.hosts import HostDay

MONDAY = datetime(2026, 5, 4, 0, 7, tzinfo=UTC)
HOST = "sample.reportwatch.example"


class Day:
    """A watch whose clock is moved by the watch's own waiting, and by hand."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.clock = Clock(MONDAY - timedelta(days=7))
        self.asked: list[tuple[datetime, str]] = []
        watch.parts = replace(
            watch.parts,
            now=self.clock.read,
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
        )
        watch.set(delay=5, workers=1)  # with one worker the clock moves as it would
        watch.site.has_hints = True
        render = watch.site.render

        def note(path: str) -> SiteResponse:
            self.asked.append((self.clock.now, path))
            return render(path)

        watch.site.render = note  # type: ignore[method-assign]

    def run(self, trigger: Trigger = Trigger.SCHEDULED) -> RunReport:
        self.asked.clear()
        return ingest(self.watch.parts, IngestRequest(SOURCE, trigger=trigger))

    def pages(self) -> set[str]:
        """Return the report pages that the last run asked for."""
        paths = {path.rstrip("/") for _, path in self.asked if path.startswith("/reports/")}
        return {path for path in paths if path.count("/") > 2}

    def baseline(self) -> None:
        """Read everything a week before the day."""
        assert counts(self.run(Trigger.MANUAL)) == {"checked": 24, "published": 24}
        self.clock.now = MONDAY


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with watching(f"sqlite:///{tmp_path / 'db.sqlite'}", tmp_path) as watch:
        yield Day(watch)


def test_a_day_goes_by_the_plan_and_a_new_edition_is_seen_within_the_hour(day: Day) -> None:
    day.baseline()
    appeared, seen = MONDAY + timedelta(hours=13, minutes=50), []
    asked = []
    for hour in range(24):
        day.clock.now = MONDAY + timedelta(hours=hour)
        if day.clock.now >= appeared and day.watch.site.step == 0:
            day.watch.site.advance(8)
        report = day.run()
        asked += day.asked
        if "published" in told(report):
            seen.append((day.clock.now, len(told(report)["published"])))
    [(moment, count)] = seen
    assert count == 13
    assert moment - appeared < timedelta(hours=1)
    moments = sorted(moment for moment, _ in asked)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= timedelta(seconds=5)
    assert len(asked) < 24 * 10 + 13  # a handful an hour, and the new pages


@pytest.mark.slow
def test_reports_are_looked_at_in_turn_and_not_all_at_once(day: Day) -> None:
    day.watch.set(hints="none")
    day.baseline()
    looks: dict[str, list[datetime]] = {}
    for hour in range(0, 24 * 40, 12):
        day.clock.now = MONDAY + timedelta(hours=hour)
        day.run()
        for page in day.pages():
            looks.setdefault(page, []).append(day.clock.now)
    assert len(looks) == 24
    first = [times[0] - MONDAY + timedelta(days=7) for times in looks.values()]
    assert min(first) >= timedelta(days=27) - timedelta(hours=1)  # a month, jittered by a tenth
    assert max(first) <= timedelta(days=33) + timedelta(hours=12)
    assert len({each.days for each in first}) > 3
    assert all(len(times) == 1 for times in looks.values())


@pytest.mark.slow
def test_a_changed_report_is_looked_at_more_often(day: Day) -> None:
    day.watch.set(hints="none")
    day.baseline()
    day.watch.site.edit("2023/XAG", "Federal Gendarmerie", "Federal Guard")
    assert told(day.run(Trigger.MANUAL)) == {"edited": ("2023/XAG",)}
    path = day.watch.site.report("2023/XAG").path.rstrip("/")
    looks = []
    start = day.clock.now
    for hour in range(1, 24 * 15, 3):
        day.clock.now = start + timedelta(hours=hour)
        day.run()
        if path in day.pages():
            looks.append(hour / 24)
    assert 3 <= len([each for each in looks if each <= 4]) <= 4  # daily for three days
    assert 1 <= len([each for each in looks if each > 4]) <= 2  # weekly for a quarter


def test_the_budget_of_the_day_ends_a_run_and_the_rest_waits(day: Day) -> None:
    day.watch.set(hints="none", daily_requests=20)
    assert counts(day.run()) == {"checked": 15, "published": 15}
    assert len(day.asked) == 20
    assert counts(day.run()) == {}
    assert day.asked == []
    day.clock.now += timedelta(days=1)
    report = day.run()
    assert counts(report) == {"checked": 9, "published": 9}


def test_what_waits_is_told(day: Day) -> None:
    day.watch.set(hints="none", daily_requests=20)
    spent = f"the day's 20 requests to {HOST} are spent"
    assert day.run().notes == (f"9 locations wait for another day: {spent}",)
    assert day.run().notes == (f"9 locations wait for another day: {spent}",)
    day.clock.now += timedelta(hours=2)
    assert day.run().notes == (f"everything due waits for another day: {spent}",)


def test_new_pages_that_a_listing_named_are_looked_at_by_the_next_run(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ended the run that read it: the listing itself is not read again for a day."""
    day.watch.set(hints="none")
    day.baseline()
    day.watch.site.advance(8)
    with monkeypatch.context() as broken:
        broken.setattr("services.watch.walk.Walk.visit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            day.run()
    day.clock.now += timedelta(hours=1)
    assert len(told(day.run())["published"]) == 13


def test_new_pages_wait_for_the_next_day_where_the_budget_ends_before_any_look(day: Day) -> None:
    day.baseline()
    day.watch.site.advance(8)
    day.watch.set(daily_requests=5)
    assert told(day.run()) == {}
    day.watch.set(daily_requests=2500, hints="none")
    day.clock.now += timedelta(hours=1)
    assert len(told(day.run())["published"]) == 13


def test_a_listing_that_failed_is_read_again_after_hours_not_days(day: Day) -> None:
    day.baseline()
    for edition in day.watch.site.editions:
        day.watch.site.alter(edition.path, lambda _: SiteResponse(403, {}, b""))
    day.run()
    day.clock.now += timedelta(hours=7)
    due = read_plan(day.watch.parts, source_named(SOURCE)).due(
        PlannedRequest.LISTING, day.clock.now
    )
    assert {each.why for each in due} == {"it was not read well the last time"}
    day.watch.site.altered.clear()
    day.run()
    assert (
        read_plan(day.watch.parts, source_named(SOURCE)).due(PlannedRequest.LISTING, day.clock.now)
        == []
    )


def test_a_look_for_editions_without_an_answer_is_made_up_for_soon(day: Day) -> None:
    day.baseline()
    saturday = MONDAY + timedelta(days=5)
    day.clock.now = saturday
    day.watch.set(via="http://127.0.0.1:9")
    day.run()
    day.clock.now += timedelta(hours=7)
    [entry] = read_plan(day.watch.parts, source_named(SOURCE)).due(
        PlannedRequest.EDITIONS, day.clock.now
    )
    assert entry.why == "the last look for a new edition had no answer"


def test_what_another_source_asks_of_the_host_meanwhile_counts_too(day: Day) -> None:
    day.watch.set(hints="none", daily_requests=20)
    render, others = day.watch.site.render, [15]

    def busy(path: str) -> SiteResponse:
        if "/reports/2023" in path and others:
            with day.watch.parts.store.write() as unit:
                unit.hosts.ask(day.clock.now, {HOST: HostDay(others.pop(), 0)})
                unit.commit()
        return render(path)

    day.watch.site.render = busy  # type: ignore[method-assign]
    day.run()
    assert len(day.asked) < 15


def test_a_run_over_midnight_has_the_budget_of_both_days(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.watch.visit.CHUNK", 1)
    day.clock.now = MONDAY.replace(hour=23, minute=59)
    day.watch.set(hints="none", daily_requests=20)
    day.run()
    assert len(day.asked) > 20


def test_bytes_have_a_budget_too(day: Day) -> None:
    day.watch.set(hints="none", daily_megabytes=1)
    size = sum(len(each.body) for each in map(AlteredSite().render, PAGES)) / len(PAGES)
    day.run()
    assert len(day.asked) <= 1_000_000 / size + 8


PAGES = [report.path for edition in AlteredSite().editions for report in edition.reports]


def test_a_run_by_hand_is_not_bound_but_counts(day: Day) -> None:
    day.watch.set(daily_requests=5)
    assert counts(day.run(Trigger.MANUAL)) == {"checked": 24, "published": 24}
    assert counts(day.run()) == {}
    with day.watch.parts.store.read() as unit:
        assert unit.hosts.asked_on(day.clock.now)[HOST].requests > 24


def test_a_touch_of_everything_is_worked_off_within_the_budget_and_told_to_nobody(
    day: Day,
) -> None:
    day.baseline()
    day.watch.subscribe()
    for each in [each for scene in day.watch.site.editions for each in scene.reports]:
        day.watch.site.modified[each.key] = MONDAY - timedelta(hours=2)
    day.watch.set(daily_requests=15)
    looked_at: set[str] = set()
    for days in range(4):
        day.clock.now = MONDAY + timedelta(days=days)
        for hour in range(0, 24, 6):
            day.clock.now = MONDAY + timedelta(days=days, hours=hour)
            report = day.run()
            assert told(report) == {}
            looked_at |= day.pages()
        with day.watch.parts.store.read() as unit:
            assert unit.hosts.asked_on(day.clock.now)[HOST].requests <= 15
    assert len(looked_at) == 24
    assert day.watch.alerts() == []


def test_a_page_that_is_taken_off_its_listing_is_looked_at(day: Day) -> None:
    day.watch.set(hints="none")
    day.baseline()
    day.watch.site.unlist(2023, "2023/XAC")
    day.run()
    assert day.pages() == {day.watch.site.report("2023/XAC").path.rstrip("/")}
    day.clock.now += timedelta(hours=1)
    day.run()
    assert day.pages() == set()


def test_an_edit_that_hints_tell_of_is_seen_by_the_next_run(day: Day) -> None:
    day.baseline()
    day.run()
    day.clock.now += timedelta(hours=1)
    at = day.clock.now - timedelta(minutes=5)
    day.watch.site.edit("2023/XAG", "Federal Gendarmerie", "Federal Guard", at=at)
    assert told(day.run()) == {"edited": ("2023/XAG",)}
    assert day.pages() == {day.watch.site.report("2023/XAG").path.rstrip("/")}


def test_a_removal_is_concluded_by_planned_runs_too(day: Day) -> None:
    day.watch.set(gone_checks=3, gone_hours=48)
    day.baseline()
    day.watch.site.fail("2023/XAC", 404)
    day.watch.site.trashed.add("2023/XAC")
    found = {}
    for hour in range(0, 24 * 4, 2):
        day.clock.now = MONDAY + timedelta(hours=hour)
        if "removed" in (changes := told(day.run())):
            found[hour] = changes["removed"]
    [(hour, names)] = found.items()
    assert names == ("2023/XAC",)
    assert 48 <= hour <= 60


def test_a_page_that_fails_is_asked_again_after_hours_not_by_every_run(day: Day) -> None:
    day.baseline()
    day.watch.site.edit("2023/XAG", "Federal Gendarmerie", "Federal Guard", at=MONDAY)
    day.watch.site.fail("2023/XAG", 403)
    hours = []
    for hour in range(24):
        day.clock.now = MONDAY + timedelta(hours=hour)
        day.run()
        if day.pages():
            hours.append(hour)
    assert 3 <= len(hours) <= 5


def test_a_listing_that_fails_once_is_read_again_well_before_the_promise_breaks(day: Day) -> None:
    day.baseline()
    indexes = [edition.path for edition in day.watch.site.editions]
    for path in indexes:
        day.watch.site.alter(path, lambda _: SiteResponse(503, HTML, b""))
    day.run()
    for path in indexes:
        del day.watch.site.altered[path.rstrip("/")]
    listed = [each for each in _plan(day) if each.asked is PlannedRequest.LISTING]
    assert {each.why for each in listed} == {"it was not read well the last time"}
    day.clock.now += timedelta(hours=7)
    day.run()
    with day.watch.parts.store.read() as unit:
        assert unit.sources.last_ok()[SOURCE] == day.clock.now
    assert {each.why for each in _plan(day) if each.asked is PlannedRequest.LISTING} == {
        "read every 24 hours"
    }


def test_an_edition_that_somebody_asked_for_and_that_is_not_there_changes_no_plan(day: Day) -> None:
    day.baseline()
    before = [each for each in _plan(day) if each.asked is PlannedRequest.LISTING]
    ingest(day.watch.parts, IngestRequest(SOURCE, editions=("2031", "2023")))
    after = [each for each in _plan(day) if each.asked is PlannedRequest.LISTING]
    assert {each.edition for each in after} == {each.edition for each in before}
    assert {each.why for each in after} == {"read every 24 hours"}


def test_runs_with_nothing_to_ask_clear_no_alarm_of_a_run_that_came_to_nothing(day: Day) -> None:
    day.baseline()
    day.watch.set(hints="none")
    day.clock.now += timedelta(days=30)  # everything is due
    reports = [each for edition in day.watch.site.editions for each in edition.reports]
    assert len(reports) >= 20
    for report in reports:
        day.watch.site.fail(report.key, 403)
    for hour in range(4):
        started_at = day.clock.now
        checked = counts(day.run()).get("checked", 0)
        assert bool(checked) is (hour == 0)
        with day.watch.parts.store.read() as unit:
            assert "run_blocked" in {each.kind for each in unit.alarms.open()}
        day.clock.now = started_at + timedelta(hours=1)


def _plan(day: Day) -> tuple[PlanEntry, ...]:
    return read_plan(day.watch.parts, source_named(SOURCE)).entries


def test_the_plan_says_why(day: Day) -> None:
    day.baseline()
    plan = read_plan(day.watch.parts, source_named(SOURCE))
    whys = {each.asked: each.why for each in plan.entries}
    assert whys[PlannedRequest.EDITIONS] == "a new edition is expected; looked for every hour"
    assert whys[PlannedRequest.LISTING] == "read every 24 hours"
    assert whys[PlannedRequest.REPORT] == "nothing new is known of it; looked at every 30 days"


@pytest.mark.parametrize("trigger", [Trigger.MANUAL, Trigger.API])
def test_what_a_person_asks_for_is_done_whatever_is_due(day: Day, trigger: Trigger) -> None:
    day.watch.set(hints="none")
    day.baseline()
    assert counts(day.run(trigger)) == {"checked": 24, "unchanged": 24}
    assert len(day.pages()) == 24


def test_budgets_are_kept_on_every_kind_of_database(database: Database) -> None:
    with watching(database.url, database.home) as watch:
        day = Day(watch)
        day.watch.set(hints="none", daily_requests=20)
        day.run()
        assert counts(day.run()) == {}
