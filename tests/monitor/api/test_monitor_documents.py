"""The JSON documents say what is stored, and the API serves the same ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from monitor_stage import SUBSCRIBER, settings_for

from documents.changes import ChangeDocument
from documents.diff import DiffDocument
from documents.notices import AlertDocument
from documents.reports import ReportDocument, VersionDocument
from documents.show import ShowDocument
from exhibits.redline import lay_out, render_diff_html
from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.values import VersionView
from reports.text.canonical import words
from reports.wording.citation import cite
from scrapers.registry import source_named
from services.assembly import Parts, open_parts
from storage.changes.filter import ChangeConditions

GANDORIA = ReportId("sample-hrr", "2023", "XAG")
BELVARIA = ReportId("sample-hrr", "2024", "XAB")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def parts(filled_home: Path) -> Iterator[Parts]:
    with open_parts(settings_for(filled_home)) as opened:
        yield opened


def version(parts: Parts, name: ReportId, number: int) -> VersionView:
    with parts.store.read() as unit:
        view = unit.versions.get(name, number)
    assert view
    return view


def test_a_report_in_a_list(parts: Parts, client: httpx.Client) -> None:
    with parts.store.read() as unit:
        documents = [ReportDocument.of(view).as_json() for view in unit.reports.find()]
    assert len(documents) == 37
    assert all(UTC_TIME.fullmatch(each["latest"]["last_seen_at"]) for each in documents)
    gandoria = next(each for each in documents if each["report"] == str(GANDORIA))
    assert gandoria["versions"] == gandoria["latest"]["number"] == 3
    assert client.get("/api/v1/reports").json() == documents
    assert client.get("/api/v1/reports?limit=5&offset=30").json() == documents[30:35]
    asked = client.get("/api/v1/reports?country=Gandoria&edition=2023&state=present").json()
    assert asked == [gandoria]


def test_what_a_report_says(parts: Parts, client: httpx.Client) -> None:
    view = version(parts, GANDORIA, 2)
    with parts.store.read() as unit:
        held = unit.reports.find(source="sample-hrr", edition="2023", country="XAG")[0]
    document = ShowDocument.of(view, held).as_json()
    assert len(document["sections"]) == 6
    assert len(document["issues"]["items"]) == 7
    assert len(document["taxonomy"]["topics"]) == 6
    assert [each["kind"] for each in document["facts"]] == [
        "civilian_control",
        "force_abuse_scale",
        "accountability",
        "accountability",
    ]
    text = "\n".join(document["blocks"]).encode()
    assert document["text_sha256"] == hashlib.sha256(text).hexdigest()
    assert UTC_TIME.fullmatch(document["captured_at"])
    path = f"/api/v1/reports/{GANDORIA}"
    assert client.get(f"{path}?version=2").json() == document
    assert client.get(path).json()["version"] == 3
    area = client.get("/api/v1/reports/sample-hrr/2022/XAD/lower-sarn").json()
    assert area["report"] == "sample-hrr/2022/XAD/lower-sarn"


def test_the_notes_shown_are_those_that_stand_now(parts: Parts, client: httpx.Client) -> None:
    document = client.get("/api/v1/reports/sample-hrr/2024/XAK").json()
    assert document["version"] == 1
    assert document["notes"] == ["Note: This report was updated 9/03/25; see Errata."]


def test_a_version_in_a_log(parts: Parts) -> None:
    with parts.store.read() as unit:
        views = unit.versions.all(GANDORIA)
        history = unit.versions.history(GANDORIA)
    documents = [VersionDocument.of(view).as_json() for view in views]
    assert [each["version"] for each in documents] == [3, 2, 1]
    assert documents[0]["words"] == len(words(views[0].reading.all_blocks))
    for view, row in zip(views, history, strict=True):
        assert (row.number, row.url, row.title) == (view.number, view.url, view.title)
        assert (row.captured_at, row.last_seen_at) == (view.captured_at, view.last_seen_at)
        assert row.text_sha256 == view.reading.text_sha256
        assert row.report_sha256 == view.reading.report_sha256
        assert row.payload_sha256 == view.payload_sha256
        assert row.reader_revision == view.reader_revision


def test_a_change(parts: Parts, client: httpx.Client) -> None:
    with parts.store.read() as unit:
        documents = [ChangeDocument.of(each).as_json() for each in unit.changes.find()]
        pages = [
            unit.changes.listed(ChangeConditions(), limit=10, offset=n) for n in range(0, 50, 10)
        ]
        total = unit.changes.count(ChangeConditions(kinds=("edited",)))
    assert [each["change"] for each in documents] == [
        each.change.id for found in pages for each in found
    ]
    assert total == 3
    assert client.get("/api/v1/changes").json() == documents
    assert client.get("/api/v1/changes?limit=2").json() == documents[:2]
    edited = client.get("/api/v1/changes?kind=edited&kind=noted").json()
    assert {each["kind"] for each in edited} == {"edited", "noted"}
    since = documents[0]["detected_at"]
    for asked in (since, since[:10], since.removesuffix("Z")):
        assert client.get(f"/api/v1/changes?since={asked}").json() == documents[:2]


def test_an_alert(parts: Parts) -> None:
    with parts.store.read() as unit:
        documents = [AlertDocument.of(each).as_json() for each in unit.alerts.all()]
    assert len(documents) == 19
    assert {each["address"] for each in documents} == {SUBSCRIBER}
    assert {each["state"] for each in documents} == {"due"}


@pytest.mark.parametrize("name", [GANDORIA, BELVARIA])
def test_a_comparison_holds_both_texts(parts: Parts, name: ReportId) -> None:
    before, after = version(parts, name, 1), version(parts, name, 2)
    document = DiffDocument.of(
        before, after, compare_readings(before.reading, after.reading)
    ).as_json()
    pieces = [piece for paragraph in document["summary"] for piece in paragraph]
    old = [piece["text"] for piece in pieces if piece["op"] != "insert"]
    new = [piece["text"] for piece in pieces if piece["op"] != "delete"]
    assert words(old) == words(before.reading.blocks)
    assert words(new) == words(after.reading.blocks)
    assert [each["state"] for each in document["sections"]] == ["changed"] * (name == BELVARIA)


def test_a_redline_shows_every_word_of_a_changed_part_once(parts: Parts) -> None:
    before, after = version(parts, BELVARIA, 1), version(parts, BELVARIA, 2)
    compared = compare_readings(before.reading, after.reading)
    redline = lay_out(before, after, compared)
    assert [part.name for part in redline.parts] == ["Section 2. Liberty"]
    stretches = redline.parts[0].stretches
    laid_out = [paragraph for stretch in stretches for paragraph in stretch.paragraphs]
    assert tuple(laid_out) == compared.sections[1].comparison.paragraphs
    kinds = [stretch.is_changed for stretch in stretches]
    assert len(kinds) == 3
    assert all(one != other for one, other in pairwise(kinds))
    assert not redline.is_by_other_reader


def test_the_standalone_redline_says_what_the_page_says(parts: Parts, client: httpx.Client) -> None:
    before, after = version(parts, GANDORIA, 1), version(parts, GANDORIA, 2)
    alone = render_diff_html(before, after, compare_readings(before.reading, after.reading))
    page = client.get(f"/reports/{GANDORIA}/diff/1..2").text
    said = page[page.index('<dl class="facts"') : page.index("</div>\n<aside")]
    assert "<del>" in said and said.strip() in alone
    filed = page[page.index('<footer class="filing"') : page.index("</main>")]
    assert filed.strip() in alone
    assert "<style>" in alone
    assert "<link" not in alone


def test_a_citation_names_everything_needed_to_check_it(parts: Parts) -> None:
    view = version(parts, GANDORIA, 2)
    said = cite(view, source_named("sample-hrr").publisher)
    for part in ("Meridian Union", view.title, view.url, "version 2", view.reading.text_sha256):
        assert part in said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/reports/sample-hrr/2023/XZZ", 404),
        ("/api/v1/reports/sample-hrr/2023/%00", 404),
        ("/api/v1/reports/sample-hrr/2023/XAG?version=9", 404),
        ("/api/v1/reports/sample-hrr/2023/XAG?version=99999999999999999999", 400),
        ("/api/v1/reports?limit=0", 400),
        ("/api/v1/reports?offset=99999999999999999999", 400),
        ("/api/v1/reports?state=%00", 400),
        ("/api/v1/reports?country=Atlantis", 404),
        ("/api/v1/changes?kind=sold", 400),
        ("/api/v1/changes?since=yesterday", 400),
        ("/api/v1/nowhere", 404),
    ],
)
def test_a_wrong_question_gets_an_error_in_json(
    client: httpx.Client, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "error"}
    assert (problem["status"], problem["error"]) == (status, problem["detail"])
