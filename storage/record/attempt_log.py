"""Write down what a batch of looks came to: at the locations, as captures, in the run's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from reports.watch.outcome import Outcome
from storage.record.attempts import Attempt, Recording, ReportOutcome, has_turned, most_telling
from storage.watch.locations import GOOD, Locations, Sighting
from storage.watch.runs import LocationOutcome, Runs


class Logbook:
    """The marks that looks leave behind, whatever was found, inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording, locations: Locations) -> None:
        self._runs = Runs(connection)
        self._run = recording
        self._locations = locations

    def write(self, looks: Sequence[Attempt], results: Sequence[list[ReportOutcome]]) -> None:
        """Write down each look with the finding that counts for its location."""
        rows, outcomes, captures = [], [], []
        for look, found in zip(looks, results, strict=True):
            best = most_telling(found)
            is_away = best.outcome in (Outcome.SUSPECTED, Outcome.EMPTY)
            still_gone = is_away and look.known.outcome == Outcome.REMOVED
            state = Outcome.REMOVED if still_gone else best.outcome
            told = ReportOutcome(Outcome.UNCHANGED, "still gone") if still_gone else best
            rows.append((look.known, look.sighting, state, best.reason))
            outcomes.append(LocationOutcome(look.sighting.url, told.outcome, told.reason))
            captures.append((look.known, self._witnessed(look, state)))
        self._locations.looked(rows, self._run.revision)
        self._locations.captured(self._run.run_id, captures)
        self._runs.note(self._run.run_id, outcomes)

    def _witnessed(self, look: Attempt, outcome: Outcome) -> Sighting:
        """Note mark-up that a page did not have before as evidence of its capture."""
        sighting = look.sighting
        if outcome not in GOOD or not has_turned(look, self._run):
            return sighting
        return replace(sighting, evidence={**sighting.evidence, "shape": sighting.shape})
