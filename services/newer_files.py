"""Find later editions of a document that exist as files alone: they are named, and not read."""

from __future__ import annotations

from reports.model.values import VersionView
from scrapers.registry import all_sources
from storage.unit import Unit

NEWER = "A newer edition exists as a file alone, which is not read here: "


def newer_files(unit: Unit, view: VersionView) -> tuple[str, ...]:
    """Return a sentence for each, so that nobody takes an older edition for the newest."""
    name = view.report
    source = all_sources().get(name.source)
    if source is None or not name.is_document:
        return ()
    beside = unit.reports.find(source=name.source, edition=name.edition, country=name.country)
    lists = [unit.versions.latest(each.report) for each in beside if not each.report.is_document]
    return tuple(
        f"{NEWER}{each}"
        for listed in lists
        if listed
        for each in source.newer_files(name, view.title, listed.reading)
    )
