"""What moved and what was reworded shows in a mail as that, not as deleted and added."""

from __future__ import annotations

from dataclasses import replace

from desk import SUMMARY, Desk
from test_message import write

from reports.model.reading import Issue, IssueList, IssueStatus, Section
from reports.notices.messages import OutgoingChange

PRISON = "Guards in the northern prison held inmates without light for weeks at a time."
COURTS = Section("1", "Section 1. Courts", ("Courts sat all year in the harbour town.",))
PRISONS = Section("2", "Section 2. Prisons", ("Prisons were full.",))


def moved(desk: Desk) -> OutgoingChange:
    before = desk.version(1, sections=(replace(COURTS, blocks=(*COURTS.blocks, PRISON)), PRISONS))
    after = desk.version(2, sections=(COURTS, replace(PRISONS, blocks=(*PRISONS.blocks, PRISON))))
    return desk.change(before=before, after=after)


def test_a_moved_paragraph_is_news_but_neither_deleted_nor_added(desk: Desk) -> None:
    mail = write(desk, desk.message(moved(desk)))
    assert mail.subject == "Sample: Zembla 2024: 14 words moved"
    told = " ".join(mail.text.split())
    assert (
        "1 paragraph, 14 words, from Section 1. Courts, paragraph 2 to Section 2. Prisons,"
        " paragraph 2" in told
    )
    assert f"[>1: {PRISON}>]" in told
    assert f"{{>1: {PRISON}>}}" in told
    assert f"[-{PRISON}" not in told
    assert "<del" not in mail.html  # nor is it said what struck words mean
    assert "[-…-]" not in mail.text
    assert "[moved away, 1: " in mail.html
    assert "[moved here, 1: " in mail.html


def test_a_moved_text_is_no_silence(desk: Desk) -> None:
    assert "Absence of reporting" not in write(desk, desk.message(moved(desk))).text


def listing(text: str) -> IssueList:
    return IssueList(IssueStatus.LISTED, (Issue(text, ("torture_cidt",)),))


def test_a_reworded_issue_is_quoted_with_its_words(desk: Desk) -> None:
    before, after = desk.version(1), desk.version(2, SUMMARY[0], "Reports of torture.", SUMMARY[2])
    worded = [
        replace(view, reading=replace(view.reading, issues=listing(text)))
        for view, text in ((before, "credible and repeated torture"), (after, "repeated torture"))
    ]
    mail = write(desk, desk.message(desk.change(before=worded[0], after=worded[1])))
    assert "1 issue reworded" in mail.subject
    assert "Issues reworded" in mail.text
    assert "[-credible and-] repeated torture" in " ".join(mail.text.split())
