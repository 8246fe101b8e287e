"""The DOCX of a comparison: its changes can be accepted and rejected, and all of it is readable."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from itertools import pairwise

import docx
import pytest
from filed_stage import (
    LATER,
    LONG,
    READINGS,
    SECTIONS,
    parts_that_differ,
    reading,
    shown,
    version,
)
from hypothesis import given
from hypothesis import strategies as st
from tracked_docx import ACCEPTED, REJECTED, W, body, footnotes, package, texts, words_of

from bench.bounded import bounded
from deployments.sample_site.editions import SampleReport
from deployments.sample_site.timeline import load_timeline
from exhibits.filed_documents import render_comparison_docx, render_diff_docx
from reports.compare.diff import compare_readings
from reports.compare.editions import ABSENCE, compare_editions
from reports.model.reading import Marked, MarkKind, Reading, Section
from reports.model.values import NextEdition

PAIRS = [
    pytest.param(reading("The same."), reading("The same."), id="nothing changed"),
    pytest.param(reading("Gone."), reading(), id="a summary is gone"),
    pytest.param(reading(), reading("New."), id="a summary is new"),
    pytest.param(
        reading("A.", Life=["B c."]), reading("A.", Life=["B c."], Liberty=["D."]), id="a section"
    ),
    pytest.param(reading("A.", Life=["B c."]), reading("A."), id="a section is gone"),
    pytest.param(
        reading("A.", Life=["B c d e.", "F."]), reading("A.", Life=["B c", "d e. F."]), id="borders"
    ),
]


def diff(before: Reading, after: Reading) -> bytes:
    old, new = version(before), version(after, 2)
    return render_diff_docx(old, new, compare_readings(before, after))


def comparison(before: Reading, after: Reading) -> bytes:
    old, new = version(before, edition="2022"), version(after)
    return render_comparison_docx(old, new, compare_editions(before, after))


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_difference_gives_either_text_back(before: Reading, after: Reading) -> None:
    made = diff(before, after)
    olds, news = parts_that_differ(before, after)
    assert texts(made, REJECTED) == olds
    assert texts(made, ACCEPTED) == news


@given(READINGS, READINGS)
def test_any_difference_gives_either_text_back(before: Reading, after: Reading) -> None:
    made = diff(before, after)
    olds, news = parts_that_differ(before, after)
    assert texts(made, REJECTED) == olds
    assert texts(made, ACCEPTED) == news


@given(READINGS, READINGS)
def test_a_text_written_anew_is_replaced_as_a_whole(before: Reading, after: Reading) -> None:
    old, new = version(before), version(after, 2)
    follows = NextEdition("Version 1.0", "Version 2.0", words_kept=12)
    made = render_diff_docx(old, new, compare_readings(before, after), follows)
    assert texts(made, REJECTED) == [shown(before.all_blocks)]
    assert texts(made, ACCEPTED) == [shown(after.all_blocks)]


@given(READINGS, READINGS)
def test_two_editions_give_back_the_text_of_every_matched_section(
    before: Reading, after: Reading
) -> None:
    made = comparison(before, after)
    outline = compare_editions(before, after).outline
    is_matched = not (outline.is_other_outline or outline.is_unread)
    pairs = [(before.blocks, after.blocks)]
    for each in outline.sections if is_matched else ():
        pairs.append(
            tuple(
                (side.heading, *side.blocks) if side else () for side in (each.before, each.after)
            )
        )
    differing = [
        pair
        for pair, has_both in zip(
            pairs, [True, *(each.before and each.after for each in outline.sections)], strict=False
        )
        if not has_both or " ".join(filter(None, pair[0])) != " ".join(filter(None, pair[1]))
    ]
    assert texts(made, REJECTED) == [shown(old) for old, _ in differing]
    assert texts(made, ACCEPTED) == [shown(new) for _, new in differing]


def as_reading(report: SampleReport) -> Reading:
    sections = tuple(
        Section(
            chapter.number,
            chapter.title,
            tuple(block for part in chapter.divisions for block in (part.title, *part.paragraphs)),
        )
        for chapter in report.chapters
    )
    return Reading("Executive Summary", report.summary, sections=sections)


def test_every_edit_of_the_sample_site_gives_either_text_back() -> None:
    timeline = load_timeline()
    edits = 0
    for before, after in pairwise(map(timeline.at, range(len(timeline.steps)))):
        held = {each.key: each for edition in before.editions for each in edition.reports}
        for report in (each for edition in after.editions for each in edition.reports):
            if report.key not in held or held[report.key] == report:
                continue
            old, new = as_reading(held[report.key]), as_reading(report)
            made = diff(old, new)
            assert (texts(made, REJECTED), texts(made, ACCEPTED)) == parts_that_differ(old, new)
            edits += old != new
    assert edits >= 4


def test_each_change_is_signed_and_dated_and_has_an_id_of_its_own() -> None:
    made = diff(reading("One, two.", Life=["Three."]), reading("One, too.", Liberty=["Three."]))
    changes = [each for tag in ("ins", "del") for each in body(made).iter(f"{W}{tag}")]
    assert len(changes) >= 4
    assert len({each.get(f"{W}id") for each in changes}) == len(changes)
    assert {each.get(f"{W}author") for each in changes} == {
        "Meridian Union, Bureau of Civic Reporting (version 2)"
    }
    assert {each.get(f"{W}date") for each in changes} == {f"{LATER:%Y-%m-%dT%H:%M:%SZ}"}


def test_another_reader_finds_the_changes_and_the_properties() -> None:
    """python-docx shares no code with what wrote the file."""
    made = diff(reading("The court was credible."), reading("The court was fair."))
    document = docx.Document(io.BytesIO(made))
    assert [each.text for each in document.element.xpath("//w:del//w:delText")] == ["credible."]
    assert [each.text for each in document.element.xpath("//w:ins//w:t")] == ["fair."]
    properties = document.core_properties
    assert (properties.title, properties.author) == ("Gandoria 2023: version 1 to 2", "reportwatch")
    assert (properties.language, properties.subject) == ("en", "2023 Sample Report: Gandoria")
    section = document.sections[0]
    assert section.header.paragraphs[0].text == f"{properties.title}\t{properties.subject}"
    footer = section.footer.paragraphs[0]
    assert footer.text.endswith("Page 1 of 1")
    fields = [each.text for each in footer._p.xpath(".//w:instrText")]
    assert fields == [" PAGE ", " NUMPAGES "]
    said = [paragraph.text for paragraph in document.paragraphs]
    assert {properties.title, ABSENCE} <= set(said)


def test_footnotes_cite_both_versions_and_hash_every_part() -> None:
    before = reading("One.", Life=["Two."], Liberty=["Three."])
    after = reading("One.", Life=["Four."], Liberty=["Three."])
    notes = footnotes(diff(before, after))
    assert len(notes) == 5
    for note, side, number in ((notes[0], before, 1), (notes[1], after, 2)):
        for cited in ("https://sample", f"version {number}", "captured 2026-03-0"):
            assert cited in note
        assert f"sha256:{side.report_sha256}" in note
        assert f"sha256:{str(number) * 64}" in note
    old, new = before.sections[0].section_sha256, after.sections[0].section_sha256
    assert notes[2] == f"Life: version 1 sha256:{old}, version 2 sha256:{new}."
    same = [
        ("Executive Summary", before.text_sha256),
        ("Liberty", before.sections[1].section_sha256),
    ]
    assert notes[3:] == [f"{n}: version 1 and version 2 sha256:{sha}." for n, sha in same]


def test_a_move_is_told_where_it_left_and_where_it_arrived() -> None:
    second = "Another paragraph, which is long as well, and stays in its place for good."
    made = diff(reading(LONG, second, "End."), reading(second, LONG, "End."))
    told = [note for note in footnotes(made) if "Move 1" in note]
    assert [note.split(",")[0] for note in told] == ["Left from here", "Arrived here"]
    where = "from Executive Summary, paragraph 1 to Executive Summary, paragraph 2"
    assert all(where in note for note in told)
    tags = {each.tag.removeprefix(W) for each in body(made).iter()}
    assert {"ins", "del"} <= tags
    assert not tags & {"moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart"}


def test_words_that_the_publisher_struck_have_a_footnote() -> None:
    before = reading("The court was credible and fair.")
    after = replace(
        reading("The court was fair."),
        marked=(Marked(MarkKind.STRUCK, "credible and", "The court was fair.", 3),),
    )
    made = diff(before, after)
    assert "Struck by the publisher." in footnotes(made)
    assert texts(made, REJECTED) == [before.blocks]


def test_what_is_the_same_is_left_out_and_named() -> None:
    before = reading("One.", Life=["Same."], Liberty=["Three."])
    made = diff(before, reading("One.", Life=["Same."], Liberty=["Four."]))
    said = [words_of(each) for each in body(made).iter(f"{W}p")]
    assert said[said.index("Unchanged, and left out here") + 1 :][:2] == [
        "Executive Summary",
        "Life",
    ]
    assert "Same." not in said


def test_the_same_versions_give_the_same_bytes() -> None:
    before, after = reading("One."), reading("Two.")
    made = diff(before, after)
    assert made == diff(before, after)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        declared = package(made)["[Content_Types].xml"]
        parts = {each.get("PartName", "") for each in declared if each.get("PartName")}
        assert parts == {f"/{n}" for n in archive.namelist()[1:] if not n.endswith(".rels")}


def test_every_style_that_is_used_is_defined() -> None:
    made = [
        diff(reading("One.", Life=["B."]), reading("Two.")),
        comparison(reading("One two.", Life=["B."]), reading("Two.", Life=["C."])),
    ]
    for parts in map(package, made):
        defined = {each.get(f"{W}styleId") for each in parts["word/styles.xml"].iter(f"{W}style")}
        used = {
            each.get(f"{W}val")
            for part in parts.values()
            for tag in ("pStyle", "rStyle", "tblStyle")
            for each in part.iter(f"{W}{tag}")
        }
        assert len(used) >= 8
        assert used <= defined


@given(SECTIONS, st.text(max_size=40))
def test_hostile_names_are_harmless(sections: tuple[Section, ...], title: str) -> None:
    before = Reading("", ("One.",), notes=(title,), sections=sections)
    old, new = (
        replace(version(each, number), title=title, url=f"https://x/{title}")
        for number, each in ((1, before), (2, reading("Two.")))
    )
    assert package(render_diff_docx(old, new, compare_readings(before, new.reading)))
    compared = compare_editions(before, new.reading)
    assert package(render_comparison_docx(old, new, compared))


@pytest.mark.parametrize("word", ["a ", "\x00 ", "x", "<& \u202e"])
def test_a_paragraph_of_a_megabyte_has_an_end(word: str) -> None:
    long = (word * 1_000_000)[:1_000_000].strip()
    with bounded():
        made = diff(reading(long, "End."), reading(f"New {long}", "The end."))
    assert len(texts(made, ACCEPTED)) == 1
