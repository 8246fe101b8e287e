"""How the fetch gate behaves: limits, pace, and which addresses it may ask."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from scrapers.fetch.errors import RequestRefused
from scrapers.fetch.urls import split_http_url


@dataclass(frozen=True)
class FetchPolicy:
    """How the gate behaves. Times are in seconds; raises ValueError for what cannot work.

    ``via`` is an origin that is asked instead of ``own_hosts``. ``max_bytes`` bounds a body on
    the wire and again decompressed. ``total_timeout`` bounds one exchange; each retry and each
    redirect is one of its own. ``resolve_timeout`` bounds looking a name up. A Retry-After above
    ``max_retry_after`` pauses the host; a 429 without one counts as ``unsaid_retry_after``.
    ``robots_when_unreachable`` says whether a host whose robots.txt cannot be read may be asked.
    """

    contact: str = ""
    delay: float = 5.0
    via: str = ""
    own_hosts: frozenset[str] = frozenset()
    allow_private: bool = False
    resolve_timeout: float = 20.0
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    max_bytes: int = 20 * 1024 * 1024
    retries: int = 3
    backoff: float = 1.0
    max_retry_after: float = 120.0
    unsaid_retry_after: float = 0.0
    obey_robots: bool = True
    robots_when_unreachable: bool = True
    max_redirects: int = 5
    breaker_failures: int = 8

    def __post_init__(self) -> None:
        if not (self.contact.isascii() and self.contact.isprintable()):
            raise ValueError("the contact must be plain ASCII, such as an address or a URL")
        if self.via:
            self._check_via()

    def _check_via(self) -> None:
        try:
            parts = split_http_url(self.via)
        except RequestRefused as error:
            raise ValueError(
                f"via must be an origin such as http://127.0.0.1:8801: {error}"
            ) from None
        if parts.path.strip("/") or parts.query:
            raise ValueError(f"via must be an origin without a path, not {self.via}")

    @property
    def user_agent(self) -> str:
        """Return the name we go by, with the way to reach the operator."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"Mozilla/5.0 (compatible; reportwatch/{version('reportwatch')}{contact})"
