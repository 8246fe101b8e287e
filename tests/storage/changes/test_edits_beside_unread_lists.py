"""An edit beside a list that was not read whole is recorded as that, and told as that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from archive import SOURCE, Archive, name

from reports.model.reading import ActorList, IssueList, IssueStatus, LeadIn, Unread, UnreadList
from reports.model.values import Change
from reports.notices.importance import Importance, importance
from storage.changes.filter import ChangeConditions
from storage.watch.locations import Sighting

REST = "Other concerns included exile; banishment; and curfews."
BEFORE, AFTER = f"There was [torture].|{REST}", f"There was [censorship].|{REST}"


def partly(sighting: Sighting, status: IssueStatus = IssueStatus.PARTIAL) -> Sighting:
    """Return the sighting of a page whose list was not read whole, or not at all."""
    (found,) = sighting.page.reports
    issues = replace(found.reading.issues, status=status, unread=(Unread(REST, 1, 0),))
    if status is IssueStatus.UNPARSED:
        issues = IssueList(reason="It is in verse.")
    found = replace(found, reading=replace(found.reading, issues=issues))
    return replace(sighting, page=replace(sighting.page, reports=(found,)))


def about(scope: str, sighting: Sighting) -> Sighting:
    """Return the sighting of a page whose list is about an actor."""
    (found,) = sighting.page.reports
    items = tuple(replace(each, lead=0) for each in found.reading.issues.items)
    issues = replace(found.reading.issues, items=items, leads=(LeadIn("", 0, 0, scope),))
    found = replace(found, reading=replace(found.reading, issues=issues))
    return replace(sighting, page=replace(sighting.page, reports=(found,)))


def told(archive: Archive, **asked: object) -> list[Change]:
    with archive.store.read() as unit:
        return [each.change for each in unit.changes.notified(ChangeConditions(**asked), 50)]


def test_an_edit_says_which_list_was_not_read_whole_and_names_no_issue(archive: Archive) -> None:
    archive.run(archive.sees(BEFORE), is_baseline=True)
    archive.run(partly(archive.sees(AFTER)))
    (change,) = told(archive, source=SOURCE)
    assert (change.issues_added, change.issues_removed) == ((), ())
    assert change.issues_unmatched == ("[torture]", "[censorship]")
    assert change.unread_lists == (UnreadList(True, IssueStatus.PARTIAL, (REST,)),)
    assert change.summary_line.endswith("; the issue list was not read whole")
    assert importance(change) is Importance.MAJOR


@pytest.mark.parametrize("topic", ["torture", "censorship"])
def test_whoever_asked_for_a_topic_hears_of_an_edit_that_may_concern_it(
    archive: Archive, topic: str
) -> None:
    archive.run(partly(archive.sees(BEFORE)), is_baseline=True)
    archive.run(archive.sees(AFTER))
    assert len(told(archive, topic=topic)) == 1
    assert told(archive, topic="corruption") == []


def test_a_list_that_can_no_longer_be_read_names_no_issue_as_gone(archive: Archive) -> None:
    archive.run(archive.sees(BEFORE), is_baseline=True)
    archive.run(partly(archive.sees(AFTER), IssueStatus.UNPARSED))
    (change,) = told(archive, topic="torture")
    assert change.issues_removed == ()
    assert change.unread_lists == (UnreadList(True, IssueStatus.UNPARSED),)
    assert change.summary_line.endswith("; the issue list could not be read")


def test_an_edit_that_names_another_actor_is_stored_as_lists_that_came_and_went(
    archive: Archive,
) -> None:
    archive.run(about("by the Dawn Front", archive.sees(BEFORE)), is_baseline=True)
    archive.run(about("by the Harbor Police", archive.sees(BEFORE.replace("was", "were"))))
    (change,) = told(archive, topic="torture")
    assert change.lists_removed == (ActorList("by the Dawn Front", ("[torture]",)),)
    assert change.lists_added == (ActorList("by the Harbor Police", ("[torture]",)),)
    assert (change.issues_gone, change.issues_new) == ((), ())
    assert importance(change) is Importance.MAJOR


def test_a_partial_list_is_stored_with_its_sentences(archive: Archive) -> None:
    archive.run(partly(archive.sees(BEFORE)))
    with archive.store.read() as unit:
        (version,) = unit.versions.all(name())
        (lists,) = unit.facts.lists(SOURCE, ["2024"])
    assert version.reading.issues.status is IssueStatus.PARTIAL
    assert version.reading.issues.unread == (Unread(REST, 1, 0),)
    assert lists.partial == {("XAB", ""): frozenset({"torture"})}
