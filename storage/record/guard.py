"""Hold back a reading that looks like the reader's failure and not like the publisher's edit.

All of these must hold, since a deletion is to be reported, however large: the page's mark-up is not
the one that was last read well there; no few other pages are read well under it; what is lost is
what a broken reader loses; and the lost text is still on the page.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from reports.model.values import Evidence
from reports.watch.drift import FEW, HELD_BACK, still_stands, what_was_lost
from storage.database.tables import carries, location, report_facts
from storage.record.attempts import Observation, Recording
from storage.texts.versions import StoredVersions
from storage.watch.locations import GOOD


class Guard:
    """Judges the readings of one run, inside one write transaction."""

    def __init__(
        self, connection: Connection, recording: Recording, versions: StoredVersions
    ) -> None:
        self._connection = connection
        self._run = recording
        self._versions = versions
        self._trusted: dict[str, bool] = {}

    def why_held(self, seen: Observation) -> str:
        """Return why a reading is not believed; ``""`` if it is."""
        shape, known = seen.sighting.shape, seen.attempt.known.shape
        is_same = not shape or not known or shape == known
        if is_same or seen.found.how is Evidence.OPERATOR:
            return ""
        before = self._versions.reading_of(seen.latest, self._run.revision)
        lost = what_was_lost(before, seen.found.reading)
        if not lost or self._is_trusted(shape):
            return ""
        if not still_stands(before, seen.found.reading, seen.sighting.body):
            return ""
        return (
            f"{HELD_BACK}{lost}, though the text still stands on the page, whose mark-up is new; "
            f"version {seen.latest.number} stays. `reportwatch review` says how to accept the page"
        )

    def _is_trusted(self, shape: str) -> bool:
        """Tell whether a few pages of the source are read well under a shape of mark-up.

        They have a summary and sections, or an operator accepted what they have.
        """
        if shape not in self._trusted:
            is_whole = (report_facts.c.summary_word_count > 0) & (report_facts.c.section_count > 0)
            query = (
                select(func.count(location.c.id.distinct()))
                .join(carries, carries.c.location_id == location.c.id)
                .join(report_facts, report_facts.c.report_id == carries.c.report_id)
                .where(
                    location.c.source == self._run.source,
                    location.c.shape == shape,
                    location.c.outcome.in_([outcome.value for outcome in GOOD]),
                    or_(is_whole, carries.c.how == Evidence.OPERATOR.value),
                )
            )
            self._trusted[shape] = self._connection.execute(query).scalar_one() >= FEW
        return self._trusted[shape]
