"""Decide what a text is whose page does not say so for certain; else keep it for review."""

from __future__ import annotations

from dataclasses import replace

from reports.model.identity import ReportId
from reports.model.values import Evidence, Identified, Undecided
from storage.record.attempts import Attempt
from storage.record.reviews import Reviews
from storage.texts.versions import StoredVersions
from storage.watch.report_locations import ReportLocations


class UnnamedTexts:
    """The texts without a certain name, inside one write transaction."""

    def __init__(
        self,
        source: str,
        versions: StoredVersions,
        reviews: Reviews,
        report_locations: ReportLocations,
    ) -> None:
        self._source = source
        self._versions = versions
        self._reviews = reviews
        self._report_locations = report_locations

    def decide(self, attempt: Attempt, found: Undecided) -> Identified | str:
        """Return a text under its report's name, or why it waits in review.

        It is decided if exactly one report has the same text. A page of another edition than its
        address's is decided only if somebody accepted it there.
        """
        if found.is_contradicted:
            return self._contradicted(attempt, found)
        candidates = self._with_same_text(found)
        if len(candidates) == 1:
            return self._named(candidates[0], Evidence.TEXT_MATCH, found)
        why = found.why
        if candidates:
            why = f"the same text is in {', '.join(map(str, candidates))}; {why}"
        self._reviews.add(attempt.sighting, replace(found, why=why))
        return why

    def _contradicted(self, attempt: Attempt, found: Undecided) -> Identified | str:
        words = found.reading.words_sha256
        name = self._report_locations.accepted(attempt.known.id, found.edition, words)
        if name:
            return self._named(name, Evidence.URL, found)
        self._reviews.contradicted(attempt.sighting, found)
        return found.why

    def _with_same_text(self, found: Undecided) -> list[ReportId]:
        """Return the reports with the same text; of several, those of the country guessed."""
        if not found.reading.blocks:
            return []
        named = self._versions.with_text(self._source, found.reading.text_sha256)
        country, _, part = found.country.partition("/")
        if not country or len(named) <= 1:
            return named
        return [each for each in named if (each.country, each.part) == (country, part)]

    def _named(self, name: ReportId, how: Evidence, found: Undecided) -> Identified:
        stored = self._versions.report(name)
        assert stored is not None
        return Identified(name, how, stored.title, found.reading)
