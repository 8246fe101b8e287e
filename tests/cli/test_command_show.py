"""What ``show`` prints of a report for people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cli.output.reading import print_report
from documents.show import (
    FactDocument,
    IssuesDocument,
    SectionDocument,
    ShowDocument,
    TaxonomyDocument,
)
from reports.facts.read import read_facts
from reports.model.reading import (
    NO_LISTS,
    Issue,
    IssueList,
    IssueRank,
    IssueStatus,
    LeadIn,
    Section,
    Unread,
)

LEAD = LeadIn("Significant human rights issues included:", 0, 0)
STEPS = "The government did not take credible steps to punish officials who committed abuses."
LISTED = IssueList(
    IssueStatus.LISTED,
    (
        Issue("serious torture by police", ("torture_cidt",), lead=0),
        Issue("theft of geese", lead=0),
        Issue("harsh prison conditions", ("prison_conditions",), rank=IssueRank.OTHER),
    ),
    (LEAD,),
)


def shown(capsys: pytest.CaptureFixture[str], issues: IssueList, *notes: str) -> str:
    document = ShowDocument(
        report="sample-hrr/2016/XAA",
        version=1,
        title="Zembla",
        published_on="",
        heading="Executive Summary",
        blocks=[STEPS],
        notes=list(notes),
        note_details=[],
        notices=[],
        text_sha256="0" * 64,
        payload_sha256="1" * 64,
        reader_revision=1,
        sections=[SectionDocument.of(Section("1", "Life", ("a. Geese", "Many."), (0,)))],
        issues=IssuesDocument.of(issues),
        facts=[FactDocument.of(each) for each in read_facts([STEPS])],
        taxonomy=TaxonomyDocument.of(issues),
        locations=["https://sample.example/zembla/"],
        captured_at="2026-01-01T00:00:00Z",
    )
    print_report(document)
    return capsys.readouterr().out


def test_issues_are_shown_with_topics_what_matched_actors_and_qualifiers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = shown(capsys, LISTED)
    assert "Issues: 3 listed\n“Significant human rights issues included:”\n- serious torture" in out
    filed = (
        "torture_cidt (“torture”); by security_forces (“police”); qualified severity (“serious”)"
    )
    assert filed in out
    assert "- theft of geese\n    no topic: of a kind the taxonomy does not know\n" in out
    assert "further list of other problems\n- harsh prison conditions" in out
    assert "torture_cidt: Torture and cruel, inhuman or degrading treatment [UDHR 5; ICCPR" in out


def test_a_list_that_was_not_read_whole_shows_what_was_not_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unread = (Unread("Other concerns included exile; banishment; and curfews.", 2, 7),)
    out = shown(capsys, replace(LISTED, status=IssueStatus.PARTIAL, unread=unread))
    assert (
        "Issues: 3 read of a list that was not read whole; there may be more\n"
        "not read: “Other concerns included exile; banishment; and curfews.” (paragraph 3)\n"
    ) in out
    assert "- serious torture by police\n" in out


def test_an_unread_list_says_why_and_is_not_called_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = shown(capsys, IssueList(reason="no sentence introduces a list"))
    assert "the list could not be read; this does not mean that there is none" in out
    assert "why: no sentence introduces a list" in out
    assert "Topics (" not in out


def test_a_summary_that_denies_issues_is_shown_as_saying_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = shown(capsys, IssueList(IssueStatus.NONE_REPORTED))
    assert "Issues: the report says that there were none to report\n" in out


def test_facts_are_shown_with_their_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, LISTED)
    assert f"\nAccountability of officials\n    “{STEPS}”\n" in out
    assert "human rights situation" not in out


def test_notes_are_shown_by_their_kind(capsys: pytest.CaptureFixture[str]) -> None:
    notes = ("Note: This report was updated 4/07/17; see Errata.", "Note: mended.")
    out = shown(capsys, LISTED, *notes)
    assert "Errata note of 7 April 2017: This report was updated 4/07/17; see Errata.\n" in out
    assert "\nNote: mended.\n" in out


def test_sub_headings_are_shown_under_their_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Section 1. Life (3 words)\n    a. Geese\n" in shown(capsys, LISTED)


def test_nothing_is_said_of_issues_where_the_family_lists_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(capsys, NO_LISTS)
    assert "ssues" not in text and "Stock sentences" not in text
    assert "Section 1. Life" in text
