"""Every page that shows issues says which lists were not read whole, and what was not read."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from browsing import keep, open_browser
from monitor_stage import Open, record
from playwright.sync_api import Browser

from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, LeadIn, Reading, Section, Unread
from reports.topics.classify import topics_of
from services.assembly import Parts

SOURCE, PLACE = "sample-hrr", "XAB"
LEAD = "Significant human rights issues included:"
REST = (
    "Concerns that observers of the harbor province raised with the <b>ministry</b> during the year"
    " were limited to exile; banishment to the outer islands; curfews; and closed ferries."
)
TITLE = "Sentences that read like a list of issues and were not read"


def reading(*texts: str, status: IssueStatus = IssueStatus.LISTED) -> Reading:
    block = f"{LEAD} {'; '.join(texts)}."
    items = tuple(Issue(text, topics_of(text), 0, block.index(text), lead=0) for text in texts)
    unread = (Unread(REST, 1, 0),) * (status is IssueStatus.PARTIAL)
    issues = IssueList(status, items, (LeadIn(LEAD, 0, 0),), unread=unread)
    if status is IssueStatus.UNPARSED:
        issues = IssueList(reason="The list is in verse.")
    sections = (Section("1", "Courts", (f"The courts sat {len(texts)} times.",)),)
    return Reading("Executive Summary", (block, REST), sections=sections, issues=issues)


@pytest.fixture
def monitor(open_monitor: Open) -> tuple[httpx.Client, Parts]:
    """Three editions of one report: its list whole, then not read, then not read whole."""
    client, parts = open_monitor()
    for edition, *said in (
        ("2022", reading("torture", "exile of editors")),
        ("2023", reading("torture", status=IssueStatus.UNPARSED)),
        (
            "2024",
            reading("torture", "corruption of officials"),
            reading("torture", "forced child labor", status=IssueStatus.PARTIAL),
        ),
    ):
        name = ReportId(SOURCE, edition, PLACE)
        url = f"https://sample.reportwatch.example/{edition}/"
        record(parts, name, *said, title=f"{edition} Reports: Norvania", url=url)
    return client, parts


def text_of(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert "<b>ministry" not in answer.text
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.text).split()))


PAGES = {
    "the report": (
        f"/reports/{SOURCE}/2024/{PLACE}",
        [
            "The list of issues was not read whole. Issues it lists",
            "The list of issues was not read whole: 2 issues could be read, and there may be more.",
            f"{TITLE} {REST} paragraph 2",
            "2 issues in the report's own words",
        ],
    ),
    "the list of reports": (
        "/reports",
        ["2+ and what was not read", "Issues with a plus: the list was not read whole."],
    ),
    "the report through its editions": (
        f"/compare/{SOURCE}/{PLACE}",
        ["the list of 2023 was not read; the list of 2024 was not read whole",
         "a dash: the list was not read, or not read whole."],
    ),
    "two editions side by side": (
        f"/compare/{SOURCE}/{PLACE}/2022..2024",
        [
            "The 2024 list of human rights issues was not read whole by the program",
            f"{TITLE}, 2024 {REST}",
            "Listed in 2022, without a counterpart in what was read of 2024",
        ],
    ),
    "two versions": (
        f"/reports/{SOURCE}/2024/{PLACE}/diff/1..2",
        ["The issue list of version 2 was not read whole by the program", f"{TITLE}, version 2"],
    ),
    "the changes": (
        "/changes",
        ["the issue list was not read whole", f"Not read: {REST}"],
    ),
    "the matrix": (
        f"/reports?view=matrix&source={SOURCE}&show=issues",
        ["a plus: the list was not read whole", "2+"],
    ),
    "an unread list": (
        f"/reports/{SOURCE}/2023/{PLACE}",
        [
            "The list of issues could not be read. On this page",
            "The list of issues could not be read: The list is in verse.",
        ],
    ),
}  # fmt: skip


def test_a_page_says_what_was_not_read(
    monitor: tuple[httpx.Client, Parts], subtests: pytest.Subtests
) -> None:
    for name, (path, said) in PAGES.items():
        text = text_of(monitor[0], path)
        with subtests.test(page=name):
            assert said
            assert [each for each in said if each not in text] == []
            for claim in ("o longer listed", "ewly listed", "o longer named", "ewly named"):
                assert claim not in text


def test_programs_are_told_the_same(monitor: tuple[httpx.Client, Parts]) -> None:
    client, _ = monitor
    report = client.get(f"/api/v1/reports/{SOURCE}/2024/{PLACE}").json()
    assert report["issues"]["status"] == "partial"
    assert report["issues"]["unread"] == [{"text": REST, "position": {"block": 1, "start": 0}}]
    compared = client.get(f"/api/v1/compare/{SOURCE}/{PLACE}/2022..2024").json()
    issues = compared["issues"]
    assert issues["after"]["unread"] == report["issues"]["unread"]
    assert (issues["added"], issues["dropped"]) == ([], [])
    assert [each["text"] for each in issues["unmatched_before"]] == ["exile of editors"]
    assert (compared["topics"]["added"], compared["topics"]["dropped"]) == ([], [])
    changes = client.get("/api/v1/changes?kind=edited").json()
    (change,) = changes["changes"] if isinstance(changes, dict) else changes
    assert change["unread_lists"] == [{"version": 2, "status": "partial", "unread": [REST]}]
    assert change["issues_unmatched"] == ["corruption of officials", "forced child labor"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_what_was_not_read_fits_the_screen(
    browser: Browser, monitor: tuple[httpx.Client, Parts], subtests: pytest.Subtests
) -> None:
    client, _ = monitor
    origin = str(client.base_url).rstrip("/")
    for width in (1280, 380):
        page = browser.new_page(viewport={"width": width, "height": 900})
        for name, (path, _) in PAGES.items():
            page.goto(f"{origin}{path}")
            with subtests.test(width=width, page=name):
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            keep(page, f"unread-{name.replace(' ', '-')}-{width}")
        page.goto(f"{origin}/reports/{SOURCE}/2024/{PLACE}")
        unread = page.locator("#issues ~ ul.unread li")
        assert unread.is_visible()
        assert unread.inner_text().startswith(REST)
        page.close()
