"""Read robots.txt, once per host, and say what it allows reportwatch.

A robots.txt that is refused or fails (401, 403, 429, 5xx, no answer) is ``unreachable`` and forbids
nothing unless the fetch policy says so: edge servers answer 403 to any robot, also for /robots.txt
itself, whose rules then allow everything. Parsers that turn a 403 into "disallow all" would
silently stop the watch.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from protego import Protego

AGENT = "reportwatch"
"""The name under which robots.txt speaks to us."""

MAX_CRAWL_DELAY = 60.0
_MAX_BYTES = 500 * 1024  # RFC 9309, section 2.5
_FIRST_GROUP = re.compile(r"^[ \t]*user-agent[ \t]*:", re.I | re.M)
_CRAWL_DELAY = re.compile(
    r"^[ \t]*crawl-delay[ \t]*:[ \t]*(\d{1,9}(?:\.\d{1,9})?)[ \t\r]*(?:#|$)", re.I | re.M
)


class RobotsState(StrEnum):
    """How reading a host's robots.txt went."""

    OK = "ok"
    NONE = "none"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class RobotsRules:
    """What a host's robots.txt says to us; ``crawl_delay`` is in seconds, 0 if not said."""

    state: RobotsState
    crawl_delay: float = 0.0
    _parser: Protego | None = None

    def allows(self, url: str) -> bool:
        """Return whether a page may be fetched."""
        return self._parser is None or bool(self._parser.can_fetch(url, AGENT))


UNREACHABLE = RobotsRules(RobotsState.UNREACHABLE)


def read_robots(status: int, body: bytes) -> RobotsRules:
    """Return what the answer to a request for robots.txt means (RFC 9309, section 2.3.1)."""
    if 400 <= status < 500 and status not in (401, 403, 429):
        return RobotsRules(RobotsState.NONE)
    text = body[:_MAX_BYTES].decode("utf-8-sig", "replace")
    if not 200 <= status < 300 or text.lstrip().startswith("<"):
        return UNREACHABLE  # block pages come as HTML, with status 200 too
    parser = Protego.parse(text)
    delay = max(float(parser.crawl_delay(AGENT) or 0.0), _delay_for_all(text))
    return RobotsRules(RobotsState.OK, min(max(delay, 0.0), MAX_CRAWL_DELAY), parser)


def _delay_for_all(text: str) -> float:
    """Return the crawl delay that stands before the first group, and so is asked of everybody."""
    before = _FIRST_GROUP.split(text, maxsplit=1)[0]
    return max((float(found) for found in _CRAWL_DELAY.findall(before)), default=0.0)


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: RobotsRules | None = None


class RobotsRegister:
    """The rules of every host asked so far.

    ``load`` is called once per host, with the host and the address of a page on it; other threads
    that want the same host wait for it.
    """

    def __init__(self, load: Callable[[str, str], RobotsRules]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def rules(self, host: str, url: str) -> RobotsRules:
        """Return the rules of a host, asking it if it was not asked before."""
        with self._lock:
            entry = self._entries.setdefault(host, _Entry())
        with entry.lock:
            if entry.rules is None:
                entry.rules = self._load(host, url)
            return entry.rules

    def states(self) -> dict[str, RobotsState]:
        """Return how reading robots.txt went, by host."""
        with self._lock:
            entries = dict(self._entries)
        return {host: entry.rules.state for host, entry in entries.items() if entry.rules}
