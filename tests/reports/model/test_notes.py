"""What kinds of notes stand beside a report, and which day an errata note names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.identity import ReportId
from reports.model.notes import NoteKind, errata_date, note_kind, note_name
from reports.model.values import Change, ChangeKind
from reports.wording.changes import headline

ERRATA = NoteKind.ERRATA
NOTES = [
    ("Note: This report was updated 4/07/17; see Appendix F: Errata.", ERRATA, date(2017, 4, 7)),
    ("(Note: This report was updated 5/18/16)", ERRATA, date(2016, 5, 18)),
    ("Note: This report was corrected on June 3, 2019.", ERRATA, date(2019, 6, 3)),
    ("This report has been revised on 3 Sept. 2021.", ERRATA, date(2021, 9, 3)),
    ("Updated 12 May 2020: see the list of errata.", ERRATA, date(2020, 5, 12)),
    ("Note: The text of Section 6 was reissued 2022-01-31.", ERRATA, date(2022, 1, 31)),
    ("Note: This report was updated again on 4/7/2017.", ERRATA, date(2017, 4, 7)),
    ("Note: This report was updated in April 2017.", ERRATA, None),
    ("Note: This report was updated 13/45/17; see the errata.", ERRATA, None),
    ("Note: This report was updated 25/4/17; see the errata.", ERRATA, None),
    ("Errata: the vote of 3/4/17 was held on a Sunday.", ERRATA, None),
    ("Errata: see the edition of 2 May 2018.", ERRATA, None),
    ("ANNOUNCEMENT: The office will release an addendum on 5/1/21.", NoteKind.ANNOUNCEMENT, None),
    ("The office will publish more in July 2021.", NoteKind.ANNOUNCEMENT, None),
    ("Withdrawn on 4 March 2025: This note was updated.", NoteKind.WITHDRAWAL, None),
    ("Withdrawn: no reason given", NoteKind.WITHDRAWAL, None),
    ("Withdrawn geese were counted.", NoteKind.OTHER, None),
    ("Change note of 2 May 2024: Updated the note on geese.", NoteKind.CHANGE, None),
    ("Change note: First published.", NoteKind.CHANGE, None),
    ("READ A SECTION: ZEMBLA (BELOW) | NORTH ISLE", NoteKind.MENU, None),
    ("READ SECTION: Zembla (below)", NoteKind.MENU, None),
    ("Zembla | North Isle | South Isle", NoteKind.MENU, None),
    ("Note: No state but Zembla recognizes the North Isle.", NoteKind.TERRITORY, None),
    ("Since 1974 the isle has been administered by Karkonia.", NoteKind.TERRITORY, None),
    ("Note: This report covers the North Isle and the South Isle.", NoteKind.TERRITORY, None),
    ("Note: The law on geese was revised 4/7/17.", NoteKind.OTHER, None),
    ("Note: Figures are those of the ministry.", NoteKind.OTHER, None),
    ("", NoteKind.OTHER, None),
]


@pytest.mark.parametrize(("text", "kind", "day"), NOTES)
def test_a_note_is_of_one_kind_and_only_an_errata_note_has_a_day(text, kind, day):
    assert note_kind(text) is kind
    assert errata_date(text) == day


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Note: This report was updated 4/07/17.", "an errata note of 7 April 2017"),
        ("Note: See Appendix F: Errata.", "an errata note"),
        ("ANNOUNCEMENT: more will follow.", "an announcement"),
        ("Note: Zembla does not recognize the isle.", "a territorial note"),
        ("Withdrawn on 4 March 2025: out of date", "a withdrawal notice"),
        ("Change note of 2 May 2024: First published.", "a change note"),
        ("Note: mended.", "a note"),
    ],
)
def test_a_note_is_named_for_people(text, name):
    assert note_name(text) == name


@given(st.text())
def test_no_text_is_too_odd_for_a_note(text):
    assert note_kind(text) in NoteKind
    assert errata_date(text) is None or note_kind(text) is ERRATA


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_of_this_century_is_read_back(day):
    short = (
        f"Note: This report was updated {day.month}/{day.day:02}/{day.year % 100:02}; see Errata."
    )
    long = f"Note: This report was updated on {day:%B} {day.day}, {day.year}."
    assert errata_date(short) == errata_date(long) == day


OLD = "Note: This report was updated 3/03/17; see Errata."
NEW = "Note: This report was updated 4/07/17; see Errata."
PLAIN = "Note: mended."
SAID = [
    ((NEW,), (), "an errata note of 7 April 2017 was added"),
    ((PLAIN, NEW), (), "an errata note of 7 April 2017 and 1 more note were added"),
    ((), (NEW,), "an errata note of 7 April 2017 was removed"),
    (
        (NEW,),
        (OLD,),
        "an errata note of 3 March 2017 was replaced by an errata note of 7 April 2017",
    ),
    (("Note: mended twice.",), (PLAIN,), "a note was changed"),
    ((NEW,), (PLAIN,), "a note was replaced by an errata note of 7 April 2017"),
    ((), (), "a note was added"),
]


@pytest.mark.parametrize(("added", "removed", "said"), SAID)
def test_a_change_of_notes_says_which(added, removed, said):
    assert headline(noted(ChangeKind.NOTED, added, removed), None) == said


def test_an_edit_says_too_that_an_errata_note_came_with_it():
    change = noted(ChangeKind.EDITED, (NEW,), (), words_added=3)
    assert headline(change, None) == "3 words added; an errata note of 7 April 2017 was added"


def noted(
    kind: ChangeKind, added: tuple[str, ...], removed: tuple[str, ...], words_added: int = 0
) -> Change:
    return Change(
        1,
        kind,
        ReportId("sample-hrr", "2016", "XAA"),
        "Zembla",
        1,
        1,
        datetime(2017, 4, 8, tzinfo=UTC),
        words_added=words_added,
        notes_added=added,
        notes_removed=removed,
    )
