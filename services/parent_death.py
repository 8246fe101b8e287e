"""End a program together with the program that started it, however that one ended.

``python -m services.parent_death PID PROGRAM ARGUMENT…`` runs PROGRAM so that it is killed when
PID, its parent, dies; nothing is left running when a supervisor is killed outright. A worker of
Prefect's own writes no PID into a command: ``worker`` in its place means whoever started this.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; survives exec
PARENT_IS_GONE = 1
TERMINATED = 128 + signal.SIGTERM

REPORT_SECONDS = 1.0
"""Time for a flow run to report how it ended."""

RUNNER = "REPORTWATCH_RUNNER_PID"
"""The variable by which the flow runs that a runner starts know their parent."""


WORKER = "worker"
"""In the place of a process number: the worker of Prefect's that started this program."""

OF_WORKER = f"python -m services.parent_death {WORKER} python -m prefect.engine"
"""The command by which a worker starts a flow run's process; its PATH says which Python."""


def end_with(parent: int) -> None:
    """Have this program killed when its parent dies, and end it now if that has happened.

    Does nothing but the second half where the system is not Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(PARENT_IS_GONE)


def end_with_runner() -> None:
    """Tie a flow run's process to the runner that started it, if one did."""
    runner = int(os.environ.get(RUNNER, "0"))
    if runner not in (0, os.getpid()):
        end_with(runner)


def is_started_by_runner() -> bool:
    """Return whether a runner started this process, or is it."""
    return bool(int(os.environ.get(RUNNER, "0")))


def exit_soon() -> None:
    """End a flow run's process that is being cancelled, whatever its threads still wait for.

    Python waits at its end for worker threads, and these may wait for a slow publisher. Does
    nothing in a program that no runner started.
    """
    if int(os.environ.get(RUNNER, "0")) not in (0, os.getpid()):
        leaving = threading.Timer(REPORT_SECONDS, os._exit, (TERMINATED,))
        leaving.daemon = True
        leaving.start()


def tied(command: Sequence[str], parent: int | None = None) -> list[str]:
    """Return the command that runs ``command`` for as long as its parent (this program) lives."""
    owner = os.getpid() if parent is None else parent
    return [sys.executable, "-m", "services.parent_death", str(owner), *command]


def end_with_worker() -> None:
    """Tie this program to the worker that started it, and let the flow run in it know of that."""
    worker = os.getppid()
    end_with(worker)
    if not _is_python(worker):  # ended before we could look: whoever adopts orphans is none
        os._exit(PARENT_IS_GONE)
    os.environ[RUNNER] = str(worker)


def _is_python(pid: int) -> bool:
    """Return whether a program is Python's, as a worker is; yes if the system does not say."""
    with suppress(OSError):
        return "python" in Path(f"/proc/{pid}/exe").readlink().name
    return True


def main(arguments: Sequence[str]) -> None:
    """Tie this program to its parent and become the program asked for."""
    if arguments[0] == WORKER:
        end_with_worker()
    else:
        end_with(int(arguments[0]))
    os.execvp(arguments[1], list(arguments[1:]))  # noqa: S606 - the command is our own


if __name__ == "__main__":
    main(sys.argv[1:])
