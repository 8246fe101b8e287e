"""Run one program to its end and say what it cost: CPU, wall clock, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_MAXRSS_PER_MB = 1024**2 if sys.platform == "darwin" else 1024


class BenchFailed(Exception):
    """A measured program failed or came to a wrong result: its figures mean nothing."""


@dataclass(frozen=True)
class Cost:
    """What a program took: user and system CPU seconds, wall seconds, peak resident megabytes.

    ``server_cpu`` are the CPU seconds that the Prefect server spent meanwhile.
    """

    cpu: float
    wall: float
    peak_mb: float
    server_cpu: float = 0.0


def run(
    command: Sequence[str], environment: Mapping[str, str], accepted: Container[int] = (0,)
) -> tuple[Cost, str]:
    """Run a program in the project's folder; return its cost and what it printed.

    Raises BenchFailed with the end of its error output, for any exit code but the accepted ones.
    The peak of a small parent counts as the child's own at least: keep the caller below 80 MB.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        child = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        log.seek(0)
        if child.returncode not in accepted:
            told = log.read().decode(errors="replace")[-2000:]
            raise BenchFailed(f"{' '.join(command)}: exit code {child.returncode}\n{told}")
        cost = Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / _MAXRSS_PER_MB)
        return cost, out.read().decode()


def memory_of(pid: int) -> float:
    """Return the resident megabytes of a running process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def cpu_of(pid: int) -> float:
    """Return the CPU seconds a running process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
