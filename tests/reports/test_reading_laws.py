"""What holds of every reading, whatever the text: canonical, literal, comparable, hashed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.fuzz.seeds import EXAMPLES, own_seed
from reports.compare.diff import Comparison, Op, ReadingComparison, compare_readings
from reports.facts.kinds import KIND_NAMES
from reports.facts.read import read_facts
from reports.issues.read import read_issues
from reports.model.reading import IssueStatus, Reading, Section
from reports.text.canonical import canonical_block, canonical_blocks, words
from reports.text.fingerprint import text_sha256, words_sha256

SENTENCES = (
    "The island's council was elected in May in a vote that observers called fair.",
    "The guard maintained effective control over its watchmen.",
    "There were no significant changes in the human rights situation during the year.",
    "Members of the guard committed some abuses.",
    "The council took credible steps to identify and punish officials who committed abuses.",
    "There were no credible reports of significant human rights abuses.",
    "A band of smugglers killed two ferrymen (see section 1.a.); the harbour closed.",
)
LEADS = (
    "Significant human rights issues included credible reports of: ",
    "The most significant human rights problems included ",
    "Other human rights problems reported during the year included ",
    "Human rights issues included: reports of ",
    "With respect to the northern isles, significant human rights issues included: ",
)
ISSUES = (
    "arbitrary killings by the guard",
    "torture; and forced disappearance",
    "harsh prison conditions, including overcrowding",
    "censorship, although the law was not enforced",
    "trafficking in persons, and child labor",
    "“fog” (see below; and ice)",
    "1) arrests of editors; 2) closed courts",
    "",
)
PARTS = st.sampled_from((*SENTENCES, *LEADS, *ISSUES, "; ", "and ", ". ", ": ", "(", "\u00a0"))
BLOCKS = st.lists(st.lists(PARTS | st.text(max_size=12), max_size=8).map("".join), max_size=5).map(
    canonical_blocks
)
SECTIONS = st.lists(
    st.builds(
        Section,
        st.sampled_from(("", "1", "2", "3")),
        st.sampled_from(("Courts", "Harbours", "Ferries", "")),
        st.lists(st.sampled_from((*SENTENCES, "Freedom of Movement")), max_size=4).map(tuple),
    ),
    max_size=4,
).map(tuple)
READINGS = st.builds(
    lambda blocks, sections: Reading("Summary", blocks, (), sections, read_issues(blocks)),
    BLOCKS,
    SECTIONS,
)
EXAMPLE_READINGS = tuple(
    found.reading
    for path in sorted((EXAMPLES / "sample-hrr").glob("*.html"))
    for found in own_seed("sample-hrr", path).page.reports
)


@given(st.text(st.characters()))  # lone surrogates among them
def test_canonical_text_is_its_own_canonical_text(text: str) -> None:
    once = canonical_block(text)
    assert canonical_block(once) == once
    assert canonical_blocks([once]) == ((once,) if once else ())
    once.encode()


@given(BLOCKS)
@example((LEADS[0] + "; ".join(ISSUES[:2]) + ".",))
def test_issues_are_literal_stand_where_they_say_in_order_and_do_not_overlap(
    blocks: tuple[str, ...],
) -> None:
    found = read_issues(blocks)
    end = (0, 0)
    for issue in found.items:
        assert issue.text.strip()
        assert blocks[issue.block].startswith(issue.text, issue.start)
        assert (issue.block, issue.start) >= end
        assert issue.text.endswith(issue.qualifier)
        assert -1 <= issue.lead < len(found.leads)
        end = (issue.block, issue.start + len(issue.text))
    for lead in found.leads:
        assert blocks[lead.block].startswith(lead.text, lead.start)


@given(BLOCKS)
def test_a_list_has_issues_exactly_when_it_is_one_and_a_reason_when_it_is_not_read(
    blocks: tuple[str, ...],
) -> None:
    found = read_issues(blocks)
    assert bool(found.items) == (found.status in (IssueStatus.LISTED, IssueStatus.PARTIAL))
    assert found.unread or found.status is not IssueStatus.PARTIAL
    assert bool(found.unread) <= (found.status in (IssueStatus.PARTIAL, IssueStatus.UNPARSED))
    if blocks:
        assert bool(found.reason) == (found.status is IssueStatus.UNPARSED)


@given(BLOCKS)
@example(SENTENCES)
def test_facts_are_literal_and_stand_where_they_say(blocks: tuple[str, ...]) -> None:
    found = read_facts(blocks)
    for fact in found:
        assert fact.kind in KIND_NAMES
        assert blocks[fact.block].startswith(fact.text, fact.start)


@given(READINGS, READINGS)
def test_a_comparison_applied_to_one_reading_gives_the_other(one: Reading, two: Reading) -> None:
    check_applies(one, two)


@given(READINGS, st.randoms(use_true_random=False))
def test_it_does_so_where_paragraphs_were_moved_cut_and_edited(
    one: Reading, rng: random.Random
) -> None:
    check_applies(one, stirred(one, rng))


@pytest.mark.parametrize("before", EXAMPLE_READINGS, ids=lambda one: one.text_sha256[:6])
@pytest.mark.parametrize("seed", range(3))
def test_it_does_so_on_whole_reports(before: Reading, seed: int) -> None:
    rng = random.Random(seed)
    check_applies(before, stirred(before, rng))
    check_applies(before, rng.choice(EXAMPLE_READINGS))


def stirred(reading: Reading, rng: random.Random) -> Reading:
    """Move, drop, double and reword paragraphs, within sections and between them."""
    parts = [list(reading.blocks), *(list(section.blocks) for section in reading.sections)]
    for _ in range(rng.randint(1, 4)):
        source, target = rng.choice(parts), rng.choice(parts)
        if source:
            block = source.pop(rng.randrange(len(source)))
            new = rng.choice(([block], [block], [], [block, block], [reworded(block, rng)]))
            at = rng.randint(0, len(target))
            target[at:at] = new
    sections = (
        replace(section, blocks=tuple(blocks), subheadings=())
        for section, blocks in zip(reading.sections, parts[1:], strict=True)
    )
    return replace(reading, blocks=tuple(parts[0]), sections=tuple(sections))


def reworded(block: str, rng: random.Random) -> str:
    said = block.split()
    said[rng.randrange(len(said))] = "anew"
    return " ".join(said)


def check_applies(before: Reading, after: Reading) -> None:
    """Apply a comparison to one reading's words part by part: it must give the other's."""
    compared = compare_readings(before, after)
    assert words_after(compared.summary, words(before.blocks)) == words(after.blocks)
    made = [part for each in compared.sections for part in words_of(each.comparison, before=False)]
    kept = [part for each in compared.sections for part in words_of(each.comparison, before=True)]
    assert sorted(kept) == sorted(words(section_blocks(before)))
    assert sorted(made) == sorted(words(section_blocks(after)))
    assert ordered(compared, after)
    assert compared.is_same == (before.words_sha256 == after.words_sha256) or parted(before, after)


def parted(before: Reading, after: Reading) -> bool:
    """Tell whether two readings share all words in a row but part them into other sections."""
    return words(before.all_blocks) == words(after.all_blocks)


def ordered(compared: ReadingComparison, after: Reading) -> bool:
    """Tell whether the sections that stayed or came stand in the new report's order."""
    made = [words_of(each.comparison, before=False) for each in compared.sections]
    wanted = [words((each.heading, *each.blocks)) for each in after.sections]
    return [each for each in made if each] == [each for each in wanted if each]


def section_blocks(reading: Reading) -> Sequence[str]:
    return [text for each in reading.sections for text in (each.heading, *each.blocks)]


def words_of(comparison: Comparison, *, before: bool) -> list[str]:
    """Return the words of one side: those of the other side's marks are taken out."""
    out = Op.INSERT if before else Op.DELETE
    pieces = (piece for paragraph in comparison.paragraphs for piece in paragraph)
    return words(piece.text for piece in pieces if piece.op is not out)


def words_after(comparison: Comparison, before: list[str]) -> list[str]:
    """Apply a comparison to the words of the old text, which it must fit."""
    rest, made = list(before), []
    for piece in (piece for paragraph in comparison.paragraphs for piece in paragraph):
        taken = words([piece.text])
        if piece.op is not Op.INSERT:
            assert rest[: len(taken)] == taken
            del rest[: len(taken)]
        if piece.op is not Op.DELETE:
            made += taken
    assert rest == []
    return made


@given(BLOCKS, BLOCKS)
def test_hashes_are_equal_exactly_where_what_they_stand_for_is(
    one: tuple[str, ...], two: tuple[str, ...]
) -> None:
    assert (text_sha256(one) == text_sha256(two)) == (one == two)
    assert (words_sha256(one) == words_sha256(two)) == (words(one) == words(two))
