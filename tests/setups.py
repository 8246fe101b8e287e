"""Count what the tests set up, so that the suite does not grow slow unseen: counted, not timed.

A plug-in of the suite. Each worker counts by the interpreter's audit events (PEP 578), which no
test goes past; the run fails if the fast tier as a whole sets up more than ``MOST`` says.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

MOST = {"databases": 2_250, "servers": 1_500, "programs": 1_300}
"""SQLite files opened and PostgreSQL databases made; ports bound; processes started. Raise a bound
only with a reason: most tests can share what is there. What is restored, damaged, killed or
restarted cannot be shared."""

counted: Counter[str] = Counter()
_files: set[str] = set()
_KEY = "setups"


def _count(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.bind":
        counted["servers"] += 1
    elif event == "subprocess.Popen":
        counted["programs"] += 1
    elif event == "sqlite3.connect" and (file := str(arguments[0])) not in _files:
        _files.add(file)
        counted["databases"] += 1


def told(totals: Mapping[str, int]) -> list[str]:
    """Return a line for each kind, with its bound."""
    return [f"{totals.get(kind, 0)} {kind} (at most {most})" for kind, most in MOST.items()]


def too_many(totals: Mapping[str, int]) -> list[str]:
    """Return the kinds of which there are more than there may be."""
    return [kind for kind, most in MOST.items() if totals.get(kind, 0) > most]


def is_whole_fast_tier(config: pytest.Config) -> bool:
    """Tell whether every test but the slow ones was asked for."""
    chosen = config.option.markexpr or config.option.keyword or config.getoption("lf", False)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def pytest_configure() -> None:
    sys.addaudithook(_count)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a worker counted."""
    counted.update(getattr(node, "workeroutput", {}).get(_KEY, {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_KEY] = dict(counted)
    elif is_whole_fast_tier(session.config) and too_many(counted):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.write_line(f"set up: {', '.join(told(counted))}")
    if is_whole_fast_tier(config):
        for kind in too_many(counted):
            terminalreporter.write_line(
                f"FAILED: the suite sets up too many {kind}; share them, or see tests/setups.py",
                red=True,
            )
