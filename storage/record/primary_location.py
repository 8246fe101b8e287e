"""Which location of a report drives its versions, and when another one takes over."""

from __future__ import annotations

from reports.model.values import Evidence, Identified
from storage.record.attempts import Attempt
from storage.texts.versions import StoredReport
from storage.watch.report_locations import Primary, ReportLocations


def carry(
    carriers: ReportLocations,
    look: Attempt,
    stored: StoredReport,
    found: Identified,
    primary: Primary | None,
) -> bool:
    """Join location and report; tell whether the location is the report's primary one.

    The first location is primary. A later one takes over where the primary one is gone, or is on no
    listing while the later one is. What an operator accepts of a location is marked as such.
    """
    location_id, words = look.known.id, found.reading.words_sha256
    held = carriers.is_primary(location_id, stored.id)
    if held is not None and found.how is Evidence.OPERATOR:
        carriers.vouch(location_id, stored.id)
    if held:
        carriers.set_words(location_id, stored.id, words)
        return True
    if held is None:
        carriers.add(location_id, stored.id, words, found.how)
    is_free = primary is None or primary.is_gone or yields(primary, look)
    if found.how is Evidence.TEXT_MATCH or not is_free:
        return False
    carriers.make_primary(location_id, stored.id)
    return True


def yields(primary: Primary, look: Attempt) -> bool:
    """Tell whether an unlisted primary location stands back for the listed one looked at.

    It does not for a listed address that merely redirects to it.
    """
    is_other = primary.location_id != look.known.id and not look.sighting.moved_to
    return is_other and not primary.is_listed and bool(look.sighting.is_listed)
