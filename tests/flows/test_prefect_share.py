"""A run that is shared out over Dask, or finds nobody to help it, on a real Prefect server."""

from __future__ import annotations

from typing import Any

import pytest
from patience import wait_for
from prefect_stage import Stage, ask
from same_rows import differing, rows_of

from deployments.sample_site.noise import Noise, NoiseLevel
from flows.ingest import Caller, run_here
from services.runs.run import RunReport
from services.settings import load_settings

SMALL = 3
"""Pages in a batch: the sample site has 24 of them."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.watch.walk.BATCH", SMALL)


def run(stage: Stage, **settings: Any) -> RunReport:
    told = load_settings(**settings)
    asked = stage.request(via=told.via)
    return run_here(Caller(told, asked, lambda *seen: stage.progress.append(seen)))


def tasks_of(stage: Stage, flow_run: str) -> list[str]:
    """Return the names of the tasks in which a run visited batches itself."""
    wanted = {"flow_runs": {"id": {"any_": [flow_run]}}}
    found = ask(stage.api_url, "/task_runs/filter", wanted)
    return [each["name"] for each in found if each["name"].startswith("visit batch")]


def test_without_anybody_to_help_a_run_reads_all_of_it_itself(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    report = run(stage, spread=2)
    assert report.counts["published"] == report.counts["checked"] == 24
    assert "no help from another program" in caplog.text
    assert stage.progress[-1] == (24, 24)
    [row] = stage.ledger()
    assert wait_for(lambda: len(tasks_of(stage, row.flow_run)) == 24 / SMALL, "tasks are missing")


@pytest.mark.slow
def test_without_the_scheduler_that_is_named_a_run_reads_all_of_it_itself(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    report = run(stage, spread=1, dask="tcp://127.0.0.1:9")
    assert report.counts["published"] == 24
    assert "no help from Dask" in caplog.text


@pytest.mark.slow
def test_over_dask_a_run_records_what_it_records_alone(stage: Stage, tmp_path: Any) -> None:
    stage.site._noise = Noise(NoiseLevel.NONE)
    run(stage)
    alone = rows_of(stage.settings.database, stage.settings.via)
    home = tmp_path / "dask"
    home.mkdir()
    report = run(stage, home=home, spread=2, dask="local")
    assert report.counts["published"] == 24
    there = rows_of(load_settings(home=home).database, stage.settings.via)
    assert len(there["version"]) == 24
    assert differing(alone, there) == {}
