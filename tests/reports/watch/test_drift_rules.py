"""What tells a reader's failure from a publisher's edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading, Section
from reports.watch.alarm import MOST_EXAMPLES, AlarmKind
from reports.watch.drift import (
    FEW,
    EditionRead,
    Floors,
    PageRead,
    ReportRead,
    judge,
    new_shapes,
    still_stands,
    what_was_lost,
)

SENTENCE = (
    "The courts of province {} heard nearly all of the cases that came before them in public view."
)
LISTED = IssueList(IssueStatus.LISTED)


def words(count: int, about: str = "word") -> str:
    return " ".join(f"{about}{n}" for n in range(count))


def a_reading(summary: int = 100, sections: int = 6, issues: IssueList = LISTED) -> Reading:
    parts = tuple(
        Section(str(n), f"Part {n}", (SENTENCE.format(n), words(40, f"s{n}x")))
        for n in range(sections)
    )
    return Reading("Executive Summary", (words(summary),), sections=parts, issues=issues)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (a_reading(), ""),
        (a_reading(sections=1), ""),
        (a_reading(summary=20), ""),
        (a_reading(issues=IssueList()), ""),
        (a_reading(sections=0), "every section is gone, of 6"),
        (a_reading(summary=19), "19 of the summary's 100 words are left"),
        (
            a_reading(summary=60, sections=1, issues=IssueList()),
            "the list of issues cannot be read, and 120 of 460 words are left",
        ),
    ],
    ids=[
        "nothing",
        "most sections",
        "most of the summary",
        "the list alone",
        "every section",
        "nearly the whole summary",
        "the list and most words",
    ],
)
def test_what_a_broken_reader_loses_is_named(after: Reading, said: str) -> None:
    assert what_was_lost(a_reading(), after) == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_reading(sections=0), a_reading(sections=0)),
        (a_reading(summary=49), a_reading(summary=1)),
        (a_reading(issues=IssueList()), a_reading(summary=30, sections=1, issues=IssueList())),
        (a_reading(sections=0), a_reading()),
    ],
    ids=["it never had sections", "a short summary", "an unread list", "more than before"],
)
def test_what_was_not_there_is_not_lost(before: Reading, after: Reading) -> None:
    assert what_was_lost(before, after) == ""


def page_of(reading: Reading, tag: str = "div") -> bytes:
    return "".join(f"<{tag} class='x'>{block}</{tag}>" for block in reading.all_blocks).encode()


@pytest.mark.parametrize(
    ("body", "stands"),
    [
        (page_of(a_reading()), True),
        (page_of(a_reading(), "li").upper(), True),
        (page_of(a_reading()).replace(b" that came", b"&nbsp;that <em>came</em>"), True),
        (b'{"html":"%s"}' % page_of(a_reading()).replace(b"<", b"\\u003c"), True),
        (page_of(a_reading(sections=0)), False),
        (page_of(a_reading(sections=1)), False),
        (b"", False),
        (b"\xff\xfe\x00", False),
    ],
    ids=["as it was", "shouted", "marked up", "in a script", "gone", "most gone", "none", "noise"],
)
def test_lost_text_is_looked_for_on_the_page(body: bytes, stands: bool) -> None:
    assert still_stands(a_reading(), a_reading(sections=0), body) is stands


def test_sections_that_ran_into_the_summary_still_stand() -> None:
    before = a_reading()
    after = Reading("", before.all_blocks)
    assert still_stands(before, after, b"whatever")


@given(st.binary(max_size=300), st.integers(0, 3), st.integers(0, 3))
def test_any_bytes_can_be_searched(body: bytes, had: int, has: int) -> None:
    assert still_stands(a_reading(sections=had), a_reading(sections=has), body) in (True, False)


def report(number: int, edition: str = "2024", **facts: object) -> ReportRead:
    name = ReportId("sample-hrr", edition, f"X{number:02}")
    return replace(ReportRead(name, IssueStatus.LISTED, 1000, 6), **facts)


def an_edition(
    count: int = 20, edition: str = "2024", blank: int = 0, held: int = 0, **facts: object
) -> EditionRead:
    """Return an edition whose first pages are blank or held back, all reports read alike."""
    pages = tuple(
        PageRead(f"page {n}", n >= blank + held, is_held_back=blank <= n < blank + held)
        for n in range(count)
    )
    reports = tuple(report(n, edition, **facts) for n in range(count))
    return EditionRead("sample-hrr", edition, pages, reports)


def kinds(*editions: EditionRead, floors: Floors = Floors()) -> list[str]:  # noqa: B008
    return [each.kind.value for each in judge(editions, floors)]


@pytest.mark.parametrize(
    ("edition", "found"),
    [
        (an_edition(), []),
        (an_edition(0), []),
        (an_edition(blank=2), []),
        (an_edition(blank=3), ["drift_summary"]),
        (an_edition(19, blank=19), []),
        (an_edition(100, blank=10), []),
        (an_edition(100, blank=11), ["drift_summary"]),
        (an_edition(issue_status=IssueStatus.UNPARSED), ["drift_issues"]),
        (an_edition(19, issue_status=IssueStatus.UNPARSED), []),
        (an_edition(issue_status=IssueStatus.NONE_REPORTED), []),
        (an_edition(section_count=0, had_sections=True), ["drift_outline"]),
        (an_edition(FEW - 1, section_count=0, had_sections=True), []),
        (an_edition(section_count=0, had_sections=False), []),
        (an_edition(1, held=1), ["held_back"]),
        (an_edition(30, held=10), ["held_back"]),
        (an_edition(30, held=10, blank=3), ["held_back", "drift_summary"]),
    ],
)
def test_an_edition_is_judged_by_its_floors(edition: EditionRead, found: list[str]) -> None:
    assert kinds(edition) == found


def test_a_source_may_have_floors_of_its_own() -> None:
    strict = Floors(summary_share=1.0, least_pages=5)
    assert kinds(an_edition(5, blank=1), floors=strict) == ["drift_summary"]
    lax = Floors(issue_share=0.0)
    assert kinds(an_edition(issue_status=IssueStatus.UNPARSED), floors=lax) == []


@pytest.mark.parametrize(
    ("had", "has", "count", "is_found"),
    [
        (1000, 500, 20, False),
        (1000, 499, 20, True),
        (1000, 340, 20, True),
        (1000, 340, 19, False),
        (1000, 3000, 20, False),
        (1000, 3001, 20, True),
    ],
)
def test_lengths_are_compared_with_the_last_editions(
    had: int, has: int, count: int, is_found: bool
) -> None:
    last = an_edition(count, "2023", summary_words=had)
    this = an_edition(count, "2024", summary_words=has)
    found = judge([last, this], Floors())
    assert [each.kind for each in found] == [AlarmKind.DRIFT_LENGTH] * is_found


def test_only_the_newest_edition_is_measured_against_the_last() -> None:
    short = an_edition(edition="2023", summary_words=100)
    assert kinds(an_edition(edition="2022"), short) == ["drift_length"]
    assert kinds(an_edition(edition="2022"), short, an_edition(summary_words=100)) == []


def test_lengths_are_compared_over_the_same_countries_only() -> None:
    """A new edition arrives with a few small countries first."""
    last = an_edition(60, "2023")
    small = tuple(report(n, "2023", summary_words=300) for n in range(20))
    last = replace(last, reports=(*small, *last.reports[20:]))
    assert kinds(last, an_edition(20, "2024", summary_words=300)) == []


def test_a_finding_names_examples_and_the_command_that_helps() -> None:
    last = an_edition(edition="2023")
    this = an_edition(blank=12, summary_words=200, issue_status=IssueStatus.UNPARSED)
    found = {each.kind: each for each in judge([last, this], Floors())}
    summary = found[AlarmKind.DRIFT_SUMMARY]
    assert summary.examples == tuple(f"page {n}" for n in range(MOST_EXAMPLES))
    assert "12 of 20 pages" in summary.text
    issues = found[AlarmKind.DRIFT_ISSUES]
    assert issues.examples[0] == "sample-hrr/2024/X00"
    assert "`reportwatch show X00 2024 --source sample-hrr`" in issues.remedy
    length = found[AlarmKind.DRIFT_LENGTH]
    assert "200 words, 1,000 in edition 2023, over the 20 countries" in length.text
    assert "`reportwatch compare X00 2023 2024 --source sample-hrr`" in length.remedy


def test_pages_held_back_are_one_finding_for_all_editions() -> None:
    (found,) = judge([an_edition(edition="2023", held=3), an_edition(held=2)], Floors())
    assert found.text.startswith("5 pages held back (2023: 3, 2024: 2)")
    assert "`reportwatch review`" in found.remedy


def test_new_mark_up_is_told_from_a_few_pages_on() -> None:
    shapes = {"aaaa": ["one", "two", "three"], "bbbb": ["four", "five"]}
    (found,) = new_shapes("sample-hrr", shapes, 40)
    assert (found.subject, found.examples) == ("aaaa", ("one", "two", "three"))
    assert found.text.startswith("3 of the 40 pages of sample-hrr")
    assert not found.is_fault


@pytest.mark.parametrize("partial", [0, 1, 3])
def test_lists_that_were_not_read_whole_are_a_finding_that_names_them(partial: int) -> None:
    edition = an_edition()
    reports = tuple(
        replace(each, issue_status=IssueStatus.PARTIAL) if number < partial else each
        for number, each in enumerate(edition.reports)
    )
    found = judge([replace(edition, reports=reports)], Floors())
    assert [each.kind for each in found] == [AlarmKind.PARTIAL_LISTS] * bool(partial)
    for each in found:
        assert f"not read whole in {partial} of 20 reports" in each.text
        assert each.gist.split() == [str(one.report) for one in reports[:partial]]
        assert "`reportwatch show " in each.remedy
