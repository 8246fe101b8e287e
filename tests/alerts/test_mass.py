"""Mails about many changes: what is gone first, what is alike once, and a subject that says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from desk import SUMMARY, Desk
from every_kind import alike, appearance, left, reworded
from test_message import write

from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange

OTHER = (*SUMMARY, "Two newspapers were closed.")


def named(outgoing: OutgoingChange, name: str, **facts: Any) -> OutgoingChange:
    title = f"2024 Country Reports on Civic Conditions: {name}"
    return replace(outgoing, change=replace(outgoing.change, title=title, **facts))


def lines(html: str) -> list[str]:
    """Return headings and rows in the order in which they are read."""
    page = BeautifulSoup(html, "lxml")
    return [each.get_text(" ", strip=True) for each in page.select("h2, p.row")]


def removed(desk: Desk, name: str = "Aldermark") -> OutgoingChange:
    return named(desk.change(ChangeKind.REMOVED, desk.version(1)), name)


def mixed(desk: Desk) -> list[OutgoingChange]:
    """Twenty-five edits alike, and five other changes, the gravest last."""
    return [
        *alike(desk, 25),
        named(desk.edit(OTHER), "Belvaria"),
        named(reworded(desk), "Calanthe"),
        named(desk.edit(SUMMARY[:2], issues_removed=("exile", "curfews")), "Dorvania"),
        left(desk),
        removed(desk),
    ]


def test_what_is_gone_comes_first_and_what_is_alike_is_one_line(desk: Desk) -> None:
    mail = write(desk, desk.message(*mixed(desk), is_mass=True))
    assert mail.subject == (
        "Sample: 1 report gone; 1 topic left the lists; 25 reports edited alike;"
        " 3 more, 2 lost an issue"
    )
    assert lines(mail.html) == [
        "Reports gone",
        "Aldermark 2024 removed from the publisher's site",
        "Topics gone from all lists",
        "2024 Country Reports on Civic Conditions “Corruption” left the issue lists: 38 of 50 in"
        " 2023, 0 of 49 in 2024",
        "Issues gone",
        "Dorvania 2024 2 issues gone, −7 words exile curfews",
        "Calanthe 2024 1 issue gone, 1 reworded, −3 words exile",
        "Other changes",
        "Belvaria 2024 4 words added to the Executive Summary",
        "25 reports edited alike : 3 words removed from the Executive Summary",
    ]


def test_the_plain_text_has_the_same_order(desk: Desk) -> None:
    text = write(desk, desk.message(*mixed(desk), is_mass=True)).text
    told = [
        "Aldermark 2024: removed",
        "“Corruption” left",
        "Dorvania 2024: 2 issues gone",
        "  [-exile-]\n  [-curfews-]\n",
        "Calanthe 2024: 1 issue gone",
        "Belvaria 2024: 4 words added",
        "25 reports edited alike: 3 words",
        "[-credible and repeated-]",
        "Isle 000 2024, Isle 001 2024",
        "Absence of reporting",
    ]
    places = [text.index(each) for each in told]
    assert places == sorted(places)
    assert text.count("[-credible and repeated-]") == 1


def test_what_marks_mean_is_said_where_an_issue_is_struck(desk: Desk) -> None:
    lost = named(desk.edit(OTHER, issues_removed=("exile",)), "Dorvania")
    mail = write(desk, desk.message(lost, removed(desk), is_mass=True))
    assert "[-…-] marks words" in mail.text and "struck words" in mail.html
    mail = write(desk, desk.message(removed(desk), removed(desk), is_mass=True))
    assert "[-…-]" not in mail.text and "struck words" not in mail.html


def test_a_digest_says_once_what_absence_means(desk: Desk) -> None:
    mail = write(desk, desk.message(left(desk), removed(desk), reworded(desk)))
    for told in (mail.text, mail.html):
        assert told.count("Absence of reporting is not evidence of absence.") == 1


def test_the_alike_ones_are_a_link_to_their_list_and_each_to_its_change(desk: Desk) -> None:
    mail = write(desk, desk.message(*mixed(desk), is_mass=True))
    links = {a.get_text(): a["href"] for a in BeautifulSoup(mail.html, "lxml").find_all("a")}
    assert links["25 reports edited alike"] == (
        "https://watch.example/changes?source=sample-hrr&edition=2024&kind=edited"
        "&since=2026-05-01T09%3A05%3A00Z"
    )
    assert links["Isle 024 2024"] == ("https://watch.example/reports/sample-hrr/2024/XAY/diff/1..2")


def published(desk: Desk, count: int) -> list[OutgoingChange]:
    return [
        named(desk.change(ChangeKind.PUBLISHED, after=desk.version(1)), f"Isle {n}")
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda desk: alike(desk, 25), "25 reports edited alike"),
        (lambda desk: [*alike(desk, 25), desk.edit(OTHER)], "25 reports edited alike; 1 more"),
        (
            lambda desk: [*alike(desk, 25), reworded(desk)],
            "25 reports edited alike; 1 more, 1 lost an issue",
        ),
        (
            lambda desk: alike(desk, 25, issues_removed=("torture",)),
            "25 reports edited alike, each lost an issue",
        ),
        (
            lambda desk: [*alike(desk, 4), *alike(desk, 3, issues_removed=("torture",))],
            "3 reports edited alike, each lost an issue; 4 reports edited alike",
        ),
        (
            lambda desk: [*alike(desk, 4), *alike(desk, 5, OTHER)],
            "5 reports edited alike; 4 reports edited alike",
        ),
        (
            lambda desk: [*alike(desk, 4), *alike(desk, 5, OTHER), *alike(desk, 3, SUMMARY[1:])],
            "5 reports edited alike; 4 reports edited alike; 3 more",
        ),
        (lambda desk: alike(desk, 2), "2 reports edited"),
        (lambda desk: [reworded(desk)] * 2, "2 reports edited, each lost an issue"),
        (
            lambda desk: [*alike(desk, 2), *published(desk, 2)],
            "4 changes: 2 published, 2 edited",
        ),
        (
            lambda desk: [*published(desk, 3), desk.edit(OTHER)],
            "3 reports published; 1 more",
        ),
        (lambda desk: published(desk, 25), "a new edition, 2024: 25 reports published"),
        (lambda desk: [removed(desk), removed(desk)], "2 reports gone"),
        (
            lambda desk: [left(desk), left(desk, "privacy", "Privacy"), removed(desk)],
            "1 report gone; 2 topics left the lists",
        ),
        (lambda desk: [appearance(desk)] * 4, "4 reports changed alike in appearance"),
    ],
)
def test_the_subject_of_many_says_what_is_gone_what_is_alike_and_what_is_left(
    desk: Desk, make: Any, expected: str
) -> None:
    assert write(desk, desk.message(*make(desk), is_mass=True)).subject == f"Sample: {expected}"


def test_alike_edits_that_lost_issues_stand_with_what_is_gone(desk: Desk) -> None:
    changes = [*alike(desk, 3, issues_removed=("torture",)), desk.edit(OTHER)]
    told = lines(write(desk, desk.message(*changes, is_mass=True)).html)
    assert told == [
        "Issues gone",
        "3 reports edited alike, each lost an issue : 1 issue gone, −3 words",
        "Other changes",
        "Zembla 2024 4 words added to the Executive Summary",
    ]


def test_reports_that_are_gone_are_each_named_however_many(desk: Desk) -> None:
    gone = [removed(desk, f"Isle {n:02}") for n in range(30)]
    told = lines(write(desk, desk.message(*gone, is_mass=True)).html)
    assert len(told) == 30
    assert told[0] == "Isle 00 2024 removed from the publisher's site"


def test_two_families_are_both_named_and_three_are_not(desk: Desk) -> None:
    def of(source: str) -> OutgoingChange:
        made = desk.edit(OTHER)
        report = replace(made.change.report, source=source)
        return replace(made, change=replace(made.change, report=report))

    two = write(desk, desk.message(of("other-hrr"), of("sample-hrr")))
    assert two.subject == "Other family and Sample: 2 changes: Zembla 2024"
    three = write(desk, desk.message(*map(of, ("a-hrr", "b-hrr", "c-hrr"))))
    assert three.subject == "3 changes: Zembla 2024"


def test_a_digest_tells_what_is_gone_first_and_alike_edits_last(desk: Desk) -> None:
    changes = [*alike(desk, 3), *mixed(desk)[25:]]
    mail = write(desk, desk.message(*changes))
    assert mail.subject.startswith(
        "Sample: 8 changes, 1 report gone, 1 topic left the lists, 2 lost an issue: Aldermark 2024,"
    )
    assert mail.subject.endswith(" Calanthe 2024 and 4 more")
    assert [each.partition(":")[0].strip() for each in lines(mail.html)] == [
        "Aldermark 2024",
        "2024 Country Reports on Civic Conditions",
        "Dorvania 2024",
        "Calanthe 2024",
        "Belvaria 2024",
        "Isle 000 2024",
        "Isle 001 2024",
        "Isle 002 2024",
    ]


def test_names_of_many_alike_reports_are_bounded(desk: Desk) -> None:
    mail = write(desk, desk.message(*alike(desk, 400), is_mass=True))
    assert "Isle 059 2024 and 340 more" in " ".join(mail.text.split())
    assert len(mail.html.encode()) < 102_000
