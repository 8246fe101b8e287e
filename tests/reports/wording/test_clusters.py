"""Changes that are one piece of news are told as one, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from reports.wording.clusters import cluster

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def edit(number: int, **facts: object) -> Change:
    made = Change(
        id=number,
        kind=ChangeKind.EDITED,
        report=ReportId("us-state-hrr", "2023", f"X{number:02}"),
        title="A report",
        from_version=1,
        to_version=2,
        detected_at=NOW - timedelta(seconds=number),
        words_added=4,
        words_removed=11,
        summary_line=f"change {number}",
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def lines(*changes: tuple[int, Change]) -> list[str]:
    return [each.line for each in cluster(changes)]


def test_one_edit_in_many_reports_is_one_line() -> None:
    told = lines(*((1, edit(n)) for n in range(9)))
    assert told == ["9 reports of 2023 edited by the same amounts: +4 \u221211 words each"]


def test_an_edition_that_comes_out_is_one_line() -> None:
    new = [edit(n, kind=ChangeKind.PUBLISHED, words_added=n) for n in range(3)]
    assert lines(*((1, each) for each in new)) == ["3 reports of 2023 published"]


@pytest.mark.parametrize(
    "facts",
    [
        {"words_added": 5},
        {"sections": ("2",)},
        {"issues_added": ("torture",)},
        {"report": ReportId("us-state-hrr", "2024", "X02")},
        {"report": ReportId("us-state-irf", "2023", "X02")},
        {"kind": ChangeKind.REMOVED},
        {"is_baseline": True},
    ],
)
def test_what_differs_stays_apart(facts: dict[str, object]) -> None:
    assert lines((1, edit(0)), (1, edit(1)), (1, edit(2, **facts))) == [
        "change 0",
        "change 1",
        "change 2",
    ]


def test_changes_of_two_runs_stay_apart() -> None:
    assert lines((1, edit(0)), (1, edit(1)), (2, edit(2))) == ["change 0", "change 1", "change 2"]


def test_topics_that_vanish_are_each_told() -> None:
    gone = [edit(n, kind=ChangeKind.TOPIC_VANISHED) for n in range(4)]
    assert len(cluster((1, each) for each in gone)) == 4


def test_every_change_is_in_one_cluster_and_the_newest_come_first() -> None:
    mixed = [(n % 2, edit(n, words_added=n % 3)) for n in range(20)]
    found = cluster(mixed)
    told = [each.id for one in found for each in one.changes]
    assert sorted(told) == list(range(20))
    assert [one.detected_at for one in found] == sorted(
        (one.detected_at for one in found), reverse=True
    )
