"""Read the address of a mail server: ``smtp[s]://[user:password@]host[:port]``."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit


class BadSmtpUrl(ValueError):
    """An SMTP address that cannot be used; says why, and never repeats the password."""


@dataclass(frozen=True)
class SmtpSettings:
    """Where and how mail is handed over; the password never shows in a repr."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls_from_start: bool = False

    @property
    def is_loopback(self) -> bool:
        """Tell whether the server is this machine."""
        with suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"


def parse_smtp_url(url: str) -> SmtpSettings:
    """Read ``smtp[s]://[user:password@]host[:port]``, percent-encoded; raises BadSmtpUrl.

    Default ports: 465 for smtps, 587 for smtp with a user, 25 for smtp without.
    """
    split, port = _split(url)
    if split.scheme not in ("smtp", "smtps"):
        raise BadSmtpUrl("an SMTP address begins with smtp:// or smtps://")
    if not split.hostname:
        raise BadSmtpUrl("the SMTP address names no host: smtp://user:password@HOST:port")
    if split.path.strip("/") or split.query or split.fragment:
        raise BadSmtpUrl(
            "the SMTP address ends with its port; write / ? # @ and : within user or password"
            " percent-encoded (%2F %3F %23 %40 %3A)"
        )
    user, password = unquote(split.username or ""), unquote(split.password or "")
    if password and not user:
        raise BadSmtpUrl("the SMTP address has a password but no user")
    is_tls = split.scheme == "smtps"
    default = 465 if is_tls else 587 if user else 25
    return SmtpSettings(split.hostname, port or default, user, password, is_tls)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        split = urlsplit(url.strip())
        return split, split.port
    except ValueError:
        raise BadSmtpUrl(
            "the SMTP address has no valid port; write / ? # @ and : within user or password"
            " percent-encoded (%2F %3F %23 %40 %3A)"
        ) from None
