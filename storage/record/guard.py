"""Hold back a reading that is no edit by the publisher: badly sent, or the reader's failure.

A text that was encoded twice on its way is the stored one, badly sent.

For the reader's failure all of these must hold, since a deletion is to be reported, however large:
the page's mark-up is not the one that was last read well there; no few other pages are read well
under it; what is lost is what a broken reader loses; and the lost text is still on the page.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from reports.model.values import Evidence
from reports.text.misdecoded import is_badly_sent
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
        return self.why_badly_sent(seen) or self._why_lost(seen)

    def why_badly_sent(self, seen: Observation) -> str:
        """Return why a text is the stored one, badly sent; ``""`` if it is not."""
        if not self._is_badly_sent(seen):
            return ""
        return (
            f"{HELD_BACK}its text was encoded twice (\u201c\u00e2\u20ac\u2122\u201d for "
            f"\u201c\u2019\u201d); without that it is version {seen.latest.number}"
        )

    def is_mended(self, seen: Observation) -> bool:
        """Return whether a reading is the stored one, which was badly sent, as it should be."""
        return self._is_badly_sent(seen, is_stored=True)

    def _is_badly_sent(self, seen: Observation, *, is_stored: bool = False) -> bool:
        if seen.words_sha256 == seen.latest.words_sha256 or seen.found.how is Evidence.OPERATOR:
            return False
        stored = self._versions.reading_of(seen.latest, self._run.revision).all_blocks
        found = seen.found.reading.all_blocks
        return is_badly_sent(found, stored) if is_stored else is_badly_sent(stored, found)

    def _why_lost(self, seen: Observation) -> str:
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
