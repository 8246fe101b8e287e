"""The process that runs what is scheduled or asked for: ``python -m flows.runner``.

Puts the Prefect server in order, registers the deployments, runs them, delivers alerts, and
watches that the scheduled check comes.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from prefect import get_client
from prefect.runner import Runner

from flows.attend import BESIDE, show_attendance
from flows.deployments_file import BUNDLED, BadDeployment, PlannedDeployment, read_deployments
from flows.planned import deployment_of
from flows.prefect_api import PULSE_FILE, READY_FILE, answers, server_of_environment
from flows.reconcile import Reconciled, Reconciliation
from flows.schedule_notes import note_deployments
from flows.stopped_engines import end_stopped_engines
from flows.tied_engines import tie_engines
from services.agreed_settings import is_agreed
from services.assembly import Parts, open_parts
from services.logs import log_what_ends_us, set_levels
from services.parent_death import RUNNER
from services.private_files import write_privately
from services.settings import load_settings
from services.waiting import rest, wait_for

PATIENCE = 120.0
"""Seconds to wait for a Prefect server that is starting."""

POLL_SECONDS = 2.0
BEAT_SECONDS = 4.0

log = logging.getLogger("flows.runner")  # not __main__, which is how this file is run


async def serve(deployments: Sequence[PlannedDeployment], parts: Parts) -> None:
    """Run deployments and deliveries until SIGTERM or SIGINT.

    Once at work, READY_FILE in the home folder says so.
    """
    runner = Runner(
        name="reportwatch",
        query_seconds=POLL_SECONDS,
        pause_on_shutdown=False,
        limit=None,  # each deployment has its own; a fifth ingest must not keep mails from leaving
    )
    stop = asyncio.Event()
    beating = asyncio.create_task(beat(parts, stop))
    for line in (await prepare(runner, deployments, parts)).lines():
        log.info("%s", line)
    running = asyncio.create_task(runner.start())
    running.add_done_callback(lambda _task: stop.set())
    while not (runner.started or running.done()):
        await asyncio.sleep(0.05)
    # Only now: starting installs a handler of Prefect's own, which ends in the middle of things.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    note_deployments(parts, deployments)
    beside = [asyncio.create_task(each(parts, stop)) for each in BESIDE]
    beside.append(asyncio.create_task(end_stopped_engines(stop)))
    if is_agreed(parts):  # once deployed for workers, and run by `up` now
        beside.append(asyncio.create_task(show_attendance(parts, stop)))
    (parts.settings.home / READY_FILE).touch()
    log.info("ready")
    await stop.wait()
    if runner.started:
        await runner.astop()
    await asyncio.gather(running, beating, *beside)


async def prepare(
    runner: Runner, deployments: Sequence[PlannedDeployment], parts: Parts
) -> Reconciled:
    """Put the server in order, register the deployments and return what was done."""
    async with get_client() as client:
        order = Reconciliation(client, parts.now())
        await order.clear(parts)
        paused = await order.paused(deployments)
        for each in deployments:
            await runner.aadd_deployment(await deployment_of(each, paused))
        await order.retire(deployments)
        await order.catch_up(parts.now())
    return order.done


async def beat(parts: Parts, stop: asyncio.Event) -> None:
    """Show the supervisor that this loop turns, by touching PULSE_FILE until ``stop``."""
    pulse = parts.settings.home / PULSE_FILE
    while not stop.is_set():
        with suppress(OSError):  # a full disk is no reason to look dead for good
            pulse.touch(mode=0o600)
        await rest(stop, BEAT_SECONDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until asked to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.runner", description=__doc__)
    parser.add_argument("--deployments", type=Path, default=BUNDLED, help="a prefect.yaml")
    options = parser.parse_args(arguments)
    write_privately()
    log_what_ends_us()
    settings = load_settings()
    set_levels(settings.log_level, {"flows": "INFO", "services": "INFO"})
    api_url = os.environ.get("PREFECT_API_URL", "")
    server = server_of_environment(api_url)
    pulse = settings.home / PULSE_FILE

    def is_there() -> bool:
        with suppress(OSError):
            pulse.touch(mode=0o600)  # to wait is to live
        return answers(server)

    if not (api_url and wait_for(is_there, PATIENCE, pause=0.5)):
        log.error("no Prefect server answers at PREFECT_API_URL=%r", api_url)
        return 3
    os.environ[RUNNER] = str(os.getpid())
    tie_engines()
    try:
        deployments = read_deployments(options.deployments)
        with open_parts(settings) as parts:
            asyncio.run(serve(deployments, parts))
    except BadDeployment as error:
        log.error("%s", error)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
