"""Captures from before: put between their neighbours in time, and nobody is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

import pytest
from archive import START, Archive, name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from reports.watch.outcome import Outcome
from storage.store import Store

A, B, C = "Belvaria is a monarchy.", "Belvaria is a republic.", "Belvaria is an empire."


@pytest.fixture
def archive(archive: Archive) -> Archive:
    """Hold A as of the start and B as of ten days later."""
    archive.run(archive.sees(A))
    archive.now = START + timedelta(days=10)
    archive.run(archive.sees(B))
    archive.subscribe()
    return archive


def imports(archive: Archive, text: str, days: float) -> list[str]:
    look = archive.sees(text, seen_at=START + timedelta(days=days))
    return archive.outcomes(look, is_silent=True)


def test_the_log_is_in_order_of_capture_and_numbers_are_names(archive: Archive) -> None:
    assert imports(archive, C, 5) == ["edited"]
    assert archive.texts() == [A, C, B]
    assert [each.number for each in archive.history()] == [1, 3, 2]


@pytest.mark.parametrize(("days", "outcome"), [(-5, "published"), (5, "edited")])
def test_an_older_capture_alerts_nobody_whoever_brings_it(
    archive: Archive, days: int, outcome: str
) -> None:
    look = archive.sees(C, seen_at=START + timedelta(days=days))
    assert archive.outcomes(look) == [outcome]
    (change,) = [each for each in archive.changes() if each.to_version == 3]
    assert (change.kind, change.is_baseline) == (outcome, True)
    assert archive.alerts() == []


@pytest.mark.parametrize(("text", "days"), [(A, 5), (B, 5), (A, -5)])
def test_a_capture_like_a_neighbour_makes_no_version(
    archive: Archive, text: str, days: int
) -> None:
    assert imports(archive, text, days) == ["unchanged"]
    assert archive.texts() == [A, B]


def test_a_capture_like_the_one_before_it_shows_how_long_that_stood(archive: Archive) -> None:
    imports(archive, A, 5)
    assert archive.history()[0].last_seen_at == START + timedelta(days=5)


def test_a_text_that_stood_between_two_like_captures_is_found(archive: Archive) -> None:
    imports(archive, B, -10)
    assert archive.texts() == [B, A, B]


def test_the_page_as_it_stands_today_is_compared_with_the_latest_capture(archive: Archive) -> None:
    imports(archive, C, 5)
    assert archive.outcomes(archive.sees(B)) == ["unchanged"]
    assert archive.outcomes(archive.sees(C)) == ["edited"]
    assert archive.texts() == [A, C, B, C]
    assert archive.alerts() == [("ann@law.example", "edited")]


def test_an_older_capture_leaves_alone_what_is_known_of_its_address(archive: Archive) -> None:
    with archive.store.read() as unit:
        (before,) = unit.locations("sample-hrr").all()
    imports(archive, C, 5)
    with archive.store.read() as unit:
        (after,) = unit.locations("sample-hrr").all()
    assert after.payload_sha256 == before.payload_sha256
    assert (after.checked_at, after.seen_at) == (before.checked_at, before.seen_at)


def test_an_older_capture_leaves_a_bad_page_bad_and_its_reason(archive: Archive) -> None:
    archive.now = START + timedelta(days=20)
    archive.run(archive.fails(Outcome.UNREADABLE))
    imports(archive, B, 15)
    with archive.store.read() as unit:
        (known,) = unit.locations("sample-hrr").all()
    assert (known.outcome, known.reason) == ("unreadable", "said so")


def test_captures_imported_together_end_at_the_newest(archive: Archive) -> None:
    """Files come in order of name, not of time."""
    looks = [
        archive.sees(text, country="XAC", seen_at=START + timedelta(days=days))
        for text, days in ((C, 3), (A, 1), (B, 2))
    ]
    archive.run(*looks, is_silent=True)
    assert archive.texts(name("XAC")) == [A, B, C]
    with archive.store.read() as unit:
        known = unit.locations("sample-hrr").by_url([looks[0].url])[looks[0].url]
    assert known.seen_at == START + timedelta(days=3)
    assert known.payload_sha256 == looks[0].payload_sha256


def test_a_text_between_two_looks_that_saw_another_is_no_edit_at_the_next_look(
    archive: Archive,
) -> None:
    """The page said B before and after: its stay is split, and the present text stays B."""
    archive.now = START + timedelta(days=20)
    archive.run(archive.sees(B))
    assert imports(archive, C, 15) == ["edited"]
    assert archive.texts() == [A, B, C, B]
    assert archive.outcomes(archive.sees(B)) == ["unchanged"]
    assert archive.alerts() == []
    past, back = archive.history()[1], archive.history()[3]
    assert past.last_seen_at == START + timedelta(days=10)
    assert back.captured_at == START + timedelta(days=20)
    assert back.payload_sha256 == past.payload_sha256


def test_an_older_capture_of_a_removed_report_does_not_bring_it_back(archive: Archive) -> None:
    archive.now = START + timedelta(days=20)
    for _ in range(2):
        archive.run(archive.misses())
    assert imports(archive, B, 15) == ["unchanged"]
    assert archive.state() == "removed"
    assert archive.outcomes(archive.misses()) == ["unchanged"]
    assert archive.kinds().count("removed") == 1


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(some.lists(some.tuples(some.integers(1, 30), some.sampled_from("AB")), max_size=7))
def test_captures_make_the_same_history_in_whatever_order_they_are_imported(
    store: Store, captures: list[tuple[int, str]]
) -> None:
    archive = Archive(store)
    captures = list({day: (day, text) for day, text in captures}.values())
    with store.read() as unit:
        taken = unit.reports.counts()["reports"]
    country = f"X{taken}"
    for day, text in captures:
        when = START + timedelta(days=day)
        archive.run(archive.sees(text, country=country, seen_at=when), is_silent=True)
    if not captures:
        return
    in_time = [text for _, text in sorted(captures)]
    expected = [text for text, _ in groupby(in_time)]
    assert archive.texts(name(country)) == expected
    archive.now = START + timedelta(days=40)
    look = archive.sees(in_time[-1], country=country)
    assert archive.outcomes(look) == ["unchanged"]
