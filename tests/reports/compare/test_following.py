"""A cited excerpt is followed by its words: through moves, cuts, rewording, loss and return."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.compare.excerpts import Excerpt, Rows
from reports.compare.following import Fate, follow
from reports.model.reading import Reading, Section

LAW = "The law of the islands provides for an independent judiciary and free courts."
PRESS = "Police closed two newspapers in the harbour town and arrested their editors in May."
PRISON = "Guards in the northern prison held inmates without light for weeks at a time."
LABOR = "Fishermen could form unions, but the ministry of ports registered none of them."
RIVER = "Along the river the governor ordered that every market be shut before the vote."
FILL = "Observers of the union visited nine provinces and wrote down what they were told."
NEWS = "A commission of the parliament began an inquiry, which had not ended by December."


def reading(*texts: list[str]) -> Reading:
    """Make a reading of a summary, and of sections with their numbers as headings."""
    summary, *rest = texts
    sections = (
        Section(str(n), f"Section {n}. Part {n}", tuple(blocks)) for n, blocks in enumerate(rest, 1)
    )
    return Reading("Executive Summary", tuple(summary), sections=tuple(sections))


def fate(words: str, *versions: Reading) -> Fate:
    """Follow the first place where words stand in the first version."""
    excerpt = next(Rows(versions[0]).find(words.split(" ")))
    return follow(excerpt, tuple(enumerate(versions, 1)))


def told(found: Fate) -> list[tuple[int, list[str]]]:
    return [(step.number, [str(each) for each in step.happened]) for step in found.steps]


SUDDEN = PRESS.replace("Police", "On a sudden the police").replace("in May", "in the spring")
HALVES = ("Police closed two newspapers in the harbour town", "and arrested their editors in May.")
BASE = reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."])

ONE_STEP = [
    ("nothing happens", PRESS, BASE, []),
    ("others are inserted, so that its number changes", PRESS,
     reading([NEWS, FILL, LAW, PRESS, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."]), []),
    ("it moves to another section", PRESS,
     reading([LAW, PRISON], [LABOR, RIVER, FILL, PRESS], [NEWS, "None."]), ["moved"]),
    ("it moves past its neighbours", FILL,
     reading([LAW, PRESS, PRISON], [FILL, LABOR, RIVER], [NEWS, "None."]), ["moved"]),
    ("it moves and is edited", PRESS,
     reading([LAW, PRISON], [LABOR, RIVER, FILL, PRESS.replace("two", "six")], [NEWS, "None."]),
     ["moved", "reworded"]),
    ("it is reworded", PRESS,
     reading([LAW, SUDDEN, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."]), ["reworded"]),
    ("a sentence comes to its paragraph", PRESS,
     reading([LAW, f"{PRESS} Nobody was tried.", PRISON], [LABOR, RIVER, FILL], [NEWS, "None."]),
     ["reworded"]),
    ("its paragraph is split", PRESS,
     reading([LAW, *HALVES, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."]), ["split"]),
    ("its paragraph is merged with the next", PRESS,
     reading([LAW, f"{PRESS} {PRISON}"], [LABOR, RIVER, FILL], [NEWS, "None."]), ["merged"]),
    ("it is removed", PRESS,
     reading([LAW, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."]), ["gone"]),
    ("another text stands in its place", PRESS,
     reading([LAW, "The ministry of ports said in May that nothing had happened there.", PRISON],
             [LABOR, RIVER, FILL], [NEWS, "None."]), ["gone"]),
    ("its section is renamed", RIVER,
     Reading("", BASE.blocks, sections=(Section("1", "Markets", (LABOR, RIVER, FILL)),
                                        *BASE.sections[1:])), []),
    ("a few words change their number in their section", "None.",
     reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL], [FILL, NEWS, "None."]), []),
    ("a few words go, and are said anew elsewhere", "None.",
     reading([LAW, PRESS, PRISON], [LABOR, RIVER, "None.", FILL], [NEWS]), ["gone"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "after", "happened"), [row[1:] for row in ONE_STEP], ids=[row[0] for row in ONE_STEP]
)
def test_one_step_is_told_as_a_reader_would(words, after, happened):
    found = fate(words, BASE, after)
    assert told(found) == ([(2, happened)] if happened else [])
    assert found.is_gone is ("gone" in happened)
    assert found.is_verbatim is not bool({"gone", "reworded"} & set(happened))


def test_what_a_reworded_paragraph_says_now_is_its_whole_paragraph():
    after = reading([LAW, SUDDEN, PRISON], [LABOR, RIVER, FILL], [NEWS])
    found = fate(PRESS, BASE, after)
    assert (found.cited, found.blocks) == ((PRESS,), (SUDDEN,))
    assert found.pinpoint == (0, "Executive Summary", 2, 2)


def test_a_quotation_within_a_paragraph_keeps_to_its_own_words():
    quoted = "arrested their editors in May."
    cases = {
        "a sentence comes behind it": (f"{PRESS} Nobody was tried.", quoted, []),
        "a word of it changes": (
            PRESS.replace("their", "both"), "arrested both editors in May.", ["reworded"]
        ),
        "its last words change": (
            PRESS.replace("in May.", "in the spring."), "arrested their editors in the spring.",
            ["reworded"],
        ),
        "its first word changes": (
            PRESS.replace("arrested", "later fined"), "later fined their editors in May.",
            ["reworded"],
        ),
        "words before it change": (PRESS.replace("two", "six"), quoted, []),
    }  # fmt: skip
    for case, (paragraph, now, happened) in cases.items():
        after = reading([LAW, paragraph, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."])
        found = fate(quoted, BASE, after)
        assert (found.blocks, told(found)) == ((now,), [(2, happened)] if happened else []), case


def test_a_sentence_that_leaves_its_paragraph_for_another_has_moved():
    before = reading([f"{LAW} {PRESS} {PRISON}"], [LABOR, FILL])
    after = reading([f"{LAW} {PRISON}"], [LABOR, f"{FILL} {PRESS}"])
    found = fate(PRESS, before, after)
    assert told(found) == [(2, ["moved"])]
    assert found.pinpoint == (1, "Section 1. Part 1", 2, 2)


def test_a_quotation_over_two_paragraphs_is_followed_as_one():
    quoted = "free courts. Police closed two newspapers in the"
    after = reading([FILL, f"{LAW} {PRESS}", PRISON], [LABOR])
    found = fate(quoted, BASE, after)
    assert (found.is_verbatim, found.pinpoint) == (True, (0, "Executive Summary", 2, 2))
    assert found.cited == ("free courts.", "Police closed two newspapers in the")


def test_what_went_and_came_back_is_returned_with_what_differs():
    without = reading([LAW, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."])
    edited = PRESS.replace("two", "six")
    again = reading([LAW, edited, PRISON], [LABOR, RIVER, FILL], [NEWS, "None."])
    found = fate(PRESS, BASE, without, without, again, BASE)
    assert told(found) == [(2, ["gone"]), (4, ["returned", "reworded"]), (5, ["reworded"])]
    assert found.is_verbatim
    assert [step.blocks for step in found.steps] == [(), (edited,), (PRESS,)]


def test_a_few_words_return_to_their_section_alone():
    without = reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL], [NEWS])
    elsewhere = reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL, "None."], [NEWS])
    assert told(fate("None.", BASE, without, elsewhere)) == [(2, ["gone"])]
    assert told(fate("None.", BASE, without, BASE)) == [(2, ["gone"]), (3, ["returned"])]


def test_a_few_words_do_not_return_to_a_section_that_came_after_theirs_went():
    without = reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL])
    other = reading([LAW, PRESS, PRISON], [LABOR, RIVER, FILL], ["None."])
    found = fate("None.", BASE, without, other)
    assert told(found) == [(2, ["gone"])]
    assert [pinpoint.name for pinpoint in found.elsewhere] == ["Section 2. Part 2"]


@pytest.mark.parametrize("kept", [0, 1])
def test_of_two_equal_sentences_each_is_followed_by_its_neighbours(kept):
    """The one beside LAW goes, or the one beside FILL: each question has its own answer."""
    before = reading([f"{LAW} {PRESS}", PRISON, f"{PRESS} {FILL}"])
    excerpts = list(Rows(before).find(PRESS.split(" ")))
    after = [f"{LAW} {PRESS}", PRISON, FILL] if kept == 0 else [LAW, PRISON, f"{PRESS} {FILL}"]
    versions = [(1, before), (2, reading(after))]
    fates = [follow(each, versions) for each in excerpts]
    assert [each.is_gone for each in fates] == [kept == 1, kept == 0]
    assert len(fates[1 - kept].elsewhere) == 1
    assert fates[kept].elsewhere == ()


def test_a_twin_that_stood_there_all_the_time_is_no_return():
    both = reading([LAW, PRESS, PRISON], [LABOR, PRESS, FILL])
    one = reading([LAW, PRISON], [LABOR, PRESS, FILL])
    found = fate(PRESS, both, one, one, both)
    assert told(found) == [(2, ["gone"]), (4, ["returned"])]
    assert [place.name for place in found.elsewhere] == ["Section 1. Part 1"]


def test_a_heading_and_its_paragraphs_have_numbers_as_places_name_them():
    rows = Rows(
        Reading("", (LAW,), sections=(Section("", "", (PRESS,)), Section("2", "B", (FILL,))))
    )
    names = [(0, 1, LAW), (1, 1, PRESS), (2, 0, "B"), (2, 1, FILL)]
    for text, number, words in names:
        excerpt = rows.paragraph(text, number)
        assert rows.blocks(excerpt) == (words,)
        assert rows.pinpoint(excerpt)[::2] == (text, number)
    assert [rows.paragraph(*each) for each in ((0, 0), (0, 2), (1, 0), (3, 1), (-1, 1))] == [
        None
    ] * 5


PARAGRAPHS = st.lists(
    st.sampled_from([LAW, PRESS, PRISON, LABOR, RIVER, FILL, NEWS, "None.", SUDDEN]), max_size=6
)
READINGS = st.builds(reading, PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)


@given(st.lists(READINGS, min_size=1, max_size=5), st.data(), st.sampled_from([None, 0.01, 0.0]))
def test_whatever_comes_what_is_said_of_the_last_version_is_so(versions, data, deadline):
    rows = [Rows(each) for each in versions]
    text = data.draw(st.integers(0, 2))
    length = len(rows[0].texts[text].words)
    if not length:
        return
    start = data.draw(st.integers(0, length - 1))
    excerpt = Excerpt(text, start, data.draw(st.integers(start + 1, length)))
    found = follow(excerpt, tuple(enumerate(versions)), deadline)
    sought = rows[0].words(excerpt)
    if found.excerpt is None:
        assert found.blocks == ()
        assert len(sought) < 8 or found.elsewhere or not list(rows[-1].find(sought))
    else:
        assert rows[-1].blocks(found.excerpt) == found.blocks
        assert found.is_verbatim is (rows[-1].words(found.excerpt) == sought)
    if len(versions) == 1:
        assert found.is_verbatim
    if versions[-1] == versions[0] and len(sought) >= 8:
        assert not found.is_gone


def test_a_long_report_with_everything_moved_is_followed_within_bounds():
    chance = random.Random(7)
    words = [f"word{n}" for n in range(4000)]
    blocks = [" ".join(chance.choices(words, k=40)) for _ in range(600)]
    before = reading(blocks[:20], blocks[20:300], blocks[300:])
    shuffled = blocks[:]
    chance.shuffle(shuffled)
    after = reading(shuffled[:20], shuffled[20:300], shuffled[300:])
    found = [fate(block, before, after) for block in blocks[::150]]
    assert len(found) == 4
    assert all(each.is_verbatim for each in found)
