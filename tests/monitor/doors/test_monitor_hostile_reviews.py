"""Hostile text that waits for a decision, and on every page of the monitor: seen by an operator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from browsing import open_browser
from every_route import every_route
from monitor_stage import Clock, listening, settings_for, subscribe
from playwright.sync_api import APIResponse, Browser, Error, Page
from removal_stage import hold_removals
from test_monitor_hostile_ingest import PATHS, PAYLOADS, READER, HostileSite, hostile_text
from traps import Trap, trap

from deployments.sample_site import serve as serve_site
from deployments.sample_site.site import SiteResponse
from monitor.app import create_app
from services.access import hash_password
from services.assembly import open_parts
from services.history.import_pages import ImportRequest, import_saved
from services.ingest import ingest
from services.runs.run import IngestRequest

pytestmark = pytest.mark.slow

OPERATOR = "correct horse"
UNDECIDED = Path(__file__).parents[2] / "examples" / "us-state-hrr" / "builder-without-name.html"
NAMED = (
    "<img src=x onerror=alert(1)>.html",
    '"><svg onload=alert(1)>.html',
    "' onfocus=alert(1).html",
)
VIOLATIONS = """
window.violations = [];
document.addEventListener(
  "securitypolicyviolation", (each) => window.violations.push(each.blockedURI)
);
"""


class ContradictingSite(HostileSite):
    """The hostile site; once edited, others of its addresses of 2023 give hostile pages of 2022."""

    def render(self, path: str) -> SiteResponse:
        is_report = re.fullmatch(r"/reports/2023-[^/]+/[^/]+/", path) and "gandoria" not in path
        if not (self.is_edited and is_report):
            return super().render(path)
        answer = super().render(path.replace("2023-", "2022-"))
        hostile = escape(hostile_text(self.trap_url))
        body = answer.body
        for before, after in ((b"", b"</h1>"), (b"", b"</title>"), (b"<p>", b"")):
            body = body.replace(before + after, before + hostile.encode() + after)
        return SiteResponse(answer.status, answer.headers, body)


def import_hostile_pages(parts: object, folder: Path, url: str) -> None:
    """Import pages that name no report, under hostile names and at hostile addresses."""
    folder.mkdir()
    text = UNDECIDED.read_text("utf-8").replace("<p>", f"<p>{escape(hostile_text(url))} ")
    text = text.replace("<title>", f"<title>{escape(hostile_text(url))} ")
    link = re.compile(r'<link rel="canonical" href="([^"]*)" />')
    for number, name in enumerate(NAMED):
        (folder / name).write_text(link.sub("", text).replace("high", f"{number} high"), "utf-8")
    foreign = f"https://evil.example/{escape('<script>alert(1)</script>')}/"
    (folder / "foreign.html").write_text(text.replace(link.search(text)[1], foreign), "utf-8")
    import_saved(parts, ImportRequest((folder,), "us-state-hrr"))  # type: ignore[arg-type]


Scene = tuple[str, Trap, dict[int, str], list[str]]
"""A monitor's address, the trap, what waits (its state by its number), and every page's path."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("waiting") / "home"
    home.mkdir()
    settings = settings_for(home, admin_password=hash_password(OPERATOR))
    with trap() as trapped, open_parts(settings, now=Clock()) as parts:
        site = ContradictingSite(trapped.url)
        with serve_site(site) as origin:
            ingest(parts, IngestRequest("sample-hrr", via=origin))
            subscribe(parts, READER)
            site.is_edited = True
            ingest(parts, IngestRequest("sample-hrr", via=origin))
        import_hostile_pages(parts, home.parent / "saved", trapped.url)
        hold_removals(parts, "2022")
        with parts.store.read() as unit:
            names = ("sample-hrr", "us-state-hrr")
            waiting = {each.id: each.state for name in names for each in unit.reviews(name).open()}
        app = create_app(parts)
        read = {each.filled() for each in every_route(app) if each.method == "GET"}
        with listening(app) as address:
            yield address, trapped, waiting, sorted({*read, *PATHS})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def logged_in(browser: Browser, address: str, refused: list[str]) -> Page:
    """Log in as an operator; what a page does that it should not is noted from then on."""
    page = browser.new_page()
    page.add_init_script(VIOLATIONS)
    page.on("dialog", lambda dialog: (refused.append(dialog.message), dialog.dismiss()))
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Security Policy" in said.text else None,
    )
    page.goto(f"{address}/login")
    page.fill("input[type=password]", OPERATOR)
    page.press("input[type=password]", "Enter")
    page.wait_for_load_state("load")
    return page


def visit(page: Page, address: str, path: str, refused: list[str]) -> int:
    """Look at a page until it has loaded, with its frames; return its status."""
    try:
        answer = page.goto(f"{address}{path}", timeout=60_000)
        status = answer.status if answer else 0
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        status = open_saved(page, page.request.get(f"{address}{path}"))
    page.wait_for_load_state("load")
    refused += [f"{path}: {each}" for each in page.evaluate("window.violations || []")]
    return status


def open_saved(page: Page, answer: APIResponse) -> int:
    """Look at a page that is offered as a file, as whoever saved it does."""
    with TemporaryDirectory() as folder:
        saved = Path(folder, "saved.html")
        saved.write_bytes(answer.body())
        page.goto(saved.as_uri())
    return answer.status


def test_no_review_obeys_what_waits_in_it(browser: Browser, scene: Scene) -> None:
    address, trapped, waiting, _paths = scene
    kinds = Counter(waiting.values())
    assert len(PAYLOADS) >= 40
    assert kinds["mass"] == 1
    assert len(waiting) >= 10, waiting
    refused: list[str] = []
    page = logged_in(browser, address, refused)
    assert visit(page, address, "/reviews", refused) == 200
    shown = page.content()
    for number, state in waiting.items():
        assert visit(page, address, f"/reviews/{number}", refused) == 200
        assert page.locator("button[name=do]").count() == 2, number
        shown += page.content()
        if state != "mass":
            assert visit(page, address, f"/reviews/{number}/page", refused) == 200
    page.wait_for_timeout(300)
    page.close()
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert (refused, trapped.came) == ([], [])


def test_no_page_of_any_kind_obeys_what_was_brought_in(browser: Browser, scene: Scene) -> None:
    address, trapped, _waiting, paths = scene
    refused: list[str] = []
    page = logged_in(browser, address, refused)
    # Chromium lays a picture into a page of its own, with a style that our policy refuses.
    pages = [path for path in paths if not path.endswith(".png")]
    statuses = {path: visit(page, address, path, refused) for path in pages}
    page.wait_for_timeout(300)
    page.close()
    assert len(statuses) > 60
    assert [path for path, status in statuses.items() if status >= 500] == []
    assert sum(status == 200 for status in statuses.values()) > 50, statuses
    assert (refused, trapped.came) == ([], [])
