"""What Prefect's interface shows of a run: counts, links and events, and nothing hostile."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.redline import Elision, Paragraph
from flows.artifacts import (
    EVENTS,
    SHOWN,
    artifact_key,
    change_page,
    escape,
    events,
    outcome_table,
    redline_line,
    summary_line,
)
from flows.run_chart import as_address, chart_of
from flows.run_names import run_name
from reports.compare.diff import Op, Span
from reports.model.identity import ReportId
from reports.model.reading import MarkKind
from reports.model.values import Change, ChangeKind
from services.runs.run import IngestRequest, RunReport

EDIT = Change(
    id=7,
    kind=ChangeKind.EDITED,
    report=ReportId("sample-hrr", "2023", "XAA"),
    title="2023 Report: Arvenia",
    from_version=1,
    to_version=2,
    detected_at=datetime(2026, 3, 1, tzinfo=UTC),
    summary_line="Arvenia 2023: 3 words removed",
)
REPORT = RunReport(12, "sample-hrr", {"checked": 40, "edited": 1, "moved": 0}, (), 1.5, (EDIT,))
HOSTILE = [
    "<script>alert(1)</script>",
    "[free](http://evil.example)",
    "![x](http://evil.example/p.png)",
    "`code` **bold** _it_ | cell",
    "# heading\n\n# another",
    "a\u202egnp.exe\u2066\u200b",
    "\x1b[31mred\x07",
    "<http://evil.example>",
    "http://evil.example",
    "&lt;b&gt;",
]


def test_a_run_is_summed_up_in_one_line_without_zeros() -> None:
    assert summary_line(REPORT) == "run 12: 40 checked, 1 edited"
    assert summary_line(replace(REPORT, counts={"checked": 0})) == "run 12: nothing to look at"


def test_the_table_leaves_zeros_out_and_is_never_empty() -> None:
    assert outcome_table(REPORT) == [
        {"outcome": "checked", "locations": 40},
        {"outcome": "edited", "locations": 1},
    ]
    assert outcome_table(replace(REPORT, counts={})) == [{"outcome": "checked", "locations": 0}]


@pytest.mark.parametrize("source", ["sample-hrr", "Other_Source 2", "é"])
def test_artifact_keys_are_what_prefect_accepts(source: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", artifact_key("ingest", source))


@pytest.mark.parametrize(
    ("facts", "page"),
    [
        ({}, "/reports/sample-hrr/2023/XAA/diff/1..2"),
        ({"from_version": None, "to_version": 1}, "/reports/sample-hrr/2023/XAA"),
        ({"to_version": None}, "/reports/sample-hrr/2023/XAA"),
        (
            {"report": ReportId("sample-hrr", "2023", "XAA", "north coast"), "to_version": None},
            "/reports/sample-hrr/2023/XAA/north%20coast",
        ),
    ],
)
def test_a_change_is_linked_to_its_page_in_the_monitor(facts: dict[str, Any], page: str) -> None:
    changed = replace(REPORT, changes=(replace(EDIT, **facts),))
    assert f"(http://127.0.0.1:8080{page})" in change_page(changed, "http://127.0.0.1:8080")


def test_without_a_monitor_changes_are_named_and_not_linked() -> None:
    page = change_page(REPORT, "")
    assert "3 words removed" in page
    assert "](" not in page


def test_a_run_without_changes_and_failures_has_no_page() -> None:
    assert change_page(replace(REPORT, changes=()), "http://127.0.0.1:8080") == ""


def test_long_lists_are_cut_and_say_by_how_much() -> None:
    many = replace(REPORT, changes=(EDIT,) * (SHOWN + 5))
    assert "and 5 more" in change_page(many, "")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    failure = {"url": text, "outcome": "error", "reason": text}
    page = change_page(
        replace(REPORT, changes=(replace(EDIT, summary_line=text),), failures=(failure,)), ""
    )
    assert_harmless(page.replace("**edited**", "").replace("**error**", ""))


@given(st.text())
def test_escaped_text_is_one_line_without_any_mark_up(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert "<" not in escaped
    assert_harmless(escaped)


def assert_harmless(text: str) -> None:
    """Every mark that Markdown knows is either the list's own or stands behind a backslash."""
    body = re.sub(r"^(# |## |- )", "", text, flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]!|<>]", body)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", body)
    assert not re.search(r"https?://", body)


@given(st.lists(st.tuples(st.sampled_from(Op), st.text(), st.integers(0, 2)), min_size=1))
@example([(Op.DELETE, HOSTILE[0], 0), (Op.INSERT, HOSTILE[1], 1), (Op.EQUAL, HOSTILE[4], 0)])
def test_a_redline_marks_words_and_leaves_nothing_in_them_that_markdown_knows(
    pieces: list[tuple[Op, str, int]],
) -> None:
    line = redline_line(Paragraph(tuple(Span(*piece) for piece in pieces)))
    assert "\n" not in line
    bare = re.sub(r" \*\\\(moved, \d\\\)\*", "", line)
    assert_harmless(re.sub(r"(?<![\\])(~~|\*\*)", "", bare))


def test_a_redline_strikes_what_went_and_prints_bold_what_came() -> None:
    pieces = (
        Span(Op.EQUAL, "including"),
        Span(Op.DELETE, "credible reports of"),
        Span(Op.INSERT, "mistreatment"),
        Span(Op.INSERT, "by members", 1),
        Span(Op.DELETE, "torture", 0, MarkKind.STRUCK),
    )
    assert redline_line(Paragraph(pieces)) == (
        "including ~~credible reports of~~ **mistreatment** **by members** *\\(moved, 1\\)* "
        "~~torture~~ *\\(struck by the publisher\\)*"
    )
    assert redline_line(Elision(3)) == "*… 3 paragraphs unchanged …*"


@pytest.mark.parametrize(
    ("facts", "editions", "number", "name"),
    [
        ({}, (), None, "ingest us-state-hrr"),
        ({}, ("2024", "2023"), 12, "ingest us-state-hrr 2023–2024 #12"),
        (
            {"editions": ("2019", "2021", "2022")},
            ("1",),
            3,
            "ingest us-state-hrr 2019, 2021–2022 #3",
        ),
        ({"editions": ("1", "3", "5", "7", "8")}, (), None, "ingest us-state-hrr 5 editions"),
        ({"countries": ("KAZ", "CHN/tibet")}, (), 4, "ingest us-state-hrr, KAZ, CHN/tibet #4"),
        (
            {"countries": ("A", "B", "C"), "full": True},
            (),
            5,
            "ingest us-state-hrr, 3 countries, full #5",
        ),
        ({"urls": ("https://x.example/",)}, (), 6, "ingest us-state-hrr, 1 page #6"),
        ({"urls": ("a", "b")}, (), 7, "ingest us-state-hrr, 2 pages #7"),
        ({"editions": ("a\nb\u202e",)}, (), 8, "ingest us-state-hrr a b⟨U+202E⟩ #8"),
    ],
)
def test_a_run_is_named_after_what_it_looks_at(
    facts: dict[str, Any], editions: tuple[str, ...], number: int | None, name: str
) -> None:
    assert run_name(IngestRequest("us-state-hrr", **facts), editions, number) == name


def test_a_long_name_keeps_the_number_of_its_run() -> None:
    name = run_name(IngestRequest("us-state-hrr", countries=("x" * 500,)), (), 12)
    assert len(name) < 130
    assert name.endswith("… #12")


def test_the_chart_draws_a_bar_for_each_outcome_and_asks_nobody() -> None:
    counts = {"checked": 240, "edited": 1, "unchanged": 238, "error": 1, "moved": 0}
    picture = chart_of(counts)
    drawn = fromstring(picture)
    bars = [each for each in drawn.iter("{http://www.w3.org/2000/svg}rect") if each.get("x")]
    assert len(bars) == 3
    assert float(bars[1].get("width") or 0) > float(bars[0].get("width") or 0) > 0
    assert "".join(drawn.itertext()).startswith("1 edited, 238 unchanged, 1 error")
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert as_address(picture).startswith("data:image/svg+xml;base64,")
    assert chart_of({"checked": 0}) == ""


def test_events_name_each_change_and_the_end_of_the_run() -> None:
    change, end = events(REPORT)
    assert change.name == "reportwatch.report.edited"
    assert change.facts["report"] == "sample-hrr/2023/XAA"
    assert end.name == "reportwatch.run.closed"
    assert end.resource == "reportwatch.source.sample-hrr"
    assert end.facts == {"run_id": 12, "counts": REPORT.counts}


def test_beyond_a_hundred_changes_events_are_rolled_up() -> None:
    told = list(events(replace(REPORT, changes=(EDIT,) * (EVENTS + 30))))
    assert len(told) == EVENTS + 2
    assert told[-2].name == "reportwatch.report.more"
    assert told[-2].facts == {"changes": {"edited": 30}}
