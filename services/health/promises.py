"""Tell which sources are promised to be read, and write down what a deployments file schedules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.watch.promise import Promise
from scrapers.registry import all_sources
from services.assembly import Parts
from services.settings import Settings
from storage.unit import Unit

if TYPE_CHECKING:  # who asks what is promised reads no deployments file
    from flows.deployments_file import PlannedDeployment

INGEST_FLOW = "flows.ingest.ingest_flow"
CHECK_FLOW = "flows.check.check_flow"

CHECK_PULSE = "check"
"""The pulse of the scheduled check."""

SCHEDULED = "scheduled:"
"""With a source's name behind it: the pulse that keeps when its schedule was first seen."""


def promises(unit: Unit, settings: Settings) -> list[Promise]:
    """Return the promise of every source that was ever read well or is scheduled, by name."""
    last_ok = unit.runs.last_ok()
    scheduled = {
        name.removeprefix(SCHEDULED): when
        for name, when in unit.pulses.all().items()
        if name.startswith(SCHEDULED)
    }
    return [
        Promise(name, promised_hours(name, settings), since, last_ok.get(name))
        for name, since in sorted({**scheduled, **last_ok}.items())
    ]


def promised_hours(source: str, settings: Settings) -> float:
    """Return the hours within which a source must be read well: its own, or those set."""
    known = all_sources().get(source)
    return (known.promise_hours if known else 0) or settings.fresh_hours


def note_plan(parts: Parts, plan: Sequence[PlannedDeployment]) -> None:
    """Write down what a plan schedules, and that its scheduler starts now.

    The monitor runs in a process that does not know the deployments file.
    """
    note_sources(parts, plan)
    has_check = any(each.entrypoint == CHECK_FLOW and each.schedules for each in plan)
    with parts.store.write() as unit:
        if has_check:
            unit.pulses.beat(CHECK_PULSE, parts.now())  # the scheduler has its time from here on
        else:
            unit.pulses.forget(CHECK_PULSE)
        unit.commit()


def note_sources(parts: Parts, plan: Sequence[PlannedDeployment]) -> None:
    """Write down which sources a plan schedules; each keeps the time at which it was first seen."""
    wanted = {SCHEDULED + name for name in scheduled_sources(plan)}
    with parts.store.write() as unit:
        held = {name for name in unit.pulses.all() if name.startswith(SCHEDULED)}
        for name in wanted - held:
            unit.pulses.beat(name, parts.now())
        for name in held - wanted:
            unit.pulses.forget(name)
        unit.commit()


def scheduled_sources(plan: Sequence[PlannedDeployment]) -> set[str]:
    """Return the sources that a plan has a schedule for."""
    named = (
        schedule.parameters.get("source") or each.parameters.get("source", "")
        for each in plan
        if each.entrypoint == INGEST_FLOW
        for schedule in each.schedules
    )
    return {str(name) for name in named if name}
