"""How the content API of GOV.UK is read: documents, summaries, countries, and what is left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from content_api import ROOT, identity, two_countries
from hypothesis import given
from hypothesis import strategies as st

from deployments.replay import plain_list
from reports.model.countries import Place
from scrapers.engines.govuk_document import Attachment, document_of
from scrapers.engines.govuk_note import read_note
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge, judge_listing
from scrapers.read.page import blocks
from scrapers.registry import source_named
from scrapers.source import Link

SOURCE = source_named("uk-cpin")
API = f"https://www.gov.uk{ROOT}"
PUBLICATION = "/government/publications/chad-country-policy-and-information-notes"


def item(path: str) -> dict[str, Any]:
    [found] = [each for at, each in two_countries().items().items() if at.endswith(path)]
    return json.loads(json.dumps(found))


PUBLISHED = item(PUBLICATION)
NOTE = item("river-pilots-may-2024-accessible")


def body_of(value: object) -> bytes:
    return json.dumps(value).encode()


def answer(body: bytes, content_type: str = "application/json") -> Response:
    headers = {"content-type": content_type}
    url = API + PUBLICATION
    return Response(url, url, 200, headers, body, datetime(2026, 3, 1, tzinfo=UTC), (), "")


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        (API + PUBLICATION, "current"),
        (f"{API}{PUBLICATION}/a-note", "current"),
        (f"{API}/government/collections/country-policy-and-information-notes", "current"),
        (f"{API}/government/collections/another", ""),
        (f"{API}/government/news/a", ""),
        (f"https://www.gov.uk{PUBLICATION}", ""),
        ("https://www.gov.uk/", ""),
    ],
)
def test_addresses_of_the_api_are_of_the_one_edition(url: str, edition: str) -> None:
    assert SOURCE.edition_of(url) == edition


def test_collection_lists_its_publications_with_their_dates() -> None:
    body = body_of(item("/country-policy-and-information-notes"))
    fiji = PUBLICATION.replace("chad", "fiji")
    stamp = "2025-03-04T09:30:00Z"
    assert SOURCE.read_index(body, "current") == (
        Link(API + PUBLICATION, "Chad: country policy and information notes", stamp),
        Link(API + fiji, "Fiji: country policy and information notes", stamp),
    )
    assert SOURCE.read_collection(body) == ("current",)
    assert judge_listing(answer(body), SOURCE).outcome is None


@pytest.mark.parametrize(
    "listed",
    [
        [],
        "none",
        [1, None, {"base_path": 7}, {"base_path": "/government/news/a"}],
        [{"base_path": "https://elsewhere.example/government/publications/a"}],
        [{"base_path": "/government/publications/a?b"}],
    ],
)
def test_what_is_no_publication_is_not_listed(listed: object) -> None:
    body = body_of({"links": {"documents": listed}})
    assert SOURCE.read_index(body, "current") == ()
    assert SOURCE.read_collection(body) == ()


def test_plain_list_is_a_listing_it_reads_without_the_notes() -> None:
    links = (Link(API + PUBLICATION, "Chad: notes"), Link(f"{API}{PUBLICATION}/a-note", "A note"))
    body = plain_list("current", links, "application/json")
    assert SOURCE.read_index(body, "current") == links[:1]


def test_publication_leads_to_its_own_html_notes_alone() -> None:
    attachments = [
        {"attachment_type": "html", "title": "A", "url": f"{PUBLICATION}/a"},
        {"attachment_type": "html", "title": "B", "url": "/government/publications/other/b"},
        {"attachment_type": "html", "title": "C", "url": "https://elsewhere.example/c"},
        {"attachment_type": "file", "title": "D", "url": f"{PUBLICATION}/d"},
        {"attachment_type": "html", "title": "E", "url": f"{PUBLICATION}/../../e"},
    ]
    published = {**PUBLISHED, "details": {"attachments": attachments}}
    page = SOURCE.read(body_of(published), "")
    assert page.children == (f"{API}{PUBLICATION}/a",)
    [found] = page.reports
    assert found.reading.sections[0].blocks == (
        f"A (HTML: https://www.gov.uk{PUBLICATION}/a)",
        "B (HTML: https://www.gov.uk/government/publications/other/b)",
        *("C", "D", "E"),
    )


VOLATILE = {
    "updated_at": "2026-01-01",
    "public_updated_at": "2026-01-01",
    "publishing_request_id": "7-8",
    "links": {**PUBLISHED["links"], "suggested_ordered_related_items": [{"title": "Other"}]},
}


@pytest.mark.parametrize("key", VOLATILE)
def test_region_does_not_see_what_no_reader_sees(key: str) -> None:
    changed = {**PUBLISHED, key: VOLATILE[key]}
    assert SOURCE.region(body_of(changed)) == SOURCE.region(body_of(PUBLISHED))
    assert judge(answer(body_of(changed)), SOURCE).region == SOURCE.region(body_of(PUBLISHED))


SEEN = {
    "title": "Fiji: country policy and information notes",
    "description": "Other words.",
    "withdrawn_notice": {"explanation": "Old."},
    "details": {"body": "<p>Other words.</p>"},
}


@pytest.mark.parametrize("key", SEEN)
def test_region_sees_what_a_reader_sees(key: str) -> None:
    changed = {**PUBLISHED, key: SEEN[key]}
    assert SOURCE.region(body_of(changed)) != SOURCE.region(body_of(PUBLISHED))


@pytest.mark.parametrize(
    ("title", "parent", "report"),
    [
        ("Country policy and information note: tolls, Chad, May 2024", "Chad: notes", "TCD"),
        ("Country policy and information note: tolls", "Chad: notes", "TCD"),
        ("Country policy and information note: tolls, Chad", "", "TCD"),
        ("Tolls on the rivers of Chad", "", "TCD"),
        ("Burma: Rohingya", "Burma (Myanmar): notes", "MMR"),
        ("Chad and Niger: tolls", "Chad: notes", "TCD"),
        ("Tolls, Hong Kong", "Hong Kong: notes", "CHN"),
        ("Tolls, Niger", "Chad: notes", ""),
        ("Tolls, Chad, Niger", "", ""),
        ("Tolls", "Karkonia: notes", ""),
        ("", "", ""),
    ],
)
def test_titles_tell_the_country_or_nothing_does(title: str, parent: str, report: str) -> None:
    links = {"parent": [{"title": parent, "base_path": PUBLICATION}]}
    page = SOURCE.read(body_of({**NOTE, "title": title, "links": links}), "")
    named = [str(each.report) for each in page.reports]
    assert named == ([f"uk-cpin/current/{report}/{identity(11)}"] if report else [])
    assert [bool(each.why) for each in page.undecided] == ([] if report else [True])
    assert [each.part for each in page.undecided] == ([] if report else [identity(11)])


@pytest.mark.parametrize(
    ("url", "label", "key"),
    [
        (API + PUBLICATION, "", "TCD"),
        (API + PUBLICATION, "Fiji: country policy and information notes", "FJI"),
        (f"{API}{PUBLICATION}/a-note", "A note", "TCD"),
        (f"{API}/government/publications/karkonia", "Karkonia", None),
    ],
)
def test_listed_link_stands_for_a_country(url: str, label: str, key: str | None) -> None:
    place = SOURCE.place_of(url, label)
    assert (place.key if place else None) == key


def test_note_keeps_its_identity_under_another_country() -> None:
    chad = SOURCE.countries.find("Chad")
    assert isinstance(chad, Place)
    assert SOURCE.placed(chad, identity(11)).key == f"TCD/{identity(11)}"
    assert SOURCE.placed(chad, "") == chad


@pytest.mark.parametrize(
    ("markup", "heading", "summary", "sections"),
    [
        (
            "<h2>EXECUTIVE SUMMARY</h2><p>One.</p><h3>Scope</h3><p>Two.</p>"
            "<h2>Assessment</h2><p>A.</p>",
            "EXECUTIVE SUMMARY",
            ("One.", "Scope", "Two."),
            [("", "Assessment", ("A.",))],
        ),
        (
            "<h2>Preface</h2><p>P.</p><h2>1. Executive summary</h2><p>One.</p>",
            "Executive summary",
            ("One.",),
            [("", "Preface", ("P.",))],
        ),
        (
            "<p>Version 2</p><h2>Introduction</h2><p>One.</p>"
            "<h2>2.10 Country information</h2><p>A.</p>",
            "",
            ("Version 2", "Introduction", "One."),
            [("2.10", "Country information", ("A.",))],
        ),
        (
            "<h2>Executive summary</h2><h2>Introduction</h2><p>One.</p>"
            "<h2>Assessment</h2><p>A.</p>",
            "",
            ("Executive summary", "Introduction", "One."),
            [("", "Assessment", ("A.",))],
        ),
        (
            "<h2>Assessment</h2><p>A.</p><h2>Country information</h2><p>B.</p>",
            "Assessment",
            ("A.",),
            [("", "Country information", ("B.",))],
        ),
        ("<h3>Visit</h3><p>One.</p><h4>x</h4>", "Visit", ("One.", "x"), []),
        ("<p>One.</p><p>Two.</p>", "", ("One.", "Two."), []),
        ("<h2>Executive summary</h2>", "", (), [("", "Executive summary", ())]),
        ("", "", (), []),
    ],
)
def test_summary_is_the_section_so_titled_or_what_comes_before_the_substance(
    markup: str, heading: str, summary: tuple[str, ...], sections: list[Any]
) -> None:
    reading = read_note(blocks(markup.encode()), ())
    assert (reading.heading, reading.blocks) == (heading, summary)
    assert [(each.number, each.heading, each.blocks) for each in reading.sections] == sections


def test_attachments_described_in_html_alone_are_read_too() -> None:
    snippet = (
        '<section class="attachment"><a href="/government/publications/a/b"><img></a>'
        '<h2><a href="/government/publications/a/b">Note <b>B</b></a></h2></section>'
    )
    file = '<section class="attachment"><a href="https://assets.example/n.pdf">A file</a></section>'
    document = document_of({"details": {"documents": [snippet, file, 5, "<p>no link</p>"]}})
    assert document.attachments == (
        Attachment("Note B", "/government/publications/a/b"),
        Attachment("A file", "", "https://assets.example/n.pdf"),
    )


@pytest.mark.parametrize(
    "changes",
    [
        [("2024-05-02T09:30:00Z", "New."), ("2019-02-01T10:00:00Z", "Old.")],
        [("2019-02-01T10:00:00Z", "Old."), ("2024-05-02T09:30:00Z", "New.")],
    ],
)
def test_latest_change_note_is_the_newest_whatever_the_order(
    changes: list[tuple[str, str]],
) -> None:
    history = [{"note": note, "public_timestamp": at} for at, note in changes]
    page = SOURCE.read(body_of({**PUBLISHED, "details": {"change_history": history}}), "")
    assert page.reports[0].reading.notes == ("Change note of 2 May 2024: New.",)


@pytest.mark.parametrize(
    ("notice", "notes"),
    [
        (None, ()),
        ({}, ()),
        ({"explanation": "", "withdrawn_at": ""}, ()),
        (
            {"explanation": "<p>Old.</p>", "withdrawn_at": "2025-03-04T09:30:00Z"},
            ("Withdrawn on 4 March 2025: Old.",),
        ),
        ({"explanation": "<p>Old.</p>", "withdrawn_at": "lately"}, ("Withdrawn: Old.",)),
        (
            {"withdrawn_at": "2025-03-04T09:30:00Z"},
            ("Withdrawn on 4 March 2025: no reason given",),
        ),
    ],
)
def test_withdrawal_is_told_in_one_note(notice: object, notes: tuple[str, ...]) -> None:
    page = SOURCE.read(body_of({**NOTE, "withdrawn_notice": notice}), "")
    assert page.reports[0].reading.notes == notes


def test_a_note_without_identity_is_no_report() -> None:
    body = body_of({**NOTE, "content_id": "../12"})
    assert SOURCE.read(body, "").reports == ()
    assert judge(answer(body), SOURCE).outcome == "unreadable"


def test_plain_text_is_no_document() -> None:
    page = SOURCE.read_text("Chad: country policy and information notes", "")
    assert (page.reports, page.undecided) == ((), ())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    ["title", "description", "base_path", "content_id", "details", "links", "withdrawn_notice"]
)


@given(st.sampled_from([PUBLISHED, NOTE]), FIELDS, JSON_VALUES)
def test_no_field_of_another_type_breaks_the_reader(
    document: dict[str, Any], field: str, value: object
) -> None:
    body = body_of({**document, field: value})
    region = SOURCE.region(body)
    page = SOURCE.read(body, "")
    assert SOURCE.read(region, "").reports == page.reports
    verdict = judge(answer(body), SOURCE)
    assert (verdict.outcome is None) == bool(page.reports or page.undecided)
    SOURCE.page_url(body)
    SOURCE.read_index(body, "current")
