"""The sources: how each stands, what it promises, what its hosts are asked, what is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from monitor.web.page_cache import PageCache
from monitor.web.routing import OpenParts, add_page, page
from reports.watch.promise import Promise, SourceState, source_state
from scrapers.registry import all_sources
from scrapers.source import Source
from services.assembly import Parts
from services.health.state import check_health
from services.watch.plan import SourcePlan, read_plan
from services.watch.plan_documents import hint_documents, host_documents
from storage.read.report_rows import SourceView
from storage.unit import Unit

NEXT = 20
AGENDA_SECONDS = 300
FLOOR = 0.8
"""The share of its last good listing below which a listing is doubted."""


@dataclass(frozen=True)
class SourceRow:
    """One source as lists show it."""

    name: str
    publisher: str
    family: str
    editions: tuple[str, ...]
    reports: int
    promise: Promise | None
    state: SourceState


def source_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/sources", sources)
    add_page(router, "/sources/{source}", SourcePages().one)
    return router


def sources(parts: OpenParts) -> HTMLResponse:
    """Show every source."""
    health = check_health(parts)
    with parts.store.read() as unit:
        rows = source_rows(health.judgement.promises, unit, parts.now())
        alarms = Counter(each.source for each in unit.alarms.unacknowledged())
        last = {each.source: each for each in reversed(unit.runs.latest(200))}
    return page("sources.html", "/sources", sources=rows, alarms=alarms, last=last, health=health)


def source_rows(promises: Iterable[Promise], unit: Unit, now: datetime) -> list[SourceRow]:
    """Return every source this program has, the database holds or a schedule names."""
    held = {view.source: view for view in unit.reports.sources()}
    promised = {each.source: each for each in promises}
    rows = []
    for name in sorted({*all_sources(), *held, *promised}):
        known = all_sources().get(name)
        view = held.get(name, SourceView(name, (), 0))
        promise = promised.get(name)
        rows.append(
            SourceRow(
                name,
                known.publisher if known else "",
                known.family if known else "",
                view.editions,
                view.reports,
                promise,
                source_state(promise, now),
            )
        )
    return rows


class SourcePages:
    """The pages of single sources. What is planned is worked out anew every few minutes only."""

    def __init__(self) -> None:
        self._plans: PageCache[SourcePlan] = PageCache()

    def _plan(self, parts: Parts, source: Source, newest_run: int) -> SourcePlan:
        """Return what a source is asked next: of ten thousand pages it takes half a second."""
        span = int(parts.now().timestamp() // AGENDA_SECONDS)
        return self._plans.get((source.name, newest_run, span), lambda: read_plan(parts, source))

    def one(self, parts: OpenParts, source: str) -> HTMLResponse:
        """Show one source: what keeps it healthy, and what is asked next."""
        known = all_sources().get(source)
        if known is None:
            raise HTTPException(
                404, f"There is no source “{source}”; the list of sources names them."
            )
        health = check_health(parts)
        now = parts.now()
        with parts.store.read() as unit:
            row = next(
                each
                for each in source_rows(health.judgement.promises, unit, now)
                if each.name == source
            )
            alarms = [each for each in unit.alarms.open() if each.source == source]
            reads = unit.listings.reads(source)
            good = {edition: unit.listings.last_good_count(source, edition) for edition in reads}
            runs, _ = unit.runs.page(source=source, limit=5)
        plan = self._plan(parts, known, runs[0].id if runs else 0)
        return page(
            "source.html",
            "/sources",
            source=row,
            known=known,
            floors=[(each.name, getattr(known.floors, each.name)) for each in fields(known.floors)],
            alarms=alarms,
            reads=sorted(reads.items(), reverse=True),
            good=good,
            floor=FLOOR,
            hosts=host_documents(parts, known),
            hints=hint_documents(parts, known),
            plan=plan,
            due=sum(each.is_due(now) for each in plan.entries),
            upcoming=plan.entries[:NEXT],
            now=now,
            runs=runs,
        )
