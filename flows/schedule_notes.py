"""Write down what a deployments file schedules, for those who judge it without reading the file."""

from __future__ import annotations

from collections.abc import Sequence

from flows.deployments_file import PlannedDeployment
from services.assembly import Parts
from services.health.promises import CHECK_PULSE, SCHEDULED

INGEST_FLOW = "flows.ingest.ingest_flow"
CHECK_FLOW = "flows.check.check_flow"


def note_deployments(parts: Parts, deployments: Sequence[PlannedDeployment]) -> None:
    """Write down what deployments schedule, and that their scheduler starts now.

    The monitor runs in a process that does not know the deployments file.
    """
    note_sources(parts, deployments)
    has_check = any(each.entrypoint == CHECK_FLOW and each.schedules for each in deployments)
    with parts.store.write() as unit:
        if has_check:
            # the scheduler has its time from here on
            unit.heartbeats.beat(CHECK_PULSE, parts.now())
        else:
            unit.heartbeats.forget(CHECK_PULSE)
        unit.commit()


def note_sources(parts: Parts, deployments: Sequence[PlannedDeployment]) -> None:
    """Write down which sources are scheduled; each keeps the time at which it was first seen."""
    wanted = {SCHEDULED + name for name in scheduled_sources(deployments)}
    with parts.store.write() as unit:
        held = {name for name in unit.heartbeats.all() if name.startswith(SCHEDULED)}
        for name in wanted - held:
            unit.heartbeats.beat(name, parts.now())
        for name in held - wanted:
            unit.heartbeats.forget(name)
        unit.commit()


def scheduled_sources(deployments: Sequence[PlannedDeployment]) -> set[str]:
    """Return the sources that some deployment has a schedule for."""
    named = (
        schedule.parameters.get("source") or each.parameters.get("source", "")
        for each in deployments
        if each.entrypoint == INGEST_FLOW
        for schedule in each.schedules
    )
    return {str(name) for name in named if name}
