"""Two versions laid over each other, as text."""

from __future__ import annotations

from cli.output.results import say, say_prose
from reports.compare.diff import ReadingComparison, marked_text, unified_text
from reports.facts.phrases import STOCK_NAMES
from reports.model.values import NextEdition, VersionView
from reports.text.plain import counted
from reports.wording.changes import kept_line
from reports.wording.editions import stock_fate
from reports.wording.unread_lists import list_of, unread_in_version


def print_diff(
    before: VersionView,
    after: VersionView,
    comparison: ReadingComparison,
    follows: NextEdition | None,
) -> None:
    """Print what was edited from one version to another, or to the next edition."""
    say(f"{after.title}: version {before.number} against version {after.number}")
    if follows:
        say_prose(kept_line(follows))
    moved = f", {counted(comparison.words_moved, 'word')} moved" if comparison.moves else ""
    say(
        f"+{comparison.words_added} \u2212{comparison.words_removed} words{moved};"
        " [-deleted-] {+added+}" + (" [>moved away>] {>moved here>}" if moved else "")
    )
    for move in comparison.moves:
        say_prose(
            f"move {move.number}: {counted(move.paragraphs, 'paragraph')}"
            f" ({counted(move.words, 'word')}) from {move.origin} to {move.destination}"
        )
    _print_issues(before, after, comparison)
    for place, each in comparison.changed:
        say(f"\n{place}\n")
        for paragraph in unified_text(each).split("\n"):
            say_prose(paragraph)
    if comparison.is_same:
        say("the words are the same")


def _print_issues(before: VersionView, after: VersionView, comparison: ReadingComparison) -> None:
    for title, texts in (
        ("issue no longer listed", comparison.issues_gone),
        ("issue newly listed", comparison.issues_new),
        *(
            (list_of(each.about, is_new=is_new), each.issues)
            for is_new, lists in ((False, comparison.lists_removed), (True, comparison.lists_added))
            for each in lists
        ),
        ("issue reworded", [marked_text(each.pieces) for each in comparison.issues_reworded]),
    ):
        for text in texts:
            say_prose(f"{title}: {text}")
    for unread in comparison.unread_lists:
        number = (after if unread.is_newer else before).number
        say_prose(unread_in_version(unread, number))
        for text in unread.sentences:
            say_prose(f"not read in version {number}: {text}")
    for change in comparison.stock:
        fate = stock_fate(change, f"version {before.number}", f"version {after.number}")
        say_prose(f"{STOCK_NAMES[change.about]}, {fate}: {marked_text(change.pieces)}")
