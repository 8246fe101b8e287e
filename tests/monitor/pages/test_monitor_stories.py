"""The reader's and the operator's story in a real browser, with pictures kept of every step."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import keep, open_browser
from monitor_stage import Clock, Open, record, subscribe
from playwright.sync_api import Browser, Page, expect

from alerts.sink import Sink
from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading
from reports.notices.subscription import SubscriberState
from services.assembly import Parts
from services.history.import_pages import ImportRequest, import_saved
from services.notify.delivery import deliver

UNDECIDED = Path(__file__).parents[2] / "examples" / "us-state-hrr" / "builder-without-name.html"
ANN = "ann@court.example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def confirmation(parts: Parts, sink: Sink) -> str:
    """Deliver what waits, and return the path of the link in the last mail."""
    deliver(parts)
    policy = email.policy.default
    mails = [email.message_from_bytes(each.read_bytes(), policy=policy) for each in sink.mails()]
    text = next(m for m in reversed(mails) if m["To"] == ANN).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = urlsplit(re.search(r"http://\S+/confirm\?\S+", text)[0])  # type: ignore[index]
    return f"{link.path}?{link.query}"


@pytest.mark.parametrize(
    ("width", "scheme"), [(400, "dark"), pytest.param(1280, "light", marks=pytest.mark.slow)]
)
def test_a_reader_finds_compares_searches_and_subscribes_without_any_script(
    browser: Browser, open_monitor: Open, tmp_path: Path, width: int, scheme: str
) -> None:
    with Sink(tmp_path / "mail") as sink:
        client, parts = open_monitor(
            is_filled=True, clock=Clock(), smtp_url=sink.url, public_url="http://127.0.0.1:9"
        )
        context = browser.new_context(
            base_url=str(client.base_url),
            java_script_enabled=False,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        _read(page, f"reader-{width}-{scheme}")
        _subscribe(page, f"reader-{width}-{scheme}")
        page.goto(confirmation(parts, sink))
        page.get_by_role("button", name="Yes, notify this address").click()
        keep(page, f"reader-{width}-{scheme}-8-confirmed")
        with parts.store.read() as unit:
            reader = unit.subscribers.named(ANN)
            [held] = unit.subscriptions.all(ANN)
        assert reader and reader.state is SubscriberState.ACTIVE
        assert held.filter.countries == ("XAG",)
        context.close()


def _read(page: Page, name: str) -> None:
    page.goto("/")
    keep(page, f"{name}-1-overview")
    page.get_by_label("Find a country or area").fill("gandoria")
    page.get_by_role("button", name="Show its reports").click()
    expect(page.get_by_text("3 reports.")).to_be_visible()
    page.get_by_role("row").filter(has_text="2023").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gandoria 2023")
    keep(page, f"{name}-2-report")
    page.get_by_role("link", name="with version 1").click()
    expect(page.locator("del").first).to_be_visible()
    keep(page, f"{name}-3-difference")
    page.get_by_label("Shown").select_option("beside")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".columns ins").first).to_be_visible()
    keep(page, f"{name}-4-side-by-side")
    page.get_by_role("link", name="Next change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 2 to 3")
    page.goto("/compare?country=Gandoria")
    page.locator("#first").select_option("2022")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2022")
    keep(page, f"{name}-5-editions")
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill("mistreatment")
    page.get_by_label("What to search").select_option("removed")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark").first).to_have_text("mistreatment")
    keep(page, f"{name}-6-removed-words")


def _subscribe(page: Page, name: str) -> None:
    page.goto("/subscribe?country=XAG")
    page.get_by_label("E-mail address").fill(ANN)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    keep(page, f"{name}-7-asked")


def test_an_operator_runs_decides_and_sends_again(browser: Browser, open_monitor: Open) -> None:
    with serve_site(SampleSite()) as origin:
        client, parts = open_monitor(via=origin, delay=0.15, clock=Clock())
        subscribe(parts, ANN)
        import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
        context = browser.new_context(base_url=str(client.base_url))
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))

        page.goto("/runs")
        page.get_by_role("link", name="Run now").click()
        page.get_by_label("Source").select_option("sample-hrr")
        page.get_by_label("Editions").fill("2023")
        keep(page, "operator-1-run-now")
        page.get_by_role("button", name="Run now").click()
        expect(page.locator("progress")).to_be_visible()
        expect(page.get_by_text(re.compile(r"\d+ of \d+ pages looked at"))).to_be_visible(
            timeout=20_000
        )
        keep(page, "operator-2-under-way")
        expect(page.locator("progress")).to_have_count(0, timeout=60_000)
        expect(page.get_by_text("13 published")).to_be_visible()
        keep(page, "operator-3-ended")

        page.get_by_role("link", name="Reviews").click()
        page.get_by_role("link", name=re.compile("Review 1")).click()
        inside = page.frame_locator("iframe")
        expect(inside.get_by_text("Papua New Guinea has high mountains")).to_be_visible()
        page.get_by_label("Country or area").fill("Papua New Guinea")
        page.get_by_label("Edition").fill("2019")
        keep(page, "operator-4-review")
        page.get_by_role("button", name="It is this report").click()
        expect(page.get_by_role("status")).to_contain_text("us-state-hrr/2019/PNG: published")
        keep(page, "operator-5-decided")

        _give_up(parts)
        page.get_by_role("link", name="Alerts").click()
        expect(page.get_by_text("550 no such user").first).to_be_visible()
        page.get_by_role("checkbox").first.check()
        keep(page, "operator-6-dead-alerts")
        page.get_by_role("button", name="Send the chosen dead letters again").click()
        expect(page.get_by_role("status")).to_contain_text("1 message due again")
        keep(page, "operator-7-sent-again")
        assert faults == []
        context.close()


def _give_up(parts: Parts) -> None:
    """Make one change that is told, and give its alert up."""
    name = ReportId("sample-hrr", "2021", "XAA")
    issues = IssueList(IssueStatus.UNPARSED)
    texts = [Reading("Executive Summary", (each,), issues=issues) for each in ("One.", "Two.")]
    record(parts, name, *texts)
    with parts.store.write() as unit:
        unit.outbox.bind(parts.now(), 20, "localhost")
        for each in unit.outbox.due(parts.now()):
            unit.outbox.died(each, "550 no such user")
        unit.commit()


@pytest.mark.slow
def test_a_run_is_followed_without_script_by_loading_the_page_again(
    browser: Browser, open_monitor: Open
) -> None:
    with serve_site(SampleSite()) as origin:
        client, _ = open_monitor(via=origin, delay=0.1)
        context = browser.new_context(base_url=str(client.base_url), java_script_enabled=False)
        page = context.new_page()
        page.goto("/runs/new?source=sample-hrr")
        page.get_by_label("Editions").fill("2022")
        page.get_by_role("button", name="Run now").click()
        expect(page.get_by_text("11 published")).to_be_visible(timeout=60_000)
        context.close()
