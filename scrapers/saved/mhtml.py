"""Read the page that a browser saved as a single file: MHTML (RFC 2557), its first web page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from scrapers.saved.page import BadFile, checked, checked_address

_MOST_PARTS = 2000
"""Parts of one file: a page with its pictures and style sheets has some dozens."""
_DEEPEST = 5


def read_mhtml(contents: bytes, media_types: tuple[str, ...]) -> tuple[bytes, str, datetime | None]:
    """Return a saved page's bytes, its address and when it was saved; raises BadFile.

    The address is ``""``, and the time None, if the file does not give them.
    """
    try:
        saved = BytesParser(policy=compat32).parsebytes(contents)
        found = (each for each in _parts(saved) if each.get_content_type() in media_types)
        page = next(found, None)
        body = page.get_payload(decode=True) if page else None
    except (ValueError, LookupError, RecursionError, AssertionError):
        raise BadFile("broken MHTML file") from None
    if page is None or not isinstance(body, bytes):
        raise BadFile("this MHTML file holds no web page")
    url = page.get("Content-Location") or saved.get("Snapshot-Content-Location") or ""
    address = checked_address("".join(str(url).split()))
    return checked(body), address, _moment(str(saved.get("Date") or ""))


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the parts of a file in their order, as many as a page may have."""
    found = message.get_payload()
    if not isinstance(found, list):
        yield message
    elif depth < _DEEPEST:
        for each in found[:_MOST_PARTS]:
            if isinstance(each, Message):
                yield from _parts(each, depth + 1)


def _moment(date: str) -> datetime | None:
    """Return when a file was saved; browsers write it in UTC, as RFC 5322 does with ``-0000``."""
    try:
        moment = parsedate_to_datetime(date)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
