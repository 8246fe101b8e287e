"""Ask for a document, and follow what the publisher names in its place.

Publishers of data answer for a document that is no longer there with one that says so: where
readers are sent instead, or why it was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.watch.outcome import SAYS
from scrapers.fetch.errors import TooManyRedirects
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.response import Response, Validators
from scrapers.source import Source

GONE = (404, 410)

_MOST_HOPS = 5


@dataclass(frozen=True)
class Answer:
    """What an address answered in the end.

    ``says`` is what the publisher says of a missing document, ``""`` for one that is there.
    ``is_forwarded`` marks another document in its place, whose identity is to be compared.
    """

    response: Response
    says: str = ""
    is_forwarded: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether the publisher says that the document is not there any more."""
        return bool(self.says)


def ask(gate: FetchGate, source: Source, url: str, validators: Validators | None = None) -> Answer:
    """Return what an address answers, or what is named in its place; raises a FetchError."""
    first = response = gate.get(url, validators)
    hops, exchanges = list(first.redirects), list(first.exchanges)
    while not response.is_unchanged and (elsewhere := source.sent_to(response)):
        if not elsewhere.url:
            return Answer(first, SAYS + elsewhere.says)
        if elsewhere.url in (url, *hops) or len(hops) >= _MOST_HOPS:
            raise TooManyRedirects(url, "documents name each other in their place")
        response = gate.get(elsewhere.url)
        hops += [elsewhere.url, *response.redirects]
        exchanges += response.exchanges
        followed = replace(response, url=url, redirects=tuple(hops), exchanges=tuple(exchanges))
        if response.status in GONE:
            return Answer(followed, f"{SAYS}{elsewhere.says}, which is gone")
    if response is not first:
        return Answer(followed, is_forwarded=True)
    is_gone = response.status in GONE and not response.redirects
    said = source.said_of_absence(response.body) if is_gone else ""
    return Answer(response, SAYS + said if said else "")
