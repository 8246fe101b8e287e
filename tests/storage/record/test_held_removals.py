"""Much of an edition gone at once is held for a review; one page alone is removed as before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from archive import SOURCE, Archive, name

from storage.record.mass_removals import HeldEdition

TEXT = "is a monarchy."


def codes(count: int, start: int = 0) -> list[str]:
    return [f"X{number:02}" for number in range(start, start + count)]


def publish(archive: Archive, count: int) -> None:
    archive.run(*(archive.sees(f"{each} {TEXT}", each) for each in codes(count)))
    archive.subscribe()


def miss(archive: Archive, countries: Iterable[str], runs: int = 1, **how: float) -> None:
    for _ in range(runs):
        archive.run(*(archive.misses(each) for each in countries), **how)


def back(archive: Archive, countries: Iterable[str]) -> None:
    archive.run(*(archive.sees(f"{each} {TEXT}", each) for each in countries))


def waiting(archive: Archive) -> list[HeldEdition]:
    with archive.store.read() as unit:
        return unit.mass_removals(SOURCE).waiting()


def held(archive: Archive) -> int:
    return sum(len(each.reports) for each in waiting(archive))


def removed(archive: Archive) -> int:
    return len([kind for _, kind in archive.alerts() if kind == "removed"])


def decide(archive: Archive, how: str) -> None:
    (review,) = waiting(archive)
    with archive.store.write() as unit:
        unit.reviews(SOURCE).close(review.review, how, None, archive.now)
        unit.commit()
    archive.now += timedelta(hours=1)


@pytest.mark.parametrize(
    ("listed", "missing", "is_held"),
    [
        (40, 1, False),
        (40, 8, False),  # a fifth is not more than a fifth
        (40, 9, True),
        (40, 40, True),
        pytest.param(100, 100, True, marks=pytest.mark.slow),
        (20, 4, False),
        (24, 5, True),
        (25, 5, False),
        (10, 4, False),  # fewer than five say nothing of a site
        (5, 5, True),
        (4, 4, False),
        (1, 1, False),
    ],
)
def test_more_than_a_fifth_and_at_least_five_are_held(
    archive: Archive, listed: int, missing: int, is_held: bool
) -> None:
    publish(archive, listed)
    miss(archive, codes(missing), runs=2)
    assert (held(archive), removed(archive)) == ((missing, 0) if is_held else (0, missing))
    state = "suspected" if is_held else "removed"
    assert archive.state(name("X00")) == state
    assert len(waiting(archive)) == is_held


def test_what_is_held_is_held_once_however_often_it_is_missed(archive: Archive) -> None:
    publish(archive, 10)
    miss(archive, codes(10), runs=5)
    (review,) = waiting(archive)
    assert len(review.reports) == 10
    assert review.why.startswith("10 of the 10 reports of edition 2024 that its listing names")
    assert archive.kinds(name("X00")) == ["published"]
    with archive.store.read() as unit:
        assert [each.state for each in unit.reviews(SOURCE).open()] == ["mass"]


def test_misses_that_ripen_in_different_runs_count_together(archive: Archive) -> None:
    publish(archive, 10)
    first, second = codes(3), codes(7, 3)
    miss(archive, first)
    miss(archive, [*first, *second])  # three are ripe, and seven more are missing
    assert (held(archive), removed(archive)) == (3, 0)
    miss(archive, second)
    assert (held(archive), removed(archive)) == (10, 0)
    assert len(waiting(archive)) == 1


def test_reports_removed_one_by_one_in_the_same_window_count_too(archive: Archive) -> None:
    publish(archive, 10)
    for each in codes(7):
        miss(archive, [each], gone_checks=1)
    assert (held(archive), removed(archive)) == (3, 4)


def test_reports_removed_before_the_window_do_not_count(archive: Archive) -> None:
    publish(archive, 10)
    for each in codes(7):
        miss(archive, [each], gone_checks=1)
        archive.now += timedelta(days=2)
    assert (held(archive), removed(archive)) == (0, 7)


def test_pages_that_come_back_close_the_review_and_nothing_was_ever_told(
    archive: Archive,
) -> None:
    publish(archive, 10)
    miss(archive, codes(10), runs=3)
    back(archive, codes(6))
    assert held(archive) == 4
    back(archive, codes(4, 6))
    assert waiting(archive) == []
    assert archive.alerts() == []
    assert {each.kind.value for each in archive.changes()} == {"published"}
    assert archive.state(name("X00")) == "present"
    with archive.store.read() as unit:
        assert unit.reviews(SOURCE).open() == []


def test_what_is_still_missing_when_the_others_are_back_is_told(archive: Archive) -> None:
    publish(archive, 10)
    miss(archive, codes(10), runs=2)
    back(archive, codes(9))
    assert (held(archive), removed(archive)) == (1, 0)  # it was not looked at
    miss(archive, codes(1, 9))
    assert (held(archive), removed(archive)) == (0, 1)
    assert waiting(archive) == []


@pytest.mark.parametrize(("how", "told"), [("released", 10), ("dropped", 0)])
def test_a_decision_holds_for_all_that_was_missing_by_then(
    archive: Archive, how: str, told: int
) -> None:
    """Six are ripe and held; four more are missing and ripen after the decision."""
    publish(archive, 10)
    miss(archive, codes(6))
    miss(archive, codes(10))
    assert held(archive) == 6
    decide(archive, how)
    miss(archive, codes(10), runs=3)
    assert (waiting(archive), removed(archive)) == ([], told)


def test_a_page_that_was_back_after_it_was_dropped_counts_anew(archive: Archive) -> None:
    publish(archive, 10)
    miss(archive, codes(10), runs=2)
    decide(archive, "dropped")
    back(archive, codes(10))
    miss(archive, codes(1), runs=2)
    assert removed(archive) == 1
    miss(archive, codes(9, 1), runs=2)
    assert (held(archive), removed(archive)) == (9, 1)


def test_another_edition_is_no_part_of_it(archive: Archive) -> None:
    publish(archive, 10)
    archive.run(archive.sees(f"Y {TEXT}", "X90", "2023"))
    gone = archive.misses("X90")
    old = [replace(gone, url=archive.url("X90", "2023"), edition="2023")]
    for _ in range(2):
        archive.run(*(archive.misses(each) for each in codes(10)), *old)
    assert (held(archive), removed(archive)) == (10, 1)
    assert [each.edition for each in waiting(archive)] == ["2024"]


def test_pages_off_the_listing_make_no_mass(archive: Archive) -> None:
    publish(archive, 30)
    with archive.store.write() as unit:
        known = unit.locations(SOURCE).by_url([archive.url(each) for each in codes(10)])
        unit.locations(SOURCE).list_as([each.id for each in known.values()], is_listed=False)
        unit.commit()
    for _ in range(2):
        looks = [archive.misses(each) for each in codes(10)]
        archive.run(*(replace(each, is_listed=None) for each in looks))
    assert (held(archive), removed(archive)) == (0, 10)
