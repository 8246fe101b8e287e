"""The pages that compare editions: found from a country, shared by their address, harmless."""

from __future__ import annotations

import io

import docx
import httpx
import pytest
from monitor_stage import Open, record

from exhibits.docx import MEDIA_TYPE
from exhibits.redline import render_comparison_html
from reports.compare.editions import compare_editions
from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section

PAIR = "/compare/sample-hrr/XAG/2022..2023"
SCRIPT = "<script>alert(1)</script>"
TURNED = "\u202etorture\u202c was not reported"


def test_a_comparison_shows_both_editions(client: httpx.Client) -> None:
    answer = client.get(PAIR)
    assert answer.status_code == 200
    for said in ("Gandoria: 2022 against 2023", "What changed", "/reports/sample-hrr/2022/XAG"):
        assert said in answer.text


def test_the_page_and_the_standalone_document_say_the_same(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.read() as unit:
        before, after = (
            unit.versions.latest(ReportId("sample-hrr", edition, "XAG"))
            for edition in ("2022", "2023")
        )
    assert before is not None and after is not None
    alone = render_comparison_html(before, after, compare_editions(before.reading, after.reading))
    page = client.get(PAIR).text
    assert page[page.index("<dl") : page.index("</main>")].strip() in alone
    assert "<link" not in alone


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        (PAIR, "sample-hrr-2022-XAG-against-2023"),
        (
            "/compare/sample-hrr/XAD/lower-sarn/2022..2023",
            "sample-hrr-2022-XAD-lower-sarn-against-2023",
        ),
    ],
)
def test_a_comparison_is_saved_as_a_document_with_tracked_changes(
    client: httpx.Client, pair: str, name: str
) -> None:
    assert f'href="{pair}.docx" download' in client.get(pair).text
    answer = client.get(f"{pair}.docx")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert f'filename="{name}.docx"' in answer.headers["content-disposition"]
    document = docx.Document(io.BytesIO(answer.content))
    assert document.core_properties.title.endswith(": 2022 against 2023")
    assert document.element.xpath("//w:ins")


@pytest.mark.parametrize("pair", ["2022..2022", "2022..1999", "2022..2023.odt"])
def test_there_is_no_document_of_what_is_not_held(client: httpx.Client, pair: str) -> None:
    assert client.get(f"/compare/sample-hrr/XAG/{pair}.docx").status_code == 404


def test_a_reader_is_led_from_a_country_to_a_pair(client: httpx.Client) -> None:
    assert 'name="country"' in client.get("/compare").text
    to_editions = client.get("/compare", params={"country": "Gandoria"})
    assert to_editions.headers["location"] == "/compare/sample-hrr/XAG"
    choice = client.get("/compare/sample-hrr/XAG").text
    assert "<option selected>2023</option>" in choice
    asked = {"first": "2022", "second": "2023"}
    to_pair = client.get("/compare/sample-hrr/XAG", params=asked)
    assert to_pair.headers["location"] == PAIR


def test_an_area_is_compared_under_its_own_address(client: httpx.Client) -> None:
    assert client.get("/compare/sample-hrr/XAD/lower-sarn").status_code == 200
    page = client.get("/compare/sample-hrr/XAD/lower-sarn/2022..2023")
    assert "Lower Sarn: 2022 against 2023" in page.text


def test_a_backward_pair_says_so(client: httpx.Client) -> None:
    page = client.get("/compare/sample-hrr/XAG/2023..2022").text
    assert "Compared as asked: 2023 first" in page


def test_one_edition_alone_has_nothing_to_compare(open_monitor: Open) -> None:
    client, parts = open_monitor()
    record(parts, ReportId("sample-hrr", "2023", "XAB"), Reading("", ("Calm.",)))
    assert "nothing to compare" in client.get("/compare/sample-hrr/XAB").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/compare/sample-hrr/XAG/2022..1999", 404),
        ("/compare/sample-hrr/XAG/2023..2023", 404),
        ("/compare/sample-hrr/XAG/2022..%00", 404),
        ("/compare/sample-hrr/XZZ", 404),
        ("/compare/nothing/XAG/2022..2023", 404),
        ("/compare/sample-hrr/X%22G", 404),
        ("/compare/sample-hrr/XAG?first=a%20b&second=2023", 200),
        ("/compare?country=Nowhere", 200),
        ("/compare?country=%3Cscript%3E", 200),
    ],
)
def test_what_cannot_be_compared_is_answered_plainly(
    client: httpx.Client, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "<script>" not in answer.text


def hostile(edition: str) -> Reading:
    return Reading(
        f"Executive Summary {SCRIPT}",
        (SCRIPT, TURNED, edition),
        notes=(f"Note: {SCRIPT}",),
        sections=(
            Section("1", f"{SCRIPT}{edition}", (TURNED, SCRIPT, f"{SCRIPT} {edition}"), (2,)),
        ),
        issues=IssueList(
            IssueStatus.LISTED,
            (Issue(f"{SCRIPT} of {edition}", ("<b>",)), Issue(f"torture {TURNED} {edition}")),
        ),
    )


def test_hostile_text_is_shown_and_not_obeyed(open_monitor: Open) -> None:
    client, parts = open_monitor()
    for edition in ("2022", "2023"):
        name = ReportId("sample-hrr", edition, "XAB")
        record(parts, name, hostile(edition), title=SCRIPT, url=f"javascript:alert({edition})")
    page = client.get("/compare/sample-hrr/XAB/2022..2023").text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "\u202e" not in page
    assert 'href="javascript:' not in page
