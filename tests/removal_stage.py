"""A database in which an edition of the sample is missing at once, and its removals are held."""

from __future__ import annotations

from reports.watch.outcome import Outcome
from scrapers.registry import source_named
from services.assembly import Parts
from services.health.after_run import check_anomalies
from services.runs.run import Trigger, start_run
from storage.record.removals import Patience
from storage.watch.locations import Sighting

SOURCE = "sample-hrr"


def hold_removals(parts: Parts, edition: str = "2023") -> int:
    """Let every page of an edition answer 404 in one run; return the review's number."""
    source = source_named(SOURCE)
    recording = start_run(
        parts,
        source,
        trigger=Trigger.MANUAL,
        orchestrator="direct",
        flow_run="",
        parameters={},
    )
    with parts.store.write() as unit:
        urls = [each.url for each in unit.locations(SOURCE).all([edition])]
        misses = [
            Sighting(url, edition, parts.now(), Outcome.SUSPECTED, "status 404", is_clean_miss=True)
            for url in urls
        ]
        unit.recorder(recording).record(misses)
        unit.removals(recording).confirm(urls, Patience(1, 0), parts.now())
        unit.runs.end(recording.run_id, "done", now=parts.now(), seconds=1.0)
        (held,) = unit.mass_removals(SOURCE).waiting()
        unit.commit()
    check_anomalies(parts, source, recording.run_id)
    return held.review
