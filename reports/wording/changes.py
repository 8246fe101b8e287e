"""Say in one line what happened to a report, exactly and in plain English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from reports.model.identity import UNDATED
from reports.model.notes import NoteKind, note_kind, note_name
from reports.model.reading import SUMMARY_NAME
from reports.model.values import Change, ChangeKind, NextEdition
from reports.text.addresses import split_address
from reports.text.plain import counted, one_line
from reports.topics.classify import taxonomy
from reports.topics.trends import VanishedTopic
from reports.wording.appearance import appearance_line
from reports.wording.unread_lists import list_of, unread_remark

if TYPE_CHECKING:
    from reports.compare.diff import ReadingComparison

_FAMILY = re.compile(r"^\d{4}\s.*?:\s*(?=\S)")

MARKED_WORDS = (
    "words struck or hidden by the publisher are still in the page's markup:"
    " people see them crossed out, or not at all"
)
"""Said wherever such words are shown as removed."""

LONGEST_NAME = 160
"""Characters of a publisher's title that a line about its report repeats."""

KIND_NAMES = {
    ChangeKind.PUBLISHED: "published",
    ChangeKind.EDITED: "edited",
    ChangeKind.NOTED: "given a note or notice",
    ChangeKind.APPEARANCE: "changed in appearance",
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
    """Name a report shortly: "Kazakhstan 2021", "China (tibet) 2022".

    What is kept up to date in place goes by its title alone.
    """
    report = change.report
    place = _FAMILY.sub("", one_line(change.title, LONGEST_NAME)) or report.country
    if report.part and not report.is_document and not _mentions(place, report.part):
        place = f"{place} ({one_line(report.part)})"
    if report.edition == UNDATED:
        return place
    return place if _mentions(place, report.edition) else f"{place} {one_line(report.edition)}"


def topic_name(topic: str) -> str:
    """Return a topic's name for people; its id if the taxonomy no longer has it."""
    return _topic_names().get(topic, topic)


def group_name(group: str) -> str:
    """Return the name of a group of topics for people: "Civil liberties"."""
    return group.replace("_", " ").capitalize() or "Topics of an earlier taxonomy"


@cache
def _topic_names() -> dict[str, str]:
    return {each.id: each.name for each in taxonomy().topics}


def vanished_line(gone: VanishedTopic, edition: str) -> str:
    """Say with its figures that a topic left an edition's lists, and against which edition."""
    before = f"{gone.reports_before:,} of {gone.lists_before:,} in {gone.edition_before}"
    after = f"{gone.reports_after:,} of {gone.lists_after:,} in {edition}"
    unread = partial_remark(gone, edition)
    beside = f" ({unread})" if unread else ""
    return one_line(f"“{gone.name}” left the issue lists: {before}, {after}{beside}")


def partial_remark(gone: VanishedTopic, edition: str) -> str:
    """Say how many lists of both editions were not read whole; "" if all were."""
    return ", ".join(
        f"{counted(count, 'list')} of {of} {'was' if count == 1 else 'were'} not read whole"
        for count, of in ((gone.partial_before, gone.edition_before), (gone.partial_after, edition))
        if count
    )


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
        ChangeKind.REMOVED: _removed(change),
        ChangeKind.MOVED: _to_address(change),
        ChangeKind.NOTED: _noted(change),
        ChangeKind.APPEARANCE: appearance_line(change.appearance),
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


def gist(change: Change, compared: ReadingComparison | None) -> str:
    """Say the same with what was lost first: issues, then how many words came and went."""
    gone = [list_of(each.about, is_new=False) for each in change.lists_removed]
    issues = [*filter(None, [_issue_counts(change, compared)]), *gone]
    if not issues or change.kind not in (ChangeKind.EDITED, ChangeKind.RESTORED):
        return headline(change, compared)
    if change.kind is ChangeKind.RESTORED or change.returned_to or change.follows:
        return ", ".join([*issues, headline(change, compared)])
    added, removed = amounts(change, compared)
    amount = word_counts(added, removed) + _marked(compared) if added or removed else ""
    said = ", ".join(filter(None, [*issues, amount, _moved(compared)]))
    new = [list_of(each.about, is_new=True) for each in change.lists_added]
    return said + _beside(*new, unread_remark(change.unread_lists)) + _notes_beside(change)


def _removed(change: Change) -> str:
    """Say that a report is gone, and what the publisher says became of it."""
    if change.is_emptied:
        return "its text was removed; the page stands without it"
    said = "; ".join(map(one_line, change.notes_added))
    return "removed from the publisher's site" + (f": {said}" if said else "")


def _to_address(change: Change) -> str:
    host = split_address(change.url).hostname
    return f"moved to another address, at {one_line(host)}" if host else "moved to another address"


def amounts(change: Change, compared: ReadingComparison | None) -> tuple[int, int]:
    """Return the words added and removed: those the redline marks, if there is one."""
    counts: Change | ReadingComparison = compared if compared is not None else change
    return counts.words_added, counts.words_removed


def _edited(change: Change, compared: ReadingComparison | None) -> str:
    if change.follows:
        return kept_line(change.follows, word_counts(*amounts(change, compared)))
    added, removed = amounts(change, compared)
    amount = word_counts(added, removed)
    if change.returned_to:
        return f"text returned to the words of version {change.returned_to} ({amount})"
    moved = _moved(compared)
    if not (added or removed):
        return moved or one_line(change.summary_line) or _noted(change)
    where = _where(compared)
    if not added:
        said = f"{counted(removed, 'word')} removed" + (f" from {where}" if where else "")
    elif not removed:
        said = f"{counted(added, 'word')} added" + (f" to {where}" if where else "")
    else:
        said = amount + (f" in {where}" if where else "")
    said += _marked(compared)
    told = f"{said}, {moved}" if moved else said
    return told + _beside(_issue_counts(change, compared), *_lists(change)) + _notes_beside(change)


def _marked(compared: ReadingComparison | None) -> str:
    """Say which of the words the publisher struck or hid: " (3 words struck by the publisher)"."""
    counts = compared.words_marked if compared else {}
    said = [
        f"{counted(count, 'word')} {kind} by the publisher{'' if op == 'delete' else ' before'}"
        for (op, kind), count in sorted(counts.items())
    ]
    return f" ({', '.join(said)})" if said else ""


def kept_line(follows: NextEdition, amount: str = "") -> str:
    """Say that a document's next edition is there, and how much of the words it keeps.

    ``amount`` says how many words came and went; it says nothing of an edition written anew.
    """
    before = f" follows {one_line(follows.before)}" if follows.before else ""
    after = f", {one_line(follows.after)}," if follows.after and before else ""
    how = "written anew" if follows.is_written_anew else amount
    kept = f"{follows.words_kept} % of the words kept"
    said = ", ".join(each for each in (how, kept) if each)
    return f"its next edition{after}{before or ' is there'}: {said}"


def _moved(compared: ReadingComparison | None) -> str:
    """Say how much changed places: "45 words moved"; "" if nothing did."""
    return f"{counted(compared.words_moved, 'word')} moved" if compared and compared.moves else ""


def _noted(change: Change) -> str:
    """Say which notes came or went: "an errata note of 7 April 2017 was added"."""
    added, removed = change.notes_added, change.notes_removed
    if added and removed:
        now, before = _notes_named(added), _notes_named(removed)
        return f"{now} changed" if now == before else f"{before} replaced by {_note_names(added)}"
    if removed:
        return f"{_notes_named(removed)} removed"
    return f"{_notes_named(added)} added" if added else "a note was added"


def _notes_beside(change: Change) -> str:
    return f"; {_noted(change)}" if change.notes_added or change.notes_removed else ""


def _notes_named(texts: Sequence[str]) -> str:
    return f"{_note_names(texts)} {'was' if len(texts) == 1 else 'were'}"


def _note_names(texts: Sequence[str]) -> str:
    """Name the note that matters most, and count the others."""
    first = note_name(min(texts, key=lambda text: list(NoteKind).index(note_kind(text))))
    return first + (f" and {counted(len(texts) - 1, 'more note')}" if len(texts) > 1 else "")


def _where(compared: ReadingComparison | None) -> str:
    places = compared.changed if compared else ()
    if not places:
        return ""
    first = one_line(places[0][0])
    named = f"the {first}" if first == SUMMARY_NAME else first
    return named + (f" and {counted(len(places) - 1, 'more section')}" if len(places) > 1 else "")


def _issue_counts(change: Change, compared: ReadingComparison | None) -> str:
    """Say how many issues are gone, new and reworded: "1 issue gone, 2 new"."""
    gone, new = len(change.issues_gone), len(change.issues_new)
    reworded = len(compared.issues_reworded) if compared else 0
    said = [f"{counted(gone, 'issue')} gone"] * bool(gone) + [f"{new:,} new"] * bool(new)
    if new and not gone:
        said = [f"{counted(new, 'new issue')}"]
    if reworded:
        said.append(f"{reworded:,} reworded" if said else f"{counted(reworded, 'issue')} reworded")
    return ", ".join(said)


def _lists(change: Change) -> Iterator[str]:
    """Say which whole lists of issues went and came, and which could not be compared."""
    yield from (list_of(each.about, is_new=False) for each in change.lists_removed)
    yield from (list_of(each.about, is_new=True) for each in change.lists_added)
    yield unread_remark(change.unread_lists)


def _beside(*said: str) -> str:
    return "".join(f"; {each}" for each in said if each)


def _mentions(text: str, name: str) -> bool:
    return name.replace("-", " ").casefold() in text.replace("-", " ").casefold()
