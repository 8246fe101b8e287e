"""Quoted words: found as people quote them, followed into the next version, and never confused."""

from __future__ import annotations

import time

import pytest

from reports.compare.quotations import Follower, find_quotation, nearest_passage
from reports.model.reading import Reading, Section

COURT = "The court in Port Amsel freed four fishermen on 3 May, two weeks late."
QUIET = "No arrests were reported from the southern islands during the year."
POLICE = "Police beat at least nine students in custody; none of the officers was charged."
PRESS = "The press law of Gandoria remained in force, and three editors paid fines under it."
SUMMARY = (f"{COURT} {QUIET}", POLICE)
SECTION = Section("2", "Civil Liberties", (PRESS, QUIET))


def reading(*blocks: str, section: tuple[str, ...] = SECTION.blocks) -> Reading:
    """Return a reading of a summary and one section."""
    return Reading("Gandoria", blocks, sections=(Section("2", "Civil Liberties", section),))


BEFORE = reading(*SUMMARY)


@pytest.mark.parametrize(
    ("quoted", "words"),
    [
        (COURT, COURT),
        ("freed four fishermen", "freed four fishermen"),
        ("  freed\nfour\u00a0fishermen ", "freed four fishermen"),
        ("“freed four fishermen”", "freed four fishermen"),
        ("FREED FOUR fishermen", "freed four fishermen"),
        ("on 3 May", "on 3 May"),
        ("during the year. Police beat", "during the year.\nPolice beat"),
        ("three editors paid fines under it", "three editors paid fines under it."),
    ],
)
def test_words_are_found_as_people_quote_them(quoted: str, words: str) -> None:
    found = find_quotation(BEFORE, quoted)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize("quoted", ["", " ", "…", "freed five fishermen", "reed four fishermen"])
def test_words_that_do_not_stand_in_a_reading_are_not_found(quoted: str) -> None:
    assert find_quotation(BEFORE, quoted) is None


def test_words_that_stand_twice_are_counted_and_the_first_is_taken() -> None:
    found = find_quotation(BEFORE, QUIET)
    assert found is not None
    assert (found.count, found.text, found.part) == (2, 0, "Executive Summary")


@pytest.mark.parametrize(
    ("quoted", "nearest"),
    [
        ("The court in Port Amsel freed five fishermen.", COURT),
        ("Police beat students in custody and the officers were charged.", POLICE),
        ("Nothing like this stands anywhere.", None),
    ],
)
def test_the_nearest_passage_is_shown_whole(quoted: str, nearest: str | None) -> None:
    found = nearest_passage(BEFORE, quoted)
    assert (found.words if found else None) == nearest


def followed(words: str, after: Reading) -> tuple[str, str, str]:
    """Follow words from the reading before; return what they are, their part, what is nearest."""
    at = find_quotation(BEFORE, words)
    assert at is not None
    found = Follower(BEFORE, after).follow(at.words, at.text, at.start)
    assert found is not None
    assert found.before == at.words
    return found.words, found.part, found.nearest


S, C = "Executive Summary", "Section 2. Civil Liberties"
STILL = {
    "nothing changed": SUMMARY,
    "its paragraph was split": (COURT, QUIET, POLICE),
    "its paragraphs were merged": (" ".join(SUMMARY),),
    "words came before it": (f"As in 2021, {COURT} {QUIET}", POLICE),
    "a sentence came behind it": (f"{COURT} Others stayed in prison. {QUIET}", POLICE),
    "it moved to the end": (QUIET, POLICE, COURT),
    "words elsewhere changed": (f"{COURT} {QUIET}", POLICE.replace("nine", "two")),
}


@pytest.mark.parametrize("what", STILL)
def test_a_sentence_that_stands_is_still_there_when(what: str) -> None:
    assert followed(COURT, reading(*STILL[what]))[:2] == (COURT, S)


def test_typography_is_no_change() -> None:
    before = reading("The ministry’s “model” camp – near Olm – stayed closed to visitors.")
    after = reading('The ministry\'s "model" camp—near Olm—stayed closed to visitors.')
    at = find_quotation(before, 'ministry\'s "model" camp - near Olm - stayed')
    assert at is not None
    found = Follower(before, after).follow(at.words, at.text, at.start)
    assert found is not None
    assert found.words == 'ministry\'s "model" camp—near Olm—stayed'


@pytest.mark.parametrize(
    ("quoted", "after", "words"),
    [
        (COURT, COURT.replace("four", "five"), COURT.replace("four", "five")),
        (COURT, COURT.replace("freed four", "freed and paid four"), None),
        ("freed four fishermen", COURT.replace("freed four", "held four"), "held four fishermen"),
        (
            "court in Port Amsel freed four fishermen",
            COURT.replace("fishermen", "sailors"),
            "court in Port Amsel freed four sailors",
        ),
    ],
)
def test_a_reworded_quotation_is_shown_with_its_new_words(
    quoted: str, after: str, words: str | None
) -> None:
    assert followed(quoted, reading(f"{after} {QUIET}", POLICE))[0] == (words or after)


def test_a_sentence_moved_to_another_section_is_still_there() -> None:
    after = reading(QUIET, POLICE, section=(PRESS, COURT, QUIET))
    assert followed(COURT, after)[:2] == (COURT, C)


def test_a_sentence_moved_and_reworded_is_known_again() -> None:
    new = COURT.replace("four", "five")
    assert followed(COURT, reading(QUIET, POLICE, section=(PRESS, new)))[:2] == (new, C)


def test_one_of_two_equal_sentences_is_gone_by_its_place() -> None:
    words, _, nearest = followed(QUIET, reading(COURT, POLICE))
    assert (words, nearest) == ("", QUIET)


def test_a_quotation_that_is_gone_names_the_nearest_that_is_left() -> None:
    words, part, nearest = followed(POLICE, reading(f"{COURT} {QUIET}"))
    assert (words, part, nearest) == ("", "", "")
    left = "Students said that police beat them; the officers denied it, and none was charged."
    words, part, nearest = followed(POLICE, reading(f"{COURT} {QUIET}", section=(PRESS, left)))
    assert (words, nearest) in {("", left), (left, "")}


def test_across_paragraphs_a_change_in_either_is_a_rewording() -> None:
    quoted = f"{QUIET} {POLICE}"
    after = reading(f"{COURT} {QUIET}", POLICE.replace("nine", "two"))
    assert followed(quoted, after)[0] == f"{QUIET}\n{POLICE.replace('nine', 'two')}"


def test_words_that_the_first_reading_does_not_have_are_the_nearest_it_has() -> None:
    follower = Follower(BEFORE, BEFORE)
    assert follower.follow("Nobody ever said this.", 0, 0) is None
    near = follower.follow(COURT.replace("four fishermen", "4 fishermen"), 0, 0)
    assert near is not None
    assert (near.before, near.words) == (COURT, COURT)


def test_words_are_new_that_stand_more_often_than_before() -> None:
    follower = Follower(reading(COURT), BEFORE)
    assert [follower.is_new(each) for each in (POLICE, COURT, QUIET)] == [True, False, True]


def test_many_quotations_of_long_reports_share_the_comparison() -> None:
    lines = [
        f"In district {n} the council met {n % 7} times and nobody was arrested."
        for n in range(900)
    ]
    before = reading(COURT, section=tuple(lines))
    after = reading(COURT, section=tuple(lines[450:] + lines[:450]))
    follower = Follower(before, after)
    began = time.process_time()
    found = [follower.follow(line, 1, 2 + 13 * n) for n, line in enumerate(lines[:200])]
    assert len(found) == 200
    assert [each.words for each in found if each] == lines[:200]
    assert time.process_time() - began < 5


def test_words_that_were_lost_at_an_end_are_known_again_when_they_return() -> None:
    quoted = "Police beat at least nine students in custody"
    lost = Follower(BEFORE, reading(*SUMMARY[:1], POLICE.replace("Police beat at least ", "")))
    found = find_quotation(BEFORE, quoted)
    assert found is not None
    cut = lost.follow(found.words, found.text, found.start, quoted)
    assert cut is not None
    assert cut.words == "nine students in custody"
    after = reading(*SUMMARY[:1], POLICE.replace("Police beat at least ", ""))
    again = Follower(after, BEFORE).follow(cut.words, cut.text, cut.start, quoted)
    assert again is not None
    assert again.words == quoted


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (f"No arrests followed. {QUIET}", "No arrests followed."),
        ("No arrests followed, officials said.", "No arrests followed"),
    ],
)
def test_a_short_paragraph_that_gains_words_beside_it_is_still_there(
    after: str, words: str
) -> None:
    follower = Follower(reading("No arrests followed.", COURT), reading(after, COURT))
    found = follower.follow("No arrests followed.", 0, 0)
    assert found is not None
    assert found.words == words


def test_other_quotation_marks_beside_a_rewording_make_it_no_other_text() -> None:
    said = "“Model” “rest” and “open” “free” wards stayed shut."
    after = said.replace("“", '"').replace("”", '"').replace("stayed shut", "were full")
    found = Follower(reading(said), reading(after)).follow(said, 0, 0)
    assert found is not None
    assert found.words == after
