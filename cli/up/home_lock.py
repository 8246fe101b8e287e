"""Who runs `up` for a home folder: one at a time, and none from a copy of a running one's home.

Imports nothing that takes time: a second `up` must be refused before it has cost anything.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

LOCK_FILE = "up.lock"


class UpRefused(RuntimeError):
    """``up`` cannot start or go on; the message says why and what to do."""


class HomeLock:
    """The lock on a home folder, taken when made; raises UpRefused if another one has it."""

    def __init__(self, home: Path) -> None:
        self._path = home / LOCK_FILE
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(home)
        except BaseException:
            os.close(self._file)
            raise
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n{home}\n".encode(), 0)

    @property
    def is_in_place(self) -> bool:
        """Whether the home folder is still where it was, and the same."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._file))
        except OSError:
            return False

    def release(self) -> None:
        """Let another one in."""
        with suppress(OSError):
            os.close(self._file)

    def _take(self, home: Path) -> None:
        pid, named = _read(self._file)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpRefused(
                f"`reportwatch up` runs already for {home} (process {pid}); "
                "stop that one first, or set REPORTWATCH_HOME to another folder"
            ) from None
        if named and Path(named) != home and _is_held(Path(named) / LOCK_FILE, pid):
            raise UpRefused(
                f"{home} is a copy of {named}, for which `reportwatch up` runs (process {pid}): "
                "both would write to the same subscribers. Stop that one first; to run both, "
                f"change the subscribers of the copy and remove {self._path}"
            )


def _read(file: int) -> tuple[str, str]:
    """Return the process and the home folder that a lock file names."""
    lines = os.pread(file, 8192, 0).decode(errors="replace").splitlines()
    return (lines[0].strip() if lines else "") or "unknown", lines[1] if len(lines) > 1 else ""


def _is_held(lock: Path, pid: str) -> bool:
    """Return whether the process that a copied lock names still holds the original."""
    try:
        file = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        if _read(file)[0] != pid:
            return False
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def refuse_second(home: Path) -> None:
    """Raise UpRefused if `up` runs for a home folder, before anything else is imported for it."""
    if home.is_dir():
        HomeLock(home.absolute()).release()
