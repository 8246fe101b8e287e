"""Scraped text is hostile: whatever a page held, the monitor shows it and does not obey it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from monitor_pages import without_our_scripts
from monitor_stage import monitor_over, record

from exhibits.redline import render_diff_html
from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section
from services.assembly import Parts

SCRIPT = "<script>alert(1)</script>"
TURNED = "\u202etorture\u202c was not reported"
HIDDEN = "no\u2060 torture"
BREAKOUT = "\"'></textarea></style></title><img src=x onerror=alert(1)>{{7*7}}"
NAME = ReportId("sample-hrr", "2023", "XAB")
PATHS = (
    "/",
    "/reports",
    "/changes",
    "/alerts",
    "/runs",
    "/topics",
    f"/topics/{quote(BREAKOUT, safe='')}",
    f"/reports/{NAME}",
    f"/reports/{NAME}/v/1",
    f"/reports/{NAME}/diff/1..2",
)


def hostile_reading(*more: str) -> Reading:
    return Reading(
        f"Executive Summary {SCRIPT}",
        (SCRIPT, TURNED, BREAKOUT, *more),
        notes=(f"Note: {SCRIPT} {TURNED}",),
        sections=(Section("1", f"{BREAKOUT}{SCRIPT}", (TURNED, SCRIPT, "x" * 5000)),),
        issues=IssueList(IssueStatus.LISTED, (Issue(f"{SCRIPT}{more}", (BREAKOUT,)),)),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Parts]]:
    with monitor_over(tmp_path_factory.mktemp("hostile")) as (client, parts):
        readings = (hostile_reading(), hostile_reading("and now", HIDDEN))
        record(
            parts,
            NAME,
            *readings,
            title=f"{BREAKOUT} {TURNED} {'Belvaria ' * 3000}",
            url="javascript:alert(1)//https://sample.example/",
            flow_run=BREAKOUT,
            error=f"{SCRIPT}\x1b[2J",
        )
        yield client, parts


@pytest.mark.parametrize("path", PATHS)
def test_no_page_obeys_what_it_shows(hostile: tuple[httpx.Client, Parts], path: str) -> None:
    client, _ = hostile
    answer = client.get(path)
    assert answer.status_code == 200
    text = without_our_scripts(answer.text)
    assert "<script" not in text
    assert "<img" not in text
    assert "javascript:" not in "".join(re.findall(r'(?:href|src|action)="([^"]*)"', text))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", text)
    assert ">49<" not in text
    assert len(text) < 100_000


def test_turned_text_is_named_where_it_stands(hostile: tuple[httpx.Client, Parts]) -> None:
    client, _ = hostile
    text = client.get(f"/reports/{NAME}").text
    assert "⟨U+202E⟩torture⟨U+202C⟩ was not reported" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_change_nobody_could_see_is_made_visible(hostile: tuple[httpx.Client, Parts]) -> None:
    client, _ = hostile
    text = client.get(f"/reports/{NAME}/diff/1..2").text
    assert "no⟨U+2060⟩ torture" in text


def test_the_standalone_redline_is_as_harmless(hostile: tuple[httpx.Client, Parts]) -> None:
    _, parts = hostile
    with parts.store.read() as unit:
        before, after = (unit.versions.get(NAME, number) for number in (1, 2))
    assert before
    assert after
    text = render_diff_html(before, after, compare_readings(before.reading, after.reading))
    assert "<script" not in text
    assert "<img" not in text
    assert "default-src 'none'" in text
    assert text.count("</style>") == 1
    assert not re.search(r'src="', text)
    links = re.findall(r'href="([^"]*)"', text)
    assert len(links) > 3
    assert all(re.fullmatch(r"#(p\d+-\d+|change-\d+)", link) for link in links)


@pytest.mark.parametrize(
    "path",
    [
        "/reports?country=%3Cscript%3Ealert(1)%3C/script%3E",
        "/changes?kind=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/reports?source=%3Cscript%3E",
        "/unsubscribe?address=%3Cscript%3E&token=x",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_what_a_stranger_sends_is_not_obeyed_either(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert 400 <= answer.status_code < 500
    assert "<script" not in answer.text
