"""Take the pictures that README.md opens with, from the running monitor over the sample site.

``make pictures``. Needs Chromium. The sample site is watched through all its steps first, one a
day up to today.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.monitor_speed import serving
from deployments.sample_site import SampleSite, serve
from services.assembly import open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest
from services.settings import load_settings

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SOURCE = "sample-hrr"
PICTURES = {
    "overview.png": ("/", 1180, 880),
    "redline.png": (f"/reports/{SOURCE}/2023/XAG/diff/1..2", 1000, 1060),
}
"""What is shown, on a window of what width and height in pixels."""

AS_A_READER = {"REPORTWATCH_OPEN_READING": "1", "REPORTWATCH_ADMIN_PASSWORD": "of nobody here"}
"""Pictures show what readers see, and nothing for those who run the monitor."""


def watch(home: Path) -> None:
    """Watch the sample site through its steps, the last of them an hour ago."""
    site = SampleSite()
    steps = len(site.timeline.steps)
    now = datetime.now(UTC) - timedelta(days=steps - 1, hours=1)

    def clock() -> datetime:
        return now

    settings = load_settings(home=home, delay=0, gone_checks=2, gone_hours=0)
    with serve(site) as origin, open_parts(settings, now=clock) as parts:
        for step in range(steps):
            site.advance(step)
            ingest(parts, IngestRequest(SOURCE, via=origin))
            now += timedelta(days=1)


def take(browser: Browser, address: str) -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (path, width, height) in PICTURES.items():
        page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=1.25
        )
        page.goto(f"http://{address}{path}")
        page.screenshot(path=str(FOLDER / name))
        page.close()


def main() -> None:
    """Watch, serve, look."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("pictures: Chromium is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        watch(home)
        os.environ.update(AS_A_READER)
        with serving(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            take(browser, address)
            browser.close()
    sys.stderr.write(f"{', '.join(PICTURES)} are in {FOLDER}\n")


if __name__ == "__main__":
    main()
