"""An SMTP dialogue that ends: within a deadline, with replies of bounded length.

The library's time limit is for one read. A server that sends a byte now and then, or lines without
end, would hold whoever delivers for ever.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any, BinaryIO

MOST_LINES = 100
MOST_BYTES = 65_536
"""Of one reply; those of real servers have some twenty short lines."""


class Deadline:
    """Cuts the connection of a dialogue that takes too long, whatever it waits for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_passed = False
        self._line: socket.socket | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the time run; afterwards ``has_passed`` says whether it was used up."""
        self.has_passed = False
        timer = Timer(self.seconds, self._pass)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def watch(self, line: socket.socket) -> None:
        """Take charge of a connection, by a handle of its own: TLS takes the first one away."""
        self.let_go()
        self._line = line.dup()

    def let_go(self) -> None:
        """Forget the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _pass(self) -> None:
        self.has_passed = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


class Plain(smtplib.SMTP):
    """The library's client, under a deadline."""

    def __init__(self, deadline: Deadline, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(**options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(line)
        return line

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply; one beyond the bounds ends the dialogue, as if the server hung up."""
        if self.file is None:
            assert self.sock is not None
            self.file = self.sock.makefile("rb")
        whole = self.file
        self.file = _Bounded(whole)
        try:
            return super().getreply()
        finally:
            if self.file is not None:
                self.file = whole


class Tls(smtplib.SMTP_SSL, Plain):
    """The same with TLS from the start."""

    def __init__(self, deadline: Deadline, **options: Any) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, **options)


class _Bounded:
    """The lines of one reply."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines = self._bytes = 0

    def readline(self, most: int) -> bytes:
        line = self._file.readline(most)
        if line and len(line) < most and not line.endswith(b"\n"):
            raise OSError("a reply that was cut off")
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MOST_LINES or self._bytes > MOST_BYTES:
            raise OSError(f"a reply of more than {MOST_LINES} lines or {MOST_BYTES // 1024} KB")
        return line

    def close(self) -> None:
        self._file.close()
