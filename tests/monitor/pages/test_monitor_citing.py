"""To cite a version, section or paragraph from a page, and to see what became of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256

import httpx
from monitor_stage import Clock, Open, record

from reports.model.anchors import anchor_of, find_anchor
from reports.model.identity import ReportId
from reports.model.reading import Reading, Section
from storage.texts.versions import StoredVersions

GANDORIA = "/reports/sample-hrr/2023/XAG"
TRIAL = ReportId("sample-hrr", "2024", "XAZ")
LAW = "The law of the islands provides for an independent judiciary and free courts."
PRESS = "Police closed two newspapers in the harbour town and arrested their editors in May."
SIX = PRESS.replace("two", "six")
PRISON = "Guards in the northern prison held inmates without light for weeks at a time."
HOSTILE = '<script>alert(1)</script> \u202eevil & "co"'


def version(*press: str, title: str = "Section 2. Civil Liberties") -> Reading:
    return Reading("Executive Summary", (LAW,), sections=(Section("2", title, (*press, PRISON)),))


def path(anchor: str, number: int = 1) -> str:
    return f"/reports/{TRIAL}/v/{number}/p/{anchor}"


ANCHOR = anchor_of(1, 1, PRESS)


def told(open_monitor: Open, *readings: Reading) -> tuple[httpx.Client, str]:
    clock = Clock()
    client, parts = open_monitor(clock=clock)
    for reading in readings:
        record(parts, TRIAL, reading)
        clock.now += timedelta(days=1)
    return client, client.get(path(ANCHOR)).text


def test_a_paragraph_that_stands_is_said_to_stand(open_monitor: Open) -> None:
    client, page = told(open_monitor, version(PRESS), version(LAW, PRESS), version(PRISON, PRESS))
    assert "Still there word for word in version 3, the latest, now at Section 2." in page
    assert f'<blockquote id="{ANCHOR}">{PRESS}</blockquote>' in page
    fate = client.get(f"/api/v1{path(ANCHOR)}").json()
    assert (fate["state"], fate["last_version"], fate["cited"]) == ("verbatim", 3, [PRESS])
    assert fate["place"]["first_paragraph"] == 2


def test_what_was_reworded_is_shown_word_by_word(open_monitor: Open) -> None:
    _, page = told(open_monitor, version(PRESS), version(SIX))
    assert "Reworded: version 2, the latest, has it in other words." in page
    assert re.search(r"<del>.*?two.*?</del>.*<ins>.*?six.*?</ins>", page, re.S)
    assert f'href="/reports/{TRIAL}/diff/1..2"' in page
    assert "Version 2: reworded." in page


def test_what_is_gone_is_said_to_be_gone_and_what_returned_to_be_back(open_monitor: Open) -> None:
    client, page = told(open_monitor, version(PRESS), version(), version(PRESS), version())
    assert "Gone: it is not in version 4, the latest." in page
    assert "Version 3: back, at Section 2. Civil Liberties, paragraph 1." in page
    assert client.get(f"/api/v1{path(ANCHOR)}").json()["state"] == "gone"
    newest = client.get(path(anchor_of(1, 1, PRISON), 4)).text
    assert "This is the latest version: nothing came after it." in newest


def test_a_removed_report_is_never_silent(open_monitor: Open) -> None:
    client, parts = open_monitor()
    record(parts, TRIAL, version(PRESS))
    assert "removed this report" not in client.get(path(ANCHOR)).text
    with parts.store.write() as unit:
        versions = StoredVersions(unit._connection)
        held = versions.report(TRIAL)
        assert held
        versions.set_state(held.id, "removed")
        unit.commit()
    assert "The publisher has removed this report." in client.get(path(ANCHOR)).text
    assert client.get(f"/api/v1{path(ANCHOR)}").json()["report_state"] == "removed"


def test_a_name_that_leads_nowhere_is_refused_with_the_reason(open_monitor: Open) -> None:
    client, _ = told(open_monitor, version(PRESS))
    for anchor in (
        "s1-p1-00000000",
        "s9-p1-" + ANCHOR[-8:][::-1],
        "p1",
        "x" * 39,
        "s1-p1-ZZZZZZZZ",
    ):
        answer = client.get(path(anchor))
        assert (answer.status_code, "has no paragraph" in answer.text) == (404, True), anchor
    assert client.get(f"/api/v1{path('s1-p1-00000000')}").status_code == 404


def test_a_name_finds_its_words_after_a_page_was_cut_anew(open_monitor: Open) -> None:
    client, _ = told(open_monitor, version(LAW, PRISON, PRESS))
    page = client.get(path(ANCHOR)).text
    assert "paragraph 3, in version 1" in page
    assert f">{PRESS}</blockquote>" in page


def test_every_paragraph_has_its_mark_and_every_mark_leads_to_its_paragraph(
    client: httpx.Client,
) -> None:
    page = client.get(f"{GANDORIA}/v/1").text
    marks = [
        (address.rpartition("/")[2], address)
        for address in re.findall(r'<a class="anchor" rel="nofollow" href="([^"]+)"', page)
    ]
    shown = client.get(f"/api/v1{GANDORIA}/v/1").json()
    prose = [
        block
        for each in shown["sections"]
        for at, block in enumerate(each["blocks"])
        if at not in each["subheadings"]
    ]
    assert len(marks) == len(shown["blocks"]) + len(prose) > 10
    assert len({name for name, _ in marks}) == len(marks)
    tried = marks[:: len(marks) // 6]
    assert len(tried) >= 6
    for name, address in tried:
        answer = client.get(address)
        assert (answer.status_code, f'<blockquote id="{name}">' in answer.text) == (200, True)
    assert all(f'<p id="{name}">' in page for name, _ in marks)
    assert f'<span id="p1"></span>{shown["blocks"][0][:20]}' in page, (
        "older links to paragraphs still work"
    )


def test_a_section_is_unfolded_for_a_link_into_it(client: httpx.Client) -> None:
    folded = client.get(f"{GANDORIA}/v/1").text
    unfolded = client.get(f"{GANDORIA}/v/1?open=2").text
    assert ('<details class="section" open>' in folded) is False
    assert unfolded.count('<details class="section" open>') == 1


def test_every_style_is_on_the_page_and_saved_as_files(client: httpx.Client) -> None:
    asked = f"{GANDORIA}/v/1/cite?section=2&paragraph=1"
    page = client.get(asked).text
    for style in ("One line", "Bluebook", "OSCOLA", "APA", "BibTeX", "CSL-JSON"):
        assert f'<p class="style-name">{style}' in page
    document = client.get(f"/api/v1{asked}").json()
    block = client.get(f"/api/v1{GANDORIA}/v/1").json()["sections"][1]["blocks"][0]
    assert document["sha256"] == sha256(block.encode()).hexdigest()
    assert document["permalink"] == ""
    assert "No permalink is in these" in page
    bib = client.get(asked.replace("cite?", "cite.bib?"))
    assert bib.text == document["citations"]["bibtex"]
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    assert "attachment" in bib.headers["content-disposition"]
    csl = client.get(asked.replace("cite?", "cite.json?"))
    assert csl.json() == json.loads(document["citations"]["csl_json"])


def test_what_cannot_be_cited_is_refused_with_what_can(client: httpx.Client) -> None:
    for query, said in (
        ("section=9", "There is no section"),
        ("paragraph=99", "has no paragraph 99"),
        ("section=report&paragraph=1", "A paragraph is cited with its section"),
    ):
        answer = client.get(f"{GANDORIA}/v/1/cite?{query}")
        assert (answer.status_code, said in answer.text) == (404, True), query


def test_permalinks_are_given_if_others_reach_the_monitor(open_monitor: Open) -> None:
    client, parts = open_monitor(public_url="https://watch.example")
    record(parts, TRIAL, version(PRESS))
    page = client.get(path(ANCHOR)).text
    assert f'<p class="copy">https://watch.example{path(ANCHOR)}</p>' in page


def test_hostile_titles_are_text_in_every_style(open_monitor: Open) -> None:
    client, parts = open_monitor()
    record(parts, TRIAL, version(PRESS, title=HOSTILE), title=HOSTILE)
    for address in (path(ANCHOR), f"/reports/{TRIAL}/v/1/cite?section=2", f"/reports/{TRIAL}/v/1"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
    bib = f'<pre class="copy">@techreport{{sample-hrr-2024-XAZ-v1-{ANCHOR},\n  author = '
    assert bib in client.get(path(ANCHOR)).text
    assert "\u202e" not in client.get(f"/reports/{TRIAL}/v/1/cite.bib?section=2").text


def test_of_equal_paragraphs_the_one_at_its_number_is_meant() -> None:
    reading = Reading("", (LAW, PRESS, LAW), sections=(Section("1", "A", (LAW, PRESS)),))
    texts = [(0, 1, LAW), (0, 3, LAW), (1, 1, LAW), (1, 2, PRESS)]
    for text, number, block in texts:
        assert find_anchor(reading, anchor_of(text, number, block)) == (text, number)
    assert find_anchor(reading, anchor_of(3, 9, PRESS)) == (0, 2)
    assert find_anchor(reading, anchor_of(0, 1, "Other.")) is None
