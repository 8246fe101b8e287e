"""The names of reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.identity import BadReportName, ReportId, location_key

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


PAGE = "https://www.example.org/reports/chad"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (f"{PAGE}/", True),
        (f"{PAGE}#top", True),
        ("http://www.example.org/reports/chad", True),
        ("https://WWW.example.org/reports/chad", True),
        (f"{PAGE}?", True),
        (f"{PAGE}?page=2", False),
        ("https://www.example.org/reports/Chad", False),
        ("https://example.org/reports/chad", False),
    ],
)
def test_scheme_case_of_host_and_last_slash_make_no_other_location(
    other: str, is_same: bool
) -> None:
    assert (location_key(other) == location_key(PAGE)) is is_same


def test_what_names_no_host_is_its_own_key() -> None:
    assert location_key("saved/chad.html") == "saved/chad.html"
