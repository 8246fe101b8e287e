"""Five walks of people who use no mouse, each to its end, in Chromium; axe looks at every stop.

A step is something a person decides: follow a link, fill in a field, press a button. Keys are all
keys pressed, Tab too; the words typed are one key each. ``-s`` prints the figures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import serious_faults
from browsing import open_browser
from monitor_stage import Clock, Open, subscribe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from received import mails

from alerts.sink import Sink
from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from services.assembly import Parts
from services.notify.delivery import deliver

ANN = "ann@court.example"
MOST_TABS = 120


class Walk:
    """One person at a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps = self.keys = 0
        self.faults: list[str] = []
        self.stops = 0
        self._began = time.monotonic()

    def look(self, heading: str | re.Pattern[str]) -> None:
        """Arrive at a page with a heading: axe looks at it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state("load")
        self.stops += 1
        self.faults += serious_faults(self.page)

    def follow(self, role: str, name: str | re.Pattern[str]) -> None:
        """Go to a link, a button or a heading that opens something, and press Enter."""
        self._use(self._named(role, name), "Enter")

    def follow_in(self, place: Locator) -> None:
        """Go to the first link of a place, and press Enter."""
        self._use(place.get_by_role("link").first, "Enter")

    def fill(self, role: str, name: str | re.Pattern[str], words: str) -> None:
        """Go to a field and type."""
        self._use(self._named(role, name), "Control+a")
        self._type(words)

    def press(self, key: str) -> None:
        """Press a key where one is."""
        self._press(key)
        self.steps += 1

    def choose(self, role: str, name: str | re.Pattern[str]) -> None:
        """Go to a box and tick it."""
        self._use(self._named(role, name), "Space")

    def choose_option(self, role: str, name: str, words: str) -> None:
        """Go to a list and type the beginning of what is wanted."""
        self._reach(self._named(role, name))
        self._type(words)
        self.steps += 1

    def open_details(self, words: str) -> None:
        """Go to what opens, by its words, and open it."""
        self._use(self.page.locator("summary", has_text=words).first, "Enter")

    def told(self, name: str) -> str:
        """Say what it took."""
        seconds = time.monotonic() - self._began
        return f"{name}: {self.steps} steps, {self.keys} keys, {seconds:.1f} s"

    def _press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def _type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += 1

    def _use(self, wanted: Locator, key: str) -> None:
        self._reach(wanted)
        self._press(key)
        self.steps += 1

    def _named(self, role: str, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]

    def _reach(self, wanted: Locator) -> None:
        expect(wanted).to_be_attached()
        for _ in range(MOST_TABS):
            if wanted.evaluate("each => each === document.activeElement"):
                return
            self._press("Tab")
        raise AssertionError(f"Tab never comes to {wanted}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def begin(browser: Browser, address: str) -> tuple[BrowserContext, Walk]:
    """Open a browser of somebody's own on the front page."""
    context = browser.new_context(
        base_url=address, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.goto("/")
    return context, Walk(page)


def ended(context: BrowserContext, walk: Walk, name: str, stops: int) -> None:
    """Hold that axe looked at so many stops and found nothing."""
    print(walk.told(name))  # noqa: T201 - figures for whoever runs it with -s
    context.close()
    assert walk.stops == stops
    assert walk.faults == []


def test_a_report_is_found_and_cited(browser: Browser, open_monitor: Open) -> None:
    client, _ = open_monitor(is_filled=True, clock=Clock())
    context, walk = begin(browser, str(client.base_url))
    walk.look("Which words came, and which were taken away")
    walk.fill("combobox", "Find a country or area", "gandoria")
    walk.press("Enter")
    walk.look(re.compile("Reports"))
    walk.follow_in(walk.page.get_by_role("row").filter(has_text="2023"))
    walk.look("Gandoria 2023")
    walk.open_details("Cite")
    walk.follow("button", "Copy: One line")
    expect(walk.page.get_by_role("status").first).to_have_text("Copied.")
    copied = walk.page.evaluate("navigator.clipboard.readText()")
    assert "Gandoria, Executive Summary, https://" in copied
    assert re.search(r"version \d+, captured \S+Z, sha256:[0-9a-f]{64}", copied)
    ended(context, walk, "find a report and cite it", 3)


def test_what_changed_last_is_seen_and_shared(browser: Browser, open_monitor: Open) -> None:
    client, _ = open_monitor(is_filled=True, clock=Clock())
    context, walk = begin(browser, str(client.base_url))
    walk.follow("link", "The whole difference")
    walk.look(re.compile("version . to ."))
    assert re.search(r"/reports/sample-hrr/\d{4}/X\w+/diff/\d+\.\.\d+$", walk.page.url)
    walk.follow("link", "Cite this difference")
    walk.follow("button", "Copy")
    expect(walk.page.get_by_role("status")).to_have_text("Copied.")
    assert "compared word by word" in walk.page.evaluate("navigator.clipboard.readText()")
    ended(context, walk, "see what changed last and share it", 1)


def test_somebody_subscribes_from_a_search(browser: Browser, open_monitor: Open) -> None:
    client, _ = open_monitor(
        is_filled=True,
        clock=Clock(),
        smtp_url="smtp://127.0.0.1:9",
        public_url="http://127.0.0.1:9",
    )
    context, walk = begin(browser, str(client.base_url))
    walk.follow("link", "Search")
    walk.look("Search")
    walk.fill("searchbox", "Words", "gendarmerie")
    walk.press("Enter")
    walk.look("Search")
    walk.follow("link", re.compile("Notify me"))
    walk.look(re.compile("Subscribe|Notify"))
    walk.fill("textbox", "E-mail address", ANN)
    walk.press("Enter")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    ended(context, walk, "subscribe from a search", 3)


def test_a_mail_leads_to_what_one_is_told_of(
    browser: Browser, open_monitor: Open, last_read_at: object, tmp_path: Path
) -> None:
    with Sink(tmp_path / "mail") as sink:
        client, parts = open_monitor(
            is_filled=True,
            clock=Clock(last_read_at),  # type: ignore[arg-type]
            smtp_url=sink.url,
            public_url="http://watch.example",
        )
        html = mailed(parts, sink)
        context, walk = begin(browser, str(client.base_url))
        walk.page.set_content(
            html.replace("http://watch.example", str(client.base_url).rstrip("/"))
        )
        walk.look(re.compile("Gandoria|Sample|Nordavia"))
        walk.follow("link", "Change what you are notified of")
        walk.look("Your subscriptions")
        walk.follow("button", re.compile("^Remove"))
        expect(walk.page.get_by_text("Nothing: no subscription is left.")).to_be_visible()
        walk.look("Your subscriptions")
        ended(context, walk, "read a mail and change what one is told of", 3)


def mailed(parts: Parts, sink: Sink) -> str:
    """Deliver what is due, and return the HTML of a mail with news."""
    deliver(parts)
    body = mails(sink)[-1].get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_a_full_run_is_started_and_followed_to_its_end(
    browser: Browser, open_monitor: Open
) -> None:
    with serve_site(SampleSite()) as origin:
        client, parts = open_monitor(via=origin, delay=0.02, clock=Clock())
        subscribe(parts, ANN)
        context, walk = begin(browser, str(client.base_url))
        walk.follow("link", "Runs")
        walk.look("Runs")
        walk.follow("link", "Run now")
        walk.look("Run now")
        walk.choose_option("combobox", "Source", "sample")
        walk.choose("checkbox", re.compile("^Fetch and read everything"))
        walk.press("Enter")
        expect(walk.page.get_by_text(re.compile(r"\d+ published"))).to_be_visible(timeout=60_000)
        walk.look(re.compile("^Run "))
        expect(walk.page.get_by_text("everything fetched and read")).to_be_visible()
        ended(context, walk, "start a full run and follow it to its end", 3)
