"""A difference can be shared: cited, traced to its pages, and every paragraph has an address."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import open_browser
from monitor_stage import Open, record
from playwright.sync_api import Browser

from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading, Section

GANDORIA = "/reports/sample-hrr/2023/XAG"
NAME = ReportId("sample-hrr", "2023", "XAB")


def far_apart(*words: str) -> Reading:
    """A reading with changed paragraphs between unchanged ones, in two parts."""
    one, two = words
    blocks = ("It began.", f"They {one} people.", "It went on.", f"They {two} people.")
    sections = (Section("1", "Integrity", ("Of the person.", f"He was {one}.")),)
    issues = IssueList(IssueStatus.UNPARSED)
    return Reading("Executive Summary", blocks, sections=sections, issues=issues)


@pytest.fixture
def difference(open_monitor: Open) -> tuple[httpx.Client, str]:
    client, parts = open_monitor(public_url="https://watch.example/")
    record(parts, NAME, far_apart("tortured", "jailed"), far_apart("hurt", "held"))
    return client, f"/reports/{NAME}/diff/1..2"


def test_a_difference_says_how_to_cite_it(difference: tuple[httpx.Client, str]) -> None:
    client, path = difference
    text = client.get(path).text
    found = re.search(r'<h2 id="cite">Cite</h2>\s*<p class="copy">(.*?)</p>', text, re.S)
    assert found
    cited = html.unescape(found[1])
    assert cited.startswith("Meridian Union, Bureau of Civic Reporting, A report, https://sample.")
    assert re.search(r"version 1 captured 2026-03-01T09:00:00Z \(report sha256:\w{64}\)", cited)
    assert re.search(r"version 2 captured 2026-03-01T09:00:00Z \(report sha256:\w{64}\)", cited)
    assert cited.endswith(f"by reportwatch, https://watch.example{path}.")


def test_a_monitor_nobody_else_reaches_cites_no_address_of_its_own(client: httpx.Client) -> None:
    text = client.get(f"{GANDORIA}/diff/1..2").text
    assert "compared word by word by reportwatch.</p>" in text


def test_a_difference_leads_to_the_publisher_and_to_both_captured_pages(
    client: httpx.Client,
) -> None:
    text = client.get(f"{GANDORIA}/diff/1..2").text
    for number in (1, 2):
        assert f'<a href="{GANDORIA}/v/{number}/captured">Version {number} as captured</a>' in text
    assert re.search(r'<a href="https://[^"]+" rel="noreferrer">The publisher', text)
    same = client.get(f"{GANDORIA}/diff/2..2").text
    assert same.count("as captured</a>") == 1


@pytest.mark.parametrize("view", ["", "?view=beside"])
def test_every_paragraph_has_an_address_of_its_own(
    difference: tuple[httpx.Client, str], view: str
) -> None:
    client, path = difference
    text = client.get(f"{path}{view}").text
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    paragraphs = [each for each in ids if re.fullmatch(r"p\d+-\d+", each)]
    assert paragraphs == ["p1-1", "p1-2", "p1-3", "p1-4", "p2-1", "p2-2", "p2-3"]
    assert re.findall(r'class="anchor" href="#([^"]+)"', text) == paragraphs


@pytest.mark.parametrize("view", ["", "?view=beside"])
def test_links_go_from_each_change_to_the_next_and_back(
    difference: tuple[httpx.Client, str], view: str
) -> None:
    client, path = difference
    text = client.get(f"{path}{view}").text
    stops = re.findall(r'<p class="stop" id="(change-\d)">Change \d of 3(.*?)</p>', text)
    assert [name for name, _ in stops] == ["change-1", "change-2", "change-3"]
    assert [re.findall(r'href="#(change-\d)"', links) for _, links in stops] == [
        ["change-2"],
        ["change-1", "change-3"],
        ["change-2"],
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_keys_go_from_change_to_change_and_on_to_the_next_difference(
    browser: Browser, open_monitor: Open
) -> None:
    client, parts = open_monitor()
    record(parts, NAME, *(far_apart(*each.split()) for each in ("was led", "hurt held", "is ill")))
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(str(client.base_url.join(f"/reports/{NAME}/diff/1..2")))
    box = page.get_by_label("Keys n and p")
    assert box.is_visible()

    def after(key: str) -> str:
        page.keyboard.press(key)
        page.wait_for_load_state("load")
        return page.url.rpartition("/")[2]

    assert [after(key) for key in "nnpnn"] == [
        "1..2#change-1",
        "1..2#change-2",
        "1..2#change-1",
        "1..2#change-2",
        "1..2#change-3",
    ]
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith("/diff/2..3")
    with page.expect_navigation():
        page.keyboard.press("p")
    assert page.url.endswith("/diff/1..2")
    page.get_by_label("Keys n and p").uncheck()
    assert after("n").endswith("1..2")
    page.get_by_label("From version").focus()
    assert after("n").endswith("1..2")
    assert faults == []
    page.close()


@pytest.mark.parametrize("name", ["steps.js", "copy.js", "selection.js"])
def test_the_scripts_of_a_difference_ask_nobody(name: str) -> None:
    script = (Path(__file__).parents[3] / "monitor" / "static" / name).read_text()
    for word in ("fetch", "XMLHttp", "innerHTML", "eval", "import", "http"):
        assert word not in script
