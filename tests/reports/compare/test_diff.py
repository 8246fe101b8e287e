"""The comparison: its law, what it counts, how it reads, and that it ends."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.bounded import bounded
from reports.compare.diff import (
    Comparison,
    Op,
    Span,
    compare_blocks,
    compare_readings,
    unified_text,
)
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section
from reports.text.canonical import words

WORD = st.sampled_from(
    ["the", "of", "and", "credible", "reports", "torture;", "arrest.", "arrest", "court,", "was"]
)
BLOCKS = st.lists(st.lists(WORD, max_size=12).map(" ".join), max_size=6)
ANY_BLOCKS = st.lists(st.text(max_size=30), max_size=5)


def words_without(comparison: Comparison, op: Op) -> list[str]:
    pieces = (piece for paragraph in comparison.paragraphs for piece in paragraph)
    return words(piece.text for piece in pieces if piece.op is not op)


def marked(before: str, after: str) -> str:
    return unified_text(compare_blocks(before.split("\n"), after.split("\n")))


@given(BLOCKS | ANY_BLOCKS, BLOCKS | ANY_BLOCKS, st.sampled_from([None, 0.01, 2e-9, 0.0]))
def test_taking_out_the_marks_gives_back_either_text(before, after, deadline):
    comparison = compare_blocks(before, after, deadline)
    assert words_without(comparison, Op.INSERT) == words(before)
    assert words_without(comparison, Op.DELETE) == words(after)
    assert comparison.is_same == (words(before) == words(after))


@given(BLOCKS, BLOCKS)
def test_the_counts_are_those_of_the_marked_words(before, after):
    comparison = compare_blocks(before, after)
    pieces = [piece for paragraph in comparison.paragraphs for piece in paragraph]
    counted = {
        op: sum(len(words([p.text])) for p in pieces if p.op is op and not p.move) for op in Op
    }
    assert comparison.words_added == counted[Op.INSERT]
    assert comparison.words_removed == counted[Op.DELETE]


@given(BLOCKS, st.data())
def test_words_cut_out_in_one_place_are_counted_exactly(before, data):
    text = words(before)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    after = [" ".join(text[:start] + text[end:])]
    cut = compare_blocks(before, after)
    assert (cut.words_added, cut.words_removed) == (0, end - start)
    put_back = compare_blocks(after, before)
    assert (put_back.words_added, put_back.words_removed) == (end - start, 0)


@given(BLOCKS, BLOCKS)
@example(("One is kept.", "Two goes."), ("One is kept.", "Three comes."))
def test_no_paragraph_is_empty_and_no_piece_is_blank(before, after):
    for paragraph in compare_blocks(before, after).paragraphs:
        assert paragraph
        assert all(piece.text.strip() for piece in paragraph)


def test_a_re_paragraphing_is_no_difference_and_shows_the_new_paragraphs():
    comparison = compare_blocks(["One. Two.", "Three."], ["One.", "Two. Three."])
    assert comparison.is_same
    assert [[piece.text for piece in paragraph] for paragraph in comparison.paragraphs] == [
        ["One."],
        ["Two. Three."],
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "There were credible reports that guards beat detainees.",
            "There were reports that guards beat detainees.",
            "There were [-credible-] reports that guards beat detainees.",
            id="one word cut",
        ),
        pytest.param(
            "reports of arrest; reports of torture; reports of exile.",
            "reports of arrest; reports of exile.",
            "reports of arrest; [-reports of torture;-] reports of exile.",
            id="a list loses a whole clause, not the ends of two",
        ),
        pytest.param(
            "The court freed the editor. The court fined the paper. The paper closed.",
            "The court freed the editor. The paper closed.",
            "The court freed the editor. [-The court fined the paper.-] The paper closed.",
            id="a whole sentence goes, though its neighbours begin alike",
        ),
        pytest.param(
            "reports of unlawful killings by police continued",
            "claims of wrongful deaths by soldiers continued",
            "[-reports of unlawful killings by police-]"
            " {+claims of wrongful deaths by soldiers+} continued",
            id="linking words do not break up a rewording",
        ),
        pytest.param(
            "police arrested and beat the editor",
            "police arrested the editor",
            "police arrested [-and beat-] the editor",
            id="a plain deletion",
        ),
        pytest.param(
            "grave abuses of power and of law",
            "abuses of power of law",
            "[-grave-] abuses of power [-and-] of law",
            id="deletions never turn into a replacement",
        ),
        pytest.param(
            "Alpha stays.\nBeta goes away.\nGamma stays.",
            "Alpha stays.\nGamma stays.",
            "Alpha stays.\n\n[-Beta goes away.-]\n\nGamma stays.",
            id="a deleted paragraph keeps its place",
        ),
        pytest.param(
            "Alpha stays.\nThe old law stands.",
            "Alpha stays.\nA new law stands.",
            "Alpha stays.\n\n[-The old-] {+A new+} law stands.",
            id="a paragraph that begins otherwise is one paragraph",
        ),
        pytest.param(
            "Alpha stays.\nOld heading\nGamma stays.",
            "Alpha stays.\nNew title\nGamma stays.",
            "Alpha stays.\n\n[-Old heading-] {+New title+}\n\nGamma stays.",
            id="a replaced heading stands beside its successor",
        ),
        pytest.param("a [-b-] c", "a [-b-] d", "a \\[-b\\-] [-c-] {+d+}", id="marks in the text"),
        pytest.param("", "All is new.", "{+All is new.+}", id="from nothing"),
        pytest.param("All goes.", "", "[-All goes.-]", id="to nothing"),
    ],
)
def test_it_reads_as_a_person_would_mark_it(before, after, expected):
    assert marked(before, after) == expected


def test_beyond_the_deadline_whole_stretches_are_replaced():
    before = ["Same first.", "one two three. four five six."]
    after = ["Same first.", "one 2 three. four 5 six."]
    exact = compare_blocks(before, after, None)
    hasty = compare_blocks(before, after, 0.0)
    assert unified_text(exact).endswith("one [-two-] {+2+} three. four [-five-] {+5+} six.")
    assert unified_text(hasty).endswith("one [-two three. four five-] {+2 three. four 5+} six.")


def section(number: str, heading: str, *blocks: str) -> Section:
    return Section(number, heading, blocks)


def reading(*sections: Section, blocks: tuple[str, ...] = ("Calm.",), **fields) -> Reading:
    return Reading("Executive Summary", blocks, sections=sections, **fields)


def test_sections_are_matched_by_heading_then_number():
    before = reading(
        section("1", "Section 1. Integrity", "No change here."),
        section("2", "Section 2. Civil Liberties", "Press was free."),
        section("3", "Section 3. Elections", "Votes were counted."),
    )
    after = reading(
        section("1", "Section 1. Life", "No change here."),
        section("3", "Section 3. Elections", "Votes were not counted."),
        section("", "Annex", "A table."),
    )
    compared = compare_readings(before, after)
    assert [
        (s.heading_before, s.heading_after, s.comparison.words_added, s.comparison.words_removed)
        for s in compared.sections
    ] == [
        ("Section 1. Integrity", "Section 1. Life", 1, 1),
        ("Section 2. Civil Liberties", None, 0, 7),
        ("Section 3. Elections", "Section 3. Elections", 1, 0),
        (None, "Annex", 3, 0),
    ]
    assert compared.changed[0][0] == "Section 1. Life"
    assert (compared.words_added, compared.words_removed) == (5, 8)


def test_a_section_that_changed_places_is_no_silent_change():
    one, two = section("", "One", "Text one."), section("", "Two", "Text two.")
    before, after = reading(one, two), reading(two, one)
    assert before.words_sha256 != after.words_sha256
    assert not compare_readings(before, after).is_same


@given(BLOCKS, BLOCKS, st.lists(st.tuples(WORD, BLOCKS), max_size=3))
def test_readings_compare_as_same_only_when_their_words_do(summary, other, sections):
    before = reading(*(section("", h, *b) for h, b in sections), blocks=tuple(summary))
    after = reading(*(section("", h, *b) for h, b in sections[::-1]), blocks=tuple(other))
    if compare_readings(before, after).is_same:
        assert before.words_sha256 == after.words_sha256


@pytest.mark.parametrize(
    ("number", "heading", "name"),
    [
        ("2", "Respect for Civil Liberties", "Section 2. Respect for Civil Liberties"),
        ("2", "Section 2. Respect for Civil Liberties", "Section 2. Respect for Civil Liberties"),
        ("", "Annex", "Annex"),
        ("4", "", "Section 4"),
        ("", "", "an untitled section"),
    ],
)
def test_a_section_is_named_once(number, heading, name):
    compared = compare_readings(
        reading(section(number, heading, "Old.")), reading(section(number, heading, "New."))
    )
    assert compared.changed[0][0] == name


def issues(*texts: str, status: IssueStatus = IssueStatus.LISTED) -> IssueList:
    return IssueList(status, tuple(Issue(text) for text in texts))


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        (issues("torture", "exile"), issues("torture"), (), ("exile",)),
        (issues("torture", "exile."), issues("Exile", "arrest"), ("arrest",), ("torture",)),
        (issues("torture"), issues(status=IssueStatus.NONE_REPORTED), (), ("torture",)),
        (issues("torture"), issues(status=IssueStatus.UNPARSED), (), ()),
        (issues(status=IssueStatus.UNPARSED), issues("torture"), (), ()),
    ],
)
def test_issues_are_told_apart_only_where_both_lists_could_be_read(before, after, added, removed):
    compared = compare_readings(reading(issues=before), reading(issues=after))
    assert compared.issues_added == added
    assert compared.issues_removed == removed


def rewritten(count: int, seed: int) -> list[str]:
    """Return ``count`` words in paragraphs, drawn so that few sentences repeat between seeds."""
    text = [f"w{(n * n * seed + n // 7) % 1999}{'.' * (n % 19 == 0)}" for n in range(count)]
    return [" ".join(text[start : start + 90]) for start in range(0, count, 90)]


def test_a_huge_text_cannot_hold_up_a_run():
    before, after = rewritten(120_000, 3), rewritten(120_000, 7)
    with bounded():
        compare_blocks(before, after)


def test_a_text_of_more_words_than_there_are_characters_is_replaced_whole():
    before = [" ".join(map(str, range(530_000)))]
    compared = compare_blocks(before, ["0 other"])
    assert (compared.words_added, compared.words_removed) == (2, 530_000)


def test_a_reworded_issue_neither_went_nor_came():
    old, new = (
        reading(issues=IssueList(IssueStatus.LISTED, (Issue(text, ("torture_cidt",)),)))
        for text in ("torture by police", "torture by some police")
    )
    compared = compare_readings(old, new)
    assert (compared.issues_added, compared.issues_removed) == ((), ())
    (reworded,) = compared.issues_reworded
    assert (reworded.before, reworded.after) == ("torture by police", "torture by some police")
    assert [piece for piece in reworded.pieces if piece.op is not Op.EQUAL] == [
        Span(Op.INSERT, "some")
    ]
