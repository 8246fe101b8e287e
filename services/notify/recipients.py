"""What an address is: a mailbox, a webhook, or a service that apprise reaches."""

from __future__ import annotations

import re

from reports.notices.subscription import Channel
from scrapers.fetch.errors import RequestRefused
from scrapers.fetch.urls import split_http_url
from services.notify.chat import BadChatAddress, read_chat_address

LONGEST_ADDRESS = 512

_MAILBOX = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"()]+|[^@\s]+@localhost")


class BadAddress(ValueError):
    """No address that can be written to; the message says what to give."""


def channel_of(address: str) -> Channel:
    """Return the channel that an address is reached by; raises BadAddress."""
    found = re.match(r"([a-z][a-z0-9+.-]*)://", address, re.I)
    is_plain = address.isprintable() and len(address) <= LONGEST_ADDRESS
    if found is None:
        if not (is_plain and _MAILBOX.fullmatch(address)):
            raise BadAddress(f"{address!r} is no e-mail address; write name@example.org")
        return Channel.EMAIL
    if not is_plain:
        raise BadAddress(
            f"an address has at most {LONGEST_ADDRESS} characters, all of them visible"
        )
    if found.group(1).lower() in ("http", "https"):
        return _webhook(address)
    try:
        read_chat_address(address)
    except BadChatAddress as error:
        raise BadAddress(str(error)) from None
    return Channel.APPRISE


def _webhook(address: str) -> Channel:
    try:
        parts = split_http_url(address)
    except RequestRefused as error:
        raise BadAddress(f"this webhook cannot be asked: {error.reason}") from None
    if parts.username or parts.password or parts.fragment:
        raise BadAddress("give a webhook's address without a user, a password or a # part")
    return Channel.WEBHOOK
