"""A host that asks to be left alone (Retry-After) is, by every run, for a week at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from walk_stage import HTML, SOURCE, SiteResponse, Watch

from documents.sources import HostDocument
from scrapers.registry import source_named
from services.health.sources import source_documents
from services.runs.run import Trigger
from services.watch.plan_documents import host_documents

DAY = timedelta(days=1)


def _ask_for_rest(watch: Watch, retry_after: str) -> None:
    told = SiteResponse(429, {**HTML, "Retry-After": retry_after}, b"slow down")
    watch.site.alter("/robots.txt", lambda _: told)
    watch.run()
    watch.site.altered.clear()
    watch.site.asked.clear()


def _host(watch: Watch) -> HostDocument:
    return host_documents(watch.parts, source_named(SOURCE))[0]


def test_no_run_asks_before_the_time_is_over(watch: Watch) -> None:
    watch.run()
    _ask_for_rest(watch, "259200")
    for trigger in (Trigger.SCHEDULED, Trigger.MANUAL, Trigger.CATCH_UP, Trigger.API):
        report = watch.run(trigger=trigger)
        assert any("asked to be left alone" in each for each in report.notes)
        if not trigger.is_planned:
            assert "left alone" in report.fault
    assert watch.site.asked == []
    with watch.parts.store.read() as unit:
        open_alarms = [each.kind for each in unit.alarms.open(SOURCE)]
        documents = source_documents(unit, watch.parts.settings, watch.now)
    shown = {each.source: each.left_alone_until for each in documents}
    assert open_alarms == ["run_blocked"]
    assert shown[SOURCE] == _host(watch).left_alone_until == "2026-05-04T10:00:00Z"
    watch.now += 3 * DAY
    assert _host(watch).left_alone_until is None
    assert watch.run().is_clean


def test_a_person_may_ask_all_the_same(watch: Watch) -> None:
    watch.run()
    _ask_for_rest(watch, "259200")
    assert watch.run(despite_rest=True).is_clean
    assert watch.site.asked


@pytest.mark.parametrize("asked", ["99999999999", "9" * 400, "Fri, 01 May 2099 00:00:00 GMT"])
def test_a_host_is_left_alone_for_a_week_at_most(watch: Watch, asked: str) -> None:
    watch.run()
    _ask_for_rest(watch, asked)
    watch.now += 6 * DAY
    watch.run()
    assert watch.site.asked == []
    watch.now += DAY
    assert watch.run().is_clean


def test_what_a_clock_noted_that_was_years_ahead_does_not_hold(watch: Watch) -> None:
    watch.run()
    now, watch.now = watch.now, watch.now.replace(year=2099)
    _ask_for_rest(watch, "3600")
    watch.now = now
    assert watch.run().is_clean


def test_another_origin_in_the_hosts_place_is_not_held_by_it(watch: Watch) -> None:
    watch.run()
    with watch.parts.store.write() as unit:
        unit.hosts.rest("sample.reportwatch.example", watch.now, watch.now + DAY, via="")
        unit.commit()
    assert watch.run().is_clean
