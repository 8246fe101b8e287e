"""Know a browser again in which a password was given: by a cookie that outlives its sessions.

Whoever guesses from the address that an operator comes from, behind the same proxy say, has that
address wait. A known browser is let in all the same, with a brake of its own
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies). It opens
nothing by itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.access import Right, password_sha256
from services.settings import Settings
from services.signing import is_signed, signature

DEVICE_DAYS = 180
_LONGEST = 200


@dataclass(frozen=True)
class Device:
    """A browser, and the right whose password was given in it."""

    name: str
    right: Right


def device_cookie(settings: Settings, right: Right, now: datetime) -> str:
    """Return the cookie for a browser in which the password of a right was just given."""
    text = f"{secrets.token_hex(16)}.{int(right)}.{int(now.timestamp())}"
    return f"{text}.{signature(settings, 'device', _signed(settings, text, right))}"


def read_device(settings: Settings, cookie: str, now: datetime) -> Device | None:
    """Return the browser that a cookie names; None if it was not made here, or too long ago.

    A cookie ends with the password that was given.
    """
    text, _, signed = cookie[:_LONGEST].rpartition(".")
    name, _, rest = text.partition(".")
    right = _RIGHTS.get(rest.partition(".")[0])
    if right is None or not is_signed(settings, "device", _signed(settings, text, right), signed):
        return None
    made_at = datetime.fromtimestamp(int(rest.partition(".")[2]), now.tzinfo)
    return Device(name, right) if now - made_at < timedelta(days=DEVICE_DAYS) else None


_RIGHTS = {str(int(right)): right for right in (Right.READ, Right.OPERATE)}


def _signed(settings: Settings, text: str, right: Right) -> str:
    return f"{text}:{password_sha256(settings, right)}"
