"""Which backups are kept: some of the last days, weeks and months. Only files of ours count."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from pathlib import Path

_OURS = re.compile(r"reportwatch-(\d{8}T\d{6}Z)\.(?:sqlite|pgdump)")
_STAMP = "%Y%m%dT%H%M%SZ"

_PERIODS: tuple[Callable[[datetime], Hashable], ...] = (
    lambda when: when.date(),
    lambda when: when.isocalendar()[:2],
    lambda when: (when.year, when.month),
)


def backup_name(now: datetime, *, is_archive: bool = False) -> str:
    """Return the name of a backup made now; it says when, in UTC, and of what it is."""
    return f"reportwatch-{now.astimezone(UTC):{_STAMP}}.{'pgdump' if is_archive else 'sqlite'}"


def backups_in(folder: Path) -> dict[Path, datetime]:
    """Return the backups that we made in a folder, each with its time; other files are not ours."""
    found = {}
    for path in folder.glob("reportwatch-*"):
        named = _OURS.fullmatch(path.name)
        if named and path.is_file() and not path.is_symlink():
            try:
                found[path] = datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue  # no day of any calendar: not ours
    return found


def to_keep(made: Iterable[datetime], counts: tuple[int, int, int]) -> set[datetime]:
    """Return the times whose backups are kept: the newest of the last days, weeks and months.

    ``counts`` are how many days, weeks and months that have a backup. The newest of all is kept.
    """
    newest_first = sorted(made, reverse=True)
    kept = set(newest_first[:1])
    for period, count in zip(_PERIODS, counts, strict=True):
        last_of: dict[Hashable, datetime] = {}
        for when in newest_first:
            last_of.setdefault(period(when), when)
        kept |= set(list(last_of.values())[:count])
    return kept
