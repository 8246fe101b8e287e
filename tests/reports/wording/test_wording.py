"""A line about a report names it as people would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from reports.wording.changes import LONGEST_NAME, report_name

NOTE = "0000000b-631a-4ac2-9c11-0123456789ab"


def published(name: str, title: str) -> Change:
    report = ReportId.parse(name)
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    return Change(0, ChangeKind.PUBLISHED, report, title, None, 1, moment)


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("a/2023/TCD", "2023 Country Reports on Parks: Chad", "Chad 2023"),
        ("a/2023/CHN/tibet", "2023 Country Reports on Parks: China", "China (tibet) 2023"),
        ("a/2023/CHN/tibet", "2023 Country Reports on Parks: Tibet", "Tibet 2023"),
        ("b/current/TCD", "Chad: notes on lamps", "Chad: notes on lamps"),
        (f"b/current/TCD/{NOTE}", "Note: ferries, Chad, May 2024", "Note: ferries, Chad, May 2024"),
        ("b/current/TCD", "", "TCD"),
    ],
)
def test_a_report_goes_by_place_and_year_a_document_by_its_title(
    name: str, title: str, shown: str
) -> None:
    assert report_name(published(name, title)) == shown


def test_a_title_without_end_is_cut() -> None:
    assert len(report_name(published("b/current/TCD", "Chad: " + "x" * 1_000_000))) == LONGEST_NAME


@pytest.mark.parametrize(
    ("part", "is_document"), [("", False), ("tibet", False), (NOTE, True), (NOTE[:-1], False)]
)
def test_an_identifier_of_a_document_is_told_from_the_name_of_an_area(
    part: str, is_document: bool
) -> None:
    assert ReportId("b", "current", "TCD", part).is_document is is_document
