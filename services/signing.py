"""Links that only we can have made: what signs them, and the links themselves."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from services.home_secret import home_secret
from services.settings import Settings


def signature(settings: Settings, purpose: str, text: str) -> str:
    """Return what proves that we signed a text for a purpose, as a hexadecimal SHA-256 HMAC."""
    key = home_secret(settings).encode()
    return hmac.new(key, f"{purpose}:{text}".encode(), "sha256").hexdigest()


def is_signed(settings: Settings, purpose: str, text: str, given: str) -> bool:
    """Return whether a signature is ours; takes equal time for any wrong one."""
    return hmac.compare_digest(signature(settings, purpose, text).encode(), given.encode())


def unsubscribe_url(settings: Settings, address: str) -> str:
    """Return the link that ends an address's subscriptions; ``""`` without a public address."""
    return reader_url(settings, "unsubscribe", address)


def unsubscribe_token(settings: Settings, address: str) -> str:
    """Return what proves that a link was made by us for this address."""
    return signature(settings, "unsubscribe", address)


def reader_url(settings: Settings, page: str, address: str) -> str:
    """Return the link to a page of one address's own; ``""`` without a public address."""
    if not settings.public_url:
        return ""
    query = urlencode({"address": address, "token": signature(settings, page, address)})
    return f"{settings.public_url}/{page}?{query}"


def confirm_url(settings: Settings, number: int) -> str:
    """Return the link that confirms what a letter asks; ``""`` without a public address."""
    if not settings.public_url:
        return ""
    query = urlencode({"letter": number, "token": signature(settings, "confirm", str(number))})
    return f"{settings.public_url}/confirm?{query}"
