"""A report's page and documents tell what was understood of it, and what could not be."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import httpx
import pytest
from monitor_pages import without_our_scripts
from monitor_stage import Open, record

from documents.show import FactDocument, IssuesDocument, NoteDocument, TaxonomyDocument
from monitor.layout.reading import issue_runs
from reports.facts.kinds import KIND_NAMES
from reports.facts.read import read_facts
from reports.model.identity import ReportId
from reports.model.reading import (
    Fact,
    Issue,
    IssueList,
    IssueRank,
    IssueStatus,
    LeadIn,
    Reading,
    Section,
)
from reports.topics.classify import taxonomy

NAME = ReportId("sample-hrr", "2023", "XAB")
LEAD = "Significant human rights issues included credible reports of:"
TORTURE = "serious torture of sailors by police"
GEESE = "theft of geese"
LISTING = f"{LEAD} {TORTURE}; {GEESE}."
STEPS = "The government took limited steps to punish officials who committed abuses."
UPDATED = "Note: This report was updated 4/07/17; see Errata."

ISSUES = IssueList(
    IssueStatus.LISTED,
    (
        Issue(TORTURE, ("torture_cidt",), 0, LISTING.index(TORTURE), lead=0),
        Issue(GEESE, (), 0, LISTING.index(GEESE), lead=0),
        Issue("harsh prison conditions", ("prison_conditions",), rank=IssueRank.OTHER),
        Issue("child labor", ("child_labor",), rank=IssueRank.OTHER, group="1) In the north:"),
    ),
    (LeadIn(LEAD, 0, 0, "by all sides", is_hedged=True),),
)
SECTION = Section("1", "Life", ("a. Killings", "There were none.", "b. Geese", "Many."), (0, 2))
READING = Reading(
    "Executive Summary",
    (LISTING, STEPS),
    (UPDATED, "ANNOUNCEMENT: more will follow.", "Note: mended."),
    (SECTION,),
    ISSUES,
    read_facts((LISTING, STEPS)),
)


@pytest.fixture
def page(open_monitor: Open) -> str:
    return page_of(open_monitor, READING)


def page_of(open_monitor: Open, reading: Reading) -> str:
    client, parts = open_monitor()
    record(parts, NAME, reading)
    return client.get(f"/reports/{NAME}").text


def words_of(page: str) -> str:
    """Return a page's words as a reader sees them, whatever marks stand between them."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


def test_issues_stand_under_their_lead_in_with_their_topics_beside(page: str) -> None:
    text = words_of(page)
    assert "4 issues in the report's own words" in text
    assert f"{LEAD} speaks of reports of them by all sides {TORTURE}" in text
    assert "serious <mark>torture</mark> of sailors by police" in page
    topic = "Torture and cruel, inhuman or degrading treatment"
    assert f"{topic} by security forces: police severity: serious" in text
    assert 'href="/topics/torture_cidt?source=sample-hrr&amp;edition=2023"' in page


def test_an_issue_of_no_known_topic_is_told_as_such(page: str) -> None:
    assert f"{GEESE} no topic: new to the taxonomy" in words_of(page)


def test_a_second_list_and_a_group_have_a_heading_of_their_own(page: str) -> None:
    text = words_of(page)
    assert "Other problems, in a second list harsh prison conditions" in text
    assert "1) In the north: child labor" in text
    assert '<ol class="issues" start="3">' in page


def test_rights_and_variables_of_the_topics_are_named_with_the_taxonomys_version(page: str) -> None:
    text = words_of(page)
    assert f"taxonomy {taxonomy().version}" in text
    assert "UDHR 5; ICCPR 7, 10; CAT CIRI TORT, PTS 1.c 3.a" in text


def test_facts_are_told_with_their_sentence_and_where_it_stands(page: str) -> None:
    text = words_of(page)
    assert f"Accountability of officials {STEPS} paragraph 2" in text
    assert '<a class="detail" href="#p2">paragraph 2</a>' in page
    assert f'<span id="p2"></span>{STEPS} <a class="anchor"' in page
    assert "a sentence that is not shown says nothing about the country" in text
    assert "The human rights situation" not in text


def test_notes_are_told_by_their_kind_and_an_errata_note_by_its_day(page: str) -> None:
    text = words_of(page)
    assert f"Errata note of 7 April 2017. {UPDATED}" in text
    assert "Announcement. ANNOUNCEMENT: more will follow." in text
    assert "Note. Note: mended." in text


def test_a_section_has_an_outline_of_its_sub_headings(page: str) -> None:
    assert '<a href="#s1-2">b. Geese</a>' in page
    assert '<h3 id="s1-2">b. Geese</h3>' in page
    assert "8 words, 2 sub-headings" in words_of(page)


def test_a_list_that_could_not_be_read_says_why(open_monitor: Open) -> None:
    reason = "no sentence introduces a list"
    unread = replace(READING, issues=IssueList(reason=reason))
    text = words_of(page_of(open_monitor, unread))
    assert f"The list of issues could not be read: {reason}" in text
    assert "This says nothing about whether the report names issues" in text


HOSTILE = "<script>alert(1)</script>{{7*7}}\u202e"


def test_nothing_understood_of_a_hostile_page_does_harm(open_monitor: Open) -> None:
    issue = Issue(f"torture {HOSTILE}", ("torture_cidt", HOSTILE), lead=0, group=HOSTILE)
    unread = IssueList(reason=HOSTILE)
    facts = tuple(Fact(kind, HOSTILE, 0, 0) for kind in (*KIND_NAMES, HOSTILE))
    hostile = Reading(
        "Executive Summary",
        (HOSTILE,),
        (f"Note: This report was updated 4/07/17 {HOSTILE}",),
        (Section("1", "Life", (HOSTILE, "x", HOSTILE), (0, 2)),),
        IssueList(IssueStatus.LISTED, (issue,), (LeadIn(HOSTILE, 0, 0, HOSTILE, True),)),
        facts,
    )
    for reading in (hostile, replace(hostile, issues=unread)):
        client, parts = open_monitor()
        record(parts, NAME, reading)
        page = without_our_scripts(client.get(f"/reports/{NAME}").text)
        assert "<script" not in page
        assert ">49<" not in page
        assert "\u202e" not in page


def test_marks_that_overlap_become_one() -> None:
    text = "corrupt police violence by police"
    issue = Issue(text, ("torture_cidt", "corruption", "child_labor"))
    [run] = issue_runs(IssueList(IssueStatus.LISTED, (issue,)))
    [row] = run.rows
    assert "".join(piece.text for piece in row.pieces) == text
    assert [piece.text for piece in row.pieces if piece.is_mark] == ["corrupt", "police violence"]
    assert row.topics[-1] == ("child_labor", "")


def test_the_issue_document_gives_lead_ins_positions_and_what_matched() -> None:
    document = IssuesDocument.of(ISSUES).as_json()
    first, second, *others = document["items"]
    assert document["leads"] == [
        {"text": LEAD, "block": 0, "start": 0, "scope": "by all sides", "is_hedged": True}
    ]
    assert first["matched"] == [{"topic": "torture_cidt", "words": "torture", "start": 8}]
    assert first["actors"] == [{"actor": "security_forces", "words": "police", "start": 30}]
    assert first["qualifiers"] == [{"qualifier": "severity", "words": "serious", "start": 0}]
    assert first["position"] == {"block": 0, "start": LISTING.index(TORTURE)}
    assert (second["topics"], second["matched"], second["lead"]) == ([], [], 0)
    assert [each["rank"] for each in others] == ["other", "other"]
    assert [each["position"] for each in others] == [None, None]
    assert others[1]["group"] == "1) In the north:"


def test_the_taxonomy_document_names_the_topics_of_these_issues_alone() -> None:
    document = TaxonomyDocument.of(ISSUES).as_json()
    assert document["version"] == taxonomy().version
    torture, *others = document["topics"]
    assert [each["topic"] for each in others] == ["prison_conditions", "child_labor"]
    assert torture["rights"] == [
        {"instrument": "udhr", "articles": [5]},
        {"instrument": "iccpr", "articles": [7, 10]},
        {"instrument": "cat", "articles": []},
    ]
    assert (torture["ciri"], torture["is_pts"]) == (["TORT"], True)
    assert torture["sections"] == {"2011_2023": "1.c", "2024": "3.a"}
    assert others[0]["sections"] == {"2011_2023": "1.c", "2024": None}


def test_the_facts_document_holds_sentences_and_no_values() -> None:
    assert [FactDocument.of(each).as_json() for each in READING.facts] == [
        {"kind": "accountability", "text": STEPS, "position": {"block": 1, "start": 0}}
    ]


def test_the_notes_document_gives_kinds_and_days() -> None:
    assert [NoteDocument.of(each).as_json() for each in READING.notes] == [
        {"text": UPDATED, "kind": "errata", "updated_on": "2017-04-07"},
        {"text": "ANNOUNCEMENT: more will follow.", "kind": "announcement", "updated_on": None},
        {"text": "Note: mended.", "kind": "other", "updated_on": None},
    ]


def test_the_api_gives_the_same(open_monitor: Open) -> None:
    client, parts = open_monitor()
    record(parts, NAME, READING)
    answer: httpx.Response = client.get(f"/api/v1/reports/{NAME}")
    document = answer.json()
    assert document["issues"] == IssuesDocument.of(ISSUES).as_json()
    assert document["facts"] == [FactDocument.of(each).as_json() for each in READING.facts]
    assert document["note_details"] == [NoteDocument.of(each).as_json() for each in READING.notes]
    assert document["sections"][0]["subheadings"] == [0, 2]


def test_nothing_is_said_of_issues_where_the_family_lists_none(open_monitor: Open) -> None:
    page = page_of(open_monitor, READING.without_lists())
    assert LISTING in html.unescape(page)
    assert 'id="issues"' not in page and 'id="facts"' not in page
    assert 'id="sections"' in page
