"""One location's captures at the Internet Archive: which must be fetched, and what each said."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flows.assembly import Parts
from reports.fingerprint import payload_sha256
from reports.model import Identified, Page, Undecided
from reports.outcome import Outcome
from scrapers.gate import judge
from scrapers.response import Response
from scrapers.source import Source
from scrapers.wayback import ArchivedCapture, digest_of
from storage.locations import GOOD, LocationView, Sighting
from storage.looks import Found
from storage.mementos import Memento

OK = 200
MISSING = (404, 410)

KEPT = 32
"""Pages kept at hand, by digest: more than one transaction records, and few in memory."""

_UNTOLD_TYPES = ("unk", "-")
"""What the index says where it does not know a media type."""

_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """How many captures were listed, known by their digest, fetched, and left out."""

    listed: int = 0
    known_digest: int = 0
    fetched: int = 0
    skipped: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the part of the document that ``backfill --json`` prints."""
        return dict(vars(self))


@dataclass(frozen=True)
class Taken:
    """One capture to be written down; ``sighting`` is None where no page was read from it.

    ``reason`` says why it was not; ``is_look`` is false where nothing was looked at.
    """

    memento: Memento
    sighting: Sighting | None = None
    reason: str = ""
    is_look: bool = True

    @property
    def found(self) -> Found:
        """What came of a capture that nothing was read from."""
        return Found(Outcome(self.memento.outcome), self.reason)

    def recorded(self, found: list[Found], outcome: Outcome) -> Memento:
        """Return the memento with the words of the reports that were found in it."""
        page = self.sighting.page if self.sighting else None
        read: list[Identified | Undecided] = [*page.reports, *page.undecided] if page else []
        words = {
            str(each.report): said.reading.words_sha256
            for each, said in zip(found, read, strict=False)
            if each.report and each.outcome in GOOD
        }
        return replace(self.memento, words=words, outcome=outcome.value)


@dataclass(frozen=True)
class _Said:
    """What some bytes came to: a page that was read, or the outcome of one that was not."""

    body: bytes
    outcome: Outcome | None = None
    reason: str = ""
    page: Page | None = None
    region: bytes = b""


@dataclass
class Captures:
    """Takes the captures of one location, in order of time.

    ``play`` fetches one; ``horizon`` is the moment after which captures are left alone.
    """

    parts: Parts
    source: Source
    known: LocationView
    play: Callable[[ArchivedCapture], tuple[bytes, dict[str, str]]]
    tally: Tally
    horizon: datetime
    _held: dict[datetime, Memento] = field(default_factory=dict)
    _by_digest: dict[str, Memento] = field(default_factory=dict)
    _said: OrderedDict[str, _Said] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        """Look up what is known: earlier mementos, and our own pages by the archive's digest."""
        with self.parts.store.read() as unit:
            held = unit.mementos.of(self.known.id)
            own = unit.mementos.own_payloads(self.known.id)[-KEPT:]
        self._held = {each.captured_at: each for each in held}
        self._by_digest = {each.digest: each for each in held if each.digest}
        for body in own:
            self._keep(digest_of(body), self._read(body, {}))

    def take(self, capture: ArchivedCapture) -> Taken | None:
        """Return what to write down of a capture; None where nothing new comes of it.

        Raises what ``play`` raises.
        """
        if capture.captured_at in self._held:
            self.tally.listed += 1
            self.tally.known_digest += 1
            return None
        said = self._known(capture.digest) if self._is_wanted(capture) else None
        if said is None and self._may_be_fetched(capture):
            return self._fetched(capture)
        self.tally.listed += 1
        if said is not None:
            self.tally.known_digest += 1
            return self._taken(capture, said, None)
        self.tally.skipped += 1
        is_miss = capture.status in MISSING and capture.captured_at <= self.horizon
        return self._unlooked(capture, Outcome.SUSPECTED) if is_miss else None

    def unplayable(self, capture: ArchivedCapture) -> Taken:
        """Return what to write down of a capture that is listed and cannot be had."""
        self.tally.listed += 1
        self.tally.skipped += 1
        return self._unlooked(capture, Outcome.UNREADABLE)

    def _unlooked(self, capture: ArchivedCapture, outcome: Outcome) -> Taken:
        """Take the Archive's word for a capture without a page: a miss witnesses a removal."""
        return replace(self._note(capture, outcome), is_look=False)

    def _is_wanted(self, capture: ArchivedCapture) -> bool:
        """Tell whether a capture is of the time asked for and of a page that answered."""
        types = (*self.source.media_types, *_UNTOLD_TYPES)
        is_page = capture.status == OK and capture.media_type in types
        return capture.captured_at <= self.horizon and (capture.is_revisit or is_page)

    def _may_be_fetched(self, capture: ArchivedCapture) -> bool:
        return self._is_wanted(capture) and not capture.is_revisit

    def _fetched(self, capture: ArchivedCapture) -> Taken:
        body, headers = self.play(capture)
        self.tally.listed += 1
        self.tally.fetched += 1
        said = self._read(body, headers)
        self._keep(capture.digest, said)
        return self._taken(capture, said, self.parts.now())

    def _known(self, digest: str) -> _Said | None:
        """Return what bytes of a digest came to; None where that must be found out."""
        if not digest:
            return None
        if digest in self._said:
            self._said.move_to_end(digest)
            return self._said[digest]
        memento = self._by_digest.get(digest)
        if memento is None:
            return None
        if memento.outcome not in GOOD:
            return _Said(b"", Outcome(memento.outcome), "as the same bytes before")
        with self.parts.store.read() as unit:
            body = unit.mementos.body(memento)
        if body is None:
            return None
        said = self._read(body, {})
        self._keep(digest, said)
        return said

    def _keep(self, digest: str, said: _Said) -> None:
        if digest:
            self._said[digest] = said
            while len(self._said) > KEPT:
                self._said.popitem(last=False)

    def _read(self, body: bytes, headers: dict[str, str]) -> _Said:
        """Judge and read some bytes as the answer they once were."""
        url = self.known.url
        response = Response(url, url, OK, headers, body, self.parts.now(), (), "")
        verdict = judge(response, self.source)
        if verdict.outcome is not None:
            return _Said(body, verdict.outcome, verdict.reason)
        try:
            page = self.source.read(body, url)
        except Exception as error:  # one page that breaks the reader must not end them all
            _log.exception("the reader of %s failed on a capture of %s", self.source.name, url)
            reason = f"the reader failed: {type(error).__name__}"
            return _Said(body, Outcome.UNREADABLE, reason)
        return _Said(body, page=page, region=verdict.region)

    def _taken(self, capture: ArchivedCapture, said: _Said, retrieved_at: datetime | None) -> Taken:
        if said.outcome is not None:
            noted = self._note(capture, said.outcome, said.body, retrieved_at)
            return replace(noted, reason=said.reason)
        noted = self._note(capture, Outcome.UNCHANGED, said.body, retrieved_at)
        sighting = Sighting(
            url=self.known.url,
            edition=self.known.edition,
            seen_at=capture.captured_at,
            page=said.page,
            body=said.body,
            payload_sha256=payload_sha256(said.body),
            region_sha256=payload_sha256(said.region),
            evidence=_evidence(noted.memento),
        )
        return replace(noted, sighting=sighting)

    def _note(
        self,
        capture: ArchivedCapture,
        outcome: Outcome,
        body: bytes = b"",
        retrieved_at: datetime | None = None,
    ) -> Taken:
        memento = Memento(
            location_id=self.known.id,
            captured_at=capture.captured_at,
            retrieved_at=retrieved_at,
            memento_url=capture.memento_url,
            digest=capture.digest,
            outcome=outcome.value,
            payload_sha256=payload_sha256(body) if body else "",
        )
        self._held[capture.captured_at] = memento
        return Taken(memento)


def _evidence(memento: Memento) -> dict[str, Any]:
    """Return what is kept with the capture: whose it is, and both times."""
    retrieved = memento.retrieved_at
    return {
        "archive": "wayback",
        "memento": memento.memento_url,
        "digest": memento.digest,
        "retrieved_at": retrieved.isoformat() if retrieved else None,
    }
