"""What can keep an answer from us: one exception family, each saying in a sentence what happened.

::

    FetchError                  nothing usable came
    ├── Unreachable             the network failed: name, connection, time-out, TLS    (retried)
    │   ├── UnknownName         nobody knows the host's name: wrong, or no network     (final)
    │   └── Untrusted           the certificate does not prove the host's name         (final)
    ├── Truncated               the answer stopped before its own end                  (retried)
    ├── BadEncoding             the body cannot be decompressed                        (final)
    ├── TooLarge                more bytes than allowed, on the wire or decompressed   (final)
    ├── Refused                 we do not ask such an address                          (final)
    ├── RobotsForbid            the site's robots.txt forbids this page to us          (final)
    ├── TooManyRedirects        the redirects do not end                               (final)
    ├── HostPaused              the host is left alone for now                         (final)
    └── BudgetSpent             the day's budget of the host is spent                  (final)

Any HTTP status that came with a whole body is an answer, not an error.
"""

from __future__ import annotations

from typing import ClassVar

from reports.text.addresses import split_address


def without_query(url: str) -> str:
    """Return an address fit for logs and messages: no query, no fragment, no credentials."""
    try:
        parts = split_address(url)
    except ValueError:
        return "an unreadable address"
    host = parts.netloc.rpartition("@")[2]
    return _printable(f"{parts.scheme}://{host}{parts.path}")


def _printable(text: str) -> str:
    """Return text that a terminal shows as it is: servers write some of it."""
    return "".join(c if c.isprintable() else "?" for c in text)[:500]


class FetchError(Exception):
    """Nothing usable came from ``url``; ``reason`` says why, in words for the operator.

    ``is_transient`` says whether asking again soon may help. ``url`` is complete; the message
    leaves its query out, since queries may carry secrets.
    """

    is_transient: ClassVar[bool] = False

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = _printable(reason)
        super().__init__(url, reason)

    def __str__(self) -> str:
        return f"{without_query(self.url)}: {self.reason}"


class Unreachable(FetchError):
    """The network or the server failed before an answer was whole."""

    is_transient = True


class UnknownName(Unreachable):
    """The host's name has no address: asking again at once would not help."""

    is_transient = False


class Untrusted(Unreachable):
    """The server's certificate does not prove that it is the host we asked."""

    is_transient = False


class Truncated(FetchError):
    """The answer stopped before the end it had announced."""

    is_transient = True


class BadEncoding(FetchError):
    """The body is not what its Content-Encoding says, or in one that is not read."""


class TooLarge(FetchError):
    """The answer is larger than the policy allows."""


class RequestRefused(FetchError):
    """An address we do not ask: not http(s), with credentials, or in a private network."""


class RobotsForbid(FetchError):
    """The site's robots.txt forbids this page to reportwatch."""


class TooManyRedirects(FetchError):
    """The redirects lead on and on, or in a circle."""


class HostPaused(FetchError):
    """The host failed too often in this run, or asked us to come back much later."""


class BudgetSpent(FetchError):
    """What may be asked of the host today was asked: the page waits for another day."""
