"""A real browser opens Prefect's interface: who may come in, runs, the run form, hostile text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from browsing import keep, open_browser
from playwright.sync_api import Page, expect
from prefect import flow
from prefect.runner import Runner
from prefect_stage import SOURCE, Stage, ask

from alerts.redline import Paragraph
from flows import ingest, publish
from flows.artifacts import Redline
from flows.credential import CREDENTIAL_FILE
from flows.deployments_file import read_deployments
from flows.ingest import Caller, ingest_flow, run_here
from flows.runner import prepare
from reports.compare.diff import Op, Span
from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from services.assembly import open_parts
from services.runs.run import RunReport

WAIT = 20_000
"""Milliseconds for a page of Prefect's to draw itself on a busy machine."""

SETTLE = 1_500
"""Milliseconds in which a page that is drawn would ask for what its text names."""

ELSEWHERE = "http://elsewhere.example"
HOSTILE = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    f"<img src={ELSEWHERE}/pixel.png>",
    f"![pixel]({ELSEWHERE}/pixel.png)",
    f"![pixel][1]\n\n[1]: {ELSEWHERE}/pixel.png",
    "[press](javascript:window.ran=1)",
    "[press](data:text/html,<script>top.ran=1</script>)",
    f"[press]({ELSEWHERE})",
    f"<{ELSEWHERE}/auto>",
    f"{ELSEWHERE}/bare and www.elsewhere.example",
    "somebody@elsewhere.example",
    f"<iframe src={ELSEWHERE}></iframe><object data={ELSEWHERE}></object>",
    f"<link rel=stylesheet href={ELSEWHERE}/style.css><style>@import '{ELSEWHERE}/2.css'</style>",
    f"<div style='background: url({ELSEWHERE}/back.png)'>x</div>",
    "<svg onload='window.ran = 1'><animate onbegin='window.ran = 1' /></svg>",
    "<details open ontoggle='window.ran = 1'><summary>x</summary></details>",
    f"<form action={ELSEWHERE}><button autofocus onfocus='window.ran = 1'>x</button></form>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'><base href={ELSEWHERE}/>",
    "```html\n<script>window.ran = 1</script>\n```",
    "`</code><script>window.ran = 1</script>`",
    "&lt;script&gt;window.ran = 1&lt;/script&gt;",
    "| a | b |\n|---|---|\n| <img src=x onerror='window.ran=1'> | x |",
    "</p></li></ul><script>window.ran = 1</script>",
    "{{constructor.constructor('window.ran = 1')()}}",
]


@dataclass
class Visit:
    """A page of the browser, and the hosts it asked for anything."""

    page: Page
    origin: str
    credential: str
    strangers: list[str] = field(default_factory=list)

    def note(self, url: str) -> None:
        if not url.startswith((self.origin, f"blob:{self.origin}", "data:")):
            self.strangers.append(url)

    def log_in(self, credential: str) -> None:
        """Type a credential where the interface asks for it."""
        asked = self.page.get_by_placeholder("admin:pass")
        expect(asked).to_be_visible(timeout=WAIT)
        asked.fill(credential)
        self.page.get_by_role("button", name="Login").click()


@pytest.fixture
def stranger(stage: Stage) -> Iterator[Visit]:
    """A browser that has shown no credential, at a server with one run by hand."""

    async def register() -> None:
        with open_parts(stage.settings) as parts:
            await prepare(Runner(name="test"), read_deployments(), parts)

    asyncio.run(register())
    run_here(Caller(stage.settings, stage.request(), lambda *_: None))
    # `up` says that the interface asks for what this file holds.
    credential = (stage.settings.home / CREDENTIAL_FILE).read_text()
    for browser in open_browser():
        yield _visit(browser.new_page(), stage.environment["PREFECT_UI_URL"], credential)


def _visit(page: Page, origin: str, credential: str) -> Visit:
    visit = Visit(page, origin, credential)
    page.on("request", lambda request: visit.note(request.url))
    return visit


@pytest.fixture
def visit(stranger: Visit) -> Visit:
    """A browser that has logged in."""
    stranger.page.goto(stranger.origin)
    stranger.log_in(stranger.credential)
    expect(stranger.page.get_by_placeholder("admin:pass")).to_be_hidden(timeout=WAIT)
    return stranger


@pytest.mark.slow
def test_only_the_homes_credential_opens_the_interface(stranger: Visit) -> None:
    page = stranger.page
    page.goto(f"{stranger.origin}/runs")
    run = page.get_by_role("link", name=f"ingest {SOURCE}")
    for wrong in ("", "admin:pass", stranger.credential[:-1]):
        stranger.log_in(wrong)
        expect(page.get_by_text("Authentication failed").first).to_be_visible(timeout=WAIT)
        expect(run).to_have_count(0)
        page.goto(f"{stranger.origin}/runs")
    stranger.log_in(stranger.credential)
    expect(page.get_by_placeholder("admin:pass")).to_be_hidden(timeout=WAIT)
    page.goto(f"{stranger.origin}/runs")
    expect(run.first).to_be_visible(timeout=WAIT)
    assert stranger.strangers == []


@pytest.mark.slow
def test_runs_are_listed_with_how_they_ended(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/runs")
    run = visit.page.get_by_role("link", name=re.compile(rf"ingest {SOURCE} 2022.2023 #1")).first
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


@pytest.fixture
def hostile_run(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> str:
    """A flow run that left what real runs leave, of texts that mean harm; its id."""
    edit = Change(
        id=7,
        kind=ChangeKind.EDITED,
        report=ReportId(SOURCE, "2023", "XAA"),
        title="2023 Report: Arvenia",
        from_version=1,
        to_version=2,
        detected_at=datetime(2026, 3, 1, tzinfo=UTC),
        summary_line="",
    )
    report = RunReport(
        12,
        SOURCE,
        {"checked": 40, "edited": 1},
        tuple({"url": text, "outcome": "error", "reason": text} for text in HOSTILE),
        1.5,
        tuple(replace(edit, summary_line=text) for text in HOSTILE),
        notes=tuple(HOSTILE),
    )

    pieces = [Span(list(Op)[place % 3], text) for place, text in enumerate(HOSTILE)]
    word_by_word = {7: [Redline(text, [Paragraph(tuple(pieces))]) for text in HOSTILE]}
    monkeypatch.setattr(publish, "redlines_of", lambda *_: word_by_word)

    @flow
    async def leave() -> str:
        with open_parts(stage.settings) as parts:
            await publish.publish(report, parts)
        return str(ingest._flow_run().id)

    return asyncio.run(leave())


@pytest.mark.slow
def test_hostile_text_of_a_publisher_stays_text_in_artifacts(
    hostile_run: str, visit: Visit, stage: Stage
) -> None:
    """No script of it runs, no request leaves, and its links are none."""
    assert len(HOSTILE) >= 24
    artifacts = stage.artifacts(hostile_run)
    assert set(artifacts) == {"table", "markdown", "image"}
    page = visit.page
    for artifact in artifacts.values():
        page.goto(f"{visit.origin}/artifacts/artifact/{artifact['id']}")
        expect(page.get_by_text(artifact["key"]).first).to_be_visible(timeout=WAIT)
        page.wait_for_timeout(SETTLE)
        _assert_inert(visit)
        chart = artifacts["image"]["data"]  # of numbers, made here, and asked of nobody
        is_chart = artifact["type"] == "image"
        assert {to for to, _ in _targets(page)} == ({chart} if is_chart else set())
        keep(page, f"prefect-{artifact['type']}")
    shown = page.get_by_text("window.ran = 1")
    page.goto(f"{visit.origin}/artifacts/artifact/{artifacts['markdown']['id']}")
    expect(shown.first).to_be_visible(timeout=WAIT)
    assert shown.count() >= 20
    assert page.locator(".markdown-renderer__text--del").count() >= 8 * len(HOSTILE)
    assert page.locator(".markdown-renderer__text--strong").count() >= 8 * len(HOSTILE)
    page.goto(f"{visit.origin}/runs/flow-run/{hostile_run}?tab=Logs")
    expect(shown.first).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(SETTLE)
    _assert_inert(visit)
    # In a log Prefect makes a link of every plain address, which shows where it leads.
    links = _targets(page)
    assert len(links) >= 10
    assert [each for each in links if each[0] != each[1] or "://" not in each[0]] == []


def _assert_inert(visit: Visit) -> None:
    assert visit.page.evaluate("window.ran") is None
    assert visit.strangers == []


def _targets(page: Page) -> list[list[str]]:
    """Return what elements lead to or load, and their text; the interface's own left out."""
    found: list[list[str]] = page.eval_on_selector_all(
        "a, img, iframe, object, form",
        "all => all.map(each => ['href', 'src', 'data', 'action'].map(name =>"
        " each.getAttribute(name) || '').join('')).map((to, n) => [to, all[n].textContent.trim()])",
    )
    assert len(found) >= 5
    own = re.compile(r"/(?!/)|$|https://(www\.|docs\.)?prefect\.io")
    return [each for each in found if not own.match(each[0])]
