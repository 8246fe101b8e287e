"""Say in one line what happened to a report, exactly and in plain English."""

from __future__ import annotations

import re

from reports.diff import SUMMARY_NAME, ReadingComparison
from reports.model import Change, ChangeKind
from reports.plain import one_line

_FAMILY = re.compile(r"^\d{4}\s.*?:\s*(?=\S)")

KIND_NAMES = {
    ChangeKind.PUBLISHED: "published",
    ChangeKind.EDITED: "edited",
    ChangeKind.NOTED: "given a note",
    ChangeKind.REMOVED: "removed",
    ChangeKind.RESTORED: "restored",
    ChangeKind.MOVED: "moved",
    ChangeKind.DIVERGED: "differing between two pages",
    ChangeKind.COUNTRY_DROPPED: "dropped from the list",
    ChangeKind.TOPIC_VANISHED: "topic vanished",
}


def summary_line(change: Change, compared: ReadingComparison | None) -> str:
    """Say which report it is and what happened: "Kazakhstan 2021: 3 words removed …"."""
    return f"{report_name(change)}: {headline(change, compared)}"


def report_name(change: Change) -> str:
    """Name a report shortly: "Kazakhstan 2021", "China (tibet) 2022"."""
    report = change.report
    place = _FAMILY.sub("", one_line(change.title)) or report.country
    if report.part and not _mentions(place, report.part):
        place = f"{place} ({one_line(report.part)})"
    return place if _mentions(place, report.edition) else f"{place} {one_line(report.edition)}"


def counted(count: int, noun: str) -> str:
    """Return "1 word", "3 words"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def word_counts(added: int, removed: int) -> str:
    """Return what came and went with its signs, naming only what is not zero."""
    signs = [f"+{added:,}"] * bool(added) + [f"−{removed:,}"] * bool(removed)  # noqa: RUF001
    noun = "word" if added + removed == 1 else "words"
    return f"{' '.join(signs)} {noun}" if signs else "no words changed"


def headline(change: Change, compared: ReadingComparison | None) -> str:
    """Say what happened, without the report's name: "3 words removed from …"."""
    amount = word_counts(*amounts(change, compared))
    plain = {
        ChangeKind.PUBLISHED: "published",
        ChangeKind.REMOVED: "removed from the publisher's site",
        ChangeKind.MOVED: "moved to another address",
        ChangeKind.NOTED: _noted(change),
        ChangeKind.DIVERGED: f"a second page of it now reads differently ({amount})",
        ChangeKind.COUNTRY_DROPPED: "no longer in the publisher's list",
        ChangeKind.TOPIC_VANISHED: "a topic has vanished from this edition",
    }
    if change.kind is ChangeKind.EDITED:
        said = _edited(change, compared)
    elif change.kind is ChangeKind.RESTORED:
        has_words = any(amounts(change, compared))
        said = f"restored with changed text ({amount})" if has_words else "restored, the same text"
    elif change.kind in (ChangeKind.COUNTRY_DROPPED, ChangeKind.TOPIC_VANISHED):
        said = one_line(change.summary_line) or plain[change.kind]
    else:
        said = plain[change.kind]
    return said


def amounts(change: Change, compared: ReadingComparison | None) -> tuple[int, int]:
    """Return the words added and removed: those the redline marks, where there is one."""
    counts: Change | ReadingComparison = compared if compared is not None else change
    return counts.words_added, counts.words_removed


def _edited(change: Change, compared: ReadingComparison | None) -> str:
    added, removed = amounts(change, compared)
    amount = word_counts(added, removed)
    if change.returned_to:
        return f"text returned to the words of version {change.returned_to} ({amount})"
    if not (added or removed):
        return one_line(change.summary_line) or "a note was added"
    where = _where(compared)
    if not added:
        said = f"{counted(removed, 'word')} removed" + (f" from {where}" if where else "")
    elif not removed:
        said = f"{counted(added, 'word')} added" + (f" to {where}" if where else "")
    else:
        said = amount + (f" in {where}" if where else "")
    return said + _issue_counts(change)


def _noted(change: Change) -> str:
    if change.notes_added and change.notes_removed:
        return "a note was changed"
    return "a note was removed" if change.notes_removed else "a note was added"


def _where(compared: ReadingComparison | None) -> str:
    places = compared.changed if compared else ()
    if not places:
        return ""
    first = one_line(places[0][0])
    named = f"the {first}" if first == SUMMARY_NAME else first
    return named + (f" and {counted(len(places) - 1, 'more section')}" if len(places) > 1 else "")


def _issue_counts(change: Change) -> str:
    gone, new = len(change.issues_removed), len(change.issues_added)
    said = [f"{counted(gone, 'issue')} gone"] * bool(gone) + [f"{new:,} new"] * bool(new)
    if new and not gone:
        said = [f"{counted(new, 'new issue')}"]
    return f"; {', '.join(said)}" if said else ""


def _mentions(text: str, name: str) -> bool:
    return name.replace("-", " ").casefold() in text.replace("-", " ").casefold()
