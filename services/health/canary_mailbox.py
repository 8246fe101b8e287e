"""Look for canaries where they should arrive: a mailbox, a page, or a folder of mails."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from scrapers.fetch.errors import FetchError
from services.assembly import Parts
from services.gates import hook_gate

TIMEOUT = 30.0
"""Seconds one step of the dialogue with a mailbox may take."""

MOST_FILES = 500


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
    try:
        mailbox = _connect(place)
    except (imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
        raise MailboxUnread(_plain(error)) from None
    try:
        mailbox.login(unquote(place.username or ""), unquote(place.password or ""))
        folder = unquote(place.path.strip("/")) or "INBOX"
        mailbox.select(f'"{folder}"')
        return _take(mailbox, numbers)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnread(_plain(error)) from None
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            mailbox.logout()


def _connect(place: SplitResult) -> imaplib.IMAP4:
    host = place.hostname or ""
    if place.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=context, timeout=TIMEOUT)
    return imaplib.IMAP4(host, place.port or 143, timeout=TIMEOUT)


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
    return str(error.args[0]) if error.args else type(error).__name__
