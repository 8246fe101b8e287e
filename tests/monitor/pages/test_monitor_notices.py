"""A report's page says above the text what stands around it, as long as it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from monitor_stage import Clock, monitor_over

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page
from reports.text.fingerprint import payload_sha256
from reports.watch.surroundings import Surrounding
from scrapers.registry import source_named
from services.assembly import Parts
from services.runs.run import Trigger, start_run
from storage.watch.locations import Sighting

NAME = ReportId("sample-hrr", "2023", "XAG")
READING = Reading("Executive Summary", ("Ferries ran to timetable.",))
NOTICE = "SUPERSEDED: see the <b>June</b> report."


def see(parts: Parts, *notices: str) -> None:
    """Look at the report's page while some notices stand around it."""
    recording = start_run(
        parts,
        source_named(NAME.source),
        trigger=Trigger.MANUAL,
        orchestrator="direct",
        flow_run="",
        parameters={},
    )
    body = f"Ferries ran to timetable. {notices}".encode()
    sighting = Sighting(
        "https://sample.reportwatch.example/reports/trial/",
        NAME.edition,
        parts.now(),
        page=Page((Identified(NAME, Evidence.HEADING, "2023 Reports: Gandoria", READING),)),
        surroundings={each: Surrounding(each, "body", each, parts.now()) for each in notices},
        body=body,
        payload_sha256=payload_sha256(body),
        region_sha256=payload_sha256(b"region"),
    )
    with parts.store.write() as unit:
        unit.recorder(recording).record([sighting])
        unit.notices(recording).conclude()
        unit.runs.end(recording.run_id, "done", now=parts.now(), seconds=1)
        unit.commit()


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[tuple[httpx.Client, Parts]]:
    with monitor_over(tmp_path, Clock()) as (client, parts):
        see(parts)
        see(parts, NOTICE)
        yield client, parts


@pytest.mark.parametrize("path", [f"/reports/{NAME}", f"/reports/{NAME}/v/1"])
def test_notice_stands_above_the_text(monitor: tuple[httpx.Client, Parts], path: str) -> None:
    client, parts = monitor
    page = client.get(path).text
    said = page.index("SUPERSEDED: see the &lt;b&gt;June")
    assert page.index('id="notices"') < said < page.index('id="summary"')
    see(parts)
    assert 'id="notices"' not in client.get(path).text


def test_programs_are_told_of_it(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    assert client.get(f"/api/v1/reports/{NAME}").json()["notices"] == [NOTICE]
    see(parts)
    assert client.get(f"/api/v1/reports/{NAME}").json()["notices"] == []


def test_list_of_changes_calls_it_by_its_name(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    see(parts, NOTICE, "Withdrawn: the office was moved.")
    page = client.get("/changes?kind=noted").text
    assert "Note added:</span> SUPERSEDED" in page
    assert "Withdrawal notice added:</span> Withdrawn: the office" in page
