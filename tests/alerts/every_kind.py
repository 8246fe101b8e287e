"""One change of every kind, and of every way to say it, for tests that hold for all mails."""

from __future__ import annotations

from dataclasses import replace

from desk import SUMMARY, Desk

from reports.model.form import Appearance, FormDifference, FormKind, FormPart, SeenForm
from reports.model.identity import ReportId
from reports.model.reading import (
    ActorList,
    Issue,
    IssueList,
    IssueStatus,
    Marked,
    MarkKind,
    Section,
    UnreadList,
)
from reports.model.values import ArchiveEvidence, ChangeKind, NextEdition, VersionView
from reports.notices.messages import OutgoingChange
from reports.topics.trends import VanishedTopic
from reports.wording.changes import vanished_line

CUT = (SUMMARY[0], "There were reports of torture.", SUMMARY[2])
SWAPPED = (SUMMARY[0], SUMMARY[1], "The government took no steps to pardon officials.")
PRISON = "Guards in the northern prison held inmates without light for weeks at a time."
COURTS = Section("1", "Section 1. Courts", ("Courts sat all year in the harbour town.",))
PRISONS = Section("2", "Section 2. Prisons", ("Prisons were full.",))


def listing(view: VersionView, *issues: str) -> VersionView:
    named = tuple(Issue(text, ("torture_cidt",)) for text in issues)
    issue_list = IssueList(IssueStatus.LISTED, named)
    return replace(view, reading=replace(view.reading, issues=issue_list))


def left(desk: Desk, topic: str = "corruption", name: str = "Corruption") -> OutgoingChange:
    """A topic that left the lists of 2024."""
    gone = VanishedTopic(topic, name, "2023", 38, 50, 0, 49, 44, 32, 0, ("Zembla", "Gandoria"))
    return desk.change(
        ChangeKind.TOPIC_VANISHED,
        report=ReportId("sample-hrr", "2024", ""),
        title="2024 Country Reports on Civic Conditions",
        to_version=None,
        summary_line=vanished_line(gone, "2024"),
        vanished=gone,
    )


def reworded(desk: Desk) -> OutgoingChange:
    """An edit that lost an issue and reworded another."""
    before = listing(desk.version(1), "credible and repeated torture", "exile")
    after = listing(desk.version(2, *CUT), "repeated torture")
    return desk.change(before=before, after=after, issues_removed=("exile",))


def moved(desk: Desk) -> OutgoingChange:
    """A paragraph that changed places."""
    before = desk.version(1, sections=(replace(COURTS, blocks=(*COURTS.blocks, PRISON)), PRISONS))
    after = desk.version(2, sections=(COURTS, replace(PRISONS, blocks=(*PRISONS.blocks, PRISON))))
    return desk.change(before=before, after=after)


def struck(desk: Desk) -> OutgoingChange:
    """Words that the publisher struck, still in the markup."""
    marked = (Marked(MarkKind.STRUCK, "credible and repeated", CUT[1], 2),)
    after = desk.version(2, *CUT)
    after = replace(after, reading=replace(after.reading, marked=marked))
    return desk.change(before=desk.version(1), after=after)


def appearance(desk: Desk) -> OutgoingChange:
    """A link that leads elsewhere, and a table that is gone."""
    link = FormPart(FormKind.LINK, "annex", "https://a.example/annex")
    table = FormPart(FormKind.TABLE, "Ferries", "2 rows")
    differences = (
        FormDifference(link, replace(link, value="https://b.example/annex")),
        FormDifference(table, None),
    )
    seen = (SeenForm(mark * 64, mark * 64, desk.now) for mark in "ab")
    told = Appearance(*seen, differences, 2)
    return desk.change(
        ChangeKind.APPEARANCE, desk.version(1), desk.version(1), appearance=told, id=7
    )


def every_kind(desk: Desk) -> dict[str, OutgoingChange]:
    """Return a change for every kind and every way to say it, by what it is."""
    one, two = desk.version(1), desk.version(2, *CUT)
    note = "Note: This report was updated 4/07/24; see Errata."
    rest = UnreadList(True, IssueStatus.PARTIAL, ("Other concerns included exile; banishment.",))
    lists = {
        "issues_added": ("torture",),
        "issues_removed": ("exile", "torture"),
        "lists_removed": (ActorList("by the Dawn Front", ("torture",)),),
        "lists_added": (ActorList("", ("torture",)),),
    }
    captures = tuple(
        ArchiveEvidence(desk.now, f"https://web.archive.org/web/{day}/https://sample.example/")
        for day in ("20260412", "20260414")
    )
    renamed = replace(PRISONS, heading="Section 2. Detention")
    return {
        "published": desk.change(ChangeKind.PUBLISHED, after=one),
        "edited": desk.edit(CUT),
        "an issue gone": desk.edit(CUT, issues_removed=("torture",)),
        "an issue gone, one reworded": reworded(desk),
        "a list about an actor": desk.edit(CUT, **lists),
        "beside a list not read whole": desk.edit(CUT, unread_lists=(rest,)),
        "a section reworded": desk.change(
            before=desk.version(1, sections=(PRISONS,)), after=desk.version(2, sections=(renamed,))
        ),
        "a paragraph moved": moved(desk),
        "words struck by the publisher": struck(desk),
        "words that returned": desk.edit(SWAPPED, returned_to=1),
        "an edit with a note": desk.edit(CUT, notes_added=(note,)),
        "corroborated": desk.edit(CUT, witnesses=captures),
        "next edition": desk.edit(CUT, follows=NextEdition("Version 1.0", "Version 2.0", 80)),
        "next edition, written anew": desk.edit(CUT, follows=NextEdition("", "Version 2.0", 10)),
        "counts alone": desk.change(ChangeKind.EDITED, words_removed=3),
        "noted": desk.change(ChangeKind.NOTED, one, one, notes_added=(note,)),
        "note gone": desk.change(ChangeKind.NOTED, one, one, notes_removed=(note,)),
        "appearance": appearance(desk),
        "removed": desk.change(ChangeKind.REMOVED, one, notes_added=("Withdrawn on 3 May.",)),
        "emptied": desk.change(ChangeKind.REMOVED, one, is_emptied=True),
        "restored": desk.change(ChangeKind.RESTORED, one, one),
        "restored with other words": desk.change(ChangeKind.RESTORED, one, two),
        "moved": desk.change(ChangeKind.MOVED, one, one, url="https://new.example/zembla/"),
        "diverged": desk.change(ChangeKind.DIVERGED, one, two),
        "country dropped": desk.change(
            ChangeKind.COUNTRY_DROPPED, one, summary_line="Zembla has no report in 2024"
        ),
        "topic vanished": left(desk),
    }


def alike(
    desk: Desk, count: int, after: tuple[str, ...] = CUT, **facts: object
) -> list[OutgoingChange]:
    """Return the same edit in many reports: Isle 000, Isle 001 …"""
    made = []
    for n in range(count):
        named = {
            "country": f"X{chr(65 + n // 26)}{chr(65 + n % 26)}",
            "title": f"2024 Country Reports on Civic Conditions: Isle {n:03}",
        }
        made.append(
            desk.change(
                before=desk.version(1, **named), after=desk.version(2, *after, **named), **facts
            )
        )
    return made
