"""Every page says what it must, to a stranger who follows every link and tries every address."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import docx
import httpx
import pytest
from monitor_stage import Open, record

from exhibits.docx import MEDIA_TYPE
from exhibits.redline import render_diff_html
from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading
from reports.model.values import VersionView
from services.access import hash_password
from storage.texts.versions import StoredVersions

GANDORIA = "/reports/sample-hrr/2023/XAG"

PAGES = [
    (
        "/",
        ["Overview", ">Sample<", "Belvaria 2024:", "13 reports of 2024", "19 alerts to be sent"],
    ),
    ("/reports", ["37 reports", "Gandoria", "sample-hrr/2022/XAD/lower-sarn"]),
    ("/reports?edition=2022", ["11 reports"]),
    ("/reports?country=Gandoria&edition=2023", ["1 report.", GANDORIA]),
    ("/reports?country=XAD&edition=2022", ["2 reports.", "Lower Sarn"]),
    ("/reports?country=Lower+Sarn&edition=2022", ["1 report.", "lower-sarn"]),
    ("/reports?state=removed", ["No stored report fits these filters"]),
    ("/reports?source=no-such", ["No stored report fits these filters"]),
    (GANDORIA, ["Executive Summary", "3 of 3", "with version 2", "sha256:", "Torture and cruel"]),
    ("/reports/sample-hrr/2022/XAD/lower-sarn", ["Lower Sarn 2022", "the first"]),
    (f"{GANDORIA}/v/1", ["This is version 1", "The latest is version 3"]),
    (f"{GANDORIA}/v/3", ["3 of 3"]),
    (f"{GANDORIA}/diff/1..2", ["+4", "\u221211", "Issues no longer listed", "<del>", "<ins>"]),
    (
        GANDORIA,
        ["Issues it lists", "drives the versions", "answered with 200", "Version 2: 03 Mar"],
    ),
    (f"{GANDORIA}/v/2/captured", ["the page as captured", "sandbox src="]),
    (f"{GANDORIA}/diff/1..2?view=beside", ["Version 1", "Version 2", "unchanged paragraph"]),
    (f"{GANDORIA}/diff/1..2", ["Next change", "Last change", "save as one HTML file"]),
    (f"{GANDORIA}/diff/2..3", ["First change", "Change before"]),
    ("/compare/sample-hrr/XAG", ["3 editions", "Topics its issue lists name", "the oldest stored"]),
    ("/compare/sample-hrr/XAD/lower-sarn", ["Lower Sarn through all editions"]),
    (f"{GANDORIA}/diff/2..2", ["The words of both versions are the same"]),
    (f"{GANDORIA}/diff/1..3", ["The words of both versions are the same"]),
    ("/reports/sample-hrr/2024/XAB/diff/1..2", ["Section 2. Liberty", "unchanged paragraphs"]),
    ("/reports/sample-hrr/2024/XAK", ["Notes on the page", "see Errata"]),
    ("/reports/sample-hrr/2023/XAC", ["restored, the same text", "removed from the publisher"]),
    ("/reports?view=matrix", ["37 reports of 13 countries and areas in 3 editions", "Lower Sarn"]),
    ("/reports?view=matrix&show=words", ["words of the report", "849"]),
    ("/reports?view=matrix&source=uk-cpin", ["No report is stored yet"]),
    (
        "/changes",
        ["43 changes", "13 reports of 2024 published", "baseline", "Issue no longer listed:"],
    ),
    ("/changes?kind=edited", ["3 changes", "text returned to the words of version 1"]),
    ("/changes?baseline=no", ["19 changes"]),
    ("/changes?kind=moved", ["No change of this kind"]),
    ("/changes?country=Gandoria&kind=edited", ["2 changes"]),
    ("/changes?country=Gandoria&edition=2023&since=2026-03-03&until=2026-03-03", ["1 change,"]),
    ("/changes?topic=torture_cidt&kind=edited", ["2 changes"]),
    ("/changes?region=africa", ["No change of this kind"]),
    ("/runs", ["10 runs", "3 blocked", "manual", "direct"]),
    ("/alerts", ["19 due", "ann@law.example"]),
    ("/alerts?state=dead", ["No alert is dead"]),
]

MISSES = [
    ("/nowhere", 404, "There is no page at this address"),
    ("/reports/sample-hrr/2023/XZZ", 404, "reportwatch ingest sample-hrr --edition 2023"),
    ("/reports/sample-hrr/2023/XAG/nowhere", 404, "sample-hrr/2023/XAG/nowhere"),
    ("/reports/sample-hrr/2023/XAG/a/b/c/d", 404, "There is no page"),
    ("/reports/sample-hrr/2023/..%2f..", 404, ""),
    ("/reports/sample-hrr/2023/%00", 404, "not a report&#39;s name"),
    ("/reports/sample-hrr/2023/%22%3E%3Cb%3E", 404, "not a report&#39;s name"),
    ("/reports/sample-hrr/2023/%F0%9F%98%80", 404, "not a report&#39;s name"),
    (f"/reports/sample-hrr/2023/{'X' * 1000}", 404, "not a report&#39;s name"),
    (f"{GANDORIA}/v/9", 404, "has no version 9"),
    (f"{GANDORIA}/v/0", 404, "There is no page"),
    (f"{GANDORIA}/v/-1", 404, "There is no page"),
    (f"{GANDORIA}/v/{10**30}", 404, "There is no page"),
    (f"{GANDORIA}/diff/1..9", 404, "has no version 9"),
    (f"{GANDORIA}/diff/1..x", 404, "There is no page"),
    (f"{GANDORIA}/diff/1..2?view=upside", 404, "inline or beside"),
    (f"{GANDORIA}/diff", 400, "before cannot be used"),
    ("/reports?view=matrix&show=hats", 404, "The matrix shows one of"),
    ("/reports?sort=hats", 404, "sorted by one of"),
    ("/changes?region=atlantis", 404, "not a known region"),
    ("/changes?topic=hats", 404, "There is no topic"),
    ("/changes?since=soon", 400, "is no time"),
    ("/reports?country=Atlantis", 404, "Atlantis"),
    ("/reports?source=%00", 404, "There is no source"),
    ("/reports?page=0", 400, "page cannot be used"),
    ("/reports?page=x", 400, "page cannot be used"),
    ("/reports?page=9", 404, "1 page;"),
    (f"/reports?country={'x' * 900}", 400, "country cannot be used"),
    ("/changes?kind=%3Cscript%3E", 400, "there are: published, edited"),
    ("/changes?page=77", 404, "1 page;"),
    ("/alerts?state=lost", 404, "there are: due"),
]


@pytest.mark.parametrize(("path", "texts"), PAGES, ids=[path for path, _ in PAGES])
def test_a_page_says_what_it_must(client: httpx.Client, path: str, texts: list[str]) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for text in texts:
        assert text in answer.text


@pytest.mark.parametrize(("path", "status", "text"), MISSES, ids=[m[0][:60] for m in MISSES])
def test_a_wrong_address_gets_a_page_that_helps(
    client: httpx.Client, path: str, status: int, text: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert text in answer.text
    assert 'href="/reports"' in answer.text
    assert "<script" not in answer.text


OF_A_PART = re.compile(r"/v/\d+/(?:p/|cite)")
"""Addresses of which a version has one for each paragraph, and several for each section."""


def test_every_link_of_every_page_leads_somewhere(client: httpx.Client) -> None:
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code == 200, path
        if path.endswith("/captured/bytes"):
            continue  # the publisher's page, whose links are not ours
        for found in re.findall(r'href="([^"]+)"', answer.text):
            link = urlsplit(urljoin(path, html.unescape(found)))
            target = f"{link.path}?{link.query}" if link.query else link.path
            if OF_A_PART.search(link.path) and not link.path.startswith(f"{GANDORIA}/v/1/"):
                continue  # thousands: those of one version do for all
            if not link.netloc and link.scheme != "data" and target not in seen and link.path:
                seen.add(target)
                waiting.append(target)
    assert f"{GANDORIA}/diff/1..2" in seen
    assert len([path for path in seen if OF_A_PART.search(path)]) > 40
    assert len([path for path in seen if path.startswith("/reports/")]) > 37


@pytest.mark.parametrize("path", [path for path, _ in PAGES] + ["/nowhere", "/static/style.css"])
def test_every_answer_has_the_security_headers(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    headers = answer.headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    scripts = re.findall(r"script-src ([^;]+)", policy)
    ours = re.findall(r'<script src="/static/\w+\.js" defer></script>', answer.text)
    assert scripts == (["'self'"] if ours else [])
    assert answer.text.count("<script") == len(ours)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_can_be_asked_for_their_headers_alone(client: httpx.Client) -> None:
    for path in ("/", "/reports", GANDORIA, "/healthz"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""


@pytest.mark.parametrize("path", ["/", "/reports", GANDORIA, "/changes", "/runs"])
def test_reading_pages_refuse_to_be_posted_to(client: httpx.Client, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert "This page can be read" in answer.text


@pytest.mark.parametrize("name", ["xag", "Gandoria", "gandoria"])
def test_another_name_of_a_country_leads_to_its_report(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/reports/sample-hrr/2023/{name}")
    assert answer.status_code == 307
    assert answer.headers["location"] == GANDORIA


def test_a_version_that_is_not_the_latest_shows_its_own_words(client: httpx.Client) -> None:
    def summary(path: str) -> str:
        found = re.search(r'<article class="text".*?</article>', client.get(path).text, re.S)
        assert found
        return re.sub(r"/v/\d+/p/", "/v/N/p/", found[0])  # the paragraphs' permalinks

    assert "mistreatment by members" in summary(f"{GANDORIA}/v/2")
    assert "mistreatment by members" not in summary(f"{GANDORIA}/v/1")
    assert summary(f"{GANDORIA}/v/1") == summary(GANDORIA)


def test_pages_have_landmarks_a_skip_link_and_table_headers(client: httpx.Client) -> None:
    count = 0
    for path, _ in PAGES:
        text = client.get(path).text
        assert '<a class="skip" href="#main">' in text
        assert text.count("<main") == text.count("<h1") == 1
        assert '<nav aria-label="Main">' in text
        for table in re.findall(r"<table.*?</table>", text, re.S):
            count += 1
            assert '<th scope="col"' in table
            assert '<th scope="row"' in table
    assert count == 36


def test_a_redline_can_be_heard_and_is_not_told_by_colour_alone(client: httpx.Client) -> None:
    text = client.get(f"{GANDORIA}/diff/1..2").text
    assert '<del><span class="unseen">[deleted: </span>included credible reports of:' in text
    assert '<ins><span class="unseen">[added: </span>included:' in text
    style = client.get("/static/style.css").text
    assert "line-through" in style
    assert "underline" in style


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (IssueStatus.UNPARSED, "The list of issues could not be read"),
        (IssueStatus.NONE_REPORTED, "The summary itself says that there were no such issues"),
    ],
)
def test_an_unread_list_is_never_called_an_empty_one(
    open_monitor: Open, status: IssueStatus, said: str
) -> None:
    client, parts = open_monitor()
    name = ReportId("sample-hrr", "2023", "XAB")
    record(parts, name, Reading("Executive Summary", ("Words.",), issues=IssueList(status)))
    text = client.get(f"/reports/{name}").text
    assert said in text
    assert ("no such issues" in text) == (status is IssueStatus.NONE_REPORTED)
    assert "A report" in text


@pytest.mark.parametrize(
    ("state", "said"),
    [("removed", "The publisher has removed this report"), ("suspected", "could not be found")],
)
def test_a_report_that_is_gone_says_so_above_its_last_words(
    open_monitor: Open, state: str, said: str
) -> None:
    client, parts = open_monitor(is_filled=True)
    assert said not in client.get(GANDORIA).text
    with parts.store.write() as unit:
        versions = StoredVersions(unit._connection)
        held = versions.report(ReportId.parse(GANDORIA.removeprefix("/reports/")))
        assert held
        versions.set_state(held.id, state)
        unit.commit()
    page = client.get(GANDORIA).text
    assert page.index(said) < page.index("Gandoria is a federal republic")
    assert "1 report." in client.get(f"/reports?state={state}").text


def test_versions_read_by_other_readers_are_not_passed_off_as_edits() -> None:
    name = ReportId("sample-hrr", "2023", "XAB")
    reading = Reading("Executive Summary", ("Some words.",))
    when = datetime(2026, 1, 1, tzinfo=UTC)
    first = VersionView(name, 1, "A report", reading, "", when, when, "0" * 64, 1)
    second = replace(first, number=2, reader_revision=2)
    text = render_diff_html(first, second, compare_readings(reading, reading))
    assert "may come from the reader, not from the publisher" in text


def test_an_empty_monitor_says_what_to_do(open_monitor: Open) -> None:
    client, _ = open_monitor()
    for path in ("/", "/reports", "/changes", "/runs", "/alerts"):
        answer = client.get(path)
        assert answer.status_code == 200
    assert "reportwatch ingest" in client.get("/reports").text
    assert "reportwatch subscribe" in client.get("/alerts").text


def test_what_is_not_there_yet_is_told_by_role_and_without_a_shell_for_readers(
    open_monitor: Open, subtests: pytest.Subtests
) -> None:
    client, _ = open_monitor(admin_password=hash_password("horse"), reader_password="staple")
    for path, says in [
        ("/reports", "No report is stored yet."),
        ("/reports?view=matrix", "No report is stored yet."),
        ("/changes", "No change has been recorded yet"),
        ("/search", "there is nothing to search"),
        ("/topics", "has been read yet"),
        ("/sources", "not read yet"),
        ("/sources/sample-hrr", "not read yet"),
        ("/runs", "Nothing has run yet"),
        ("/reports/sample-hrr/2023/XAB", "No report sample-hrr/2023/XAB is stored"),
    ]:
        with subtests.test(path=path):
            for role, password in {"reader": "staple", "operator": "horse"}.items():
                text = client.get(path, auth=(role, password)).text
                assert text.split("<main")[1].count(says) >= 1, role
                if role == "reader":
                    assert "reportwatch ingest" not in text
                    assert "/runs/new" not in text


def test_the_prefect_server_that_up_wrote_down_is_linked(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    assert "Prefect" not in client.get("/").text
    addresses = (
        '{"api_url": "http://127.0.0.1:4200/api", "ui_url": "http://127.0.0.1:4200",'
        ' "monitor_url": "", "pid": 1}'
    )
    (parts.settings.home / "prefect.json").write_text(addresses)
    for path in ("/", "/runs"):
        assert '<a href="http://127.0.0.1:4200">Prefect</a>' in client.get(path).text


def test_a_long_list_comes_in_pages(open_monitor: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("web.routing", "pages.report_lists", "pages.changes"):
        monkeypatch.setattr(f"monitor.{module}.PAGE_SIZE", 10)
    client, _ = open_monitor(is_filled=True)
    first = client.get("/reports")
    assert "1 to 10 shown" in first.text
    assert 'href="/reports?page=2"' in first.text
    last = client.get("/reports?page=4").text
    assert "31 to 37 shown" in last
    assert "Next" not in last
    names = [
        name
        for number in range(1, 5)
        for name in re.findall(
            r'href="(/reports/[^"?]+)"', client.get(f"/reports?page={number}").text
        )
    ]
    assert len(names) == len(set(names)) == 37
    assert "edition=2022" in client.get("/reports?edition=2022").text


def test_any_two_versions_are_chosen_in_a_form(client: httpx.Client) -> None:
    answer = client.get(f"{GANDORIA}/diff?before=1&after=3&view=beside")
    assert answer.headers["location"] == f"{GANDORIA}/diff/1..3?view=beside"


def test_a_difference_is_saved_as_one_file(client: httpx.Client) -> None:
    answer = client.get(f"{GANDORIA}/diff/1..2.html")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert 'filename="sample-hrr-2023-XAG-v1-v2.html"' in answer.headers["content-disposition"]
    assert "<link" not in answer.text and "<style>" in answer.text
    for held in ("report sha256:", "page sha256:", "captured 2026-03-01T09:00:00Z"):
        assert held in answer.text


def test_a_difference_is_saved_as_a_document_with_tracked_changes(client: httpx.Client) -> None:
    assert f'href="{GANDORIA}/diff/1..2.docx" download' in client.get(f"{GANDORIA}/diff/1..2").text
    answer = client.get(f"{GANDORIA}/diff/1..2.docx")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert 'filename="sample-hrr-2023-XAG-v1-v2.docx"' in answer.headers["content-disposition"]
    document = docx.Document(io.BytesIO(answer.content))
    assert document.core_properties.title == "Gandoria 2023: version 1 to 2"
    assert len(document.element.xpath("//w:del")) > 1
    assert client.get(f"{GANDORIA}/diff/1..99.docx").status_code == 404


def test_a_list_is_sorted_by_its_headings(client: httpx.Client) -> None:
    page = client.get("/reports?sort=words&order=desc").text
    assert 'aria-sort="descending"' in page
    counts = [
        int(each.replace(",", "")) for each in re.findall(r'"Words" class="number">([\d,]+)', page)
    ]
    assert counts == sorted(counts, reverse=True)
    rising = client.get("/reports?sort=issues&order=asc").text
    issues = [int(each) for each in re.findall(r'"Issues" class="number">(\d+)', rising)]
    assert issues == sorted(issues)


def test_the_same_summary_elsewhere_is_told(open_monitor: Open) -> None:
    client, parts = open_monitor()
    text = Reading("Executive Summary", ("Nothing new.",), issues=IssueList(IssueStatus.UNPARSED))
    for number, edition in enumerate(("2022", "2023")):
        url = f"https://sample.reportwatch.example/reports/{number}/"
        record(parts, ReportId("sample-hrr", edition, "XAA"), text, url=url)
    page = client.get("/reports/sample-hrr/2023/XAA").text
    assert "word for word that of" in page
    assert 'href="/reports/sample-hrr/2022/XAA">2022<' in page
    assert "word for word as 2022" in client.get("/compare/sample-hrr/XAA").text
