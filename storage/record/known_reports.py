"""The reports that a batch of pages names, looked up once and kept at hand while it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.model.identity import ReportId
from reports.model.values import Identified
from storage.texts.versions import StoredReport, StoredVersions


class KnownReports:
    """The reports of one batch; others are looked up when they are asked for."""

    def __init__(self, versions: StoredVersions) -> None:
        self._versions = versions
        self._held: dict[ReportId, StoredReport | None] = {}

    def look_up(self, names: Sequence[ReportId]) -> None:
        """Fetch reports in one query, and forget those of the batch before."""
        self._held = {**dict.fromkeys(names), **self._versions.reports(names)}

    def named(self, name: ReportId) -> StoredReport | None:
        """Return a report by its name."""
        if name not in self._held:
            self._held[name] = self._versions.report(name)
        return self._held[name]

    def add(self, found: Identified, published_on: str) -> StoredReport:
        """Insert a report."""
        made = self._held[found.report] = self._versions.add_report(found, published_on)
        return made

    def set_state(self, stored: StoredReport, state: str) -> None:
        """Set a report's state where it is another: present, suspected or removed."""
        if stored.state != state:
            self._versions.set_state(stored.id, state)
            self._held[stored.name] = replace(stored, state=state)
