"""The deployments file: what the bundled one promises, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.client.schemas.schedules import CronSchedule
from prefect.server.schemas.schedules import CronSchedule as ServersCronSchedule

from flows.deployments_file import BUNDLED, BadDeployment, PlannedDeployment, read_deployments
from flows.planned import load_flow
from flows.schedule_notes import CHECK_FLOW, INGEST_FLOW, scheduled_sources
from scrapers.registry import all_sources

FILES = [BUNDLED, BUNDLED.parent / "sample.yaml"]
CLOCKS_CHANGE = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8), (3, 29), (10, 25), (11, 1))]
"""The Sundays on which the clocks of America and of Europe go forward and back."""

GOOD = """
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
"""


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def plan(request: pytest.FixtureRequest) -> tuple[PlannedDeployment, ...]:
    return read_deployments(request.param)


def ingests(plan: tuple[PlannedDeployment, ...]) -> list[PlannedDeployment]:
    """Return the deployments of single sources."""
    return [each for each in plan if each.name.startswith("ingest-")]


def test_bundled_files_name_an_ingest_for_requests_and_one_for_each_source(
    plan: tuple[PlannedDeployment, ...],
) -> None:
    names = [each.name for each in plan]
    assert (names[0], names[-2:]) == ("ingest", ["deliver", "check"])
    assert len(ingests(plan)) == len(set(names) - {"ingest", "share", "deliver", "check"}) >= 1
    for each in plan:
        assert load_flow(each.entrypoint).name == each.name.partition("-")[0]
        assert each.description
        assert each.limit == (None if each.name == "share" else 1)


def test_bundled_schedules_are_valid_and_name_their_zone(
    plan: tuple[PlannedDeployment, ...],
) -> None:
    schedules = [schedule for each in plan for schedule in each.schedules]
    assert len({each.slug for each in schedules}) == len(schedules) >= 3
    for each in schedules:
        assert ZoneInfo(each.timezone)
        assert CronSchedule(cron=each.cron, timezone=each.timezone)


@pytest.mark.parametrize("day", CLOCKS_CHANGE, ids=str)
def test_the_server_finds_times_for_every_bundled_schedule_when_clocks_change_too(
    plan: tuple[PlannedDeployment, ...], day: datetime
) -> None:
    schedules = [schedule for each in plan for schedule in each.schedules]
    assert len(schedules) >= 3
    end = day + timedelta(days=1)
    for each in schedules:
        schedule = ServersCronSchedule(cron=each.cron, timezone=each.timezone)
        found = [day, *asyncio.run(schedule.get_dates(start=day, end=end)), end]
        assert len(found) > 20, each
        assert all(b - a <= timedelta(hours=2) for a, b in pairwise(found)), each


def test_bundled_parameters_fit_the_form(plan: tuple[PlannedDeployment, ...]) -> None:
    for each in plan:
        load_flow(each.entrypoint).validate_parameters(dict(each.parameters))
        for schedule in each.schedules:
            load_flow(each.entrypoint).validate_parameters(dict(schedule.parameters))


def test_what_a_person_asks_for_waits_and_what_is_scheduled_is_dropped(
    plan: tuple[PlannedDeployment, ...],
) -> None:
    asked, *scheduled = [each for each in plan if each.name != "share"]
    assert (asked.collision_strategy, asked.schedules) == ("ENQUEUE", ())
    assert len(scheduled) >= 3
    for each in scheduled:
        assert (each.collision_strategy, len(each.schedules)) == ("CANCEL_NEW", 1)


def test_a_deployment_of_a_source_is_named_and_tagged_after_it(
    plan: tuple[PlannedDeployment, ...],
) -> None:
    assert len(ingests(plan)) >= 1
    for each in ingests(plan):
        source = each.parameters["source"]
        assert each.name == f"ingest-{source}"
        assert each.tags == ("reportwatch", source)
        assert [one.parameters for one in each.schedules] == [{}]


def test_what_is_scheduled_is_read_from_the_bundled_files(
    plan: tuple[PlannedDeployment, ...],
) -> None:
    assert {each.entrypoint for each in plan} >= {INGEST_FLOW, CHECK_FLOW}
    assert scheduled_sources(plan)
    assert scheduled_sources(plan) <= set(all_sources())


def test_what_is_due_of_every_source_is_asked_every_hour() -> None:
    schedules = [schedule for each in ingests(read_deployments()) for schedule in each.schedules]
    assert len(schedules) == 3  # every source but the sample
    for each in schedules:
        assert each.cron.split()[1:] == ["*"] * 4


def test_every_source_but_the_sample_has_a_schedule_and_no_two_start_together() -> None:
    watched = [each.parameters["source"] for each in ingests(read_deployments())]
    assert sorted(watched) == sorted(set(all_sources()) - {"sample-hrr"})
    minutes = [
        schedule.cron.split()[0]
        for each in ingests(read_deployments())
        for schedule in each.schedules
    ]
    assert len(set(minutes)) == len(minutes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("deployments: [", "is not YAML"),
        ("", "not in the format of prefect.yaml"),
        ("deployments: 5", "not in the format of prefect.yaml"),
        ("name: reportwatch", "'deployments' is missing"),
        (GOOD.replace("entrypoint", "entry"), "'entrypoint' is missing"),
        (GOOD.replace("reportwatch", "other"), "lacks the tag 'reportwatch'"),
        (GOOD + GOOD.partition("deployments:")[2], "two deployments have one name"),
        (GOOD + "    schedules: [{cron: '* * * * *'}]", "'slug' is missing"),
        (GOOD + "    schedules: [{cron: '* * * * *', slug: a}]", "'timezone' is missing"),
        (GOOD + "    concurrency_limit: {limit: many}", "invalid literal"),
    ],
)
def test_a_bad_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    with pytest.raises(BadDeployment, match=says) as refused:
        read_deployments(file)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadDeployment, match="No such file"):
        read_deployments(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    "path", ["flows.ingest.nothing", "nowhere.flow", "services.ingest.ingest", "x"]
)
def test_an_entrypoint_that_is_no_flow_is_refused_by_name(path: str) -> None:
    with pytest.raises(BadDeployment, match=path):
        load_flow(path)
