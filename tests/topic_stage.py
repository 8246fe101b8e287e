"""Editions of fictional reports whose issue lists name given topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Unread
from reports.model.values import Change, Evidence, Identified, Page
from reports.text.fingerprint import payload_sha256
from scrapers.registry import source_named
from services.runs.topics import record_vanished_topics
from storage.record.attempts import Recording
from storage.store import Store
from storage.unit import Unit
from storage.watch.locations import Sighting

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
SOURCE = "sample-hrr"
NEWEST = "2024"
REVISION = source_named(SOURCE).reader_revision

Lists = Mapping[str, Iterable[str] | None]
"""Topics by country; None where the list could not be read, nothing where there is none.

A country with a plus sign behind it has a list of which a sentence was not read.
"""

REST = "Other concerns of the year included exile; banishment; and curfews."


def countries(count: int, start: int = 0) -> list[str]:
    return [f"X{number:02}" for number in range(start, start + count)]


def naming(count: int, of: int, topic: str = "corruption", other: str = "torture_cidt") -> Lists:
    """Return ``of`` lists that name the other topic, and ``count`` of them this one too."""
    return {
        country: [other, topic] if number < count else [other]
        for number, country in enumerate(countries(of))
    }


def hold(
    store: Store,
    edition: str,
    lists: Lists,
    *,
    source: str = SOURCE,
    revision: int = REVISION,
    now: datetime = NOW,
) -> None:
    """Record one edition's reports in a run of its own; nobody is told."""
    with store.write() as unit:
        run = _run(unit, source, now)
        order = Recording(source, run, revision, NEWEST, is_baseline=True, is_silent=True)
        unit.recorder(order).record(
            [_sighting(source, edition, *each, now) for each in lists.items()]
        )
        unit.runs.end(run, "done", now=now, seconds=1)
        unit.commit()


def end_run(
    store: Store,
    *,
    source: str = SOURCE,
    newest: str = NEWEST,
    revision: int = REVISION,
    is_baseline: bool = False,
    is_silent: bool = False,
    now: datetime = NOW,
) -> list[Change]:
    """End a run that brought nothing, and return what it told of topics."""
    with store.write() as unit:
        run = _run(unit, source, now)
        order = Recording(source, run, revision, newest, is_baseline, is_silent)
        found = record_vanished_topics(unit, order, now)
        unit.runs.end(run, "done", now=now, seconds=1)
        unit.commit()
    return found


def _run(unit: Unit, source: str, now: datetime) -> int:
    facts = {"trigger": "manual", "orchestrator": "direct", "flow_run": "", "parameters": {}}
    return unit.runs.start(source, **facts, now=now)


def _sighting(
    source: str, edition: str, country: str, topics: Iterable[str] | None, now: datetime
) -> Sighting:
    is_partial = country.endswith("+")
    country = country.rstrip("+")
    issues = tuple(Issue(f"reports of {topic} in {country}", (topic,)) for topic in topics or ())
    status = IssueStatus.LISTED if issues else IssueStatus.NONE_REPORTED
    if topics is None:
        status = IssueStatus.UNPARSED
    blocks = tuple(issue.text for issue in issues) or (f"Nothing new in {country} {topics}.",)
    listed = IssueList(status, issues)
    if is_partial:
        listed = IssueList(IssueStatus.PARTIAL, issues, unread=(Unread(REST, len(blocks), 0),))
        blocks = (*blocks, REST)
    reading = Reading("Executive Summary", blocks, issues=listed)
    country, _, part = country.partition("/")
    name = ReportId(source, edition, country, part)
    title = f"{edition} Country Reports on Civic Conditions: {country}{part}"
    page = Page((Identified(name, Evidence.HEADING, title, reading),))
    url = f"https://sample.example/reports/{edition}/{country.lower()}{part}/"
    body = f"{url} {blocks}".encode()
    digest = payload_sha256(body)
    return Sighting(url, edition, now, page=page, body=body, payload_sha256=digest)
