"""A real browser opens Prefect's interface: runs are listed, and the run form can be used."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from prefect.runner import Runner
from prefect_stage import SOURCE, Stage, ask

from flows.deployments_file import read_deployments
from flows.ingest import Caller, ingest_flow, run_here
from flows.runner import prepare
from services.assembly import open_parts

CHROMIUM = Path("/usr/bin/chromium")
WAIT = 20_000
"""Milliseconds for a page of Prefect's to draw itself on a busy machine."""


@dataclass
class Visit:
    """A page of the browser, and the hosts it asked for anything."""

    page: Page
    origin: str
    strangers: list[str] = field(default_factory=list)

    def note(self, url: str) -> None:
        if not url.startswith((self.origin, f"blob:{self.origin}", "data:")):
            self.strangers.append(url)


@pytest.fixture
def visit(stage: Stage) -> Iterator[Visit]:
    """A browser at a server with the bundled deployments and one run by hand."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not installed")

    async def register() -> None:
        with open_parts(stage.settings) as parts:
            await prepare(Runner(name="test"), read_deployments(), parts)

    asyncio.run(register())
    run_here(Caller(stage.settings, stage.request(), lambda *_: None))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        visit = Visit(browser.new_page(), stage.environment["PREFECT_UI_URL"])
        visit.page.on("request", lambda request: visit.note(request.url))
        yield visit
        browser.close()


@pytest.mark.slow
def test_runs_are_listed_with_how_they_ended(visit: Visit, stage: Stage) -> None:
    visit.page.goto(f"{visit.origin}/runs")
    run = visit.page.get_by_role("link", name=f"ingest {SOURCE}").first
    expect(run).to_be_visible(timeout=WAIT)
    expect(visit.page.get_by_text("Completed").first).to_be_visible(timeout=WAIT)
    run.click()
    expect(visit.page.get_by_text("visit batch 1 of 1").first).to_be_visible(timeout=WAIT)
    assert visit.strangers == []


@pytest.mark.slow
def test_the_form_shows_every_field_with_what_it_means(visit: Visit, stage: Stage) -> None:
    deployment = ask(stage.api_url, "/deployments/name/ingest/ingest")["id"]
    visit.page.goto(f"{visit.origin}/deployments/deployment/{deployment}/run")
    for name, facts in ingest_flow.parameters.properties.items():
        label = visit.page.get_by_text(f"{name} (Optional)")
        expect(label).to_be_visible(timeout=WAIT)
        expect(visit.page.get_by_text(facts["description"])).to_be_visible(timeout=WAIT)
    expect(visit.page.get_by_text("us-state-hrr").first).to_be_visible(timeout=WAIT)
    assert visit.strangers == []
