"""Tie every flow run's process to the runner that starts it, before it runs anything else.

Prefect's runner starts ``python -m prefect.engine``, whose imports alone take seconds; a tie in the
flow's body comes too late for a supervisor that is killed meanwhile.
"""

from __future__ import annotations

from typing import Any

from prefect.runner import _starter_engine as starter

from services.parent_death import tied

_run_process = starter.run_process  # type: ignore[attr-defined]


async def _run_tied(command: list[str], **options: Any) -> Any:
    return await _run_process(command=tied(command), **options)


def tie_engines() -> None:
    """Have the runner of this process start its flow runs so that they die with it.

    The program that ties becomes the engine, so that Prefect's process number stays right. Its
    starter looks the function up in its module, and names that as the place to put another.
    """
    starter.run_process = _run_tied  # type: ignore[attr-defined]
