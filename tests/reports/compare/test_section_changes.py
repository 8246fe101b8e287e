"""Sections of two editions: matched across renamed headings, guarded where the outline changed."""

import pytest

from reports.compare.alignment import Work
from reports.compare.sections import OutlineChange, SectionState, match_sections
from reports.model.reading import Reading, Section


def prose(about: str, count: int = 6) -> tuple[str, ...]:
    """Write paragraphs that share no five words in a row with those about anything else."""
    return tuple(
        f"In town {n}{about} the {about}court heard that {about}police held {about}men."
        for n in range(count)
    )


def section(number: str, heading: str, *blocks: str, subheadings: tuple[int, ...] = ()) -> Section:
    return Section(number, heading, blocks, subheadings)


def matched(before: list[Section], after: list[Section]) -> OutlineChange:
    old, new = (Reading("", ("Calm.",), sections=tuple(each)) for each in (before, after))
    return match_sections(old, new, Work.within(None))


OLD = [
    section("1", "Respect for the Integrity of the Person, Including Freedom from:", *prose("a")),
    section("2", "Respect for Civil Liberties, Including:", *prose("b")),
    section("3", "Corruption and Lack of Transparency", *prose("c")),
    section("4", "Discrimination, Societal Abuses, and Trafficking", *prose("d")),
]


def test_renamed_sections_are_matched():
    new = [
        section("1", "Respect for the Integrity of the Person", *prose("a")),
        section("2", "Respect for Civil Liberties", *prose("b")),
        section("3", "Corruption and Transparency", *prose("c")),
        section("4", "Discrimination and Societal Abuses", *prose("x")),
    ]
    outline = matched(OLD, new)
    assert not outline.is_other_outline
    assert [each.state for each in outline.sections] == [SectionState.RENAMED] * 4
    assert [each.share_kept for each in outline.sections][:3] == [1, 1, 1]
    assert outline.sections[3].share_kept == 0


def test_a_section_under_another_heading_is_matched_by_its_number_in_a_kept_outline():
    new = [*OLD[:2], section("3", "Honesty of Officials", *prose("c")), OLD[3]]
    changed = matched(OLD, new).sections[2]
    assert changed.state is SectionState.RENAMED
    assert changed.before is OLD[2]


def test_sections_come_and_go_and_change_places():
    new = [OLD[0], section("2", "Elections", *prose("e")), OLD[3], OLD[1]]
    outline = matched([OLD[0], section("9", "Annex", *prose("z")), *OLD[1:]], new)
    assert [(each.state, (each.after or each.before).heading[:9]) for each in outline.sections] == [
        (SectionState.KEPT, "Respect f"),
        (SectionState.NEW, "Elections"),
        (SectionState.GONE, "Annex"),
        (SectionState.GONE, "Corruptio"),
        (SectionState.KEPT, "Discrimin"),
        (SectionState.KEPT, "Respect f"),
    ]


def test_another_outline_is_said_so_and_its_sections_are_not_compared():
    new = [
        section("1", "Life", *prose("v")),
        section("2", "Liberty", *prose("w")),
        section("3", "Security of the Person", *prose("y")),
    ]
    outline = matched(OLD, new)
    assert outline.is_other_outline
    assert [each.state for each in outline.sections] == [SectionState.GONE] * 4 + [
        SectionState.NEW
    ] * 3
    assert all(each.share_kept is None for each in outline.sections)
    assert outline.words_kept == 0


def test_words_kept_under_another_outline_are_told_of_the_reports_as_wholes():
    new = [section("1", "Life", *prose("v", 30), *OLD[0].blocks)]
    outline = matched(OLD, new)
    assert outline.is_other_outline
    assert OLD[0].word_count - 5 < outline.words_kept <= OLD[0].word_count


def test_the_same_text_under_new_headings_is_no_other_outline():
    new = [
        section(old.number, f"Part {name}", *old.blocks)
        for old, name in zip(OLD, "ABCD", strict=True)
    ]
    outline = matched(OLD, new)
    assert not outline.is_other_outline
    assert [each.state for each in outline.sections] == [SectionState.RENAMED] * 4


@pytest.mark.parametrize("side", [0, 1])
def test_a_report_without_sections_has_no_other_outline(side):
    sides = [OLD, OLD]
    sides[side] = []
    outline = matched(*sides)
    assert not outline.is_other_outline
    assert outline.is_unread
    assert len(outline.sections) == len(OLD)
    assert {each.state for each in outline.sections} == {SectionState.UNREAD}


def test_subheadings_that_only_one_edition_has_are_named():
    before = [
        section("1", "Worker Rights", "a. Unions", "Few.", "b. Prison Conditions", "Bad.",
                "c. Freedom of the Press", subheadings=(0, 2, 4)),
    ]  # fmt: skip
    after = [
        section("1", "Worker Rights", "b. Unions", "Few.",
                "a. Freedom of Expression and the Press", "d. Forced Labor", "None.",
                subheadings=(0, 2, 3)),
    ]  # fmt: skip
    outline = matched(before, after)
    assert outline.subheadings_gone == ("b. Prison Conditions",)
    assert outline.subheadings_new == ("d. Forced Labor",)


def test_more_sections_than_any_report_has_are_matched_by_equal_headings():
    many = [section("", f"Heading {n}", *prose("q", 1)) for n in range(500)]
    outline = matched(many, many[::-1])
    assert {each.state for each in outline.sections} == {SectionState.KEPT}
