"""The ledger of runs: what each came to, and which of them died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import Archive

from reports.watch.outcome import Outcome

A, B = "Belvaria is a monarchy.", "Belvaria is a republic."


def test_every_address_counts_once_and_checked_is_their_sum(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(A, country="XAC"), archive.sees(A, country="XAE"))
    archive.run(
        archive.sees(B),
        archive.sees(A, country="XAC"),
        archive.misses("XAE"),
        archive.fails(Outcome.BLOCKED, "XAF"),
        archive.sees("", country="XAG"),
    )
    with archive.store.read() as unit:
        counts = unit.runs.get(archive.run_id).counts
    named = {key: count for key, count in counts.items() if count}
    expected = {"edited": 1, "unchanged": 1, "suspected": 1, "blocked": 1, "empty": 1}
    assert named == {"checked": 5, **expected}
    assert set(counts) == {"checked", *(each.value for each in Outcome)}


def test_an_address_seen_twice_in_a_run_keeps_the_later_outcome(archive: Archive) -> None:
    archive.run(archive.fails(Outcome.ERROR), archive.sees(A))
    with archive.store.read() as unit:
        assert unit.runs.get(archive.run_id).counts["checked"] == 1
        assert [each.outcome for each in unit.runs.outcomes(archive.run_id)] == ["published"]


def test_a_run_whose_lock_is_free_has_crashed(archive: Archive) -> None:
    archive.run(archive.sees(A), is_open=True)
    with archive.store.write() as unit:
        assert unit.runs.close_crashed(lambda source: False, archive.now) == []
        assert unit.runs.open_run("sample-hrr") is not None
        assert unit.runs.close_crashed(lambda source: True, archive.now) == [archive.run_id]
        unit.commit()
    with archive.store.read() as unit:
        found = unit.runs.get(archive.run_id)
        assert unit.runs.open_run("sample-hrr") is None
    assert (found.state, found.counts["published"]) == ("crashed", 1)
    assert found.ended_at == archive.now
    assert found.seconds == timedelta(hours=1).total_seconds()


def test_the_newest_run_comes_first(archive: Archive) -> None:
    for _ in range(3):
        archive.run(archive.sees(A))
    with archive.store.read() as unit:
        assert [each.id for each in unit.runs.latest(2)] == [3, 2]
        assert unit.runs.count() == 3


def test_an_unknown_run_is_said_to_be_unknown(archive: Archive) -> None:
    with archive.store.read() as unit:
        with pytest.raises(KeyError):
            unit.runs.get(7)
        assert unit.runs.of_flow_run("none") is None


def test_only_a_good_listing_is_what_later_ones_are_measured_by(archive: Archive) -> None:
    archive.run(archive.sees(A))
    with archive.store.write() as unit:
        for links, is_good in ((12, True), (3, False)):
            unit.listings.note(1, "sample-hrr", "2024", links, archive.now, is_good=is_good)
        assert unit.listings.last_good_count("sample-hrr", "2024") == 12
        assert unit.listings.last_good_count("sample-hrr", "2023") == 0
        assert unit.listings.editions("sample-hrr") == ("2024",)


def test_the_baseline_stays_once_it_is_complete(archive: Archive) -> None:
    with archive.store.write() as unit:
        assert not unit.sources.has_baseline("sample-hrr")
        unit.sources.mark_read("sample-hrr", archive.now, is_baseline=False)
        assert not unit.sources.has_baseline("sample-hrr")
        unit.sources.mark_read("sample-hrr", archive.now, is_baseline=True)
        later = archive.now + timedelta(hours=1)
        unit.sources.mark_read("sample-hrr", later, is_baseline=False)
        assert unit.sources.has_baseline("sample-hrr")
        assert unit.sources.last_ok() == {"sample-hrr": later}
