"""What scheduled runs will ask next, as `plan` prints it and the pages show it."""

from __future__ import annotations

from typing import Any

from reports.wording.citation import stamp
from scrapers.source import Source
from services.assembly import Parts
from services.watch.plan import EDITIONS, NEVER, PlanEntry, SourcePlan

MEGABYTE = 1_000_000


def plan_document(parts: Parts, source: Source, plan: SourcePlan) -> dict[str, Any]:
    """Return the document of `plan`."""
    return {
        "source": source.name,
        "now": _moment(parts.now()),
        "due": sum(each.is_due(parts.now()) for each in plan.entries),
        "hosts": host_documents(parts, source),
        "hints": hint_documents(parts, source),
        "entries": [_entry(parts, each) for each in plan.entries],
    }


def _moment(moment: Any) -> str | None:
    return stamp(moment) if moment and moment != NEVER else None


def _entry(parts: Parts, entry: PlanEntry) -> dict[str, Any]:
    return {
        "asks": entry.asked.value,
        "url": entry.url,
        "edition": entry.edition,
        "due_at": _moment(entry.due_at),
        "is_due": entry.is_due(parts.now()),
        "why": entry.why,
    }


def host_documents(parts: Parts, source: Source) -> list[dict[str, Any]]:
    """Return what a source's hosts were asked today, and the manners that hold for each."""
    settings = parts.settings
    with parts.store.read() as unit:
        asked = unit.hosts.asked_on(parts.now())
        robots = {each.host: each.state for each in unit.hosts.robots()}
    hosts = [host for host in source.hosts if host in asked or host in robots] or source.hosts[:1]
    return [
        {
            "host": host,
            "requests_today": asked[host].requests if host in asked else 0,
            "bytes_today": asked[host].bytes if host in asked else 0,
            "daily_requests": settings.daily_requests,
            "daily_bytes": settings.daily_megabytes * MEGABYTE,
            "delay": settings.delay,
            "robots": robots.get(host),
            "robots_unreachable": settings.robots_unreachable,
        }
        for host in hosts
    ]


def hint_documents(parts: Parts, source: Source) -> list[dict[str, Any]]:
    """Return how well each way to ask what changed tells."""
    with parts.store.read() as unit:
        states = unit.sources.hints(source.name)
    return [
        {
            "kind": each.kind,
            "state": each.state,
            "reason": each.reason,
            "asked_at": _moment(each.asked_at),
            "vouched": each.vouched_count,
            "missed": each.missed_count,
        }
        for kind, each in states.items()
        if kind != EDITIONS
    ]
