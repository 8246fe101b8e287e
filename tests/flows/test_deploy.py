"""`deploy` brings a real Prefect server to what a plan says, and says what that changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from prefect_stage import Stage, ask

from flows.deploy import Deployed, deploy_here
from flows.deployments_file import BadDeployment, PlannedDeployment, read_deployments
from services.agreed_settings import DATABASE_ID, SettingsDiffer, is_agreed
from services.assembly import open_parts
from services.health.promises import SCHEDULED
from services.settings import load_settings, secret_names

PLAN = read_deployments()
NAMES = {
    *("ingest/ingest", "ingest/ingest-us-state-hrr", "ingest/ingest-us-state-irf"),
    *("ingest/ingest-uk-cpin", "share/share", "deliver/deliver", "check/check"),
}
SECRETS = {
    "REPORTWATCH_SECRET": "the-secret-of-all",
    "REPORTWATCH_SMTP_URL": "smtp://user:pass-of-smtp@127.0.0.1:2525",
    "REPORTWATCH_ADMIN_PASSWORD": "pass-of-admin",
    "REPORTWATCH_DEADMAN_URL": "https://deadman.example/pass-of-ping",
}


@pytest.fixture(autouse=True)
def server(stage: Stage) -> Iterator[Stage]:
    """A server that holds nothing of ours."""
    _clear(stage)
    yield stage
    _clear(stage)


def _clear(stage: Stage) -> None:
    for kind in ("deployments", "work_pools"):
        for each in ask(stage.api_url, f"/{kind}/filter", {"limit": 100}):
            name = each["id"] if kind == "deployments" else each["name"]
            ask(stage.api_url, f"/{kind}/{name}", method="DELETE")


def deploy(
    stage: Stage, plan: tuple[PlannedDeployment, ...] = PLAN, pool: str = "", **options: bool
) -> Deployed:
    with open_parts(stage.settings) as parts:
        return deploy_here(parts, plan, pool, **options)


def held(stage: Stage) -> dict[str, Any]:
    found = ask(stage.api_url, "/deployments/filter", {"limit": 100})
    return {each["name"]: each for each in found}


def test_a_second_deploy_says_that_nothing_changes(stage: Stage) -> None:
    first = deploy(stage)
    assert first.is_pool_new and set(first.new) == NAMES and not first.is_nothing
    assert {each["work_pool_name"] for each in held(stage).values()} == {"reportwatch"}
    assert len(held(stage)) == len(NAMES)
    before = held(stage)
    second = deploy(stage)
    assert second.is_nothing, second
    assert set(second.unchanged) == NAMES
    assert held(stage) == before


@pytest.mark.slow
def test_what_is_scheduled_is_written_down(stage: Stage) -> None:
    deploy(stage)
    with open_parts(stage.settings) as parts, parts.store.read() as unit:
        beats = unit.heartbeats.all()
    assert "check" in beats
    assert {f"{SCHEDULED}uk-cpin", f"{SCHEDULED}us-state-hrr"} <= set(beats)


@pytest.mark.slow
def test_a_dry_run_says_the_same_and_changes_nothing(stage: Stage) -> None:
    said = deploy(stage, is_dry_run=True)
    assert not held(stage)
    assert not ask(stage.api_url, "/work_pools/filter", {})
    with open_parts(stage.settings) as parts:
        assert not is_agreed(parts)
    assert deploy(stage) == said


def _changed(name: str, **facts: Any) -> tuple[PlannedDeployment, ...]:
    return tuple(replace(each, **facts) if each.name == name else each for each in PLAN)


CPIN = next(each for each in PLAN if each.name == "ingest-uk-cpin")
[HOURLY] = CPIN.schedules
CHANGES: dict[str, tuple[tuple[PlannedDeployment, ...], list[str]]] = {
    "time": (
        _changed("ingest-uk-cpin", schedules=(replace(HOURLY, cron="1 2 * * *"),)),
        ["schedules"],
    ),
    "words": (_changed("ingest-uk-cpin", description="Other words."), ["description"]),
    "limit": (_changed("ingest-uk-cpin", limit=2), ["limit"]),
    "collision": (_changed("ingest-uk-cpin", collision_strategy="ENQUEUE"), ["limit"]),
    "source": (_changed("ingest-uk-cpin", parameters={"source": "sample-hrr"}), ["parameters"]),
    "tags": (_changed("ingest-uk-cpin", tags=("reportwatch",)), ["tags"]),
    "variables": (
        _changed("ingest-uk-cpin", job_variables={"env": {"REPORTWATCH_DELAY": "9"}}),
        ["job variables"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_named_and_applied(stage: Stage, what: str) -> None:
    deploy(stage)
    plan, aspects = CHANGES[what]
    done = deploy(stage, plan)
    assert done.changed == {"ingest/ingest-uk-cpin": aspects}
    assert done.new == done.removed == []
    assert deploy(stage, plan).is_nothing


@pytest.mark.slow
def test_a_trigger_that_changed_is_named_and_applied(stage: Stage) -> None:
    deploy(stage)
    plan = _changed("check", triggers=())
    assert deploy(stage, plan).changed == {"check/check": ["triggers"]}
    assert deploy(stage, plan).is_nothing
    assert deploy(stage).changed == {"check/check": ["triggers"]}
    assert deploy(stage).is_nothing


@pytest.mark.slow
def test_what_the_plan_no_longer_names_is_taken_back(stage: Stage) -> None:
    other = replace(HOURLY, slug="uk-cpin-nightly", cron="0 3 * * *")
    deploy(stage, _changed("ingest-uk-cpin", schedules=(HOURLY, other)))
    ask(stage.api_url, "/deployments/", _of_somebody_else(stage))
    done = deploy(stage, tuple(each for each in PLAN if each.name != "ingest-us-state-irf"))
    assert sorted(done.removed) == ["deployment ingest-us-state-irf", "schedule uk-cpin-nightly"]
    there = held(stage)
    assert "ingest-us-state-irf" not in there and "of-somebody-else" in there
    assert [each["slug"] for each in there["ingest-uk-cpin"]["schedules"]] == ["uk-cpin-hourly"]


def _of_somebody_else(stage: Stage) -> dict[str, Any]:
    flow = ask(stage.api_url, "/flows/", {"name": "of-somebody-else"})
    return {"name": "of-somebody-else", "flow_id": flow["id"], "tags": ["theirs"]}


@pytest.mark.slow
def test_a_schedule_that_somebody_paused_stays_paused(stage: Stage) -> None:
    deploy(stage)
    there = held(stage)["ingest-uk-cpin"]
    schedule = f"/deployments/{there['id']}/schedules/{there['schedules'][0]['id']}"
    ask(stage.api_url, schedule, {"active": False}, method="PATCH")
    assert deploy(stage).is_nothing
    deploy(stage, _changed("ingest-uk-cpin", description="Other words."))
    assert [each["active"] for each in held(stage)["ingest-uk-cpin"]["schedules"]] == [False]


@pytest.mark.slow
def test_no_secret_goes_to_prefect_and_what_must_agree_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(SECRETS) <= secret_names()
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REPORTWATCH_GONE_HOURS", "24")
    deploy(stage)
    told = json.dumps([held(stage), ask(stage.api_url, "/work_pools/filter", {})])
    for value in (*SECRETS.values(), "pass-of", "REPORTWATCH_DATABASE_URL", "REPORTWATCH_HOME"):
        assert value not in told
    assert len(held(stage)) >= 4
    for each in held(stage).values():
        env = each["job_variables"]["env"]
        assert env["REPORTWATCH_GONE_HOURS"] == "24"
        assert env["REPORTWATCH_VIA"] == stage.settings.via
        assert len(env[DATABASE_ID]) == 36
        assert each["job_variables"]["command"].endswith("python -m prefect.engine")


@pytest.mark.parametrize("name", ["REPORTWATCH_SMTP_URL", "REPORTWATCH_DATABASE_URL"])
def test_a_secret_in_the_file_is_refused(stage: Stage, name: str) -> None:
    plan = _changed("deliver", job_variables={"env": {name: "smtp://user:password@mail.example"}})
    with pytest.raises(BadDeployment, match=f"{name} is a secret") as refused:
        deploy(stage, plan)
    assert "password@" not in str(refused.value)


@pytest.mark.slow
def test_other_settings_are_refused_until_they_are_accepted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deploy(stage).settings == ["agreed for the first time"]
    monkeypatch.setenv("REPORTWATCH_GONE_HOURS", "24")
    says = "REPORTWATCH_GONE_HOURS is 24 here, 48 in the database"
    for is_dry_run in (True, False):
        with pytest.raises(SettingsDiffer, match=says):
            deploy(stage, is_dry_run=is_dry_run)
    done = deploy(stage, accepts_settings=True)
    assert done.settings == [says]
    assert {tuple(each) for each in done.changed.values()} == {("job variables",)}
    assert deploy(stage).is_nothing
    assert load_settings().gone_hours == 24


@pytest.mark.slow
def test_a_pool_of_another_name_is_made_and_one_of_another_type_is_left(stage: Stage) -> None:
    pool = {"name": "theirs", "type": "kubernetes", "base_job_template": {}}
    ask(stage.api_url, "/work_pools/", pool)
    assert not deploy(stage, pool="theirs").is_pool_new
    assert len(held(stage)) >= 4
    assert all("command" not in each["job_variables"] for each in held(stage).values())
    moved = deploy(stage, pool="ours")
    assert moved.is_pool_new
    assert {tuple(each) for each in moved.changed.values()} == {("work pool", "job variables")}
    assert deploy(stage, pool="ours").is_nothing
