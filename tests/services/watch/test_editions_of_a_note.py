"""A note's editions follow each other over identifiers, titles and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

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
from content_api import Note, identity
from databases import Database

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind, NextEdition
from scrapers.registry import source_named
from services.newer_files import NEWER, newer_files
from services.runs.reread import RereadRequest, reread


@pytest.fixture
def watch(database: Database) -> Iterator[ApiWatch]:
    with api_watching(database) as watch:
        yield watch


BOATS = f"{SOURCE}/current/FJI/{identity(41)}"
SAID = "Boats are not at risk in any harbour of Fiji, and harbours are open in all months."


def boats(number: int, month: str, said: str, path: str = "") -> Note:
    """Return an edition of the note on boats."""
    title = f"Country policy and information note: boats, Fiji, {month} (accessible)"
    return Note(number, path or f"boats-{month.lower().replace(' ', '-')}", title, said)


def publish_boats(watch: ApiWatch) -> Note:
    """Attach the note's first edition, and look."""
    first = boats(41, "August 2025", SAID)
    watch.fiji.notes.append(first)
    watch.run()
    return first


def replace_boats(watch: ApiWatch, said: str) -> None:
    """Publish the note, then its next edition in its place."""
    watch.api.take_away(watch.fiji, publish_boats(watch))
    watch.fiji.notes.append(boats(42, "February 2026", said))


def changes_of_notes(watch: ApiWatch, runs: int = 4) -> list[Change]:
    """Return what is told of notes in some runs, as many as a removal takes and more."""
    found = [each for _ in range(runs) for each in watch.run().changes]
    return [each for each in found if str(each.report) not in (CHAD, FIJI)]


def told(changes: list[Change]) -> list[str]:
    return sorted(f"{each.kind.value} {each.report}" for each in changes)


def test_next_edition_of_a_note_is_one_edit_of_the_one_before(watch: ApiWatch) -> None:
    replace_boats(watch, SAID.replace("not at risk", "at risk"))
    [change] = changes_of_notes(watch)
    assert (change.kind, str(change.report)) == (ChangeKind.EDITED, BOATS)
    assert (change.words_added, change.words_removed) == (0, 1)
    assert change.follows == NextEdition("August 2025", "February 2026", 95)
    assert "its next edition, February 2026, follows August 2025: −1 word" in change.summary_line
    assert "Fiji, February 2026" in change.title
    assert watch.states()[BOATS] == "present"


def test_report_is_found_by_the_identifier_of_each_edition_and_cites_each_by_its_title(
    watch: ApiWatch,
) -> None:
    replace_boats(watch, "Boats are at risk.")
    watch.run()
    for number in (41, 42):
        with watch.parts.store.read() as unit:
            views = unit.versions.all(ReportId.parse(f"{SOURCE}/current/FJI/{identity(number)}"))
            [held] = unit.reports.find(source=SOURCE, country="FJI", part=identity(number))
        assert [(str(each.report), each.number) for each in views] == [(BOATS, 2), (BOATS, 1)]
        assert ["August 2025" in each.title for each in views] == [False, True]
        assert str(held.report) == BOATS


def test_edition_written_anew_is_said_to_be(watch: ApiWatch) -> None:
    replace_boats(watch, "Skippers pay dues to a guild whose clerks count vessels at dawn. " * 3)
    [change] = changes_of_notes(watch)
    assert change.follows
    assert change.follows.is_written_anew
    assert "written anew, " in change.summary_line


def test_further_editions_follow_each_other(watch: ApiWatch) -> None:
    attached = publish_boats(watch)
    for number, month in enumerate(["February 2026", "June 2026", "May 2027"], 42):
        watch.api.take_away(watch.fiji, attached)
        attached = boats(number, month, f"{SAID} That is edition {number}.")
        watch.fiji.notes.append(attached)
        assert told(changes_of_notes(watch)) == [f"edited {BOATS}"]
    assert watch.states() == dict.fromkeys([CHAD, FIJI, PILOTS, FERRIES, BOATS], "present")


def test_edition_whose_old_address_leads_to_it_is_one_change_too(watch: ApiWatch) -> None:
    first = publish_boats(watch)
    new = boats(42, "February 2026", SAID.replace("not at risk", "at risk"))
    watch.fiji.notes[:] = [new]
    watch.api.redirect(f"{watch.fiji.path}/{first.path}", f"{watch.fiji.path}/{new.path}")
    assert told(changes_of_notes(watch)) == [f"edited {BOATS}"]


def test_edition_at_the_same_address_is_one_change_too(watch: ApiWatch) -> None:
    first = publish_boats(watch)
    watch.fiji.notes[:] = [boats(42, "February 2026", "Boats are at risk.", first.path)]
    assert told(changes_of_notes(watch)) == [f"edited {BOATS}"]


def test_two_notes_of_one_subject_that_stand_side_by_side_stay_two(watch: ApiWatch) -> None:
    publish_boats(watch)
    watch.fiji.notes.append(boats(42, "February 2026", "Boats are at risk."))
    second = f"{SOURCE}/current/FJI/{identity(42)}"
    assert told(changes_of_notes(watch)) == [f"published {second}"]
    assert watch.states()[BOATS] == watch.states()[second] == "present"


def test_older_of_two_notes_side_by_side_is_told_as_followed_by_the_other(watch: ApiWatch) -> None:
    first = publish_boats(watch)
    watch.fiji.notes.append(boats(42, "February 2026", "Boats are at risk."))
    changes_of_notes(watch)
    watch.api.take_away(watch.fiji, first)
    [removed] = changes_of_notes(watch)
    assert told([removed]) == [f"removed {BOATS}"]
    assert "its series goes on in “" in removed.summary_line
    assert "February 2026" in removed.summary_line


def test_two_notes_of_one_subject_that_come_together_stay_two(watch: ApiWatch) -> None:
    watch.run()
    watch.fiji.notes += [boats(41, "August 2025", SAID), boats(42, "February 2026", "At risk.")]
    assert [each.kind for each in changes_of_notes(watch)] == [ChangeKind.PUBLISHED] * 2


def test_note_on_another_subject_is_no_next_edition(watch: ApiWatch) -> None:
    watch.api.take_away(watch.fiji, publish_boats(watch))
    title = "Country policy and information note: boatmen, Fiji, February 2026"
    watch.fiji.notes.append(Note(42, "boatmen", title, "Boatmen are at risk."))
    boatmen = f"{SOURCE}/current/FJI/{identity(42)}"
    assert told(changes_of_notes(watch)) == [f"published {boatmen}", f"removed {BOATS}"]


def test_edition_that_comes_after_the_one_before_was_removed_continues_it(watch: ApiWatch) -> None:
    watch.api.take_away(watch.fiji, publish_boats(watch))
    assert told(changes_of_notes(watch)) == [f"removed {BOATS}"]
    watch.fiji.notes.append(boats(42, "February 2026", "Boats are at risk."))
    assert told(changes_of_notes(watch)) == [f"restored {BOATS}"]


def test_address_of_an_earlier_edition_is_asked_seldom_afterwards(watch: ApiWatch) -> None:
    first = publish_boats(watch)
    watch.api.take_away(watch.fiji, first)
    watch.fiji.notes.append(boats(42, "February 2026", SAID))
    changes_of_notes(watch)
    watch.now += timedelta(days=100)
    assert asked_when_planned(watch, 72, f"{watch.fiji.path}/{first.path}") <= [2]


def test_editions_are_read_again_under_the_name_of_their_report(
    watch: ApiWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_boats(watch, "Boats are at risk.")
    watch.run()
    monkeypatch.setattr(type(source_named(SOURCE)), "reader_revision", 99)
    report = reread(watch.parts, RereadRequest(SOURCE))
    assert report.checked >= 6
    assert report.unreadable == ()


def test_reader_of_an_older_edition_is_told_of_a_newer_one_that_is_a_file(watch: ApiWatch) -> None:
    publish_boats(watch)
    title = "Country policy and information note: boats, Fiji, May 2027"
    watch.fiji.files.append((title, "https://assets.example/media/1/boats.pdf"))
    watch.run()
    with watch.parts.store.read() as unit:
        view = unit.versions.latest(ReportId.parse(BOATS))
        assert view
        [said] = newer_files(unit, view)
    assert said == f"{NEWER}{title} (PDF: https://assets.example/media/1/boats.pdf)"
