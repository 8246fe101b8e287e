"""Pages that are looked at again and again and not seen: one alarm, which says how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from walk_stage import HTML, SOURCE, SiteResponse, Watch

from reports.watch.alarm import AlarmKind, Finding
from reports.watch.promise import Promise
from services.health.unseen_pages import unseen_pages
from storage.watch.locations import ListedPage

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PROMISE = Promise("sample-hrr", 36, NOW, NOW)


def _pages(edition: str, good: int, **bad: int) -> list[ListedPage]:
    """Return pages of an edition: some that are seen, some of each outcome after three looks."""
    seen = [ListedPage(f"g{n}", edition, "unchanged", "", NOW, 0, 0) for n in range(good)]
    return seen + [
        ListedPage(f"{outcome}{n}", edition, outcome, "", NOW, 3, 0)
        for outcome, count in bad.items()
        for n in range(count)
    ]


def _found(pages: list[ListedPage], *named: tuple[str, str]) -> Finding | None:
    return unseen_pages(PROMISE, pages, named, NOW)


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (_pages("2023", 8, blocked=2), "2 of 10 pages"),
        (_pages("2023", 9, blocked=1), ""),
        (_pages("2023", 0, unreadable=2), "2 of 2 pages"),
        (_pages("2023", 0, blocked=1), "1 of 1 page "),
        (_pages("2022", 200) + _pages("2023", 5, error=5), "edition 2023: 5 of 10 (5 error)"),
        (_pages("2022", 200) + _pages("2023", 8, error=4), ""),
        (_pages("2022", 200) + _pages("2023", 0, error=1), "edition 2023: 1 of 1"),
        (_pages("2023", 0, empty=9), ""),
        (_pages("2023", 2, blocked=1, error=1), "(1 blocked, 1 error)"),
    ],
)
def test_a_fifth_of_a_source_or_all_of_an_edition_is_too_much(
    pages: list[ListedPage], says: str
) -> None:
    found = _found(pages)
    assert says in found.text if found and says else bool(found) == bool(says)


@pytest.mark.parametrize(
    ("looks", "hours", "is_found"), [(1, 99, False), (2, 35, False), (2, 37, True), (3, 1, True)]
)
def test_a_page_is_not_seen_after_three_looks_or_when_the_promise_is_over(
    looks: int, hours: int, *, is_found: bool
) -> None:
    seen_at = NOW - timedelta(hours=hours)
    failing = [ListedPage(f"b{n}", "2023", "blocked", "", seen_at, looks, 0) for n in range(5)]
    assert bool(_found(_pages("2023", 5) + failing)) == is_found


def test_what_another_alarm_names_is_left_to_it() -> None:
    unread = _pages("2023", 1, unreadable=20)
    assert _found(unread)
    assert not _found(unread, (AlarmKind.DRIFT_SUMMARY, "2023"))
    missing = _pages("2023", 1, suspected=20)
    assert _found(missing)
    assert not _found(missing, (AlarmKind.LISTING_FLOOR, "2023"))


def _open(watch: Watch) -> list[str]:
    with watch.parts.store.read() as unit:
        return [each.kind for each in unit.alarms.open(SOURCE)]


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        (SiteResponse(403, HTML, b"<html><h1>Access Denied</h1></html>"), 2),
        (SiteResponse(200, HTML, b""), 1),
    ],
    ids=["half are refused", "all are empty bodies"],
)
def test_pages_that_stay_away_are_one_alarm_until_they_are_back(
    watch: Watch, answer: SiteResponse, share: int
) -> None:
    watch.run()
    reports = [each for scene in watch.site.editions for each in scene.reports]
    for each in reports[::share]:
        watch.site.alter(each.path, lambda _: answer)
    for _ in range(4):
        watch.run()
    assert _open(watch) == ["unseen_pages"]
    watch.site.altered.clear()
    watch.run()
    assert _open(watch) == []
