"""The ingest flow on a real Prefect server, over the sample site, with the real parts."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from patience import wait_for
from prefect.client.schemas.objects import FlowRun
from prefect_stage import SOURCE, Stage, ask

from deployments.sample_site import SampleSite, SiteResponse
from flows import ingest, publish
from flows.ingest import Caller, SourceName, ingest_flow, run_here, trigger_of
from reports.watch.alarm import AlarmKind, Finding
from scrapers.registry import all_sources
from services.assembly import open_parts
from services.runs.run import (
    BadRequest,
    DiscoveryFailed,
    IngestRequest,
    RunRefused,
    RunReport,
    Trigger,
)


def run(stage: Stage, **facts: Any) -> RunReport:
    asked = stage.request(**facts)
    return run_here(Caller(stage.settings, asked, lambda *seen: stage.progress.append(seen)))


def test_a_run_in_this_process_is_a_flow_run_and_the_ledger_says_which(stage: Stage) -> None:
    report = run(stage)
    [row] = stage.ledger()
    assert report.run_id == row.id
    assert report.counts["published"] == report.counts["checked"] > 20
    assert (row.trigger, row.orchestrator, row.state) == ("manual", "prefect", "done")
    flow_run = stage.flow_run(row.flow_run)
    assert flow_run["state"]["type"] == "COMPLETED"
    assert flow_run["state"]["message"] == "run 1: 24 checked, 24 published"
    assert flow_run["name"] == f"ingest {SOURCE} 2022\N{EN DASH}2023 #1"
    assert flow_run["tags"] == ["reportwatch", SOURCE]


@pytest.mark.slow
def test_progress_is_told_from_none_to_all(stage: Stage) -> None:
    run(stage)
    assert stage.progress[0] == (0, 24)
    assert stage.progress[-1] == (24, 24)


@pytest.mark.slow
def test_the_form_limits_a_run_to_editions_and_countries(stage: Stage) -> None:
    assert run(stage, editions=("2023",)).counts["checked"] < 24
    [row] = stage.ledger()
    assert row.parameters == {"editions": ["2023"]}
    assert stage.flow_run(row.flow_run)["parameters"]["editions"] == ["2023"]


def test_locations_are_visited_in_batches_each_a_task(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.watch.walk.BATCH", 10)
    run(stage)
    assert stage.progress == [(0, 24), (10, 24), (20, 24), (24, 24)]


def test_a_run_leaves_a_table_of_outcomes_and_links_to_what_changed(stage: Stage) -> None:
    run(stage)
    stage.site.advance(2)
    report = run(stage)
    artifacts = stage.artifacts(stage.ledger()[-1].flow_run)
    rows = {
        "checked": 24,
        "edited": 1,
        "unchanged": 23,
    }
    assert artifacts["table"]["key"] == "ingest-sample-hrr"
    for name, count in rows.items():
        assert f'"{name}"' in artifacts["table"]["data"]
        assert f'"locations": {count}' in artifacts["table"]["data"]
    assert artifacts["markdown"]["key"] == "changes-sample-hrr"
    assert "**edited**" in artifacts["markdown"]["data"]
    [change] = report.changes
    assert str(change.report.country) in artifacts["markdown"]["data"]
    assert "**mistreatment**" in artifacts["markdown"]["data"]
    assert re.search(r"~~[^~*]*credible reports of[^~*]*~~", artifacts["markdown"]["data"])
    assert artifacts["progress"]["data"] == 100
    assert artifacts["image"]["data"].startswith("data:image/svg+xml;base64,")
    assert len(artifacts) == 4
    for artifact in artifacts.values():
        assert artifact["description"]
        assert artifact["key"].endswith(f"-{SOURCE}")


@pytest.mark.slow
def test_a_run_in_which_nothing_changed_leaves_no_list_of_changes(stage: Stage) -> None:
    run(stage)
    run(stage)
    left = stage.artifacts(stage.ledger()[-1].flow_run)
    assert set(left) == {"table", "image", "progress"}


def test_the_log_of_a_run_tells_the_walk(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    run(stage)
    stage.site.advance(2)
    caplog.clear()
    caplog.set_level("INFO", "services")
    run(stage, editions=("2023",))
    said = "\n".join(record.getMessage() for record in caplog.records)
    for line in (
        "the listing of 2023 names",
        "discovery: ",
        "pages to look at",
        " requests, ",
        "edited: sample-hrr/2023/XAG, ",
    ):
        assert line in said


def test_a_second_run_of_a_source_is_refused_and_its_flow_run_says_so(stage: Stage) -> None:
    with open_parts(stage.settings) as parts:
        lock = parts.store.lock(f"source-{SOURCE}")
        assert lock
        with pytest.raises(RunRefused, match="another run of sample-hrr is under way"):
            run(stage)
        lock.release()
    state = stage.last_flow_run("ingest")["state"]
    assert state["type"] == "CANCELLED"
    assert state["message"].startswith("refused: another run of sample-hrr is under way")
    assert stage.ledger() == []


@pytest.mark.slow
def test_listings_that_cannot_be_read_are_tried_three_times_and_fail_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.discover, "retry_delay_seconds", 0)
    with pytest.raises(DiscoveryFailed, match="no listing could be read"):
        run(stage, source="us-state-hrr")  # the sample site has nothing of that family
    [row] = stage.ledger()
    assert row.state == "failed"
    assert "no listing could be read" in row.error
    flow_run = stage.flow_run(row.flow_run)
    assert flow_run["state"]["type"] == "FAILED"
    wanted = {"flow_runs": {"id": {"any_": [row.flow_run]}}}
    assert [each["run_count"] for each in task_runs(stage, wanted)] == [3]


def task_runs(stage: Stage, wanted: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = wait_for(
        lambda: [
            each
            for each in ask(stage.api_url, "/task_runs/filter", wanted)
            if each["state_type"] == "FAILED"
        ],
        "the task run was not recorded",
    )
    return found


def test_a_request_that_names_something_unknown_fails_at_once(stage: Stage) -> None:
    with pytest.raises(BadRequest, match="Atlantis"):
        run(stage, countries=("Atlantis",))
    assert stage.last_flow_run("ingest")["state"]["type"] == "FAILED"


class ShortListing(SampleSite):
    """A site whose index of one edition is gone while its reports stand."""

    gone = ""

    def render(self, path: str) -> SiteResponse:
        is_gone = bool(self.gone) and path.rstrip("/").endswith(self.gone)
        return super().render("/nowhere/" if is_gone else path)


class TestWithABrokenListing:
    @pytest.fixture
    def sample_site(self) -> SampleSite:
        return ShortListing()

    @pytest.mark.slow
    def test_a_run_reads_on_but_its_flow_run_fails_and_says_which_listing(
        self, stage: Stage
    ) -> None:
        run(stage)
        assert isinstance(stage.site, ShortListing)
        stage.site.gone = "2023-country-reports-on-civic-conditions"
        report = run(stage)
        assert report.counts["unchanged"] == report.counts["checked"] == 24
        assert not report.is_clean
        state = stage.last_flow_run("ingest")["state"]
        assert state["type"] == "FAILED"
        assert "a listing could not be trusted" in state["message"]
        assert "2023-country-reports" in state["message"]
        assert stage.ledger()[-1].state == "done"


@pytest.mark.slow
def test_a_run_that_came_to_nothing_for_a_block_is_a_failed_flow_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And an alarm about one edition is no concern of a run that reads another."""
    run(stage)
    whole = stage.site.render
    refused = SiteResponse(403, {"Content-Type": "text/html"}, b"<h1>Access Denied</h1>")
    monkeypatch.setattr(
        stage.site, "render", lambda path: refused if "/reports/2023-" in path else whole(path)
    )
    with open_parts(stage.settings) as parts, parts.store.write() as unit:
        drift = Finding(AlarmKind.DRIFT_SUMMARY, "2023", "Edition 2023 reads badly.")
        unit.alarms.see(SOURCE, drift, None, parts.now())
        unit.commit()
    blocked = run(stage, editions=("2023",))
    state = stage.last_flow_run("ingest")["state"]
    assert state["type"] == "FAILED"
    assert "the run came to nothing: " in state["message"] and "403" in state["message"]
    assert stage.ledger()[-1].state == "failed" and blocked.failures
    other = run(stage, editions=("2022",))
    assert (other.is_clean, other.fault) == (True, "")
    assert stage.last_flow_run("ingest")["state"]["type"] == "COMPLETED"


@pytest.mark.slow
def test_artifacts_that_prefect_does_not_take_do_not_fail_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(**_facts: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(publish, "acreate_table_artifact", refuse)
    monkeypatch.setattr(publish, "acreate_progress_artifact", refuse)
    assert run(stage).counts["checked"] == 24
    assert stage.last_flow_run("ingest")["state"]["type"] == "COMPLETED"


def test_called_by_prefect_alone_the_flow_takes_its_settings_from_the_environment(
    stage: Stage,
) -> None:
    document = asyncio.run(ingest_flow(source=SourceName(SOURCE), countries=["XAA"]))
    assert document["source"] == SOURCE
    assert document["counts"]["checked"] > 0
    assert stage.ledger()[0].parameters == {"countries": ["XAA"]}


@pytest.mark.parametrize(
    ("facts", "trigger"),
    [
        ({}, Trigger.MANUAL),
        ({"deployment_id": uuid4()}, Trigger.API),
        ({"deployment_id": uuid4(), "auto_scheduled": True}, Trigger.SCHEDULED),
        ({"deployment_id": uuid4(), "tags": ["catch-up"]}, Trigger.CATCH_UP),
        (
            {"deployment_id": uuid4(), "auto_scheduled": True, "tags": ["catch-up"]},
            Trigger.CATCH_UP,
        ),
    ],
)
def test_what_started_a_run_is_read_from_what_prefect_knows(
    facts: dict[str, Any], trigger: Trigger
) -> None:
    assert trigger_of(FlowRun(flow_id=uuid4(), **facts)) is trigger


def test_the_form_offers_every_source_and_describes_every_field() -> None:
    form = ingest_flow.parameters
    assert form.definitions["SourceName"]["enum"] == list(all_sources())
    assert list(form.properties) == ["source", "editions", "countries", "urls", "full"]
    assert all(field["description"] for field in form.properties.values())
    assert form.required == []


def test_outside_of_prefect_the_flow_says_what_to_use_instead(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"use services\.ingest\.ingest"):
        asyncio.run(ingest_flow.fn())


@pytest.mark.slow
def test_a_caller_asks_for_more_than_the_form_can(stage: Stage) -> None:
    request = IngestRequest(SOURCE, via=stage.settings.via, delay=0, urls=())
    assert run_here(Caller(stage.settings, request, lambda *_: None)).counts["checked"] == 24
