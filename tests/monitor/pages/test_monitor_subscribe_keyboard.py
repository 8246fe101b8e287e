"""Subscribing without a mouse on a narrow screen: from a country to the form, filled in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import keep, open_browser
from monitor_stage import Clock, Open
from playwright.sync_api import Browser, Page, expect

from reports.notices.subscription import SubscriberState

ANN = "ann@court.example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def reach(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_reader_subscribes_from_a_country_by_keyboard_alone(
    browser: Browser, open_monitor: Open, *, has_script: bool
) -> None:
    client, parts = open_monitor(
        is_filled=True,
        clock=Clock(),
        smtp_url="smtp://127.0.0.1:9",
        public_url="http://127.0.0.1:9",
    )
    context = browser.new_context(
        base_url=str(client.base_url),
        viewport={"width": 360, "height": 740},
        java_script_enabled=has_script,
        timezone_id="Asia/Almaty",
    )
    page = context.new_page()
    page.goto("/compare/sample-hrr/XAG")
    page.locator("a.notify").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Gandoria")).to_be_checked()
    zone = "Asia/Almaty" if has_script else "UTC"
    expect(page.locator("#time_zone")).to_have_value(zone)
    if has_script:  # without it nobody can ask what has the focus
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        reach(page, "[name=every]")
        page.keyboard.press("ArrowDown")
        reach(page, "[name=address]")
    else:
        page.get_by_label("E-mail address").focus()
    page.keyboard.type(ANN)
    keep(page, f"subscribe-{'with' if has_script else 'without'}-script")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    context.close()
    with parts.store.read() as unit:
        reader = unit.subscribers.named(ANN)
    assert reader.state is SubscriberState.PENDING
