"""Hostile text, brought in by a real run, is shown as text everywhere: seen by a real browser."""

from __future__ import annotations

import csv
import email
import email.policy
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import httpx
import pytest
from browsing import open_browser
from monitor_stage import Clock, listening, settings_for, subscribe
from playwright.sync_api import Browser
from traps import Trap, trap

from alerts.sink import Sink
from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from deployments.sample_site.site import SiteResponse
from monitor.app import create_app
from services.assembly import open_parts
from services.ingest import ingest
from services.notify.delivery import deliver
from services.runs.run import IngestRequest

FORMULA = "=HYPERLINK(1)"
READER = "ann@law.example"
GANDORIA = "/reports/sample-hrr/2023/XAG"
PATHS = (
    "/",
    "/reports",
    "/reports?view=matrix",
    "/changes",
    "/topics",
    "/runs",
    "/runs/1",
    "/runs/2",
    "/alerts",
    "/subscriptions",
    "/sources/sample-hrr",
    "/search?q=alert",
    "/search?q=alert&when=removed",
    GANDORIA,
    f"{GANDORIA}/v/1",
    f"{GANDORIA}/v/1/captured",
    f"{GANDORIA}/diff/1..2",
    f"{GANDORIA}/diff/1..2?view=beside",
    "/compare/sample-hrr/XAG",
    "/compare/sample-hrr/XAG/2022..2023",
    "/feeds/changes.atom",
    "/api/v1/changes",
    "/api/v1/reports/sample-hrr/2023/XAG",
)


ON = ("onload", "onerror", "onclick", "onmouseover", "onfocus", "onanimationstart", "ontoggle")
PAYLOADS = (
    *(f"<svg {each}=alert(1)>" for each in ON),
    *(f"<details open {each}=alert(1)>" for each in ON),
    *(f'"><input autofocus {each}=alert(1) x="' for each in ON),
    *("' onfocus=alert(1) autofocus x='", "` onload=alert(1) `", "</p><script>alert(1)</script>"),
    *(
        "<scr<script>ipt>alert(1)</script>",
        "<SCRIPT SRC='{url}/e'></SCRIPT>",
        "<base href='{url}/'>",
    ),
    *("<link rel=stylesheet href='{url}/f'>", "<meta http-equiv=refresh content='0;url={url}/g'>"),
    *("<object data='{url}/h'>", "<embed src='{url}/i'>", "<video src='{url}/j' autoplay>"),
    *("<a href='javascript:alert(1)'>a</a>", "<form action='{url}/k'><button>b", "<math><mtext>"),
    *("<!--><img src=x onerror=alert(1)>", "]]><img src=x onerror=alert(1)>", "&lt;img src=x&gt;"),
    *("&#60;script&#62;alert(1)&#60;/script&#62;", "\\u003cscript\\u003ealert(1)", "${alert(1)}"),
    *("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<plaintext>", "<xmp>"),
    *("<iframe srcdoc='<script>alert(1)</script>'>", "<table background='{url}/l'>"),
    *(
        "<img srcset='{url}/m 1x'>",
        "<style>*{{background:url({url}/n)}}</style>",
        "data:text/html,x",
    ),
)
"""Each is in the words of every page of one report; ``{url}`` is the trap."""


def hostile_text(url: str) -> str:
    """Return every payload as one text; ``url`` is the trap's."""
    return (
        f"<script>alert(1);fetch('{url}/a')</script><img src='{url}/b' onerror='alert(2)'>"
        f"\"'><svg onload=alert(3)><iframe src='{url}/c'></iframe>{{{{1337*7331}}}} "
        f"\u202etorture\u202c "
        f"</textarea></style></title><style>@import '{url}/d'</style> javascript:alert(4) "
        + " ".join(each.format(url=url) if "{url}" in each else each for each in PAYLOADS)
    )


class HostileSite(SampleSite):
    """The sample site, with every report of Gandoria turned hostile, and edited once more."""

    def __init__(self, trap_url: str) -> None:
        super().__init__()
        self.trap_url = trap_url
        self.is_edited = False

    def render(self, path: str) -> SiteResponse:
        answer = super().render(path)
        if "gandoria" not in path or b"<html" not in answer.body[:2000].lower():
            return answer
        hostile = escape(hostile_text(self.trap_url))
        words = f"{FORMULA} {hostile} \0{' and changed' * self.is_edited}"
        text = answer.body.decode("utf-8")
        text = text.replace("credible reports of", f"credible reports of {words}")
        text = text.replace("federal republic", f"federal republic {words}")
        title = "T" * 1_000_000
        text = text.replace("</title>", f" {hostile} {title}</title>", 1)
        return SiteResponse(answer.status, answer.headers, text.encode())


@dataclass(frozen=True)
class Scene:
    """A monitor over what a hostile site said, the mails it caused, and the trap."""

    address: str
    mails: tuple[bytes, ...]
    trap: Trap


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("hostile")
    clock = Clock()
    with trap() as trapped, Sink(home / "mail") as sink:
        site = HostileSite(trapped.url)
        settings = settings_for(home, smtp_url=sink.url, public_url="http://127.0.0.1:9")
        with serve_site(site) as origin, open_parts(settings, now=clock) as parts:
            ingest(parts, IngestRequest("sample-hrr", via=origin))
            subscribe(parts, READER)
            site.is_edited = True
            ingest(parts, IngestRequest("sample-hrr", via=origin))
            deliver(parts)
            with listening(create_app(parts)) as address:
                mails = tuple(each.read_bytes() for each in sink.mails())
                yield Scene(address, mails, trapped)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_no_page_feed_or_answer_obeys_what_was_brought_in(browser: Browser, scene: Scene) -> None:
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in PATHS:
        answer = httpx.get(f"{scene.address}{path}", timeout=30)
        assert answer.status_code == 200, path
        assert "TTTTTTTT" * 200 not in answer.text or path.startswith("/api/"), path
        page.goto(f"{scene.address}{path}")
        page.wait_for_load_state("load")
    page.goto(f"{scene.address}{GANDORIA}")
    assert page.get_by_text("<script>alert(1)").first.is_visible()
    assert page.get_by_text("\u27e8U+202E\u27e9torture").first.is_visible()
    assert "9801547" not in page.locator("article").inner_text()
    page.wait_for_timeout(300)
    page.close()
    assert len(PAYLOADS) >= 40
    assert dialogs == []
    assert scene.trap.came == []


def test_the_mail_about_it_is_as_harmless(browser: Browser, scene: Scene, tmp_path: Path) -> None:
    assert scene.mails
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for number, raw in enumerate(scene.mails):
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert "\n" not in mail["Subject"] and len(mail["Subject"]) < 500
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        file = tmp_path / f"{number}.html"
        file.write_text(html, "utf-8")
        page.goto(file.as_uri())
    assert page.get_by_text("<script>alert(1)").first.is_visible()
    page.wait_for_timeout(300)
    page.close()
    assert dialogs == []
    assert scene.trap.came == []


def test_no_cell_of_a_spreadsheet_is_a_formula(scene: Scene) -> None:
    for path in ("/api/v1/changes?format=csv", "/api/v1/reports?format=csv"):
        text = httpx.get(f"{scene.address}{path}", timeout=30).text
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) > 10
        for row in rows:
            assert len(row) == len(rows[0]) > 5
            assert not [each for each in row if each.lstrip()[:1] in ("=", "+", "@")]
