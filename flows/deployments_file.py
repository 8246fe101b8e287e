"""Read ``deployments/prefect.yaml``: what runs, and when. Imports no Prefect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

BUNDLED = Path(__file__).parent.parent / "deployments" / "prefect.yaml"
OUR_TAG = "reportwatch"
PROCESS = "process"
"""The type of work pools whose workers start a process on their own machine."""


class BadDeployment(ValueError):
    """A deployments file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class PlannedSchedule:
    """One cron line in a named time zone. ``slug`` is its name over restarts."""

    slug: str
    cron: str
    timezone: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class PlannedDeployment:
    """One deployment: a flow by its import path, with its schedules, limits, and what starts it.

    ``triggers`` are Prefect's own: events of the server upon which it makes a run. ``pool`` and
    ``job_variables`` are for workers; `up` uses neither.
    """

    name: str
    entrypoint: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Any]
    schedules: tuple[PlannedSchedule, ...]
    limit: int | None
    collision_strategy: str
    triggers: tuple[Mapping[str, Any], ...] = ()
    pool: str = ""
    job_variables: Mapping[str, Any] = field(default_factory=dict)


def read_deployments(path: Path = BUNDLED) -> tuple[PlannedDeployment, ...]:
    """Return the deployments of a file in ``prefect.yaml``'s format; raises BadDeployment."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        plan = tuple(_deployment(each) for each in document["deployments"])
    except OSError as error:
        raise BadDeployment(f"{path} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise BadDeployment(f"{path} is not YAML: {error}") from None
    except KeyError as error:
        raise BadDeployment(f"{path}: {error} is missing") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise BadDeployment(f"{path} is not in the format of prefect.yaml: {error}") from None
    _check(path, plan)
    return plan


def _deployment(document: Mapping[str, Any]) -> PlannedDeployment:
    limit = document.get("concurrency_limit") or {}
    pool = document.get("work_pool") or {}
    return PlannedDeployment(
        name=str(document["name"]),
        entrypoint=str(document["entrypoint"]),
        description=str(document.get("description", "")).strip(),
        tags=tuple(document.get("tags", ())),
        parameters=dict(document.get("parameters", {})),
        schedules=tuple(_schedule(each) for each in document.get("schedules") or ()),
        triggers=tuple(dict(each) for each in document.get("triggers", ())),
        limit=int(limit["limit"]) if limit else None,
        collision_strategy=str(limit.get("collision_strategy", "ENQUEUE")),
        pool=str(pool.get("name", "")),
        job_variables=dict(pool.get("job_variables") or {}),
    )


def _schedule(document: Mapping[str, Any]) -> PlannedSchedule:
    return PlannedSchedule(
        slug=str(document["slug"]),
        cron=str(document["cron"]),
        timezone=str(document["timezone"]),
        parameters=dict(document.get("parameters", {})),
    )


def _check(path: Path, plan: tuple[PlannedDeployment, ...]) -> None:
    names = [each.name for each in plan]
    if len(set(names)) < len(names):
        raise BadDeployment(f"{path}: two deployments have one name")
    for each in plan:
        if OUR_TAG not in each.tags:
            raise BadDeployment(
                f"{path}: deployment {each.name!r} lacks the tag {OUR_TAG!r}, by which the next "
                "start knows that it may take it back; add it under tags"
            )
