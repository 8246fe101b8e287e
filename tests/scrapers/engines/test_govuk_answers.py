"""What GOV.UK answers in a document's place, which edition it is, and what is attached to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from content_api import ROOT, identity

from reports.model.identity import ReportId
from reports.model.values import VersionView
from reports.watch.outcome import Outcome
from reports.wording.citation import cite
from scrapers.engines.govuk_document import document_of, foreign
from scrapers.engines.govuk_redirects import destination_of, gone_notice
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import source_named
from scrapers.source import Elsewhere

SOURCE = source_named("uk-cpin")
API = f"https://www.gov.uk{ROOT}"
PUBLICATION = "/government/publications/fiji-country-policy-and-information-notes"
NOTE = f"{PUBLICATION}/country-policy-and-information-note-reefs-fiji-may-2024-accessible"
OTHER = "/government/publications/samoa-country-policy-and-information-notes"

REPOSITORY = Path(__file__).parents[3]
CASES = (
    REPOSITORY / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages") / "../review/cases/govuk"
).resolve()
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="no real answers; set REPORTWATCH_CORPUS to the pages beside them"
)


def response(item: object, path: str = NOTE, status: int = 200, final: str = "") -> Response:
    url = API + path
    body = item if isinstance(item, bytes) else json.dumps(item).encode()
    headers = {"content-type": "application/json; charset=utf-8"}
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    hops = (API + final,) if final else ()
    return Response(url, API + (final or path), status, headers, body, moment, hops, "")


def note(body: str, title: str = "", **other: object) -> dict[str, Any]:
    return {
        "base_path": NOTE,
        "content_id": identity(31),
        "document_type": "html_publication",
        "title": title or "Country policy and information note: reefs, Fiji, May 2024",
        "locale": "en",
        "details": {"body": f'<div class="govspeak">{body}</div>'},
        "links": {"parent": [{"base_path": PUBLICATION, "title": "Fiji: country notes"}]},
        **other,
    }


def publication(**details: object) -> dict[str, Any]:
    return {
        "base_path": PUBLICATION,
        "content_id": identity(30),
        "document_type": "guidance",
        "title": "Fiji: country policy and information notes",
        "details": details,
        "links": {},
    }


def redirect(*rules: dict[str, str], path: str = NOTE) -> dict[str, Any]:
    return {"base_path": path, "document_type": "redirect", "redirects": list(rules)}


def exact(destination: str, path: str = NOTE) -> dict[str, str]:
    return {"path": path, "type": "exact", "destination": destination}


def prefix(destination: str, path: str, **other: str) -> dict[str, str]:
    return {"path": path, "type": "prefix", "destination": destination, **other}


@pytest.mark.parametrize(
    ("asked", "rules", "destination"),
    [
        ("/a", [exact("/b", "/a")], "/b"),
        ("/a", [exact("/b?c=d#e", "/a")], "/b?c=d#e"),
        ("/a", [exact("https://elsewhere.example/b", "/a")], "https://elsewhere.example/b"),
        ("/a/c", [exact("/b", "/a")], ""),
        ("/a/c", [prefix("/b", "/a")], "/b/c"),
        ("/a/c/d", [prefix("/b/", "/a")], "/b/c/d"),
        ("/a/c", [prefix("/b?q=1#f", "/a", segments_mode="preserve")], "/b/c?q=1#f"),
        ("/a/c", [prefix("/b", "/a", segments_mode="ignore")], "/b"),
        ("/ab", [prefix("/b", "/a")], ""),
        ("/a/c", [prefix("/b", "/a"), exact("/e", "/a/c")], "/e"),
        ("/a/c/d", [prefix("/b", "/a"), prefix("/e", "/a/c")], "/e/d"),
        ("/a", [], ""),
    ],
)
def test_redirect_item_sends_readers_where_its_rules_say(
    asked: str, rules: list[dict[str, str]], destination: str
) -> None:
    assert destination_of(redirect(*rules, path="/a"), asked) == destination


@pytest.mark.parametrize("rules", [None, "none", [7], [{}], [{"path": 3, "destination": []}]])
def test_redirect_item_without_usable_rules_sends_nobody_anywhere(rules: object) -> None:
    item = {"base_path": NOTE, "document_type": "redirect", "redirects": rules}
    assert SOURCE.sent_to(response(item)) is None
    assert judge(response(item), SOURCE).outcome is Outcome.SUSPECTED


TAKEN = Elsewhere("", "taken from its publication, to which readers are sent")


@pytest.mark.parametrize(
    ("destination", "elsewhere"),
    [
        (PUBLICATION, TAKEN),
        (f"{PUBLICATION}#documents", TAKEN),
        (f"https://www.gov.uk{PUBLICATION}", TAKEN),
        (
            f"{PUBLICATION}/reefs-two",
            Elsewhere(
                f"{API}{PUBLICATION}/reefs-two",
                f"readers are sent to {PUBLICATION}/reefs-two instead",
            ),
        ),
        (OTHER, Elsewhere(API + OTHER, f"readers are sent to {OTHER} instead")),
        ("/world/fiji", Elsewhere("", "readers are sent to /world/fiji instead")),
        (
            f"https://elsewhere.example{OTHER}",
            Elsewhere("", f"readers are sent to https://elsewhere.example{OTHER} instead"),
        ),
    ],
)
def test_redirect_is_a_miss_or_is_followed(destination: str, elsewhere: Elsewhere) -> None:
    assert SOURCE.sent_to(response(redirect(exact(destination)))) == elsewhere


def test_redirect_of_http_to_the_own_publication_is_a_miss_too() -> None:
    assert SOURCE.sent_to(response(publication(), final=PUBLICATION)) == TAKEN


@pytest.mark.parametrize("item", [note("<p>Reefs.</p>"), publication(), [], b"{"])
def test_document_sends_nobody_anywhere(item: object) -> None:
    assert SOURCE.sent_to(response(item)) is None


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, "taken back"),
        ({"explanation": "<p>Sent in error</p>"}, "taken back: “Sent in error”"),
        ({"alternative_path": "/world/fiji"}, "taken back; see /world/fiji instead"),
        (
            {"explanation": "Old", "alternative_path": "/b"},
            "taken back: “Old”; see /b instead",
        ),
        ({"explanation": [], "alternative_path": 4}, "taken back"),
    ],
)
def test_gone_item_says_why_and_where_else(details: dict[str, object], said: str) -> None:
    item = {"base_path": NOTE, "document_type": "gone", "details": details}
    assert SOURCE.said_of_absence(json.dumps(item).encode()) == said


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"document_type": "guidance"}'])
def test_other_answers_say_nothing_of_an_absence(body: bytes) -> None:
    assert SOURCE.said_of_absence(body) == ""


@pytest.mark.parametrize(
    ("box", "edition"),
    [
        ('<div role="note" class="application-notice"><p>Version 5.0, June 2025</p></div>', True),
        ('<div class="call-to-action"><p>Version 5.0, June 2025</p></div>', True),
        ("<p>Version 5.0, June 2025</p>", True),
        ("<p>The version 5.0, June 2025, of this note is old.</p>", False),
    ],
)
def test_version_line_names_the_edition_and_is_no_word(box: str, edition: bool) -> None:
    text = "<h2>Executive summary</h2><p>Reefs are open.</p>"
    [found] = SOURCE.read(response(note(box + text)).body, "").reports
    words = " ".join(found.reading.all_blocks)
    assert ("Edition: Version 5.0, June 2025" in found.reading.notes) is edition
    assert ("5.0" in words) is not edition
    assert found.reading.blocks == ("Reefs are open.",)


def test_lines_of_the_edition_are_told_from_the_text_wherever_they_stand() -> None:
    text = (
        "<p>June 2025</p><h2>Executive summary</h2><p>Reefs are open.</p>"
        "<h2>Assessment</h2><p>Section updated: 16 June 2025</p><p>June 2025</p>"
        "<p>Section updated: the reefs.</p>"
    )
    [found] = SOURCE.read(response(note(text)).body, "").reports
    assert found.reading.notes == ("Edition: June 2025; Section updated: 16 June 2025",)
    [assessment] = found.reading.sections
    assert assessment.blocks == ("June 2025", "Section updated: the reefs.")


def test_citation_names_the_edition() -> None:
    text = "<p>Version 5.0</p><h2>Executive summary</h2><p>Reefs are open.</p>"
    [found] = SOURCE.read(response(note(text)).body, "").reports
    when = datetime(2026, 3, 1, tzinfo=UTC)
    name = ReportId("uk-cpin", "current", "FJI", identity(31))
    view = VersionView(name, 1, found.title, found.reading, API + NOTE, when, when, "", 2)
    assert "Fiji, May 2024, Version 5.0, Executive Summary" in cite(view, "A ministry")


BULLETIN_BOX = (
    '<div class="call-to-action"><p>Reference number: FJI-002-06-25</p><p>June 2025</p>'
    "<p>Summary: Reefs after the wave</p></div>"
)


@pytest.mark.parametrize(
    ("headings", "heading"),
    [
        (("Summary", "Country information"), "Summary"),
        (("Summary", "Executive summary"), "Executive summary"),
        (("Summary of the likelihood of storms", "Assessment"), ""),
    ],
)
def test_bulletin_has_its_summary_under_a_whole_title(
    headings: tuple[str, ...], heading: str
) -> None:
    text = "".join(f"<h2>{each}</h2><p>Words of {each}.</p>" for each in headings)
    [found] = SOURCE.read(response(note(BULLETIN_BOX + text)).body, "").reports
    assert found.reading.heading == heading
    said = " ".join(found.reading.all_blocks)
    assert [word for word in ("002", "wave") if word in said] == []
    assert found.reading.notes == (
        "Edition: Reference number: FJI-002-06-25; June 2025; Summary: Reefs after the wave",
    )


def test_long_paragraph_of_the_box_is_a_notice_and_not_lost() -> None:
    said = "Nobody should rely on this. " * 10
    box = f'<div class="call-to-action"><p>{said}</p></div>'
    text = f"{box}<h2>Summary</h2><p>Reefs are open.</p>"
    [found] = SOURCE.read(response(note(text)).body, "").reports
    assert found.reading.notes == (f"Notice above the text: {said.strip()}",)


@pytest.mark.parametrize(
    "text",
    [
        '<div class="call-to-action"><h2>Summary</h2><p>Reefs are open.</p></div>',
        '<div role="note"><p>Reefs are open.</p></div>',
        '<h2>Summary</h2><div class="call-to-action"><p>Reefs are open.</p></div>',
    ],
)
def test_box_that_is_the_text_itself_or_within_it_stays_among_the_words(text: str) -> None:
    [found] = SOURCE.read(response(note(text)).body, "").reports
    assert "Reefs are open." in found.reading.all_blocks


def attached(kind: str, title: str, url: str) -> dict[str, str]:
    return {"attachment_type": kind, "title": title, "url": url}


def test_document_listed_as_html_and_as_file_is_listed_once_with_both_links() -> None:
    file = "https://assets.example/media/1/reefs.pdf"
    item = publication(
        attachments=[
            attached("html", "Reefs, May 2024 (accessible)", f"{PUBLICATION}/reefs"),
            attached("file", "Reefs, May 2024", file),
            attached("file", "Lagoons, June 2025", "https://assets.example/media/2/lagoons.odt"),
        ]
    )
    [found] = SOURCE.read(response(item, PUBLICATION).body, "").reports
    assert found.reading.sections[0].blocks == (
        f"Reefs, May 2024 (HTML: https://www.gov.uk{PUBLICATION}/reefs; PDF: {file})",
        "Lagoons, June 2025 (ODT: https://assets.example/media/2/lagoons.odt)",
    )


@pytest.mark.parametrize(
    ("month", "is_newer"), [("June 2025", True), ("May 2024", False), ("June 2023", False)]
)
def test_later_edition_that_is_a_file_alone_is_told_of_its_series(
    month: str, is_newer: bool
) -> None:
    title = f"Country policy and information note: reefs, Fiji, {month}"
    other = "Country policy and information note: lagoons, Fiji, June 2026"
    item = publication(
        attachments=[
            attached("file", title, "https://assets.example/media/1/reefs.pdf"),
            attached("file", other, "https://assets.example/media/2/lagoons.pdf"),
        ]
    )
    [listed] = SOURCE.read(response(item, PUBLICATION).body, "").reports
    name = ReportId("uk-cpin", "current", "FJI", identity(31))
    own = "Country policy and information note: reefs, Fiji, May 2024 (accessible)"
    said = (f"{title} (PDF: https://assets.example/media/1/reefs.pdf)",) if is_newer else ()
    assert SOURCE.newer_files(name, own, listed.reading) == said


def test_html_document_among_the_children_alone_is_found() -> None:
    child = {"document_type": "html_publication", "base_path": NOTE, "title": "Reefs"}
    other = {"document_type": "guidance", "base_path": OTHER, "title": "Other"}
    item = {**publication(featured_attachments=["7", "8"]), "links": {"children": [child, other]}}
    page = SOURCE.read(response(item, PUBLICATION).body, "")
    assert page.children == (API + NOTE,)
    item["details"]["attachments"] = [attached("html", "Reefs (accessible)", NOTE)]
    assert SOURCE.read(response(item, PUBLICATION).body, "").children == (API + NOTE,)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"locale": "ar"}, "it is in another language (ar), and English alone is read"),
        ({"locale": "cy-GB"}, "it is in another language (cy-GB), and English alone is read"),
        ({"locale": "en-GB"}, ""),
        ({"locale": ""}, ""),
    ],
)
def test_document_in_another_language_is_refused_with_the_reason(
    other: dict[str, object], why: str
) -> None:
    item = note("<h2>Summary</h2><p>Reefs are open.</p>", **other)
    assert judge(response(item), SOURCE).reason == why


def test_document_in_another_script_is_refused_whatever_its_locale_says() -> None:
    item = note(f"<h2>الملخص</h2><p>{'الميناء مفتوح ' * 20}</p>", title="مذكرة")
    assert "another script" in judge(response(item), SOURCE).reason


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return found


REAL: dict[str, Callable[[dict[str, Any]], bool]] = {
    "redirect": lambda item: (
        destination_of(item, "/406beacon").endswith("beacons?query=answer#fragment")
        and destination_of(item, "/406beacon/prefix/a") == "/new-406-beacons-destination/a"
    ),
    "gone": lambda item: gone_notice(item) == "taken back: “Incorrect title”",
    "gone_with_alternative_path": lambda item: gone_notice(item).endswith(
        "see /government/example instead"
    ),
    "publication-with-featured-attachments": lambda item: (
        len(document_of(item).listed) == 1 and "(PDF: https://" in document_of(item).listed[0]
    ),
    "publication-with-17-change-notes": lambda item: (
        len(document_of(item).changes) == 17
        and "face coverings" in document_of(item).latest_change.note  # type: ignore[union-attr]
        and len(document_of(item).attachments) == 1
    ),
    "withdrawn_publication": lambda item: document_of(item).withdrawn.startswith(
        "This information is now out of date."
    ),
    "html_publication-published": lambda item: (
        document_of(item).content_id == document_of(case("html_publication-updated")).content_id
    ),
    "html_publication-updated": lambda item: document_of(item).path.endswith("--1"),
    "html_publication-withdrawn": lambda item: bool(document_of(item).withdrawn),
    "html_publication-arabic_translation": lambda item: bool(foreign(document_of(item))),
    "html_publication-with-footnotes": lambda item: not foreign(document_of(item)),
    "collection-with-withdrawn-documents": lambda item: len(listed(item)) == 3,
    "collection-withdrawn": lambda item: len(listed(item)) == len(item["links"]["documents"]),
    "collection-with-missing-document": lambda item: len(listed(item)) == 1,
}


def listed(item: dict[str, Any]) -> tuple[object, ...]:
    return SOURCE.read_index(json.dumps(item).encode(), "current")


@needs_cases
def test_every_real_answer_has_its_check() -> None:
    assert {each.stem for each in CASES.glob("*.json")} == set(REAL)


@needs_cases
@pytest.mark.parametrize("name", REAL)
def test_real_answer_is_read_as_its_description_says(name: str) -> None:
    assert REAL[name](case(name))
