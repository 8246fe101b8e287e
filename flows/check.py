"""The Prefect flow that checks whether every source is read as promised."""

from __future__ import annotations

from functools import partial
from typing import Any

from anyio import to_thread
from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Cancelled, Completed

from flows.deployments_file import read_deployments
from flows.run_lock import run_lock
from flows.schedule_notes import note_sources
from reports.text.plain import counted
from reports.watch.alarm import Alarm
from services.agreed_settings import is_agreed, require_agreed
from services.assembly import Parts, open_parts
from services.backups.daily import back_up_if_due
from services.health.canary import watch_canary
from services.health.freshness import Checked, scheduled_check
from services.notify.sign_up import purge
from services.parent_death import end_with_runner, is_started_by_runner
from services.prune import prune_if_due
from services.settings import load_settings
from services.transparency.daily import checkpoint_if_due


@flow(name="check", flow_run_name="check", persist_result=False)
async def check_flow() -> State[Any]:
    """Check that every source was read as promised, and notify the operator if one was not."""
    end_with_runner()
    with open_parts(load_settings()) as parts:
        async with run_lock(parts):
            checked = await to_thread.run_sync(partial(_check, parts))
    if checked.is_refused:
        return Cancelled(message="refused: another check is under way")
    _emit(checked)
    kinds = checked.counted()
    says = ", ".join([counted(len(checked.findings), "finding"), *map(_of_kind, kinds.items())])
    return Completed(message=says, data={"findings": len(checked.findings), **kinds})


def _of_kind(found: tuple[str, int]) -> str:
    kind, count = found
    return f"{kind}: {count}"


def _check(parts: Parts) -> Checked:
    require_agreed(parts)
    # Workers of one's own, and no `reportwatch deploy`: nobody wrote down what is scheduled.
    if not (is_started_by_runner() or is_agreed(parts)):
        note_sources(parts, read_deployments())
    purge(parts)
    watch_canary(parts)
    back_up_if_due(parts)
    prune_if_due(parts)
    checkpoint_if_due(parts)
    return scheduled_check(parts)


def _emit(checked: Checked) -> None:
    """Emit an event for each alarm raised or cleared since the check before; none may fail it."""
    try:
        for name, alarms in (("raised", checked.raised), ("cleared", checked.cleared)):
            for each in alarms:
                resource = {
                    "prefect.resource.id": f"reportwatch.source.{each.source}",
                    "reportwatch.alarm.kind": each.kind,  # by which automations choose
                }
                emit_event(f"reportwatch.alarm.{name}", resource, payload=_facts(each))
    except Exception as error:
        get_run_logger().warning("Prefect did not take the events of alarms: %s", error)


def _facts(alarm: Alarm) -> dict[str, object]:
    return {
        "alarm": alarm.id,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "text": alarm.text,
        "remedy": alarm.remedy,
    }
