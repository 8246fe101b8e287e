"""Keep what a program writes in a log with a bound, cut while it grows."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

LONGEST_LOG = 10_000_000
"""Bytes of a log, before it is set aside."""

LONGEST_LINE = 1_000_000
"""Bytes that a log may grow beyond its bound, to end with a whole line."""

KEPT_LOGS = 4
"""How many are kept beside the present one."""

_AT_ONCE = 1 << 16


class Log:
    """A program's log, and the logs before it; every start of a program may write to it.

    The program writes to a pipe: what it has said by its end is read to the last byte.
    """

    def __init__(self, path: Path, longest: int = LONGEST_LOG) -> None:
        self.path = path
        self._longest = longest
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None

    def take(self, stream: IO[bytes]) -> None:
        """Write what comes from ``stream`` until its end, in a thread of its own."""
        self.path.touch()
        self._reader = threading.Thread(
            target=self._take, args=(stream,), name=f"log-{self.path.stem}", daemon=True
        )
        self._reader.start()

    def finish(self, seconds: float) -> None:
        """Wait until what a program that ended has said is written, ``seconds`` at most."""
        if self._reader:
            self._reader.join(seconds)

    def set_aside(self) -> None:
        """Begin a new log, keeping a few of those before."""
        for number in range(KEPT_LOGS, 0, -1):
            older = self.path if number == 1 else self._kept(number - 1)
            if older.exists():
                older.replace(self._kept(number))

    def tail(self, size: int = 20_000) -> str:
        """Return the end of the log, ``size`` bytes at most."""
        try:
            with self.path.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - size))
                return log.read().decode(errors="replace")
        except OSError:
            return ""

    def _kept(self, number: int) -> Path:
        return self.path.with_suffix(f".log.{number}")

    def _take(self, stream: IO[bytes]) -> None:
        with stream:
            while said := os.read(stream.fileno(), _AT_ONCE):
                with self._lock, suppress(OSError):  # a full disk must not stop the program
                    self._write(said)

    def _write(self, said: bytes) -> None:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size + len(said) > self._longest:
            # Lines stay whole: the rest of the present one still belongs to the present log, which
            # waits for its end; but not without a bound, lest a program say nothing but one line.
            rest = said.find(b"\n") + 1
            if not rest and size < self._longest + LONGEST_LINE:
                rest = len(said)
            self._append(said[:rest])
            if rest < len(said) or said.endswith(b"\n"):
                self.set_aside()
            said = said[rest:]
        self._append(said)

    def _append(self, said: bytes) -> None:
        with self.path.open("ab", buffering=0) as log:
            log.write(said)
