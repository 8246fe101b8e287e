"""In which times a report's words stood, as far as was known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.read.known_history import KnownAbsence, KnownReport, KnownVersion


@dataclass(frozen=True)
class Stay:
    """An uninterrupted time in which a version's words stood.

    ``position`` counts the stays of one version from 1. ``valid_to`` is exclusive, None while they
    stand; then ``last_seen_at`` is None too.
    """

    version: KnownVersion
    position: int
    valid_from: datetime
    valid_to: datetime | None
    last_seen_at: datetime | None


def stays(known: KnownReport, moment: datetime) -> list[Stay]:
    """Return a report's stays as they were known at a moment, in order of time."""
    there = [each for each in known.versions if each.known_from <= moment]
    there.sort(key=lambda each: (each.captured_at, each.number))
    absences = [each for each in known.absences if each.known_from <= moment]
    found: list[Stay] = []
    for at, version in enumerate(there):
        later = there[at + 1] if at + 1 < len(there) else None
        ends_at = later.seen_as_of(moment).first_seen_at if later else None
        found.extend(_of_version(version, absences, ends_at, moment))
    return found


def _of_version(
    version: KnownVersion,
    absences: Sequence[KnownAbsence],
    ends_at: datetime | None,
    moment: datetime,
) -> Iterator[Stay]:
    """Cut a version's time where the report was found to be gone, until it was there again."""
    seen = version.seen_as_of(moment)
    position, begins_at = 1, seen.first_seen_at
    gone: KnownAbsence | None = None
    for each in absences:
        if each.version != version.number:
            continue
        if not each.is_return and gone is None:
            last = version.seen_as_of(each.known_from).last_seen_at
            yield Stay(version, position, begins_at, max(each.at, begins_at), last)
            gone = each
        elif each.is_return and gone is not None:
            position, begins_at, gone = position + 1, each.at, None
    if gone is None:
        yield Stay(version, position, begins_at, ends_at, seen.last_seen_at if ends_at else None)
