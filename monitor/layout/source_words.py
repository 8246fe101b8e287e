"""How a source stands, in the words of a reader: when it was read, and since when it was not."""

from __future__ import annotations

from datetime import UTC, datetime

from reports.watch.promise import Promise, SourceState


def state_in_words(
    promise: Promise | None, state: SourceState, now: datetime, *, is_held: bool
) -> str:
    """Return "read today", "not read since 3 May", "not read yet".

    ``is_held`` tells that there are reports of it: of a run that failed, or from saved pages.
    """
    when = promise.last_ok_at if promise else None
    if when is None:
        return "not read whole yet" if is_held else "not read yet"
    if state is SourceState.STALE:
        return f"not read since {_day(when, now)}"
    return f"read {_lately(when, now)}"


def _lately(when: datetime, now: datetime) -> str:
    days = (now.astimezone(UTC).date() - when.astimezone(UTC).date()).days
    names = {0: "today", 1: "yesterday"}
    return names.get(days) or f"on {_day(when, now)}"


def _day(when: datetime, now: datetime) -> str:
    """Return "3 May", with the year if it is not this one."""
    utc = when.astimezone(UTC)
    year = "" if utc.year == now.astimezone(UTC).year else f" {utc.year}"
    return f"{utc.day} {utc:%B}{year}"
