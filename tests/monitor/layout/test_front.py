"""What the front page is made of: an excerpt, a story, a source's state and alarms in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from monitor_stage import START

from exhibits.redline import RedlinePart, Stretch
from monitor.layout.edition_story import tell_edition
from monitor.layout.excerpt import MOST_WORDS, Excerpt, excerpt, removed_words
from monitor.layout.source_words import state_in_words
from reports.compare.diff import Op, Span
from reports.topics.trends import EditionLists, compare_editions
from reports.watch.alarm import AlarmKind
from reports.watch.promise import Promise, source_state
from reports.wording.alarms import alarm_label, alarm_title
from storage.read.report_rows import MatrixEntry


def same(text: str) -> Span:
    return Span(Op.EQUAL, text)


def went(text: str, move: int = 0) -> Span:
    return Span(Op.DELETE, text, move)


def came(text: str, move: int = 0) -> Span:
    return Span(Op.INSERT, text, move)


def part(name: str, *paragraphs: tuple[Span, ...]) -> RedlinePart:
    stretches = [
        Stretch(any(each.op is not Op.EQUAL for each in paragraph), (paragraph,))
        for paragraph in paragraphs
    ]
    return RedlinePart(name, "changed", 0, 0, 0, tuple(stretches))


def words(count: int) -> str:
    return " ".join(f"w{n}" for n in range(count))


def told(found: Excerpt | None) -> str:
    assert found
    return " ".join(piece.text for piece in found.pieces)


def test_an_excerpt_shows_the_first_paragraph_in_which_words_came_or_went() -> None:
    moved = (went("It moved away.", 1), came("It moved here.", 1))
    struck = (same("They used"), went("torture"), came("force"))
    found = excerpt([part("Summary", (same("Nothing."),), moved), part("Section 1", struck)])
    assert found == Excerpt("Section 1", struck, more=1)


def test_an_excerpt_of_moved_words_alone_shows_them() -> None:
    moved = (went("It moved away.", 1),)
    assert excerpt([part("Summary", moved)]) == Excerpt("Summary", moved, more=0)


def test_there_is_no_excerpt_of_what_did_not_change() -> None:
    assert excerpt([part("Summary", (same("Nothing."),))]) is None


@pytest.mark.parametrize(
    "paragraph",
    [
        (same(words(500)), went("torture"), same(words(500)), came("force"), same(words(500))),
        (went(words(500)), came(words(500))),
        tuple(piece for _ in range(300) for piece in (same("a"), went("b"))),
        (went("gone"), same(words(40)), came(words(MOST_WORDS))),
    ],
    ids=["far between", "all new", "in pieces", "one word too many"],
)
def test_an_excerpt_is_short_and_says_that_words_are_left_out(paragraph: tuple[Span, ...]) -> None:
    found = excerpt([part("Summary", paragraph)])
    assert found
    shown = told(found).split()
    assert len([each for each in shown if each != "…"]) <= MOST_WORDS
    assert "…" in shown
    assert len(found.pieces) >= 2
    assert all(each.text == "…" for each in found.pieces if "…" in each.text)


def test_what_is_gone_is_shown_struck() -> None:
    found = removed_words("Summary", words(500))
    assert found.pieces[0] == went(words(MOST_WORDS))
    assert [each.text for each in found.pieces[1:]] == ["…"]


def lists(edition: str, counts: dict[str, int], total: int = 40) -> EditionLists:
    return EditionLists(
        edition,
        {
            (f"C{n:02}", ""): frozenset(topic for topic, count in counts.items() if n < count)
            for n in range(total)
        },
    )


def lengths(edition: str, count: int, total: int = 40) -> list[MatrixEntry]:
    return [MatrixEntry(edition, f"C{n:02}", "", "present", 1, count, 3) for n in range(total)]


MATRIX = [*lengths("2023", 900), *lengths("2024", 300)]
SHORTER = "The median report shrank from 900 words in 2023 to 300 in 2024"


@pytest.mark.parametrize(
    ("before", "after", "unread", "headline"),
    [
        ({"a": 30, "b": 20}, {"b": 20}, {}, "1 topic left the issue lists of 2024"),
        ({"a": 30, "b": 20}, {"c": 9}, {}, "2 topics left the issue lists of 2024, and one came"),
        ({"a": 9}, {"a": 9, "c": 9}, {}, "1 topic came to the issue lists of 2024"),
        ({"a": 9}, {"a": 12}, {}, SHORTER),
        ({"a": 30, "b": 20}, {"b": 20}, {"2024": 1}, SHORTER),
    ],
    ids=["left", "left and came", "came", "neither", "not read by this reader yet"],
)
def test_a_story_is_told_in_one_line(
    before: dict[str, int], after: dict[str, int], unread: dict[str, int], headline: str
) -> None:
    compared = compare_editions(lists("2023", before), lists("2024", after))
    story = tell_edition("sample-hrr", compared, unread, MATRIX)
    assert story
    assert story.headline == headline
    assert story.lengths.columns == (("2023", (900,)), ("2024", (300,)))


def test_an_edition_that_is_not_whole_yet_is_not_said_to_have_lost_topics() -> None:
    compared = compare_editions(lists("2023", {"a": 40}), lists("2024", {}, total=9))
    story = tell_edition("sample-hrr", compared, {}, [*lengths("2023", 9), *lengths("2024", 9, 9)])
    assert story is None


def test_lengths_are_compared_of_the_reports_held_of_both_editions() -> None:
    matrix = [*lengths("2023", 900, 3), *lengths("2024", 300, 2), *lengths("2022", 1)]
    compared = compare_editions(lists("2023", {}), lists("2024", {}))
    story = tell_edition("sample-hrr", compared, {}, matrix)
    assert story and story.words
    assert (story.words.reports, story.words.before, story.words.after) == (2, 900, 300)


@pytest.mark.parametrize(
    ("read", "days", "is_held", "said"),
    [
        (START, 0, True, "read today"),
        (START, 1, True, "read yesterday"),
        (START, 2, True, "read on 1 March"),
        (START, 9, True, "not read since 1 March"),
        (START, 400, True, "not read since 1 March 2026"),
        (None, 0, True, "not read whole yet"),
        (None, 0, False, "not read yet"),
    ],
)
def test_a_source_stands_in_the_words_of_a_reader(
    read: datetime | None, days: int, is_held: bool, said: str
) -> None:
    now = START + timedelta(days=days)
    promise = Promise("sample-hrr", 72, START, read)
    assert state_in_words(promise, source_state(promise, now), now, is_held=is_held) == said


def test_every_alarm_is_told_in_a_sentence() -> None:
    titles = {kind: alarm_title(kind.value) for kind in AlarmKind}
    labels = {alarm_label(kind.value) for kind in AlarmKind}
    assert len(titles) == len(labels) == 25
    for kind, title in titles.items():
        assert title[0].isupper() and " " in title
        assert title != kind.value.replace("_", " ").capitalize()
    assert (alarm_title("a_new_kind"), alarm_label("a_new_kind")) == ("A new kind", "a new kind")
