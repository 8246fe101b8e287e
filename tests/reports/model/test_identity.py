"""The names of reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.identity import BadReportName, ReportId

PIECES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("us-state-hrr/2021/KAZ", ReportId("us-state-hrr", "2021", "KAZ")),
        ("us-state-hrr/2022/CHN/tibet", ReportId("us-state-hrr", "2022", "CHN", "tibet")),
        ("/us-state-hrr/2021/XKX/", ReportId("us-state-hrr", "2021", "XKX")),
    ],
)
def test_name_is_read(name: str, report: ReportId) -> None:
    assert ReportId.parse(name) == report


@given(PIECES, PIECES, PIECES, st.one_of(st.just(""), PIECES))
def test_printed_name_is_read_back(source: str, edition: str, country: str, part: str) -> None:
    report = ReportId(source, edition, country, part)
    assert ReportId.parse(str(report)) == report


@pytest.mark.parametrize("name", ["", "a", "a/b", "a/b/c/d/e", "a//c", "///"])
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(BadReportName, match=r"is not source/edition/country\[/part\]"):
        ReportId.parse(name)


def test_reports_are_in_order_of_edition_and_country() -> None:
    names = ["s/2021/CHN", "s/2021/CHN/tibet", "s/2021/KAZ", "s/2022/AFG"]
    assert [str(each) for each in sorted(map(ReportId.parse, reversed(names)))] == names
