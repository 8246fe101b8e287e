"""Take a picture of every kind of page and of every kind of mail, to be looked at.

``python -m bench.gallery FOLDER``: wide and narrow, light and dark, and the front page, a report
and a difference as printed; of mails their plain text too. Over the sample site lived through;
with ``--address`` the pages of a monitor that runs already, such as another version's, to compare.
Needs Chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.monitor_speed import serving
from bench.pictures import chromium
from bench.sample_story import GANDORIA, SOURCE, html_of, live_through, text_of

PAGES = {
    "front": "/",
    "reports": "/reports",
    "matrix": "/reports?view=matrix",
    "report": GANDORIA,
    "version": f"{GANDORIA}/v/1",
    "cite": f"{GANDORIA}/v/1/cite?section=2",
    "paragraph": f"{GANDORIA}/v/1/p/s0-p1-b02eb922",
    "log": "/log/",
    "captured": f"{GANDORIA}/v/1/captured",
    "difference": f"{GANDORIA}/diff/1..2",
    "difference-beside": f"{GANDORIA}/diff/1..2?view=beside",
    "editions": f"/compare/{SOURCE}/XAG/2022..2023",
    "country": f"/compare/{SOURCE}/XAG",
    "changes": "/changes",
    "topics": "/topics",
    "topic": "/topics/torture_cidt",
    "search": "/search?q=mistreatment",
    "search-removed": "/search?q=mistreatment&when=removed",
    "search-nothing": "/search?q=gendarmarie",
    "sources": "/sources",
    "source": f"/sources/{SOURCE}",
    "runs": "/runs",
    "run": "/runs/3",
    "run-new": "/runs/new",
    "reviews": "/reviews",
    "alarms": "/alarms",
    "alerts": "/alerts",
    "message": "/alerts/1",
    "subscriptions": "/subscriptions",
    "settings": "/settings",
    "subscribe": "/subscribe?country=XAG",
    "watch": f"/watch?report={GANDORIA.removeprefix('/reports/')}&quote=two+words",
    "login": "/login",
    "nowhere": "/nowhere",
}
PRINTED = ("front", "report", "difference")
LOOKS = tuple(product(("wide", "narrow"), ("light", "dark")))
PAGE_WIDTHS = {"wide": 1280, "narrow": 390}
MAIL_WIDTHS = {"wide": 680, "narrow": 320}
HEIGHT = 900


def take_pages(browser: Browser, address: str, folder: Path) -> int:
    """Take every kind of page in every look; returns how many pictures."""
    taken = 0
    for width, scheme in LOOKS:
        with _context(browser, PAGE_WIDTHS[width], scheme) as page:
            for name, path in PAGES.items():
                page.goto(f"{address}{path}")
                page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.png"), full_page=True)
                taken += 1
    with _context(browser, PAGE_WIDTHS["wide"], "light") as page:
        for name in PRINTED:
            page.goto(f"{address}{PAGES[name]}")
            page.pdf(path=str(folder / f"{name}-printed.pdf"), format="A4")
            taken += 1
    return taken


def take_mails(browser: Browser, mails: dict[str, EmailMessage], folder: Path) -> int:
    """Take every kind of mail in every look, and write its plain text; returns how many files."""
    taken = 0
    for kind, mail in mails.items():
        head = "".join(f"{name}: {mail[name]}\n" for name in ("From", "To", "Subject"))
        (folder / f"mail-{kind}.txt").write_text(f"{head}\n{text_of(mail)}", encoding="utf-8")
        taken += 1
        for width, scheme in LOOKS:
            with _context(browser, MAIL_WIDTHS[width], scheme) as page:
                page.set_content(html_of(mail))
                page.screenshot(
                    path=str(folder / f"mail-{kind}-{width}-{scheme}.png"), full_page=True
                )
                taken += 1
    return taken


@contextmanager
def _context(browser: Browser, width: int, scheme: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    yield context.new_page()
    context.close()


def main() -> None:
    """Live through the sample, or take what is given, and look."""
    parser = argparse.ArgumentParser(prog="python -m bench.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", help="of a monitor that runs: http://127.0.0.1:8080")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        if asked.address:
            taken = take_pages(browser, asked.address.rstrip("/"), asked.folder)
        else:
            with tempfile.TemporaryDirectory() as scratch:
                story = live_through(Path(scratch))
                taken = take_mails(browser, story.kinds(), asked.folder)
                with serving(story.home) as address:
                    taken += take_pages(browser, f"http://{address}", asked.folder)
    print(f"{taken} pictures and texts in {asked.folder}")


if __name__ == "__main__":
    main()
