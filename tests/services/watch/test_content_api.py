"""A watch over a content API: publications and their notes, from the first look to a removal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from api_stage import (
    CHAD,
    FERRIES,
    FIJI,
    PILOTS,
    SOURCE,
    ApiWatch,
    api_watching,
    asked_when_planned,
)
from content_api import (
    COLLECTION,
    ROOT,
    SITE,
    Note,
    Publication,
    answer,
    identity,
)
from databases import Database
from walk_stage import counts

from deployments.replay import Replay
from deployments.sample_site import serve
from reports.model.identity import ReportId
from reports.model.reading import NO_LISTS
from reports.model.values import ChangeKind
from reports.wording.citation import cite
from scrapers.registry import source_named
from services.history.import_pages import ImportRequest, import_saved
from services.history.review import Decision, decide
from services.runs.run import RunReport, Trigger


@pytest.fixture
def watch(database: Database) -> Iterator[ApiWatch]:
    with api_watching(database) as watch:
        yield watch


def told(report: RunReport) -> list[str]:
    """Return a run's changes, oldest first: "edited uk-cpin/current/TCD"."""
    return [f"{each.kind.value} {each.report}" for each in report.changes]


def test_publications_and_their_notes_are_reports_and_stay_unchanged(watch: ApiWatch) -> None:
    report = watch.run()
    assert report.is_clean
    assert counts(report) == {"checked": 4, "published": 4}
    assert set(watch.states()) == {CHAD, FIJI, PILOTS, FERRIES}
    report = watch.run()
    assert counts(report) == {"checked": 4, "unchanged": 4}
    assert told(report) == []


def test_no_other_edition_is_asked_for(watch: ApiWatch) -> None:
    watch.run()
    assert {each for each in watch.api.asked if each != "/robots.txt"} == set(watch.api.items())


def test_its_one_listing_is_asked_for_once_in_a_run(watch: ApiWatch) -> None:
    watch.run()
    assert watch.api.asked.count(ROOT + COLLECTION) == 1


def test_edit_is_told_of_the_note_that_was_edited(watch: ApiWatch) -> None:
    watch.run()
    watch.pilots.summary = "River pilots are licensed and often stopped."
    [change] = watch.run().changes
    assert (change.kind, str(change.report)) == (ChangeKind.EDITED, PILOTS)
    assert (change.words_added, change.words_removed) == (1, 1)


def test_withdrawal_is_a_note_beside_unchanged_words(watch: ApiWatch) -> None:
    watch.run()
    watch.pilots.withdrawn = "Out of date."
    [change] = watch.run().changes
    assert (change.kind, str(change.report)) == (ChangeKind.NOTED, PILOTS)
    assert change.notes_added == ("Withdrawn on 4 March 2025: Out of date.",)
    assert "a withdrawal notice" in change.summary_line
    assert counts(watch.run()) == {"checked": 4, "unchanged": 4}


def test_change_note_is_a_note_beside_unchanged_words(watch: ApiWatch) -> None:
    watch.chad.changes = [("2024-05-02T09:30:00.000+01:00", "Added ferries.")]
    watch.run()
    watch.chad.changes.insert(0, ("2025-01-09T09:30:00.000+00:00", "Mended a comma."))
    [change] = watch.run().changes
    assert (change.kind, str(change.report)) == (ChangeKind.NOTED, CHAD)
    assert change.notes_added == ("Change note of 9 January 2025: Mended a comma.",)
    assert change.notes_removed == ("Change note of 2 May 2024: Added ferries.",)


def test_new_note_is_found_through_its_publication(watch: ApiWatch) -> None:
    watch.run()
    title = "Country policy and information note: canals, Chad"
    watch.chad.notes.append(Note(13, "canals-accessible", title, "Canals are open."))
    report = watch.run()
    assert sorted(told(report)) == [
        f"edited {CHAD}",
        f"published {SOURCE}/current/TCD/{identity(13)}",
    ]


def test_note_at_another_address_under_another_title_is_the_same_report(watch: ApiWatch) -> None:
    watch.run()
    watch.pilots.path = "river-pilots-june-2025-accessible"
    watch.pilots.title = "Country policy and information note: river pilots, Chad, June 2025"
    report = watch.run()
    assert told(report) == [f"edited {CHAD}"]  # it names its notes
    watch.run()
    report = watch.run()
    assert told(report) == []
    assert set(watch.states().values()) == {"present"}
    watch.pilots.summary = "River pilots are never stopped."
    found = [each for _ in range(2) for each in told(watch.run())]
    assert found == [f"edited {PILOTS}"]


def test_note_that_is_taken_away_is_removed_after_the_usual_patience(watch: ApiWatch) -> None:
    watch.run()
    watch.chad.notes.remove(watch.ferries)
    report = watch.run()
    assert told(report) == [f"edited {CHAD}"]
    assert counts(report)["suspected"] == 1
    report = watch.run()
    assert told(report) == [f"removed {FERRIES}"]
    watch.chad.notes.append(watch.ferries)
    assert f"restored {FERRIES}" in told(watch.run())


OTHER_ANSWERS = [
    (answer(200, b'{"title": "Chad', "application/json"), "unreadable"),
    (answer(200, b"<h1>Access denied</h1>"), "blocked"),
    (answer(200, b"<h1>Chad</h1>"), "unreadable"),
    (answer(503, b"", "application/json"), "error"),
    (answer(200, b"{}", "application/json"), "unreadable"),
    (answer(200, b"[1, 2]", "application/json"), "unreadable"),
    (answer(200, b"[" * 100_000, "application/json"), "unreadable"),
    (answer(200, b'{"document_type": "gone"}', "application/json"), "suspected"),
    (answer(200, b'{"document_type": "redirect"}', "application/json"), "suspected"),
]


def test_other_answers_are_outcomes_of_their_own_and_no_version(
    watch: ApiWatch, subtests: pytest.Subtests
) -> None:
    watch.run()
    for response, outcome in OTHER_ANSWERS:
        watch.api.altered[ROOT + watch.fiji.path] = lambda response=response: response
        report = watch.run()
        with subtests.test(response=response.body[:30], outcome=outcome):
            assert counts(report)[outcome] == 1
            assert told(report) == []
        watch.api.altered.clear()
        assert counts(watch.run()) == {"checked": 4, "unchanged": 4}


def test_nothing_is_said_of_issues_and_no_alarm_is_raised(watch: ApiWatch) -> None:
    watch.run()
    with watch.parts.store.read() as unit:
        views = [unit.versions.get(each.report, 1) for each in unit.reports.find()]
        assert unit.alarms.open(SOURCE) == []
    assert {view.reading.issues for view in views if view} == {NO_LISTS}


def saved(watch: ApiWatch, folder: Path) -> Path:
    folder.mkdir()
    for number, item in enumerate(watch.api.items().values()):
        (folder / f"{number}.json").write_text(json.dumps(item))
    return folder


def test_saved_answers_are_imported(watch: ApiWatch, tmp_path: Path) -> None:
    folder = saved(watch, tmp_path / "saved")
    (folder / "0.json").unlink()  # the collection
    (folder / "page.html").write_text("<p>no page of this source</p>")
    report = import_saved(watch.parts, ImportRequest((folder,), SOURCE))
    assert report.run.counts["published"] == 4
    assert {each["report"] for each in report.files} == {CHAD, FIJI, PILOTS, FERRIES, ""}
    assert report.run.counts["unreadable"] == 1  # the page
    assert counts(watch.run()) == {"checked": 4, "unchanged": 4}


def test_saved_answers_are_replayed(watch: ApiWatch, tmp_path: Path) -> None:
    site = Replay([saved(watch, tmp_path / "saved")], [source_named(SOURCE)], print)
    with serve(site) as origin:
        report = watch.run(via=origin)
        assert counts(report) == {"checked": 4, "published": 4}
        assert report.is_clean
        assert counts(watch.run(via=origin)) == {"checked": 4, "unchanged": 4}


def test_operator_decides_a_notes_country_and_it_stays_the_note_that_it_is(watch: ApiWatch) -> None:
    watch.pilots.title = "Country policy and information note: geysers, Iceland"
    report = watch.run()
    [failure] = report.failures
    assert failure["reason"] == "its title says Iceland, its publication's title Chad"
    with watch.parts.store.read() as unit:
        [waiting] = unit.reviews(SOURCE).open()
    decided = decide(watch.parts, Decision(waiting.id, "Iceland"))
    assert str(decided.report) == f"{SOURCE}/current/ISL/{identity(11)}"


@pytest.mark.parametrize("title", ["ferries", "geysers, Iceland"])
def test_operator_imports_a_note_as_of_a_country(
    watch: ApiWatch, tmp_path: Path, title: str
) -> None:
    watch.pilots.title = f"Country policy and information note: {title}"
    [item] = [each for at, each in watch.api.items().items() if at.endswith(watch.pilots.path)]
    (tmp_path / "note.json").write_text(json.dumps(item))
    request = ImportRequest((tmp_path / "note.json",), SOURCE, country="Fiji")
    [file] = import_saved(watch.parts, request).files
    assert file["report"] == f"{SOURCE}/current/FJI/{identity(11)}"


def test_citation_leads_people_to_the_page(watch: ApiWatch) -> None:
    watch.run()
    with watch.parts.store.read() as unit:
        view = unit.versions.get(ReportId.parse(FIJI), 1)
    assert view and view.url == f"{SITE}{ROOT}{watch.fiji.path}"
    assert f", {SITE}{watch.fiji.path}, version 1, " in cite(view, "UK Home Office")


def test_no_date_in_the_listing_breaks_a_run(watch: ApiWatch, subtests: pytest.Subtests) -> None:
    for number, country in enumerate(["Angola", "Kenya", "Malta", "Nauru"], 20):
        watch.api.publications.append(Publication(number, country))
    watch.run()
    earliest, latest = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"
    for moment in (earliest, latest, "x" * 100_000, "\x00", "\ud800"):
        watch.api.listed_at = moment
        with subtests.test(moment=moment[:30]):
            assert counts(watch.run()) == {"checked": 8, "unchanged": 8}


def test_note_added_without_a_new_date_in_the_listing_is_found_within_two_days(
    watch: ApiWatch,
) -> None:
    for number, country in enumerate(["Angola", "Kenya", "Malta", "Nauru"], 20):
        watch.api.publications.append(Publication(number, country))
    watch.run()
    title = "Country policy and information note: canals, Chad"
    watch.chad.notes.append(Note(13, "canals-accessible", title, "Canals are open."))
    canals = f"{SOURCE}/current/TCD/{identity(13)}"
    found: list[str] = []
    for _ in range(48):  # an hour passes with every run
        found += told(watch.run(trigger=Trigger.SCHEDULED))
        if f"published {canals}" in found:
            break
    assert f"published {canals}" in found


def until_told(watch: ApiWatch, runs: int = 4) -> list[RunReport]:
    """Run as often as a removal takes, and a little longer."""
    return [watch.run() for _ in range(runs)]


def test_note_whose_address_leads_to_its_publication_is_told_once_as_taken_from_it(
    watch: ApiWatch,
) -> None:
    watch.run()
    watch.api.take_away(watch.chad, watch.ferries)
    reports = until_told(watch)
    [change] = [each for report in reports for each in report.changes if each.kind != "edited"]
    assert (change.kind, str(change.report)) == (ChangeKind.REMOVED, FERRIES)
    assert change.notes_added == ("taken from its publication, to which readers are sent",)
    assert change.summary_line.endswith(
        "removed from the publisher's site: taken from its publication, to which readers are sent"
    )
    assert watch.states()[FERRIES] == "removed"


def with_more_countries(watch: ApiWatch) -> None:
    """Have a listing that one publication may leave: one that shrinks by half is not believed."""
    for number, country in enumerate(["Angola", "Kenya", "Malta", "Nauru", "Oman", "Peru"], 20):
        watch.api.publications.append(Publication(number, country))


def test_publication_taken_back_is_told_with_its_reason_and_takes_its_notes_along(
    watch: ApiWatch,
) -> None:
    with_more_countries(watch)
    watch.run()
    watch.api.take_back(watch.chad, "Sent in error", "/world/chad")
    reports = until_told(watch)
    changes = {str(each.report): each for report in reports for each in report.changes}
    assert {name: each.kind for name, each in changes.items()} == dict.fromkeys(
        [CHAD, PILOTS, FERRIES], ChangeKind.REMOVED
    )
    assert changes[CHAD].notes_added == ("taken back: “Sent in error”; see /world/chad instead",)


def test_what_is_gone_is_asked_seldom_afterwards(watch: ApiWatch) -> None:
    with_more_countries(watch)
    watch.run()
    chad, ferries = watch.chad.path, f"{watch.chad.path}/{watch.ferries.path}"
    watch.api.take_back(watch.chad, "Sent in error")
    until_told(watch)
    watch.now += timedelta(days=100)
    assert max(asked_when_planned(watch, 72, chad, ferries)) <= 2


def test_note_that_was_moved_is_followed_and_told_as_moved(watch: ApiWatch) -> None:
    watch.run()
    old = f"{watch.chad.path}/{watch.ferries.path}"
    watch.ferries.path = "ferries-and-rafts"
    new = f"{watch.chad.path}/{watch.ferries.path}"
    watch.api.redirect(old, f"{new}?a=b#c")
    found = [each for report in until_told(watch) for each in told(report)]
    assert found == [f"edited {CHAD}", f"moved {FERRIES}"]
    assert watch.states()[FERRIES] == "present"


def test_note_that_leads_to_another_document_is_missing(watch: ApiWatch) -> None:
    watch.run()
    old = f"{watch.chad.path}/{watch.ferries.path}"
    watch.chad.notes.remove(watch.ferries)
    watch.api.redirect(old, f"{watch.chad.path}/{watch.pilots.path}")
    changes = [each for report in until_told(watch) for each in report.changes]
    [removed] = [each for each in changes if each.kind is ChangeKind.REMOVED]
    assert str(removed.report) == FERRIES
    assert "readers are sent to another document" in removed.notes_added[0]


def test_documents_that_name_each_other_are_a_failure_and_no_removal(watch: ApiWatch) -> None:
    watch.run()
    old, new = (f"{watch.chad.path}/{each}" for each in (watch.ferries.path, "rafts"))
    watch.chad.notes.remove(watch.ferries)
    watch.api.redirect(old, new)
    watch.api.redirect(new, old)
    reports = until_told(watch)
    assert counts(reports[-1])["error"] == 1
    assert watch.states()[FERRIES] == "present"


def test_withdrawn_publication_that_left_the_listing_is_no_miss(watch: ApiWatch) -> None:
    watch.run()
    watch.fiji.withdrawn = "Out of date."
    watch.api.unlisted.add(watch.fiji.path)
    found = [each for report in until_told(watch) for each in told(report)]
    assert found == [f"noted {FIJI}"]
    assert watch.states()[FIJI] == "present"
