"""Take the pictures that README.md opens with, from the sample site lived through.

``make pictures``. Needs Chromium.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.monitor_speed import serving
from bench.sample_story import GANDORIA, SOURCE, SampleStory, html_of, live_through

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
PICTURES = {
    "overview.png": ("/", 1180, 880),
    "redline.png": (f"{GANDORIA}/diff/1..2", 1000, 1060),
    "editions.png": (f"/compare/{SOURCE}/XAG/2022..2023", 1000, 1060),
}
"""What is shown, on a window of what width and height in pixels."""

MAIL = ("mail.png", 640, 900)

AS_A_READER = {"REPORTWATCH_OPEN_READING": "1", "REPORTWATCH_ADMIN_PASSWORD": "of nobody here"}
"""Pictures show what readers see, and nothing for those who run the monitor."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the browser of this machine for as long as the block lasts; ends if there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("pictures: Chromium is not installed")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=options)
        yield browser
        browser.close()


def take(browser: Browser, address: str, story: SampleStory) -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (path, *size) in PICTURES.items():
        with _window(browser, *size) as page:
            page.goto(f"http://{address}{path}")
            page.screenshot(path=str(FOLDER / name))
    name, *size = MAIL
    with _window(browser, *size) as page:
        page.set_content(html_of(story.kinds()["single"]))
        page.screenshot(path=str(FOLDER / name))


@contextmanager
def _window(browser: Browser, width: int, height: int) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1.25)
    yield page
    page.close()


def main() -> None:
    """Watch, serve, look."""
    with tempfile.TemporaryDirectory() as scratch:
        story = live_through(Path(scratch))
        os.environ.update(AS_A_READER)
        with serving(story.home) as address, chromium() as browser:
            take(browser, address, story)


if __name__ == "__main__":
    main()
