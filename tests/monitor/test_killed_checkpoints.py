"""kill -9 between any two steps of signing, publishing and cosigning: no gap, no fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from databases import Database, sqlite_url
from monitor_stage import listening
from walk_stage import Watch, watching

from monitor.app import create_app
from reports.transparency.checkpoint import open_checkpoint
from reports.transparency.note import PublicKey
from services.assembly import Parts, open_parts
from services.settings import load_settings
from services.transparency.daily import checkpoint_now
from services.transparency.keys import begin_log, witness_key
from services.transparency.witness import witness_log
from storage.database.tables import leaf
from storage.transparency.packing import pack

VICTIM = Path(__file__).parents[1] / "services" / "victim.py"


@dataclass
class Trial:
    """A log whose checkpoints are made by processes that are killed, and its witness."""

    parts: Parts
    witness: Watch
    environment: dict[str, str]
    roots: dict[int, bytes] = field(default_factory=dict)
    count: int = 0

    def record(self) -> None:
        """Record something new, which is a leaf here."""
        self.count += 1
        body = pack(b'{"n":%d,"v":1}' % self.count)
        with self.parts.store.write() as unit:
            unit._connection.execute(leaf.insert(), {"body": body})
            unit.commit()

    def checkpoint(self, allowed: int | None) -> int | None:
        """Have a process make a checkpoint; return its steps, None if it was killed before."""
        words = [sys.executable, str(VICTIM), "checkpoint"]
        words += [] if allowed is None else [str(allowed)]
        done = subprocess.run(
            words, input="\n", env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode == -signal.SIGKILL:
            return None
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[-1])

    def look(self) -> None:
        """See what is public: of each size there is one root ever, and no size is taken back."""
        file = self.parts.settings.home / "log" / "checkpoint"
        if not file.exists():
            return
        key = PublicKey.parse(begin_log(self.parts).vkey)
        said = open_checkpoint(file.read_bytes(), key).checkpoint
        assert said.size >= max(self.roots, default=0)
        assert self.roots.setdefault(said.size, said.root) == said.root
        with self.parts.store.read() as unit:
            for size, root in self.roots.items():
                assert unit.log_tree.root(size) == root

    def faults(self) -> list[str]:
        """Return what is wrong with the log in the end, and what its witness caught."""
        with self.parts.store.read() as unit:
            found = list(unit.audit.check()["faults"])
            assert unit.log_tree.size == self.count
        with self.witness.parts.store.read() as unit:
            return found + [each.why for each in unit.witnessed.forks()]


@contextmanager
def trial(database: Database, folder: Path) -> Iterator[Trial]:
    folder.mkdir()
    with watching(sqlite_url(folder), folder) as witness:
        witness.set(allow_private=True)
        with listening(create_app(witness.parts)) as address:
            asked = f"{witness_key(witness.parts).public} {address}/log/witness"
            told = {
                "home": str(database.home),
                "database_url": database.url,
                "witnesses": asked,
                "allow_private": "true",
                "log_origin": "killed.example/log",
            }
            names = {f"REPORTWATCH_{name.upper()}": value for name, value in told.items()}
            with open_parts(load_settings(**told)) as parts:
                witness_log(witness.parts, begin_log(parts).vkey, "")
                yield Trial(parts, witness, {**os.environ, **names})


def kill_at(made: Trial, stride: int) -> int:
    """Kill a checkpoint before every ``stride``-th of its steps, one more each time; count them."""
    made.record()
    steps = made.checkpoint(None)
    assert steps is not None
    made.look()
    killed = 0
    for allowed in range(0, steps, stride):
        made.record()
        killed += made.checkpoint(allowed) is None
        made.look()
    assert checkpoint_now(made.parts).faults == ()
    made.look()
    assert made.faults() == []
    assert max(made.roots) == made.count
    return killed


def test_a_killed_checkpoint_leaves_no_gap_and_no_fork(database: Database, tmp_path: Path) -> None:
    with trial(database, tmp_path / "witness") as made:
        assert kill_at(made, 9) >= 5


@pytest.mark.slow
def test_a_checkpoint_killed_at_any_step_leaves_no_gap_and_no_fork(
    database: Database, tmp_path: Path
) -> None:
    with trial(database, tmp_path / "witness") as made:
        assert kill_at(made, 1) >= 45
