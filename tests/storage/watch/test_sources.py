"""How a source stands: its last run of the whole, and listings that were not read well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from archive import SOURCE, START, Archive

from reports.watch.outcome import LEAST_LOOKS, Outcome
from storage.watch.listings import PoorListing
from storage.watch.runs import INTERRUPTED, LocationOutcome
from storage.watch.sources import EndedRun

TRIGGERS = ("manual", "scheduled")


class Ledger:
    """Runs as the ledger keeps them, an hour apart."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def run(
        self,
        *listings: tuple[str, int, bool],
        state: str = "done",
        error: str = "",
        looks: int = 0,
        **facts: Any,
    ) -> int:
        """Write a run that read some listings: edition, links, whether it was good."""
        values = {
            "trigger": "scheduled",
            "orchestrator": "direct",
            "flow_run": "",
            "parameters": {},
            "source": SOURCE,
            "now": self.archive.now,
            **facts,
        }
        with self.archive.store.write() as unit:
            source = values.pop("source")
            run_id = unit.runs.start(source, **values)
            for edition, links, is_good in listings:
                unit.listings.note(
                    run_id, source, edition, links, self.archive.now, is_good=is_good
                )
            urls = (f"https://sample.example/{number}/" for number in range(looks))
            unit.runs.note(run_id, [LocationOutcome(url, Outcome.UNCHANGED) for url in urls])
            if state != "running":
                unit.runs.end(run_id, state, now=self.archive.now, seconds=1, error=error)
            unit.commit()
        self.archive.now += timedelta(hours=1)
        return run_id

    def last(self, source: str = SOURCE) -> EndedRun | None:
        with self.archive.store.read() as unit:
            return unit.sources.last_run(source, TRIGGERS)

    def poor(self) -> list[PoorListing]:
        with self.archive.store.read() as unit:
            return unit.listings.poor()


@pytest.fixture
def ledger(archive: Archive) -> Ledger:
    return Ledger(archive)


def test_the_last_ended_run_is_told_with_what_its_listings_held(ledger: Ledger) -> None:
    ledger.run()
    run_id = ledger.run(("2023", 12, True), ("2024", 0, False), state="failed", error="down")
    ledger.run(source="another")
    last = ledger.last()
    assert last
    assert (last.id, last.state, last.error, last.trigger) == (
        run_id,
        "failed",
        "down",
        "scheduled",
    )
    assert (last.listing_count, last.link_count) == (2, 12)
    assert last.ended_at == START + timedelta(hours=1)
    assert last.counts["checked"] == 0
    assert ledger.last("nobody") is None


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "running"},
        {"trigger": "import"},
        {"state": "failed", "error": INTERRUPTED},
        {"parameters": {"urls": ["https://sample.example/one/"]}},
        {"parameters": {"countries": ["XAB"], "full": True}},
        {},  # nothing was due
        {"looks": LEAST_LOOKS - 1},
    ],
)
def test_runs_that_say_nothing_of_the_whole_are_left_out(
    ledger: Ledger, facts: dict[str, Any]
) -> None:
    assert ledger.last() is None
    run_id = ledger.run(("2024", 9, True), parameters={"editions": ["2024"]})
    ledger.run(**facts)
    last = ledger.last()
    assert last and last.id == run_id


@pytest.mark.parametrize("facts", [{"looks": LEAST_LOOKS}, {"state": "failed"}])
def test_a_run_that_read_no_listing_counts_where_it_looked_at_some_pages_or_failed(
    ledger: Ledger, facts: dict[str, Any]
) -> None:
    ledger.run(("2024", 9, True))
    run_id = ledger.run(**facts)
    last = ledger.last()
    assert last and last.id == run_id


def test_the_sources_of_open_runs_are_told(ledger: Ledger) -> None:
    ledger.run()
    ledger.run(source="another", state="running")
    with ledger.archive.store.read() as unit:
        assert unit.sources.under_way() == {"another"}


def test_the_addresses_that_were_refused_or_did_not_answer_are_named(archive: Archive) -> None:
    archive.run(
        archive.sees("Belvaria is calm."),
        archive.fails(Outcome.BLOCKED, "XAC"),
        archive.fails(Outcome.ERROR, "XAD"),
        archive.fails(Outcome.UNREADABLE, "XAE"),
    )
    with archive.store.read() as unit:
        urls = unit.runs.failed_urls(archive.run_id, 5)
        assert urls == (archive.url("XAC"), archive.url("XAD"))
        assert len(unit.runs.failed_urls(archive.run_id, 1)) == 1


def test_a_listing_is_poor_as_long_as_its_latest_reading_is(ledger: Ledger) -> None:
    ledger.run(("2023", 12, True), ("2024", 20, True))
    assert ledger.poor() == []
    ledger.run(("2024", 7, False))
    ledger.run(("2023", 12, True))
    read_at = START + timedelta(hours=1)
    assert ledger.poor() == [PoorListing(SOURCE, "2024", read_at, 7, 20)]
    ledger.run(("2024", 19, True))
    assert ledger.poor() == []


def test_the_listings_of_a_run_under_way_are_not_judged_yet(ledger: Ledger) -> None:
    ledger.run(("2024", 20, True))
    ledger.run(("2024", 0, False), state="running")
    assert ledger.poor() == []


def test_a_listing_never_read_well_counts_where_no_person_named_the_edition(
    ledger: Ledger,
) -> None:
    ledger.run(("1999", 0, False), parameters={"editions": ["1999"]})
    assert ledger.poor() == []
    ledger.run(("2025", 0, False))
    (poor,) = ledger.poor()
    assert (poor.edition, poor.link_count, poor.good_count) == ("2025", 0, 0)
