"""Keep what the program writes from other users of the machine: modes 600 and 700."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
OTHERS = 0o077
"""The bits of a mode that let anybody but the owner in."""

FILES = (
    "reportwatch.sqlite*",
    "reportwatch.replaced-*",
    "secret*",
    "up.lock",
    "prefect.json",
    "runner.ready",
)
FOLDERS = ("backups", "locks", "logs", "prefect", "sample")
"""What is ours in a home folder, which may hold other things as well."""


def write_privately() -> None:
    """Have this program, and those that it starts, make files of mode 600 and folders of 700."""
    os.umask(UMASK)


def tighten(home: Path) -> None:
    """Take what is ours in a home folder away from other users, if an earlier version left it open.

    The folder itself stays as it is: it may be one that serves others too.
    """
    for path in _ours(home):
        with suppress(OSError):  # another user's, or on a medium that cannot be written
            if path.is_symlink():
                continue
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OTHERS and path.stat().st_uid == os.geteuid():
                path.chmod(mode & ~OTHERS)


def open_to_others(home: Path) -> list[Path]:
    """Return the home folder and what is ours in it that other users can get into."""
    found = []
    for path in (home, *_ours(home)):
        with suppress(OSError):
            if path.stat().st_mode & OTHERS:
                found.append(path)
    return found


def _ours(home: Path) -> Iterator[Path]:
    for pattern in FILES:
        yield from home.glob(pattern)
    yield from (path for name in FOLDERS if (path := home / name).is_dir())
