"""Old looks that only repeat others go; what versions, changes, imports and figures need stays."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from archive import SOURCE, START, Archive, name
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from reports.watch.outcome import Outcome
from storage.operate.prune import SurplusLook
from storage.store import Store
from storage.watch.locations import Sighting

A, B = "Belvaria is a monarchy.", "Belvaria is a republic."
DAY = timedelta(days=1)
LIVE = ("manual", "scheduled")


def rows(archive: Archive, table: str, order: str = "1, 2") -> list[Any]:
    with archive.store.read() as unit:
        query = text(f"SELECT * FROM {table} ORDER BY {order}")
        return list(unit._connection.execute(query))


def outcomes(archive: Archive) -> list[tuple[int, str]]:
    return [(row.run_id, row.outcome) for row in rows(archive, "run_outcome")]


def captures(archive: Archive) -> list[tuple[int, int]]:
    return [(row.run_id, row.capture_count) for row in rows(archive, "capture", "run_id, id")]


def surplus(archive: Archive, before: datetime) -> list[SurplusLook]:
    with archive.store.read() as unit:
        table = unit.prune(before, LIVE)
        place, found = table.begin(), []
        while place is not None:
            looks, place = table.looks(place)
            found += looks
    return found


def prune(archive: Archive, before: datetime | None = None) -> int:
    """Remove what may go, and return how many looks that were."""
    looks = surplus(archive, before or archive.now)
    with archive.store.write() as unit:
        assert unit.prune(archive.now, LIVE).drop_looks(looks)
        unit.commit()
    return len(looks)


def watch(archive: Archive, *days: str) -> None:
    """Live through days, a run on each: A and B are texts, 4 a miss, 5 a failure, = a 304."""
    for day in days:
        archive.run(_look(archive, day))
        archive.now += DAY - timedelta(hours=1)


def _look(archive: Archive, day: str) -> Sighting:
    match day:
        case "4":
            return archive.misses()
        case "5":
            return archive.fails(Outcome.ERROR)
        case "=":
            return archive.fails(Outcome.UNCHANGED)  # no bytes come
    return archive.sees({"A": A, "B": B}[day], body=_noisy(archive, day))


def _noisy(archive: Archive, day: str) -> bytes:
    return f"<html>{day}<!-- {archive.now.isoformat()} --></html>".encode()


def test_of_unchanged_looks_the_first_and_the_last_stay_and_stand_for_all(
    archive: Archive,
) -> None:
    watch(archive, *"AAAAAAAA")
    assert prune(archive) == 5
    # the first brought the text; of the unchanged ones two are left
    assert outcomes(archive) == [(1, "published"), (2, "unchanged"), (8, "unchanged")]
    assert captures(archive) == [(1, 1), (2, 1), (8, 6)]
    watch(archive, *"AA")
    assert prune(archive) == 2
    assert captures(archive) == [(1, 1), (2, 1), (10, 8)]


def test_looks_that_are_not_old_all_stay(archive: Archive) -> None:
    watch(archive, *"AAAAAAAA")
    assert prune(archive, START + 4.5 * DAY) == 2
    assert captures(archive) == [(1, 1), (2, 1), (5, 3), (6, 1), (7, 1), (8, 1)]


def test_a_run_under_way_is_left_alone(archive: Archive) -> None:
    watch(archive, *"AAAA")
    archive.run(archive.sees(A), is_open=True)
    assert prune(archive, archive.now + DAY) == 1
    assert captures(archive)[-1] == (5, 1)
    archive.close_run()


@pytest.mark.parametrize(
    ("days", "left"),
    [
        # the last look before an edit, and the first one after it
        ("AAAABBBB", "1published 2unchanged 4unchanged 5edited 6unchanged 8unchanged"),
        # before and after a removal: it has no capture of its own
        (
            "AAAA44AAAA",
            "1published 2unchanged 4unchanged 5suspected 6removed 7restored 8unchanged 10unchanged",
        ),
        # misses that came to nothing stay too: they are steps toward a removal
        ("AAA4AAA", "1published 2unchanged 3unchanged 4suspected 5unchanged 7unchanged"),
        # failures that last are a stretch of their own
        ("AAA5555AAA", "1published 2unchanged 3unchanged 4error 7error 8unchanged 10unchanged"),
        # what was not fetched again counts as looked at, and the outer captures stay
        ("AA=A=A==", "1published 2unchanged 6unchanged 8unchanged"),
    ],
)
def test_what_came_to_something_stays_with_its_neighbours(
    archive: Archive, days: str, left: str
) -> None:
    watch(archive, *days)
    before = captures(archive)
    prune(archive)
    assert " ".join(f"{run}{what}" for run, what in outcomes(archive)) == left
    assert sum(count for _, count in captures(archive)) == len(before)


def test_what_a_pruned_look_was_is_evidence_no_more_but_a_versions_is(archive: Archive) -> None:
    watch(archive, *"AAAAAABBBB")
    known = [each.number for each in archive.history()]

    def evidence() -> list[Any]:
        with archive.store.read() as unit:
            table = "SELECT count(*) FROM version JOIN capture USING (location_id, captured_at)"
            found = unit._connection.execute(text(table)).scalar_one()
            return [found, *(unit.versions.evidence(name(), each) for each in known)]

    before = evidence()
    assert before[0] == len(known) == 2
    prune(archive)
    assert evidence() == before


def test_imported_captures_stay_and_so_do_the_looks_around_them(archive: Archive) -> None:
    watch(archive, *"AAAAAAAAAA")
    look = archive.sees(A, body=b"saved", seen_at=START + 4.5 * DAY)
    archive.run(look, is_silent=True)
    prune(archive)
    assert captures(archive) == [(1, 1), (2, 1), (5, 3), (6, 1), (10, 4), (11, 1)]


def test_a_text_that_was_there_in_two_periods_keeps_the_looks_that_bound_them(
    archive: Archive,
) -> None:
    watch(archive, *"AAAAAAAAAA")
    look = archive.sees(B, seen_at=START + 4.5 * DAY)
    archive.run(look, is_silent=True)
    before = archive.history()
    assert [each.captured_at for each in before][2] == START + 5 * DAY
    prune(archive)
    assert archive.history() == before
    with archive.store.read() as unit:
        found = [unit.versions.evidence(name(), each.number) for each in before]
    assert len(found) == 3


def test_a_location_watched_before_an_import_counts_as_watched(archive: Archive) -> None:
    archive.run(archive.sees(A, seen_at=START - DAY), is_silent=True)
    watch(archive, *"AAAA")
    with archive.store.read() as unit:
        known = [each.id for each in unit.locations(SOURCE).all()]
        before = unit.archive.watched(known, LIVE)
    prune(archive)
    with archive.store.read() as unit:
        assert unit.archive.watched(known, LIVE) == before == set(known)


def test_nothing_is_dropped_if_a_version_has_come_to_need_a_look(archive: Archive) -> None:
    watch(archive, *"AAAAAAAAAA")
    looks = surplus(archive, archive.now)
    archive.run(archive.sees(B, seen_at=START + 4.5 * DAY), is_silent=True)
    before = captures(archive)
    with archive.store.write() as unit:
        assert not unit.prune(archive.now, LIVE).drop_looks(looks)
        unit.commit()
    assert captures(archive) == before


def test_seals_go_with_their_rows(archive: Archive) -> None:
    watch(archive, *"AAAA44AAAA")
    assert prune(archive)
    with archive.store.read() as unit:
        assert unit.audit.check()["faults"] == []


DAYS = some.lists(some.sampled_from("AAAAAB45="), min_size=1, max_size=25)


def check_that_nothing_read_changes(
    store: Store, days: list[str], keep: int, imported: list[int]
) -> None:
    archive = Archive(store)
    _away(archive)
    watch(archive, "A", *days)
    for day in imported:
        when = START + (day + 0.5) * DAY
        archive.run(archive.sees(A, body=b"saved", seen_at=when), is_silent=True)

    def read() -> list[Any]:
        with archive.store.read() as unit:
            views = archive.history()
            evidence = [unit.versions.evidence(name(), each.number) for each in views]
            known = unit.locations(SOURCE).all()
            runs = unit.runs.latest(100)
            return [
                views,
                archive.changes(),
                evidence,
                known,
                runs,
                unit.archive.watched([each.id for each in known], LIVE),
                unit.sources.last_run(SOURCE, LIVE),
                unit.runs.failed_urls(runs[0].id, 9),
                sum(row.capture_count for row in rows(archive, "capture")),
                Counter(row.outcome for row in rows(archive, "run_outcome")).keys(),
            ]

    before = read()
    prune(archive, archive.now - keep * DAY)
    assert read() == before
    assert prune(archive, archive.now - keep * DAY) == 0
    with archive.store.read() as unit:
        assert unit.audit.check()["faults"] == []


HISTORIES = (DAYS, some.integers(0, 25), some.lists(some.integers(-2, 25), max_size=3))
ALL_OF_IT = (list("AAAA44AAAABBBB55AA=AA"), 2, [3])


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(*HISTORIES)
@example(*ALL_OF_IT)
def test_pruning_changes_nothing_that_is_read(
    store: Store, days: list[str], keep: int, imported: list[int]
) -> None:
    check_that_nothing_read_changes(store, days, keep, imported)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(*HISTORIES)
@example(*ALL_OF_IT)
def test_pruning_changes_nothing_that_is_read_of_a_hundred_histories(
    store: Store, days: list[str], keep: int, imported: list[int]
) -> None:
    check_that_nothing_read_changes(store, days, keep, imported)


def _away(archive: Archive) -> None:
    """Empty what an example before this one left in the database."""
    with archive.store.write() as unit:
        for table in TABLES:
            unit._connection.execute(text(f"DELETE FROM {table}"))
        unit.commit()


TABLES = (
    "leaf",
    "change_topic",
    "alert",
    "surroundings",
    "form",
    "report_topic",
    "report_facts",
    "report_index",
    "passage",
    "capture",
    "run_outcome",
    "change",
    "reading",
    "version",
    "carries",
    "location",
    "report",
    "payload",
    "run",
)
