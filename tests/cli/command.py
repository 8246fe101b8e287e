"""Run the command as a user would: in this process for speed, or as a child of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cli.app import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What one run of the command left: its exit code and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; fails where there is more, or less."""
        return json.loads(self.out)


def reportwatch(*arguments: object) -> Ran:
    """Run the command in this process."""
    out, err = _stream(), _stream()
    words = ["reportwatch", *map(str, arguments)]
    with patch.object(sys, "argv", words), redirect_stdout(out), redirect_stderr(err):
        code = _exit_code()
    return Ran(code, _text(out), _text(err))


def child(*arguments: object, prelude: str = "", **more: Any) -> subprocess.Popen[str]:
    """Start the command as a child process, its output in pipes; ``prelude`` is run before it."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
    code = f"{prelude}\nfrom cli.app import main\nmain()"
    start = ["-c", code] if prelude else ["-m", "cli"]
    words = [sys.executable, *start, *map(str, arguments)]
    return subprocess.Popen(words, env=environment(), **pipes)


def environment() -> dict[str, str]:
    """Return this process's environment, under which ``python -m cli`` works from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait for a child and return what it left."""
    with process:
        out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code
