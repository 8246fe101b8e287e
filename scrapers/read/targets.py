"""Bring the addresses on a page into one form, so that two captures of it can be compared.

What a cache, an archive, a tracker or a release of the site writes into an address is no change of
where it leads. Which parameters and suffixes these are was looked up on real pages, and is named
here rather than guessed by what a value looks like.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reports.text.addresses import join_address, split_address

LONGEST = 2048
"""Characters of an address that is looked into; a longer one is known by its hash."""

_WAYBACK = re.compile(
    r"(?:(?:https?:)?//web\.archive\.org)?/web/\d{1,14}(?:[a-z]{2}_)?/(?=https?:|//)", re.I
)
_NOISE = re.compile(
    r"""(?:utm_\w+|mc_[ce]id|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|_hs(?:enc|mi)
    |_g[al]|s_cid|cmpid|trk|feature
    |_?(?:wp)?nonce|csrf\w*|_?token|authenticity_token|session_?id|phpsessid|jsessionid
    |cb|cache_?bust\w*|rand(?:om)?|_|_?ts|timestamp|ver
    |x-amz-[\w-]+|awsaccesskeyid|x-goog-[\w-]+|signature|key-pair-id|expires|sig
    )""",
    re.I | re.VERBOSE,
)
"""Parameters of trackers, sessions, caches and signed storage; ``t`` and ``id`` lead somewhere."""
_SIGNED = re.compile(r"s[tepvr]|spr", re.I)
"""Parameters that belong to a signature (``sig``) and mean something else without one."""
_LONG_TOKEN = re.compile(r"(?:sid|auth)=.{16,}", re.I | re.S)
_VERSION = re.compile(r"v=[\d.]+", re.I)
_ABSOLUTE = re.compile(r"[a-z][a-z\d+.-]*:", re.I)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_MAIL = re.compile(r"(?:.*/)?cdn-cgi/l/email-protection(?:#.*)?", re.I | re.S)
_MARKER = re.compile(
    r"_?(?:ftn|edn|fn|footnote|endnote|note|cite[_-]?(?:note|ref)|sdfootnote|sdendnote)"
    r"(?:[_-]?ref)?[\W_]*\d.*",
    re.I | re.S,
)
_MADE = re.compile(r"\d{4,}|(?=[a-f]*\d)[a-f\d]{8,}", re.I)
_PHOTON = re.compile(r"//i\d\.wp\.com/", re.I)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|ico|tiff?)$", re.I)
_RESIZED = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled|-rotated|@[1-4]x)+(?=\.\w{3,4}$)", re.I)
_CONVERTED = re.compile(r"(\.(?:jpe?g|png|gif))\.(?:webp|avif)$", re.I)
_INDEX = re.compile(r"/(?:index\.(?:html?|php))?$", re.I)
_PORTS = {"http": 80, "https": 443}
NOTE = "#note"
"""Where a footnote's marker, or the way back from the note, leads: their numbers are not kept."""


@dataclass(frozen=True)
class LinkTargets:
    """The addresses of one page: ``page`` is its own, ``hosts`` are all of the publisher's."""

    page: str = ""
    hosts: tuple[str, ...] = ()

    def link(self, address: str) -> str:
        """Return where a link leads, ``""`` if nowhere."""
        address = "".join(address.split())
        if len(address) > LONGEST:
            return _known_by_hash(address)
        if not address or address[:11].lower() == "javascript:":
            return ""
        if _MAIL.fullmatch(address):
            return "mailto:"
        base, _, fragment = address.partition("#")
        if not base:
            return _fragment(fragment)
        base = self._absolute(base)
        where = "" if fragment and base == self._own else base
        return where + _fragment(fragment)

    def picture(self, address: str) -> str:
        """Return which picture an address is of, whatever its size, version and format."""
        address = "".join(address.split())
        if len(address) > LONGEST or address[:5].lower() == "data:":
            return _known_by_hash(address)
        address = self._absolute(_PHOTON.sub("//", address, count=1)).partition("#")[0]
        path, _, query = address.partition("?")
        if _IMAGE.search(path):
            return _RESIZED.sub("", _CONVERTED.sub(r"\1", path))
        return f"{path}?{query}" if query else path

    @cached_property
    def _own(self) -> str:
        return self._absolute(self.page) if self.page else ""

    def _absolute(self, address: str) -> str:
        """Return an address with scheme and host, as the publisher wrote it."""
        address = _original(address)
        if not _ABSOLUTE.match(address):
            try:
                address = join_address(_original(self.page), address)
            except ValueError:
                return address
        return _plain(address, self.hosts)


@lru_cache(maxsize=4096)
def _plain(address: str, hosts: tuple[str, ...]) -> str:
    """Return an absolute address without what changes from request to request.

    Pages of one edition share most of their links.
    """
    try:
        parts = split_address(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return address
    if parts.scheme not in _PORTS:
        return address
    host = hosts[0] if host in hosts else host
    at = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    path = parts.path
    if "/." in path:
        path = split_address(join_address("https://host/", path)).path
    path = _INDEX.sub("", _SESSION.sub("", path))
    query = "&".join(_kept(parts.query.split("&"))) if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"https://{at}{path}{'?' + query if query else ''}{fragment}"


def _original(address: str) -> str:
    """Return the address that an archive's rewritten one is of."""
    found = _WAYBACK.match(address)
    return address[found.end() :] if found else address


def _kept(parameters: list[str]) -> list[str]:
    """Return the parameters that decide where an address leads."""
    names = [each.partition("=")[0] for each in parameters]
    is_signed = "sig" in names
    return [
        each
        for name, each in zip(names, parameters, strict=True)
        if name
        and not _NOISE.fullmatch(name)
        and not _VERSION.fullmatch(each)
        and not _LONG_TOKEN.fullmatch(each)
        and not (is_signed and _SIGNED.fullmatch(name))
    ]


def _fragment(fragment: str) -> str:
    """Return a place on a page without the numbers that a program gave it."""
    if not fragment or fragment == "top":
        return ""
    return NOTE if _MARKER.fullmatch(fragment) else "#" + _MADE.sub("0", fragment)


def _known_by_hash(address: str) -> str:
    digest = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
    return f"{address[:60]}…{digest[:16]}"
