"""A real browser walks from the overview to a redline, on a wide screen and on a narrow one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import open_browser
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 380])
def test_a_reader_walks_from_the_overview_to_a_redline(
    browser: Browser, origin: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: "404" in said.text or errors.append(said.text))
    page.on("pageerror", lambda error: errors.append(str(error)))

    def fits() -> None:
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    page.goto(origin)
    fits()
    page.get_by_role("link", name="Reports", exact=True).click()
    fits()
    page.get_by_label("Country or area").fill("gandoria")
    page.get_by_label("Edition").select_option("2023")
    page.get_by_role("button", name="Show").click()
    fits()
    page.get_by_role("link", name="Gandoria").click()
    fits()
    page.locator("details.section summary").first.click()
    assert page.locator("details.section p").first.is_visible()
    page.get_by_role("link", name="with version 1").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Gandoria 2023: version 1 to 2"
    assert page.locator("del").first.is_visible()
    fits()
    for path in ("changes", "topics", "topics/torture_cidt", "runs", "alerts", "nowhere"):
        page.goto(f"{origin}/{path}")
        fits()
    assert errors == []
    context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, origin: str) -> None:
    page = browser.new_page()
    page.goto(origin)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
