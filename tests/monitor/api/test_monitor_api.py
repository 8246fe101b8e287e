"""The API for programs: pages by cursor, answers that need not come twice, a true description."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from every_route import every_route
from hypothesis import HealthCheck, given, settings
from monitor_pages import EVERYTHING
from monitor_stage import Clock, Open, listening, record, settings_for, subscribe
from open_schemas import is_open, whole
from pydantic import TypeAdapter

from documents.document import JsonDocument
from documents.runs import ReviewDocument
from monitor.api.answers import PREFIX, _cell, read_cursor, write_cursor
from monitor.app import create_app
from reports.issues.read import IssueList
from reports.model.identity import ReportId
from reports.model.reading import IssueStatus, Reading
from services.assembly import Parts, open_parts
from services.history.import_pages import ImportRequest, import_saved

UNDECIDED = Path(__file__).parents[2] / "examples" / "us-state-hrr" / "builder-without-name.html"
LISTS = ("/api/v1/reports", "/api/v1/changes", "/api/v1/runs", "/api/v1/alerts")


def as_described(model: Any, found: Any) -> str:
    """Return what the model makes of an answer, keys in the model's order."""
    return json.dumps(TypeAdapter(model).validate_python(found), default=JsonDocument.as_json)


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_is_what_its_model_describes(client: httpx.Client, path: str) -> None:
    found = client.get(path).json()
    assert found
    assert json.dumps(found) == as_described(EVERYTHING[path], found)


def test_a_review_is_what_its_model_describes(open_monitor: Open) -> None:
    client, parts = open_monitor()
    import_saved(parts, ImportRequest((UNDECIDED,), "us-state-hrr"))
    found = client.get("/api/v1/reviews").json()
    assert len(found) == 1
    assert json.dumps(found) == as_described(list[ReviewDocument], found)


def described_schemas(described: dict[str, Any]) -> Iterator[Any]:
    """Return the schema of every request and answer, and those that they refer to."""
    yield from described["components"]["schemas"].values()
    for found in described["paths"].values():
        for operation in found.values():
            for each in [operation.get("requestBody", {}), *operation["responses"].values()]:
                yield from (one["schema"] for one in each.get("content", {}).values())
            yield from (each["schema"] for each in operation.get("parameters", []))


def test_the_description_leaves_nothing_open(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert len(described["components"]["schemas"]) >= 60
    schemas = [each for top in described_schemas(described) for each in whole(top)]
    assert len(schemas) >= 700
    assert [each for each in schemas if is_open(each)] == []


def test_comparisons_and_searches_are_answered(client: httpx.Client) -> None:
    compared = client.get("/api/v1/compare/sample-hrr/XAG/2022..2023").json()
    assert [each["edition"] for each in compared["reports"]] == ["2022", "2023"]
    assert client.get("/api/v1/compare/sample-hrr/XAG/2022..2022").status_code == 404
    assert client.get("/api/v1/compare/sample-hrr/XAD/lower-sarn/2022..2023").status_code == 200
    found = client.get("/api/v1/search?q=mistreatment&removed=true").json()
    assert found["results"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_by_cursor_give_each_entry_once(client: httpx.Client, path: str, size: int) -> None:
    whole = client.get(path).json()
    found: list[Any] = []
    onward = f"{path}?limit={size}"
    while onward:
        answer = client.get(onward)
        assert len(answer.json()) <= size
        found += answer.json()
        onward = answer.links.get("next", {}).get("url", "")
    assert found == whole


def test_what_comes_in_meanwhile_moves_nothing(open_monitor: Open, last_read_at: datetime) -> None:
    client, parts = open_monitor(is_filled=True, clock=Clock(last_read_at + timedelta(days=1)))
    whole = client.get("/api/v1/changes").json()
    first = client.get("/api/v1/changes?limit=5")
    text = Reading("Executive Summary", ("New.",), issues=IssueList(IssueStatus.UNPARSED))
    record(parts, ReportId("sample-hrr", "2025", "XAA"), text)
    rest = client.get(first.links["next"]["url"].replace("limit=5", "limit=1000"))
    assert first.json() + rest.json() == whole


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "WzFd", "bnVsbA", "WyJhIiwiYiJd", "%00", "W" * 499, "WzFlOTksMV0"]
)
@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_is_none_of_ours_is_refused(
    client: httpx.Client, path: str, cursor: str
) -> None:
    answer = client.get(f"{path}?cursor={cursor}")
    fits = cursor == "WzFd" and path in ("/api/v1/runs", "/api/v1/alerts")
    assert answer.status_code == (200 if fits else 400)


def test_a_cursor_reads_back_as_it_was_written() -> None:
    assert read_cursor(write_cursor("a/b", 7), str, int) == ("a/b", 7)
    assert read_cursor("", str) == ()


@pytest.mark.parametrize("path", EVERYTHING)
def test_what_the_asker_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


def test_lists_come_as_csv_for_spreadsheets(client: httpx.Client) -> None:
    answer = client.get("/api/v1/changes?kind=edited&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    whole = client.get("/api/v1/changes?kind=edited").json()
    assert [int(row["change"]) for row in rows] == [each["change"] for each in whole]
    assert "mistreatment" in rows[-1]["issues_added"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("  =1", "'  =1"),
        ("\tx", "'\tx"),
        (["=1", "b"], "'=1; b"),
        ("a=1", "a=1"),
        (-1, "-1"),
        (True, "true"),
        (None, ""),
        ("a\0b", "a\ufffdb"),
    ],
)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    assert _cell(value) == cell


def test_the_description_names_every_route_and_answer(client: httpx.Client, tmp_path: Path) -> None:
    described = client.get("/api/v1/openapi.json").json()
    operations = {
        (path, method.upper()): operation
        for path, found in described["paths"].items()
        for method, operation in found.items()
    }
    with open_parts(settings_for(tmp_path)) as parts:
        routes = every_route(create_app(parts))
    answered = {(each.path, each.method) for each in routes if each.path.startswith(PREFIX)}
    asked = {each for each in answered if each[1] != "HEAD" and each[0] != f"{PREFIX}/openapi.json"}
    assert operations.keys() == asked
    assert len(operations) == 28
    for operation in operations.values():
        assert operation["summary"] and operation["description"]
        assert "422" not in operation["responses"]
        assert {"400", "401", "403", "404", "503"} <= set(operation["responses"])
    assert set(described["components"]["securitySchemes"]) == {"password", "token"}


@pytest.fixture(scope="module")
def api_schema(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the description of an API over a copy of the filled home: some answers change it."""
    home = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(filled_home, home)
    with open_parts(settings_for(home)) as parts, listening(create_app(parts)) as address:
        _fill(parts)
        yield schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")


def _fill(parts: Parts) -> None:
    for number in range(3):
        subscribe(parts, f"reader{number}@law.example")


schemathesis.checks.load_all_checks()
CHECKS = [
    schemathesis.checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]


def ask_everything(api_schema: Any, examples: int, *, is_random: bool) -> None:
    """Ask every question that the description allows, with so many examples of each."""
    for found in api_schema.get_all_operations():

        @given(case=found.ok().as_strategy())
        @settings(
            max_examples=examples,
            derandomize=not is_random,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS)

        ask()


def test_no_question_brings_the_api_down_or_is_answered_otherwise_than_described(
    api_schema: Any,
) -> None:
    ask_everything(api_schema, 12, is_random=False)


@pytest.mark.slow
def test_no_question_of_very_many_does(api_schema: Any) -> None:
    ask_everything(api_schema, 400, is_random=True)
