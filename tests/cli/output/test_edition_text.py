"""The text of a comparison of editions stays what it was, to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.output.edition_text import edition_text
from deployments.sample_site import SampleSite
from reports.compare.editions import compare_editions
from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section, Unread
from reports.model.values import VersionView
from reports.wording.edition_view import lay_out_editions
from scrapers.registry import source_named

EXAMPLES = Path(__file__).parents[2] / "examples"
AT = datetime(2026, 5, 1, 9, tzinfo=UTC)


def view(report: ReportId, title: str, reading: Reading) -> VersionView:
    return VersionView(report, 1, title, reading, "https://x.example/", AT, AT, "0" * 64, 1)


def sample(edition: str) -> VersionView:
    site = SampleSite(2, "none")
    [page] = [
        each for scene in site.editions for each in scene.reports if each.key == f"{edition}/XAG"
    ]
    [found] = source_named("sample-hrr").read(site.render(page.path).body, page.url).reports
    return view(found.report, found.title, found.reading)


def example(name: str) -> VersionView:
    source = source_named("us-state-hrr")
    body = (EXAMPLES / source.name / f"{name}.html").read_bytes()
    [found] = source.read(body, source.page_url(body)).reports
    return view(found.report, found.title, found.reading)


def issues(edition: str, *texts: str) -> VersionView:
    listed = IssueList(
        IssueStatus.LISTED, tuple(Issue(each, ("political_prisoners",)) for each in texts)
    )
    outline = (Section("1", f"Harbours of {edition}", ("Fog\u202e lay over the harbour.",), ()),)
    reading = Reading(
        "Executive Summary", (edition, *texts), ("Note: corrected.",), outline, listed
    )
    return view(ReportId("sample-hrr", edition, "XAG"), f"Report of {edition}", reading)


OLDER = issues(
    "2022",
    "serious limits on the press and on the radio",
    "torture of prisoners by the police",
    "closed harbours",
    "fog",
)
NEWER = issues(
    "2023",
    "limits on the press",
    "limits on the radio",
    "torture of prisoners by officers of the police",
    "closed harbours",
    "smoke",
)
PAIRS = {
    "sample": (sample("2022"), sample("2023")),
    "outlines": (example("old-basic-text-2011"), example("new-outline-2024")),
    "divided": (OLDER, NEWER),
    "merged": (NEWER, OLDER),
}
"""Together they show every part of the text, and every way in which issues correspond."""


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("width", [96, 40])
def test_text_stays_the_same(name: str, width: int) -> None:
    before, after = PAIRS[name]
    compared = compare_editions(before.reading, after.reading, deadline=None)
    text = edition_text(lay_out_editions(before, after, compared, "A Bureau"), "A Place", width)
    expected = Path(__file__).with_name(f"{name}-{width}.txt").read_text("utf-8")
    assert text + "\n" == expected


def test_what_was_not_read_stands_beside_the_lists() -> None:
    rest = "Other concerns of the islands included exile; banishment; and\u202e curfews."
    read = replace(NEWER.reading.issues, status=IssueStatus.PARTIAL, unread=(Unread(rest, 2, 0),))
    newer = replace(NEWER, reading=replace(NEWER.reading, issues=read))
    compared = compare_editions(OLDER.reading, newer.reading)
    text = edition_text(lay_out_editions(OLDER, newer, compared, "Nobody"), "Gandoria", 96)
    assert "issues read of a list that was not read whole\n" in text
    assert (
        "Sentences that read like a list of issues and were not read, 2023\n  - Other conc" in text
    )
    assert "without a counterpart in what was read of 2023 (" in text
    assert "\u202e" not in text
    assert "o longer listed" not in text
