"""Tell whether a document that is named in another one's place is the same one."""

from __future__ import annotations

from reports.model.identity import ReportId
from reports.model.values import Identified, VersionView
from reports.watch.outcome import SAYS, Outcome
from scrapers.source import Source
from services.assembly import Parts
from services.watch.read_location import Seen
from storage.unit import Unit
from storage.watch.locations import Sighting


def compared(parts: Parts, source: Source, seen: Seen) -> Seen:
    """Return an attempt that was sent to another document as a miss of what the location carried.

    It is the same one if it bears an identifier of a report there, or continues its series.
    """
    known, page = seen.target.known, seen.sighting.page
    if not seen.is_forwarded or known is None or page is None or not page.reports:
        return seen

    def is_same(unit: Unit) -> bool:
        places = unit.locations(source.name).places().get(known.id, set())
        names = [ReportId(source.name, known.edition, *each) for each in places]
        held = [view for name in names if (view := unit.versions.latest(name))]
        return not held or any(_is_one_of(unit, source, each, held) for each in page.reports)

    if parts.store.consult(is_same):
        return seen
    reason = f"{SAYS}readers are sent to another document instead: {seen.sighting.moved_to}"
    missing = Sighting(
        seen.target.url,
        seen.target.edition,
        seen.sighting.seen_at,
        Outcome.SUSPECTED,
        reason,
        is_listed=seen.target.is_listed,
        record=seen.sighting.record,
    )
    return Seen(seen.target, missing, is_clean_miss=True)


def _is_one_of(unit: Unit, source: Source, found: Identified, held: list[VersionView]) -> bool:
    stored = unit.versions.latest(found.report)
    if stored:
        return stored.report in {each.report for each in held}
    series = source.series_of(found.report, found.title)
    return bool(series) and series in {source.series_of(each.report, each.title) for each in held}
