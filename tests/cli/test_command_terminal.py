"""What people see in a terminal: nothing wider than it, and nothing that could steer it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import struct
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Ran, child, reportwatch
from rich.cells import cell_len

Site = tuple[Any, str]
SGR = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "\x1b]0;owned\x07 \x9b2J \u202egnp.exe \u2066 \x08"
PROSE = "The government of this country respected the rights of its people in most cases. "


class Terminal:
    """A pseudo-terminal of some width: what is written to it, as text."""

    def __init__(self, columns: int) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self._parts: list[bytes] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the last writer has gone
            while part := os.read(self._master, 65536):
                self._parts.append(part)

    def text(self) -> str:
        os.close(self.slave)
        self._thread.join(30)
        os.close(self._master)
        return b"".join(self._parts).decode().replace("\r\n", "\n")


@pytest.fixture(autouse=True)
def term(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def seen(columns: int, *words: object, is_error_too: bool = True) -> Ran:
    """Run the command in a terminal; ``out`` is what it shows."""
    terminal = Terminal(columns)
    more = {"stderr": terminal.slave} if is_error_too else {}
    with child(*words, stdout=terminal.slave, **more) as process:
        process.wait(60)
        err = "" if is_error_too or process.stderr is None else process.stderr.read()
    return Ran(process.returncode, terminal.text(), err)


def hostile(home: Path, tmp_path: Path) -> None:
    """Hold a report whose every text is hostile, and one that waits for review."""
    page = tmp_path / "hostile.txt"
    page.write_text(f"Executive Summary\n\n{PROSE * 6}{HOSTILE}\n")
    other = tmp_path / "文書 hostile.txt"
    other.write_text(f"Executive Summary\n\nAnother one. {PROSE * 6}\n")
    assert reportwatch("import", page, "--country", "KAZ", "--edition", "2021").code == 0
    assert reportwatch("import", other).code == 1


SHOWN = [
    ("reports",),
    ("show", "Gandoria", "2023"),
    ("show", "KAZ", "2021"),
    ("log", "Gandoria", "2023"),
    ("changes",),
    ("diff", "Gandoria", "2023"),
    ("sources",),
    ("alerts",),
    ("subscribers",),
    ("review",),
    ("db", "stats"),
    ("verify",),
]


@pytest.fixture
def terminal_home(sample: Path, tmp_path: Path) -> Iterator[Path]:
    hostile(sample, tmp_path)
    yield sample


def test_nothing_shown_can_steer_a_terminal(terminal_home: Path, subtests: pytest.Subtests) -> None:
    for words in SHOWN:
        with subtests.test(words=words):
            ran = reportwatch(*words)
            assert ran.code == 0
            assert not re.search(
                r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ran.out
            )


def test_steering_characters_are_named_not_hidden(terminal_home: Path) -> None:
    shown = reportwatch("show", "KAZ", "2021").out
    assert "⟨U+001B⟩]0;owned⟨U+0007⟩" in shown
    assert "⟨U+202E⟩gnp.exe" in shown
    document = reportwatch("show", "KAZ", "2021", "--json")
    assert "\x9b" not in document.out
    assert "\u202e" not in document.out
    assert "\u202egnp.exe" in document.document["blocks"][0]


def test_tables_fit_the_terminal(terminal_home: Path, subtests: pytest.Subtests) -> None:
    for words in [("reports",), ("changes",)]:
        for columns in [80, 200]:
            with subtests.test(columns=columns, words=words):
                ran = seen(columns, *words)
                assert ran.code == 0
                lines = SGR.sub("", ran.out).splitlines()
                assert lines
                assert max(map(cell_len, lines)) <= columns
                assert "\x1b" not in SGR.sub("", ran.out)


def test_prose_is_wrapped_between_words(terminal_home: Path) -> None:
    lines = seen(80, "show", "Gandoria", "2023").out.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Gandoria is a federal"))
    prose = lines[start : start + 3]
    assert max(map(len, prose)) <= 80
    assert " ".join(line.strip() for line in prose) in re.sub(
        r"\s+", " ", reportwatch("show", "Gandoria", "2023").out
    )


def test_output_into_a_pipe_is_not_wrapped(terminal_home: Path) -> None:
    block = reportwatch("show", "Gandoria", "2023", "--json").document["blocks"][0]
    assert block in reportwatch("show", "Gandoria", "2023").out.splitlines()


def test_a_progress_bar_goes_to_standard_error_alone(site: Site, blank: Path) -> None:
    terminal = Terminal(80)
    words = ("ingest", "sample-hrr", "--via", site[1], "--json")
    with child(*words, stderr=terminal.slave) as process:
        assert process.stdout
        out = process.stdout.read()
        process.wait(60)
    shown = terminal.text()
    assert json.loads(out)["counts"]["published"] == 24
    assert "sample-hrr" in shown
    assert "\x1b[?25h" in shown  # the cursor is back


def test_no_progress_bar_where_standard_error_is_no_terminal(site: Site, blank: Path) -> None:
    ran = reportwatch("ingest", "sample-hrr", "--via", site[1])
    assert (ran.code, ran.err) == (0, "")
    assert "24 published" in ran.out
