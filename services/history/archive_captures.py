"""One location's captures at the Internet Archive: which must be fetched, and what each held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reports.model.captured import CaptureOrigin, CaptureRecord, Exchange, make_record
from reports.model.values import Identified, Undecided
from reports.text.canonical_json import instant
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import Outcome
from scrapers.archive.wayback import ArchivedCapture, Played
from scrapers.fetch.response import client_name
from scrapers.source import Source
from services.assembly import Parts
from services.history.known_pages import CaptureContent, KnownPages
from storage.record.attempts import ReportOutcome
from storage.watch.archive import Memento
from storage.watch.locations import GOOD, LocationView, Sighting

OK = 200
MISSING = (404, 410)

_UNTOLD_TYPES = ("unk", "-")
"""What the index says where it does not know a media type."""


@dataclass
class Tally:
    """How many captures were listed, known by their digest, fetched, and left out."""

    listed: int = 0
    known_digest: int = 0
    fetched: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Taken:
    """One capture to be written down; ``sighting`` is None if no page was read from it.

    ``reason`` says why it was not; ``is_attempt`` is false if nothing was looked at.
    """

    memento: Memento
    sighting: Sighting | None = None
    reason: str = ""
    is_attempt: bool = True

    @property
    def found(self) -> ReportOutcome:
        """What came of a capture that nothing was read from."""
        return ReportOutcome(Outcome(self.memento.outcome), self.reason)

    def recorded(self, found: list[ReportOutcome], outcome: Outcome) -> Memento:
        """Return the memento with the words of the reports that were found in it."""
        page = self.sighting.page if self.sighting else None
        read: list[Identified | Undecided] = [*page.reports, *page.undecided] if page else []
        words = {
            str(each.report): content.reading.words_sha256
            for each, content in zip(found, read, strict=False)
            if each.report and each.outcome in GOOD
        }
        return replace(self.memento, words=words, outcome=outcome.value)


class Captures:
    """Takes the captures of one location, in order of time.

    ``play`` fetches one; nothing counts that is later than ``cutoff``.
    """

    def __init__(
        self,
        parts: Parts,
        source: Source,
        known: LocationView,
        *,
        play: Callable[[ArchivedCapture], Played],
        tally: Tally,
        cutoff: datetime,
    ) -> None:
        self._known = known
        self._play = play
        self._tally = tally
        self._cutoff = cutoff
        self._now = parts.now
        self._types = (*source.types_of_copies, *_UNTOLD_TYPES)
        with parts.store.read() as unit:
            held = unit.archive.mementos(known.id)
        # What could not be had or read is tried again: the Archive or the reader may do better.
        self._failed = {each.captured_at for each in held if each.outcome == Outcome.UNREADABLE}
        done = [each for each in held if each.outcome != Outcome.UNREADABLE]
        self._done = {each.captured_at for each in done}
        self._pages = KnownPages(parts, source, known, done)

    def has_failed_before(self, capture: ArchivedCapture) -> bool:
        """Return whether an earlier run could not have or read a capture either."""
        return capture.captured_at in self._failed

    def learn(self, mementos: Iterable[Memento]) -> None:
        """Take note of what was written down, to know it by its digest."""
        self._pages.learn(mementos)

    def take(self, capture: ArchivedCapture) -> Taken | None:
        """Return what to write down of a capture; None if nothing new comes of it.

        Raises what ``play`` raises.
        """
        if capture.captured_at in self._done:
            self._tally.listed += 1
            self._tally.known_digest += 1
            return None
        content = self._pages.of(capture.digest) if self._is_wanted(capture) else None
        if content is None and self._may_be_fetched(capture):
            return self._fetched(capture)
        self._tally.listed += 1
        if content is not None:
            self._tally.known_digest += 1
            return self._taken(capture, content, None)
        self._tally.skipped += 1
        is_miss = capture.status in MISSING and capture.captured_at <= self._cutoff
        return self._unlooked(capture, Outcome.SUSPECTED) if is_miss else None

    def unplayable(self, capture: ArchivedCapture) -> Taken:
        """Return what to write down of a capture that is listed and cannot be had."""
        self._tally.listed += 1
        self._tally.skipped += 1
        return self._unlooked(capture, Outcome.UNREADABLE)

    def _unlooked(self, capture: ArchivedCapture, outcome: Outcome) -> Taken:
        """Take the Archive's word for a capture without a page: a miss witnesses a removal."""
        return replace(self._note(capture, outcome), is_attempt=False)

    def _is_wanted(self, capture: ArchivedCapture) -> bool:
        """Return whether a capture is of the time asked for and of a page that answered."""
        is_page = capture.status == OK and capture.media_type in self._types
        return capture.captured_at <= self._cutoff and (capture.is_revisit or is_page)

    def _may_be_fetched(self, capture: ArchivedCapture) -> bool:
        return self._is_wanted(capture) and not capture.is_revisit

    def _fetched(self, capture: ArchivedCapture) -> Taken:
        played = self._play(capture)
        self._tally.listed += 1
        self._tally.fetched += 1
        content = self._pages.read(capture.digest, played.body, played.headers)
        return self._taken(capture, content, self._now(), played.exchanges)

    def _taken(
        self,
        capture: ArchivedCapture,
        content: CaptureContent,
        retrieved_at: datetime | None,
        exchanges: tuple[Exchange, ...] = (),
    ) -> Taken:
        if content.outcome is not None:
            noted = self._note(capture, content.outcome, content.body, retrieved_at)
            return replace(noted, reason=content.reason)
        noted = self._note(capture, Outcome.UNCHANGED, content.body, retrieved_at)
        sighting = Sighting(
            url=self._known.url,
            edition=self._known.edition,
            seen_at=capture.captured_at,
            page=content.page,
            body=content.body,
            payload_sha256=payload_sha256(content.body),
            region_sha256=payload_sha256(content.region),
            evidence=_evidence(noted.memento),
            record=_record(capture, noted.memento, content.body, exchanges),
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
            location_id=self._known.id,
            captured_at=capture.captured_at,
            retrieved_at=retrieved_at,
            memento_url=capture.memento_url,
            digest=capture.digest,
            outcome=outcome.value,
            payload_sha256=payload_sha256(body) if body else "",
        )
        self._done.add(capture.captured_at)
        return Taken(memento)


def _record(
    capture: ArchivedCapture, memento: Memento, body: bytes, exchanges: tuple[Exchange, ...]
) -> CaptureRecord:
    """Return what the Archive was asked and answered; its index alone, if the bytes were known."""
    listed = Exchange(
        capture.memento_url, answered_at=capture.captured_at, status=capture.status or None
    )
    return make_record(
        exchanges or (listed,),
        origin=CaptureOrigin.ARCHIVE,
        client=client_name() if exchanges else None,
        payload_sha256=memento.payload_sha256,
        payload_size=len(body),
        about={
            "page_url": capture.url,
            "captured_at": instant(capture.captured_at),
            "memento": capture.memento_url,
            "digest": capture.digest,
            "is_fetched": bool(exchanges),
        },
    )


def _evidence(memento: Memento) -> dict[str, Any]:
    """Return what is kept with the capture: whose it is, and both times."""
    retrieved = memento.retrieved_at
    return {
        "archive": "wayback",
        "memento": memento.memento_url,
        "digest": memento.digest,
        "retrieved_at": retrieved.isoformat() if retrieved else None,
    }
