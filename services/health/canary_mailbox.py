"""Look for canaries where they should arrive: a mailbox, a page, or a folder of mails."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any, BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit

from alerts.dialogue import Deadline
from reports.text.plain import one_line
from scrapers.fetch.errors import FetchError
from services.assembly import Parts
from services.gates import hook_gate

TIMEOUT = 30.0
"""Seconds one step of the dialogue with a mailbox may take."""

DIALOGUE_SECONDS = 60.0
"""Seconds all steps together may take; then the connection is cut."""

MOST_BYTES = 1_000_000
"""Of all that a mailbox's server says in one dialogue; a search finds a few numbers."""

MOST_FILES = 500
_LONGEST_REASON = 200
_FAULTS = (imaplib.IMAP4.error, OSError, ValueError)  # ValueError: numbers or letters that are none


class MailboxUnread(Exception):
    """A mailbox that could not be read; the message says why, without its password."""


def has_arrived(parts: Parts, address: str, numbers: Sequence[str]) -> bool:
    """Return whether any of some canaries is where ``address`` leads; raises MailboxUnread.

    ``imaps://user:password@host/MAILBOX`` is a mailbox, from which our own canaries are deleted
    once they are seen; ``https://`` a page that shows what arrived; ``file://`` a folder of mails.
    """
    place = urlsplit(address)
    if place.scheme in ("imap", "imaps"):
        return _in_mailbox(place, numbers)
    if place.scheme == "file":
        return _in_folder(Path(unquote(place.path)), numbers)
    try:
        answer = hook_gate(parts, is_ours=True).call(address, {"Accept": "*/*"})
    except FetchError as error:
        raise MailboxUnread(error.reason) from None
    text = answer.body.decode("utf-8", "replace")
    return any(number in text for number in numbers)


def _in_folder(folder: Path, numbers: Sequence[str]) -> bool:
    try:
        files = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime)[-MOST_FILES:]
        texts = [each.read_bytes() for each in files if each.is_file()]
    except OSError as error:
        raise MailboxUnread(str(error.strerror)) from None
    return any(number.encode() in text for number in numbers for text in texts)


def _in_mailbox(place: SplitResult, numbers: Sequence[str]) -> bool:
    deadline = Deadline(DIALOGUE_SECONDS)
    try:
        with deadline.running():
            return _ask(_connect(place, deadline), place, numbers)
    except _FAULTS as error:
        if deadline.has_passed:
            said = f"the mailbox's server did not come to an end within {deadline.seconds:.0f} s"
            raise MailboxUnread(said) from None
        raise MailboxUnread(_plain(error)) from None
    finally:
        deadline.let_go()


def _ask(mailbox: imaplib.IMAP4, place: SplitResult, numbers: Sequence[str]) -> bool:
    try:
        mailbox.login(unquote(place.username or ""), unquote(place.password or ""))
        folder = unquote(place.path.strip("/")) or "INBOX"
        mailbox.select(f'"{folder}"')
        return _take(mailbox, numbers)
    finally:
        with suppress(*_FAULTS):
            mailbox.logout()
        with suppress(OSError):
            mailbox.shutdown()  # a logout that fails leaves the connection open


class _Plain(imaplib.IMAP4):
    """The library's client, under a deadline, and with a bound on what the server says."""

    file: BinaryIO

    def __init__(self, deadline: Deadline, **options: Any) -> None:
        self._deadline = deadline
        self._left = MOST_BYTES
        super().__init__(**options)

    def _create_socket(self, timeout: float) -> socket:
        line: socket = super()._create_socket(timeout)  # type: ignore[misc]
        self._deadline.watch(line)
        return line

    def readline(self) -> bytes:
        """Read a line; raises imaplib.IMAP4.abort once the server has said too much."""
        return self._counted(self.file.readline(max(self._left, 0) + 1))

    def read(self, size: int) -> bytes:
        """Read a literal; raises imaplib.IMAP4.abort if it is longer than what is left."""
        return self._counted(self.file.read(min(size, max(self._left, 0) + 1)))

    def _counted(self, said: bytes) -> bytes:
        self._left -= len(said)
        if self._left < 0:
            raise self.abort(f"the mailbox's server says more than {MOST_BYTES // 1000} KB")
        return said


class _Tls(_Plain):
    """The same with TLS from the start."""

    def _create_socket(self, timeout: float) -> socket:
        line = super()._create_socket(timeout)
        return ssl.create_default_context().wrap_socket(line, server_hostname=self.host)


def _connect(place: SplitResult, deadline: Deadline) -> imaplib.IMAP4:
    kind, port = (_Tls, 993) if place.scheme == "imaps" else (_Plain, 143)
    host = place.hostname or ""
    return kind(deadline, host=host, port=place.port or port, timeout=TIMEOUT)


def _take(mailbox: imaplib.IMAP4, numbers: Sequence[str]) -> bool:
    """Find our canaries by their numbers and delete them."""
    found = False
    for number in numbers:
        _, data = mailbox.search(None, "HEADER", "Subject", f'"{number}"')
        for each in (data[0] or b"").split():
            found = True
            mailbox.store(each.decode(), "+FLAGS", "\\Deleted")
    if found:
        mailbox.expunge()
    return found


def _plain(error: Exception) -> str:
    said = str(error.args[0]) if error.args else ""
    return one_line(said, _LONGEST_REASON) or type(error).__name__
