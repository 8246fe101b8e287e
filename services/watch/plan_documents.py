"""What scheduled runs will ask next, as ``plan`` prints it and the pages show it."""

from __future__ import annotations

from datetime import datetime

from documents.sources import HintDocument, HostDocument, PlanDocument, PlanEntryDocument
from reports.wording.citation import stamp
from scrapers.source import Source
from services.assembly import Parts
from services.watch.plan import EDITIONS, NEVER, PlanEntry, SourcePlan

MEGABYTE = 1_000_000


def plan_document(parts: Parts, source: Source, plan: SourcePlan) -> PlanDocument:
    """Return what ``plan`` prints of a source."""
    return PlanDocument(
        source=source.name,
        now=_moment(parts.now()),
        due=sum(each.is_due(parts.now()) for each in plan.entries),
        hosts=host_documents(parts, source),
        hints=hint_documents(parts, source),
        entries=[_entry(each, parts.now()) for each in plan.entries],
    )


def _moment(moment: datetime | None) -> str | None:
    return stamp(moment) if moment and moment != NEVER else None


def _entry(entry: PlanEntry, now: datetime) -> PlanEntryDocument:
    return PlanEntryDocument(
        asks=entry.asked.value,
        url=entry.url,
        edition=entry.edition,
        due_at=_moment(entry.due_at),
        is_due=entry.is_due(now),
        why=entry.why,
    )


def host_documents(parts: Parts, source: Source) -> list[HostDocument]:
    """Return what a source's hosts were asked today, and the limits that hold for each."""
    settings = parts.settings
    with parts.store.read() as unit:
        asked = unit.hosts.asked_on(parts.now())
        robots = {each.host: each.state for each in unit.hosts.robots()}
        rests = unit.hosts.rests(parts.now(), settings.via)
    hosts = [host for host in source.hosts if host in {*asked, *robots, *rests}] or source.hosts[:1]
    return [
        HostDocument(
            host=host,
            requests_today=asked[host].requests if host in asked else 0,
            bytes_today=asked[host].bytes if host in asked else 0,
            daily_requests=settings.daily_requests,
            daily_bytes=settings.daily_megabytes * MEGABYTE,
            delay=settings.delay,
            robots=robots.get(host),
            robots_unreachable=settings.robots_unreachable,
            left_alone_until=_moment(rests.get(host)),
        )
        for host in hosts
    ]


def hint_documents(parts: Parts, source: Source) -> list[HintDocument]:
    """Return how well each way to ask what changed works."""
    with parts.store.read() as unit:
        states = unit.sources.hints(source.name)
    return [
        HintDocument.of(each, _moment(each.asked_at))
        for kind, each in states.items()
        if kind != EDITIONS
    ]
