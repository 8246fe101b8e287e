"""Run one ``ingest`` under cProfile, a profile per thread: ``python -m bench.profiled OUT …``.

Counts CPU time, not waiting. Works on Python 3.11 alone: later ones allow one profiler at a time.
"""

from __future__ import annotations

import pstats
import sys
import threading
import time
from cProfile import Profile


def main() -> None:
    """Profile the command line that follows OUT and write the statistics there."""
    if sys.version_info >= (3, 12):
        raise SystemExit("profiles need Python 3.11: one profile per thread")
    out, *arguments = sys.argv[1:]
    profiles: list[Profile] = []
    plain_run = threading.Thread.run

    def profiled_run(thread: threading.Thread) -> None:
        profile = Profile(time.thread_time)
        profiles.append(profile)
        profile.runcall(plain_run, thread)

    setattr(threading.Thread, "run", profiled_run)  # noqa: B010 - a method is replaced
    sys.argv = ["reportwatch", *arguments]
    whole = Profile(time.thread_time)
    try:
        whole.runcall(_command)
    finally:
        stats = pstats.Stats(whole)
        for each in profiles:
            each.create_stats()
            if each.stats:
                stats.add(each)
        stats.dump_stats(out)


def _command() -> None:
    try:
        from cli.app import main as command

        command()
    except SystemExit as ended:
        if ended.code:
            raise


if __name__ == "__main__":
    main()
