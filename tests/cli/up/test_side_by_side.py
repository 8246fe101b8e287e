"""`reportwatch up` with three sources: they run side by side, and no source twice at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from running_up import RunningUp, SlowSite, in_time, running_up

from deployments.replay import Replay
from flows.prefect_api import flow_run_state, trigger
from scrapers.registry import all_sources
from services.assembly import open_parts

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
SOURCES = ("us-state-hrr", "us-state-irf", "uk-cpin")
ONE_SOURCE = """
  - name: ingest-{source}
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    parameters: {{source: {source}}}
    schedules: [{{slug: "{source}-often", cron: "* * * * * */30", timezone: UTC}}]
    concurrency_limit: {{limit: 1, collision_strategy: {strategy}}}
"""
STRATEGIES = ("CANCEL_NEW", "CANCEL_NEW", "ENQUEUE")
"""The last one as a plan of somebody's own may have it: its scheduled runs wait for each other."""

PLAN = """
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    concurrency_limit: {limit: 1, collision_strategy: ENQUEUE}
""" + "".join(
    ONE_SOURCE.format(source=source, strategy=strategy)
    for source, strategy in zip(SOURCES, STRATEGIES, strict=True)
)

SECRETS = {
    "REPORTWATCH_ADMIN_PASSWORD": "of-the-operator",
    "REPORTWATCH_READER_PASSWORD": "of-the-readers",
    "PREFECT_SERVER_ENCRYPTION_KEY": "of-another-server",
    "PREFECT_API_KEY": "of-another-cloud",
}
"""Secrets in the environment of `up` that no run has a use for."""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUp]:
    replay = Replay(
        [EXAMPLES / source for source in SOURCES], all_sources().values(), lambda _fault: None
    )
    assert len(replay) > 20
    site = SlowSite(replay, seconds=20.0)  # two answers take longer than to the next run
    with running_up(tmp_path_factory.mktemp("side-by-side"), site, PLAN, SECRETS) as up:
        yield up


def dropped(up: RunningUp) -> dict[str, set[str]]:
    """Return why runs of each source were dropped."""
    return {
        source: {
            run["state"]["message"]
            for run in up.runs(up.deployment(source), {"name": {"any_": ["Cancelled"]}})
        }
        for source in SOURCES
    }


def environments_of_runs() -> list[dict[str, str]]:
    """Return the environments of the processes that run flows now."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if b"prefect.engine" in (folder / "cmdline").read_bytes():
                entries = (folder / "environ").read_bytes().decode().split("\0")
                found.append(dict(each.split("=", 1) for each in entries if "=" in each))
    return found


def test_three_sources_are_read_at_the_same_time(up: RunningUp) -> None:
    def are_all_at_work() -> bool:
        return {row.source for row in up.ledger() if row.state == "running"} == {*SOURCES}

    in_time(up.ledger, "no run began")
    in_time(are_all_at_work, "the three sources never ran at the same time")
    assert {row.trigger for row in up.ledger()} == {"scheduled"}


def test_a_run_holds_the_settings_it_needs_and_no_secret_of_others(up: RunningUp) -> None:
    def of_this_home() -> list[dict[str, str]]:
        home = str(up.home)
        return [each for each in environments_of_runs() if each.get("REPORTWATCH_HOME") == home]

    found = in_time(of_this_home, "no run was under way")
    assert len(found) >= 1
    for environment in found:
        theirs = {name for name in environment if name.startswith("REPORTWATCH_")}
        assert theirs == {
            "REPORTWATCH_HOME",
            "REPORTWATCH_VIA",
            "REPORTWATCH_DELAY",
            "REPORTWATCH_CANARY",
            "REPORTWATCH_RUNNER_PID",
        }
        assert environment["PREFECT_API_AUTH_STRING"] == up.server.credential
        assert not {name for name in environment if name.startswith("PREFECT_SERVER_API")}
        said = " ".join(environment.values())
        assert [secret for secret in SECRETS.values() if secret in said] == []


def test_a_run_by_hand_waits_for_its_source_and_lets_another_pass(up: RunningUp) -> None:
    busy, free = SOURCES[0], SOURCES[2]
    in_time(lambda: all(dropped(up).values()), "no run found its source at work")
    for source in SOURCES:
        up.api(f"/deployments/{up.deployment(source)}/pause_deployment", {})
    up.site.seconds = 0.0
    with open_parts(up.settings) as parts:
        lock = in_time(lambda: parts.store.lock(f"source-{busy}"), "the source was never free")
        waits = trigger(up.server, "ingest/ingest", {"source": busy})

        def is_waiting() -> bool:
            return flow_run_state(up.server, waits).message.startswith("waits: another run of")

        in_time(is_waiting, "the run did not wait")
        passes = trigger(up.server, "ingest/ingest", {"source": free, "editions": ["2023"]})
        in_time(lambda: flow_run_state(up.server, passes).is_final, "the other did not pass")
        assert not flow_run_state(up.server, waits).is_final
        lock.release()
    in_time(lambda: flow_run_state(up.server, waits).is_final, "it did not come back")
    assert "api" in {row.trigger for row in up.ledger() if row.flow_run == waits}


def test_no_source_runs_twice_at_once_and_what_finds_it_at_work_is_dropped(up: RunningUp) -> None:
    waiting = up.runs(state={"name": {"any_": ["AwaitingConcurrencySlot", "Late"]}})
    assert len(waiting) <= 1
    rows = up.ledger()
    assert len(rows) >= 5
    reasons = dropped(up)
    at_work, waits = "Deployment concurrency limit reached.", "Another run that asks for the same"
    assert all(at_work in reasons[source] for source in SOURCES[:2])
    assert any(reason.startswith(waits) for reason in reasons[SOURCES[2]])
    for source in SOURCES:
        of_source = sorted((row for row in rows if row.source == source), key=lambda row: row.id)
        assert of_source
        for before, after in pairwise(of_source):
            assert before.ended_at and before.ended_at <= after.started_at
