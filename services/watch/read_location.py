"""Read one location: fetch, judge and read its page, and return what was seen. Writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reports.model.captured import CaptureRecord
from reports.model.identity import location_key
from reports.model.values import Page, Undecided
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import Outcome
from scrapers.fetch.errors import (
    BadEncoding,
    BudgetSpent,
    FetchError,
    RobotsForbid,
    TooLarge,
    Truncated,
)
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.response import Response, Validators
from scrapers.judge.pages import judge
from scrapers.read.surroundings import read_surroundings
from scrapers.source import Source, Verdict
from services.watch.forwarding import GONE, ask
from storage.watch.locations import LocationView, Sighting, is_storable

_log = logging.getLogger(__name__)

OK = 200


@dataclass(frozen=True)
class Target:
    """One location to read. A *lead* is a link found on a page: unknown until it answers.

    ``hint`` is what hints say of the page as it will be read, None if none was asked;
    ``is_unmodified`` says that they call it unmodified, so that this attempt tests them.
    """

    url: str
    edition: str
    known: LocationView | None = None
    is_listed: bool = False
    is_lead: bool = False
    hint: str | None = None
    is_unmodified: bool = False


@dataclass(frozen=True)
class Seen:
    """What an attempt brought: the sighting, child pages it links, and if it was a clean miss.

    ``is_postponed`` says that nothing was asked, since the day's budget is spent.
    """

    target: Target
    sighting: Sighting
    children: tuple[str, ...] = ()
    is_clean_miss: bool = False
    is_forwarded: bool = False  # the document at the address names another one in its place
    is_postponed: bool = False  # the day's budget was spent before it was asked

    @property
    def is_empty(self) -> bool:
        """Whether the page is there without its report's text."""
        page = self.sighting.page
        if page is None:
            return self.sighting.outcome is Outcome.EMPTY
        found = page.reports
        return bool(found) and not any(each.reading.blocks for each in found)


def read_location(
    gate: FetchGate,
    source: Source,
    target: Target,
    *,
    is_full: bool,
    is_conditional: bool,
    now: Callable[[], datetime],
) -> Seen:
    """Read a location; every failure becomes an outcome.

    ``is_full`` reads the page whatever is known of it; ``is_conditional`` asks for it only if the
    server's validators no longer hold.
    """
    known = None if is_full else target.known
    is_current = known is not None and _is_read_by(source, known)
    asks = known if is_conditional and is_current else None
    validators = Validators(asks.etag, asks.last_modified) if asks else None
    try:
        answer = ask(gate, source, target.url, validators)
    except FetchError as error:
        sighting = _sighting(target, now(), _outcome_of(error), error.reason)
        return Seen(target, sighting, is_postponed=isinstance(error, BudgetSpent))
    response = answer.response
    if response.is_unchanged:
        unmodified = _sighting(target, response.fetched_at, Outcome.UNCHANGED)
        return Seen(target, replace(unmodified, hint=target.hint))
    if answer.is_missing:
        missing = _sighting(target, response.fetched_at, Outcome.SUSPECTED, answer.says)
        return Seen(target, replace(missing, record=_record(response)), is_clean_miss=True)
    digest = payload_sha256(response.body)
    moved_to = _moved_to(response)  # the same bytes at another address are news all the same
    same = known if known and is_current and not moved_to else None
    if same and same.payload_sha256 == digest and response.status == OK:
        still = _facts(response, target, digest, same.region_sha256)
        return Seen(target, Sighting(**still, outcome=Outcome.UNCHANGED))
    verdict = judge(response, source)
    if verdict.outcome is not None:
        return _refused(target, response, verdict)
    facts = _facts(response, target, digest, payload_sha256(verdict.region))
    facts |= _around(response, source, same)
    if same and verdict.region and same.region_sha256 == facts["region_sha256"]:
        return Seen(target, Sighting(**facts, outcome=Outcome.UNCHANGED))
    try:
        page = source.read(response.body, response.final_url)
    except Exception as error:  # one page that breaks the reader must not end the watch of all
        _log.exception("the reader of %s failed on %s", source.name, target.url)
        reason = f"the reader failed: {type(error).__name__}"
        return Seen(target, _sighting(target, response.fetched_at, Outcome.UNREADABLE, reason))
    page = _with_asked_edition(page, source.edition_of(target.url))
    facts["body"] = response.body
    sighting = Sighting(**facts, page=page, moved_to=moved_to)
    return Seen(target, sighting, page.children, is_forwarded=answer.is_forwarded)


def _refused(target: Target, response: Response, verdict: Verdict) -> Seen:
    """Return what is seen of an answer that is no report; one of a wrong shape is kept."""
    assert verdict.outcome is not None
    sighting = _sighting(target, response.fetched_at, verdict.outcome, verdict.reason)
    if verdict.is_damaged:
        sighting = replace(sighting, body=response.body, is_refused=True)
    is_miss = verdict.outcome is Outcome.SUSPECTED and response.status in GONE
    if is_miss or verdict.outcome is Outcome.EMPTY:
        sighting = replace(sighting, record=_record(response))
    return Seen(target, sighting, is_clean_miss=is_miss)


def _record(response: Response) -> CaptureRecord | None:
    return response.record(payload_sha256(response.body))


def _is_read_by(source: Source, known: LocationView) -> bool:
    """Tell whether what is known of a page is what the source would read now, all around too."""
    return known.reader_revision == source.reader_revision and bool(known.surroundings_sha256)


def _around(response: Response, source: Source, same: LocationView | None) -> dict[str, Any]:
    """Return what stands around the report, unless its bytes are as they were."""
    around = source.around(response.body)
    digest = payload_sha256(around)
    if same and same.surroundings_sha256 == digest:
        return {"surroundings_sha256": digest}
    try:
        texts = read_surroundings(around) if around else None
    except Exception:  # as for the report: what is around it is looked at again the next time
        _log.exception("what stands around the report could not be read on %s", response.url)
        return {}
    return {"surroundings_sha256": digest, "surroundings": texts, "body": response.body}


def _with_asked_edition(page: Page, asked: str) -> Page:
    """Leave undecided what is of another edition than the address asked, as behind a redirect."""
    other = [each for each in page.reports if asked and each.report.edition != asked]
    if not other:
        is_other = any(each.is_contradicted for each in page.undecided)
        return replace(page, children=()) if is_other else page
    undecided = [
        Undecided(
            "/".join(filter(None, (each.report.country, each.report.part))),
            each.report.edition,
            f"the edition is contradicted: the page says {each.report.edition}, the address asked "
            f"says {asked}",
            each.reading,
            is_contradicted=True,
        )
        for each in other
    ]
    kept = tuple(each for each in page.reports if each not in other)
    return replace(page, reports=kept, undecided=(*page.undecided, *undecided), children=())


def _facts(response: Response, target: Target, digest: str, region: str) -> dict[str, Any]:
    return {
        "url": target.url,
        "edition": target.edition,
        "is_listed": target.is_listed,
        "hint": target.hint,
        "seen_at": response.fetched_at,
        "payload_sha256": digest,
        "region_sha256": region,
        "etag": response.validators.etag,
        "last_modified": response.validators.last_modified,
        "record": response.record(digest),
    }


def _moved_to(response: Response) -> str:
    """Return the address a redirect ended at, where it differs in more than a trailing slash."""
    final = response.final_url
    is_other = location_key(final) != location_key(response.url) and is_storable(final)
    return final if is_other else ""


def _sighting(target: Target, seen_at: datetime, outcome: Outcome, reason: str = "") -> Sighting:
    return Sighting(
        target.url, target.edition, seen_at, outcome, reason, is_listed=target.is_listed
    )


def _outcome_of(error: FetchError) -> Outcome:
    if isinstance(error, RobotsForbid):
        return Outcome.BLOCKED
    if isinstance(error, BadEncoding | Truncated | TooLarge):
        return Outcome.UNREADABLE
    return Outcome.ERROR
