"""Addresses of readers as rows hold them: mailboxes as they are, all others encrypted."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from reports.notices.subscription import Channel
from storage.database.encryption import ADDRESS, MARK, Cipher
from storage.database.errors import Damaged, EncryptedElsewhere
from storage.database.tables import subscriber

UNREADABLE = "unreadable:"
"""How a reader is named, with its number, whose address this home's secret does not open."""


def stored_address(cipher: Cipher, address: str, channel: Channel) -> str:
    """Return what a row holds of an address."""
    return address if channel is Channel.EMAIL else cipher.encrypt(ADDRESS, address)


def read_address(cipher: Cipher, subscriber_id: int, stored: str) -> str:
    """Return a reader's address, or a name by which it can be told from others."""
    try:
        return cipher.decrypt(ADDRESS, stored)
    except (EncryptedElsewhere, Damaged):
        return f"{UNREADABLE}{subscriber_id}"


def has_address(cipher: Cipher, address: str) -> ColumnElement[bool]:
    """Return the condition that a subscriber has an address, also one not encrypted yet."""
    number = address.removeprefix(UNREADABLE)
    if number != address and number.isdecimal() and len(number) < 10:
        return (subscriber.c.id == int(number)) & subscriber.c.address.startswith(MARK)
    if "://" not in address:
        return subscriber.c.address == address
    return subscriber.c.address.in_([address, cipher.encrypt(ADDRESS, address)])
