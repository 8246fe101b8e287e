"""What the bytes of a digest came to: read once, and known from then on without a request."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from reports.model.values import Page
from reports.watch.outcome import Outcome
from scrapers.archive.wayback import digest_of
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.source import Source
from services.assembly import Parts
from storage.watch.archive import Memento
from storage.watch.locations import GOOD, LocationView

KEPT = 32
"""Pages kept at hand: more than one transaction records, and few in memory."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaptureContent:
    """What some bytes came to: a page that was read, or the outcome of one that was not."""

    body: bytes
    outcome: Outcome | None = None
    reason: str = ""
    page: Page | None = None
    region: bytes = b""


class KnownPages:
    """The pages of one location, by the Archive's digest of their bytes."""

    def __init__(
        self, parts: Parts, source: Source, known: LocationView, held: Iterable[Memento]
    ) -> None:
        self._parts = parts
        self._source = source
        self._known = known
        self._at_hand: OrderedDict[str, CaptureContent] = OrderedDict()
        self._mementos: dict[str, Memento] = {}
        self.learn(held)

    def learn(self, mementos: Iterable[Memento]) -> None:
        """Know the bytes of some mementos from now on."""
        with_bytes = (each for each in mementos if each.digest and each.payload_sha256)
        self._mementos.update({each.digest: each for each in with_bytes})

    def of(self, digest: str) -> CaptureContent | None:
        """Return what bytes of a digest came to; None if they must be fetched to know."""
        if not digest:
            return None
        if digest in self._at_hand:
            self._at_hand.move_to_end(digest)
            return self._at_hand[digest]
        memento = self._mementos.get(digest)
        if memento and memento.outcome not in GOOD:
            return CaptureContent(
                b"", Outcome(memento.outcome), "the same bytes as a capture before"
            )
        body = self._own.get(digest) or self._stored(memento)
        return None if body is None else self.read(digest, body, {})

    def read(self, digest: str, body: bytes, headers: Mapping[str, str]) -> CaptureContent:
        """Judge and read bytes as the answer they once were, and keep at hand what was read."""
        content = self._read(body, headers)
        if digest:
            self._at_hand[digest] = content
            while len(self._at_hand) > KEPT:
                self._at_hand.popitem(last=False)
        return content

    @cached_property
    def _own(self) -> dict[str, bytes]:
        """The pages that we captured ourselves at this location."""
        with self._parts.store.read() as unit:
            return {digest_of(body): body for body in unit.archive.own_payloads(self._known.id)}

    def _stored(self, memento: Memento | None) -> bytes | None:
        if memento is None:
            return None
        with self._parts.store.read() as unit:
            return unit.archive.body(memento)

    def _typed(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return headers without a media type that only copies come as."""
        given = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_copy = given in self._source.copy_types and given not in self._source.media_types
        return {
            name: each for name, each in headers.items() if name != "content-type" or not is_copy
        }

    def _read(self, body: bytes, headers: Mapping[str, str]) -> CaptureContent:
        url = self._known.url
        response = Response(url, url, 200, self._typed(headers), body, self._parts.now())
        verdict = judge(response, self._source)
        if verdict.outcome is not None:
            return CaptureContent(body, verdict.outcome, verdict.reason)
        try:
            page = self._source.read(body, url)
        except Exception as error:  # one page that breaks the reader must not end them all
            _log.exception("the reader of %s failed on a capture of %s", self._source.name, url)
            reason = f"the reader failed: {type(error).__name__}"
            return CaptureContent(body, Outcome.UNREADABLE, reason)
        return CaptureContent(body, page=page, region=verdict.region)
