"""Decide what a page does not show: which report a text on the review list is of."""

from __future__ import annotations

import time
from dataclasses import dataclass

from documents.runs import ReviewDecided
from reports.model.countries import Place
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import FAILURES, Outcome
from scrapers.registry import all_sources, country_unknown_to
from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import BadRequest, Trigger, fail_run, start_run, take_source_lock
from storage.record.attempts import Recording, ReportOutcome
from storage.record.reviews import MASS, ReviewView
from storage.watch.locations import LocationView, Sighting

WAITING = ("open", "held", MASS)
"""States of what is to decide: a text without a name, one held back, an edition's removals."""

IMPORTED = "import:"
"""What the addresses of imported files begin with; what they say is no news."""


@dataclass(frozen=True)
class Decision:
    """What an operator says of one text; an empty country or edition takes what was suggested."""

    review: int
    country: str = ""
    edition: str = ""


@dataclass(frozen=True)
class Decided:
    """What came of a decision; ``report`` is None for a text that was dismissed.

    ``how`` says what became of what was not recorded: ``dismissed``, or ``released`` or ``dropped``
    for an edition's removals; ``removed`` are those that were announced.
    """

    review: int
    source: str
    url: str
    report: ReportId | None
    outcome: Outcome | None
    how: str = "dismissed"
    removed: tuple[ReportId, ...] = ()

    @property
    def document(self) -> ReviewDecided:
        """What ``review NUMBER`` prints."""
        return ReviewDecided(
            review=self.review,
            source=self.source,
            url=self.url,
            report=str(self.report) if self.report else None,
            outcome=self.outcome.value if self.outcome else self.how,
            removed=[str(each) for each in self.removed],
        )


def decide(parts: Parts, decision: Decision) -> Decided:
    """Record a text as the report that the operator names; raises BadRequest, RunRefused."""
    source, waiting = _find_text(parts, decision.review)
    place = _place(source, decision.country or waiting.country)
    edition = _edition(waiting, decision)
    lock = take_source_lock(parts, source.name)
    started = time.monotonic()
    try:
        known, reading, part, page = _read(parts, source, waiting)
        place = source.placed(place, part)
        name = ReportId(source.name, edition, place.country, place.part)
        recording = start_run(
            parts,
            source,
            trigger=Trigger.REVIEW,
            orchestrator="direct",
            flow_run="",
            parameters={"review": waiting.id, "report": str(name)},
            is_silent=waiting.url.startswith(IMPORTED) or not known.is_listed,
        )
        decided = Identified(name, Evidence.OPERATOR, source.title_of(name), reading)
        try:
            found = _record(parts, source, waiting, recording, _only(page, decided), started)
        except BaseException as error:
            fail_run(parts, recording.run_id, error, time.monotonic() - started)
            raise
    finally:
        lock.release()
    return Decided(waiting.id, source.name, waiting.url, found.report, found.outcome)


def dismiss(parts: Parts, review_id: int) -> Decided:
    """Take a text off the list that is no report of its source; raises BadRequest."""
    source, waiting = _find_text(parts, review_id)
    with parts.store.write() as unit:
        unit.reviews(source.name).close(waiting.id, "dismissed", None, parts.now())
        unit.commit()
    return Decided(waiting.id, source.name, waiting.url, None, None)


def _find_text(parts: Parts, review_id: int) -> tuple[Source, ReviewView]:
    source, waiting = find_review(parts, review_id)
    if waiting.state == MASS:
        raise BadRequest(f"review {review_id} is of an edition's removals; release or drop them")
    return source, waiting


def find_review(parts: Parts, review_id: int) -> tuple[Source, ReviewView]:
    """Return what waits under a number, with its source; raises BadRequest."""
    with parts.store.read() as unit:
        for source in all_sources().values():
            found = unit.reviews(source.name).get(review_id)
            if found and found.state in WAITING:
                return source, found
            if found:
                raise BadRequest(f"review {review_id} is {found.state} already")
    raise BadRequest(f"there is no review {review_id}; `reportwatch review` lists those there are")


def _edition(waiting: ReviewView, decision: Decision) -> str:
    edition = decision.edition or waiting.edition
    if not edition:
        raise BadRequest(f"review {waiting.id} suggests no edition; name it with --edition")
    return edition


def _place(source: Source, name: str) -> Place:
    if not name:
        raise BadRequest("the text suggests no country; name it with --country")
    country, _, part = name.partition("/")
    place = source.countries.get(country, part) or source.countries.find(name)
    if place is None:
        raise BadRequest(country_unknown_to(source, name))
    return place


def _read(
    parts: Parts, source: Source, waiting: ReviewView
) -> tuple[LocationView, Reading, str, Page]:
    """Return the text's location, the text and its part as they are read now, and its page."""
    with parts.store.read() as unit:
        body = unit.reviews(source.name).body(waiting)
        known = unit.locations(source.name).by_url([waiting.url])[waiting.url]
    page = source.read_stored(body, waiting.url)
    texts = [(found.text_sha256, found.reading, found.part) for found in page.undecided]
    texts += [(f.reading.text_sha256, f.reading, f.report.part) for f in page.reports]
    same = [each for each in texts if each[0] == waiting.text_sha256]
    if not (same or len(texts) == 1):
        raise BadRequest(
            f"review {waiting.id}: the present reader no longer finds this text on its page; look "
            "at the page again with `reportwatch ingest --url`, or dismiss it"
        )
    _, reading, part = (same or texts)[0]
    return known, reading, part, page


def _only(page: Page, decided: Identified) -> Page:
    return Page(
        (decided,),
        published_on=page.published_on,
        canonical_url=page.canonical_url,
        shape=page.shape,
    )


def _record(
    parts: Parts,
    source: Source,
    waiting: ReviewView,
    recording: Recording,
    page: Page,
    started: float,
) -> ReportOutcome:
    """Record the page as a look at the moment it was found, and close the review and the run."""
    with parts.store.write() as unit:
        reviews = unit.reviews(source.name)
        body = reviews.body(waiting)
        sighting = Sighting(
            waiting.url,
            source.edition_of(waiting.url),
            waiting.created_at,
            page=page,
            body=body,
            payload_sha256=waiting.payload_sha256,
            region_sha256=payload_sha256(source.region(body)),
            evidence={"review": waiting.id},
        )
        [[found]] = unit.recorder(recording).record([sighting])
        if found.report is None or found.outcome in FAILURES:
            raise BadRequest(f"review {waiting.id} cannot be recorded: {found.reason}")
        reviews.accept(waiting.id, found.report, parts.now())
        seconds = time.monotonic() - started
        unit.runs.end(recording.run_id, "done", now=parts.now(), seconds=seconds)
        unit.commit()
    return found
