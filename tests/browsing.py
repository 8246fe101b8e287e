"""Start Debian's Chromium for tests that look at pages as people do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")


def open_browser() -> Iterator[Browser]:
    """Give a browser, or skip the test where none is installed."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


ARTIFACTS = Path(os.environ.get("ARTIFACTS", Path(__file__).parents[1] / ".artifacts"))
"""Where pictures of what the tests saw are kept; the folder is not part of the project."""


def keep(page: Page, name: str) -> None:
    """Keep a picture of a page under a name."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(ARTIFACTS / f"{name}.png"), full_page=True)
