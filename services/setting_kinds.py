"""What a setting may be: the kinds of values, each refused in words if it does not fit."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from alerts.smtp_url import parse_smtp_url
from storage.texts.places import address_of

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_NAMED = re.compile(r"[^@<>\r\n]*<[^@\s<>]+@[^@\s<>]+>")
_THREE_NUMBERS = re.compile(r"[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_HOURS = 10 * 365 * 24
LONGEST_ORIGIN = 200
HINTS = ("rest", "sitemap", "listing", "validators")
"""Ways to ask what changed, instead of fetching every page."""


def _folder(value: object) -> object:
    if value == "":
        raise ValueError("must name a folder; leave it unset for ./data")
    return value


def _hints(value: str) -> str:
    if unknown := set(filter(None, value.split(","))) - {*HINTS, "none"}:
        raise ValueError(f"{sorted(unknown)[0]!r} is none of {', '.join(HINTS)}, or none")
    return value


def _web_address(value: str) -> str:
    if value:
        parts = urlsplit(value)
        is_ported = parts.port is None or parts.port > 0  # raises ValueError if it is no number
        is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if not (_is_web(value) and is_ported and is_plain):
            raise ValueError("must be an address such as http://127.0.0.1:8801")
    return value.rstrip("/")


def _origin(value: str) -> str:
    if urlsplit(value).path:
        raise ValueError("must be an origin without a path, such as http://127.0.0.1:8801")
    return value


def _ping(value: SecretStr) -> SecretStr:
    if value and not _is_web(value.get_secret_value()):
        raise ValueError("must be an address such as https://switch.example/ping")
    return value


def _smtp(value: SecretStr) -> SecretStr:
    if value:
        parse_smtp_url(value.get_secret_value())
    return value


def _mailbox(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _sender(value: str) -> str:
    return value if _NAMED.fullmatch(value) else _mailbox(value)


def _mailbox_or_none(value: str) -> str:
    return _mailbox(value) if value else value


def _plain_ascii(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("must be plain ASCII, such as an address or a URL")
    return value


def _backups(value: str) -> str:
    if value != "off" and not _THREE_NUMBERS.fullmatch(value):
        raise ValueError("must be three numbers (daily, weekly, monthly) such as 7,4,6, or off")
    return value


def _proxies(value: str) -> str:
    for each in filter(None, value.split(",")):
        try:
            ipaddress.ip_network(each.strip())
        except ValueError:
            raise ValueError(f"{each.strip()!r} is not an address or network") from None
    return ",".join(each.strip() for each in value.split(",") if each.strip())


def _canary(value: str) -> str:
    if value in ("", "off") or _ADDRESS.fullmatch(value) or _is_web(value):
        return value
    raise ValueError("must be an e-mail address, the address of a webhook, or off")


def _canary_read(value: SecretStr) -> SecretStr:
    place = urlsplit(value.get_secret_value())
    if place.scheme == "imap" and place.hostname not in _LOOPBACK:
        raise ValueError("must be imaps://, lest a password travels in clear")
    if value and place.scheme not in ("imap", "imaps", "http", "https", "file"):
        raise ValueError("must be imaps://USER:PASSWORD@HOST/MAILBOX, https://… or file:///…")
    return value


def _dask_address(value: str) -> str:
    parts = urlsplit(value)
    is_scheduler = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    if value in ("", "local") or is_scheduler:
        return value
    raise ValueError("must be tcp://HOST:PORT of a Dask scheduler, or local")


def _log_origin(value: str) -> str:
    if value and not is_origin(value):
        raise ValueError("must be a name without spaces and plus, such as desk.example/log")
    return value


def is_origin(value: str) -> bool:
    """Tell whether text can be the name of a log."""
    from reports.transparency.note import is_key_name

    return is_key_name(value) and len(value) <= LONGEST_ORIGIN


def _witnesses(value: str) -> str:
    if not value:
        return value
    from reports.transparency.note import KeyKind, PublicKey

    for each in filter(str.strip, value.split(",")):
        key, _, url = each.strip().partition(" ")
        if PublicKey.parse(key).kind is not KeyKind.COSIGNATURE:
            raise ValueError(f"{key:.40}… is the key of a log, not of a witness")
        if not _web_address(url.strip()):
            raise ValueError("must be pairs of a witness's key and its address, with commas")
    return value


def _timestamps(value: str) -> str:
    for each in filter(str.strip, value.split(",")):
        url, _, file = each.strip().partition(" ")
        if not _web_address(url) or not file.strip():
            raise ValueError("must be pairs of an authority's address and a PEM file, with commas")
    return value


def _is_web(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


Port = Annotated[int, Field(ge=0, le=65535)]
AtLeastOne = Annotated[int, Field(ge=1)]
AnyNumber = Annotated[int, Field(ge=0)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Origin = Annotated[WebAddress, AfterValidator(_origin)]
Folder = Annotated[Path, BeforeValidator(_folder)]
Hints = Annotated[str, AfterValidator(_hints)]
Proxies = Annotated[str, AfterValidator(_proxies)]
Payloads = Annotated[str, AfterValidator(address_of)]
Ping = Annotated[SecretStr, AfterValidator(_ping)]
Smtp = Annotated[SecretStr, AfterValidator(_smtp)]
Sender = Annotated[str, AfterValidator(_sender)]
MailboxOrNone = Annotated[str, AfterValidator(_mailbox_or_none)]
PlainAscii = Annotated[str, AfterValidator(_plain_ascii)]
Backups = Annotated[str, AfterValidator(_backups)]
Canary = Annotated[str, AfterValidator(_canary)]
CanaryRead = Annotated[SecretStr, AfterValidator(_canary_read)]
LogOrigin = Annotated[str, AfterValidator(_log_origin)]
Witnesses = Annotated[str, AfterValidator(_witnesses)]
Timestamps = Annotated[str, AfterValidator(_timestamps)]
DaskAddress = Annotated[str, AfterValidator(_dask_address)]
