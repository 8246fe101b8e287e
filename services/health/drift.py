"""Look for drift of a source's reader: raise what is new for the operator, clear what is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reports.watch.alarm import DRIFT_KINDS, AlarmKind, Finding
from reports.watch.drift import judge, new_shapes
from scrapers.source import Source
from services.assembly import Parts
from storage.unit import Unit

FRESH = timedelta(days=7)
"""How long markup never seen before stays an alarm where its pages read well."""


def check_drift(parts: Parts, source: Source, run_id: int) -> None:
    """Judge how a source reads after a run has recorded all it saw, and keep the alarms.

    Editions older than those the source watches are left alone: they are imported for what they
    are. What is found says nothing of the run: it may have read another edition.
    """
    now = parts.now()
    with parts.store.read() as unit:
        found = [*_of_editions(unit, source), *_of_shapes(unit, source, run_id, now)]
        has_alarms = bool(unit.alarms.open(source.name))
    if found or has_alarms:
        with parts.store.write() as unit:
            unit.alarms.settle(source.name, DRIFT_KINDS, found, run_id, now)
            unit.commit()


def _of_editions(unit: Unit, source: Source) -> list[Finding]:
    oldest = min(source.editions, default="")
    floors = source.floors
    if not source.has_issue_lists:
        floors = replace(floors, issue_share=0)
    return judge(unit.read_quality(source.name).editions(oldest), floors)


def _of_shapes(unit: Unit, source: Source, run_id: int, now: datetime) -> list[Finding]:
    """Find the shapes that pages took on in this run or a few days ago, and no others have."""
    quality = unit.read_quality(source.name)
    turned = quality.turned(run_id)
    shapes = quality.shapes()
    young = {
        each.subject
        for each in unit.alarms.open(source.name)
        if each.kind == AlarmKind.DRIFT_SHAPE and now - each.raised_at < FRESH
    }
    fresh = {
        shape: pages
        for shape, pages in shapes.items()
        if shape in young or (turned and turned.issuperset(pages))
    }
    if not fresh:
        return []
    names = quality.names()
    named = {shape: [names[page] for page in pages] for shape, pages in fresh.items()}
    return new_shapes(source.name, named, sum(map(len, shapes.values())))
