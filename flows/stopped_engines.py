"""End a flow run's process that somebody stopped (SIGSTOP): it would keep its run open for good.

It holds its place in its deployment, its source's lock and perhaps the database's, and Prefect
waits for it without end. Killed, it is found by the runner, which closes its run as crashed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path

from services.waiting import rest

LOOK_SECONDS = 5.0
LOOKS = 4
"""So many looks in a row at which a process is stopped: nobody is about to let it go on."""

STOPPED = "T"  # proc(5); "t" is held by a debugger, which is what somebody wants

log = logging.getLogger(__name__)

Child = tuple[int, str]
"""A process number, and when that process began: numbers come again."""


class StoppedEngines:
    """Counts at how many looks in a row each child of this process was stopped."""

    def __init__(self) -> None:
        self._looks: dict[Child, int] = {}

    def look(self) -> list[int]:
        """Return the numbers of those that have been stopped for too long."""
        stopped = stopped_children(os.getpid())
        self._looks = {each: self._looks.get(each, 0) + 1 for each in stopped}
        return [pid for (pid, _), looks in self._looks.items() if looks >= LOOKS]


async def end_stopped_engines(stop: asyncio.Event) -> None:
    """Kill flow runs' processes that stay stopped, until ``stop`` is set."""
    engines = StoppedEngines()
    while not stop.is_set():
        for pid in engines.look():
            log.warning("process %d of a flow run is stopped (SIGSTOP); it is killed", pid)
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        await rest(stop, LOOK_SECONDS)


def stopped_children(parent: int) -> list[Child]:
    """Return the children of a process that are stopped; none where there is no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[0] == STOPPED and int(fields[1]) == parent:
                found.append((int(stat.parent.name), fields[19]))
    return found
