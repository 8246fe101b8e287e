"""Tell what kind of note stands on a report page, and the date of an errata note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum


class NoteKind(StrEnum):
    """What a note beside the prose of a report is about."""

    WITHDRAWAL = "withdrawal"  # the publisher no longer stands by the text, and leaves it there
    ERRATA = "errata"  # the report was updated or corrected after it was published
    CHANGE = "change"  # what the publisher says it changed last, in a form of its own
    EDITION = "edition"  # which edition of a document kept up to date in place it is
    ANNOUNCEMENT = "announcement"  # the publisher announces something about the report
    TERRITORY = "territory"  # whose territory it is, who administers or recognizes it
    MENU = "menu"  # a row of names of other reports, without their links
    OTHER = "other"  # anything else


EDITION_NOTE = "Edition: "
"""What a note begins with that says which edition a text is of."""

_CHANGED = r"(?:updated|corrected|revised|amended|re-?issued|re-?posted|modified)"
_MENU = re.compile(r"\(?read (?:a |this |the )?section\b|[^.|]+(?: \| [^.|]+)+$", re.I)
_WITHDRAWAL = re.compile(r"withdrawn(?: on [^:]{1,40})?:", re.I)
_CHANGE_NOTE = re.compile(r"change note(?: of [^:]{1,40})?:", re.I)
_ERRATA = re.compile(
    rf"\berrat(?:a|um)\b|\bcorrigend(?:a|um)\b"
    r"|\b(?:report|page|text|section|version|edition)\b[^.]{0,40}\b(?:was|were|has been|have been)"
    rf" (?:\w+ )?{_CHANGED}\b|^\W*(?:note\W+)?{_CHANGED}\b",
    re.I,
)
_ANNOUNCEMENT = re.compile(
    r"^\W*(?:note\W+)?announcement\b|\baddend(?:um|a)\b|\bwill (?:release|publish|issue|post)\b",
    re.I,
)
_TERRITORY = re.compile(
    r"\b(?:recogni[sz]\w+|administ(?:ers?|ered|ration)|sovereignty|annex\w*|occup(?:ied|ation|ies)"
    r"|territor(?:y|ies|ial)|dependenc(?:y|ies)|self-governing)\b"
    r"|\breports? (?:also )?(?:covers|includes?|contains)\b|\b(?:covered|reported) separately\b"
    r"|\bseparate (?:report|section)",
    re.I,
)

_GRAVE = re.compile(
    r"\b(?:withdrawn|superseded|replaced|retracted|rescinded|corrected|corrections?|errat(?:um|a)"
    r"|corrigend(?:um|a)|no longer (?:valid|current|in force)|out of date|obsolete)\b",
    re.I,
)
_GRAVE_STEMS = (  # far quicker than the search
    *("withdrawn", "superseded", "replaced", "retracted", "rescinded", "correct", "errat"),
    *("corrigend", "no longer", "out of date", "obsolete"),
)

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
"""The names of the months, in small letters."""

_MONTH = rf"(?P<month>{'|'.join(name[:3] + '[a-z]*' for name in MONTHS)})\.?"
_MONTH_OF_TITLE = re.compile(rf"\b(?:{'|'.join(MONTHS)}) \d{{4}}\b", re.I)
_DATE_OF_CHANGE = re.compile(
    rf"\b{_CHANGED}(?: \w+)?(?: on| as of| in)?:? "
    r"(?:(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH}|{_MONTH.replace('<month>', '<month2>')}"
    r" (?P<day2>\d{1,2})(?:st|nd|rd|th)?),? (?P<year>\d{4}))(?![\d/])",
    re.I,
)


def note_kind(text: str) -> NoteKind:
    """Return what a note is about, by its wording."""
    if _MENU.match(text):
        return NoteKind.MENU
    if _WITHDRAWAL.match(text):
        return NoteKind.WITHDRAWAL
    if _CHANGE_NOTE.match(text):
        return NoteKind.CHANGE
    if text.startswith(EDITION_NOTE):
        return NoteKind.EDITION
    if _ERRATA.search(text):
        return NoteKind.ERRATA
    if _ANNOUNCEMENT.search(text):
        return NoteKind.ANNOUNCEMENT
    return NoteKind.TERRITORY if _TERRITORY.search(text) else NoteKind.OTHER


def is_grave(text: str) -> bool:
    """Tell whether a note has a word that says what became of the report: "superseded"."""
    lower = text.lower()
    return any(stem in lower for stem in _GRAVE_STEMS) and _GRAVE.search(lower) is not None


def errata_date(text: str) -> date | None:
    """Return the day an errata note says the report was updated; None if it says none.

    Only the date that follows "updated", "corrected" and the like is taken, and no other date of
    the note. Numbers are read as the publisher writes them, month first; two digits of a year are
    of this century.
    """
    if note_kind(text) is not NoteKind.ERRATA:
        return None
    found = _DATE_OF_CHANGE.search(text)
    if found is None:
        return None
    try:
        return _date(found)
    except ValueError:  # no such day
        return None


def edition_of(notes: Iterable[str]) -> str:
    """Return which edition the notes beside a text say it is: "Version 6.0, February 2026"."""
    named = (each for each in notes if note_kind(each) is NoteKind.EDITION)
    return next(named, "").removeprefix(EDITION_NOTE)


def edition_name(notes: Iterable[str], title: str) -> str:
    """Name an edition shortly: by what the text says of it, else by the month in its title."""
    named = edition_of(notes).split("; ", 1)[0]
    months = _MONTH_OF_TITLE.findall(title)
    return named or (months[-1] if months else "")


def note_name(text: str) -> str:
    """Name a note for a sentence: "an errata note of 7 April 2017", "an announcement"."""
    kind = note_kind(text)
    day = errata_date(text)
    names = {
        NoteKind.ERRATA: "an errata note" + (f" of {day_for_people(day)}" if day else ""),
        NoteKind.WITHDRAWAL: "a withdrawal notice",
        NoteKind.CHANGE: "a change note",
        NoteKind.EDITION: "the line that names the edition",
        NoteKind.ANNOUNCEMENT: "an announcement",
        NoteKind.TERRITORY: "a territorial note",
    }
    return names.get(kind, "a note")


def note_label(text: str) -> str:
    """Name a note for a list: "Errata note of 7 April 2017", "Announcement"."""
    name = note_name(text).removeprefix("an ").removeprefix("a ").removeprefix("the ")
    return name[:1].upper() + name[1:]


def day_for_people(day: date) -> str:
    """Return "7 April 2017"."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def _date(found: re.Match[str]) -> date:
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    if found["m"]:
        year = int(found["y"])
        return date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"]))
    name = (found["month"] or found["month2"]).lower()
    month = next(number for number, full in enumerate(MONTHS, start=1) if full.startswith(name[:3]))
    return date(int(found["year"]), month, int(found["day"] or found["day2"]))
