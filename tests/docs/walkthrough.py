"""Run a page's shell blocks as its reader would: one bash, in order, and keep what each printed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from doc_pages import ROOT

START, END = "\x1e", "\x1f"
_FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ)?")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC|\d{4}-\d\d-\d\d\b")
_SECONDS = re.compile(r"\b\d+(\.\d+)? s\b")
_SECRET = re.compile(r"\b[0-9a-f]{16,64}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CUT = "…"
SECONDS = 420


@dataclass(frozen=True)
class Ran:
    """A command of the page, how it ended, and what it printed."""

    command: str
    exit_code: int
    printed: str


@dataclass(frozen=True)
class Shown:
    """What a page shows below the commands of one block, and how many commands those are."""

    commands: int
    lines: tuple[str, ...]


def commands(block: str) -> list[str]:
    """Return the commands of a shell block, those over several lines as one."""
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def shown(page: Path) -> list[Shown]:
    """Return the shell blocks of a page in order, each with the output shown right below it."""
    found: list[Shown] = []
    for language, text in _FENCE.findall(page.read_text("utf-8")):
        if language == "sh":
            found.append(Shown(len(commands(text)), ()))
        else:
            found[-1] = Shown(found[-1].commands, tuple(text.splitlines()))
    return found


def walk(page: Path, swaps: Mapping[str, str], log: Path) -> list[Ran]:
    """Run every shell block of a page in one bash, with words swapped for those of a trial.

    A program that is started in the background is waited for until it answers at the port that
    its line names. Whatever is left running at the end is killed.
    """
    text = "".join(
        block for language, block in _FENCE.findall(page.read_text("utf-8")) if language == "sh"
    )
    script = ["shopt -s expand_aliases"]
    lines = commands(text)
    for line in (swapped(each, swaps) for each in lines):
        script += [f"printf '{START}'", line, f"printf '{END}%d' $?"]
        if line.endswith("&"):
            script.append(_until_it_answers(line))
    with ExitStack() as stack:
        printed = stack.enter_context(log.open("wb"))
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}
        bash = subprocess.Popen(
            ["bash", "-c", "\n".join(script)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            bash.wait(SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(bash.pid, signal.SIGKILL)
            bash.wait()
    answers = re.findall(f"{START}(.*?){END}(\\d+)", log.read_text("utf-8"), re.S)
    assert len(answers) == len(lines), log.read_text("utf-8")[-2000:]
    return [Ran(line, int(code), text) for line, (text, code) in zip(lines, answers, strict=True)]


def swapped(text: str, words: Mapping[str, str]) -> str:
    """Return a text with each of some words in place of another."""
    for word, other in words.items():
        text = text.replace(word, other)
    return text


def _until_it_answers(line: str) -> str:
    (port,) = re.findall(r"--port (\d+)", line)
    return f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"


def free_ports(count: int) -> list[str]:
    """Return ports that nobody listens on, each another one."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [str(each.getsockname()[1]) for each in taken]


def differs(shown: tuple[str, ...], printed: str) -> str:
    """Return the first line shown that was not printed in its place; empty if there is none.

    Times, durations and hashes count as equal. A line that is only … stands for any lines, and a
    line that ends in … for whatever the program's line goes on with.
    """
    rest, is_anywhere = [_plain(line) for line in printed.splitlines()], False
    for line in shown:
        if line.strip() == CUT:
            is_anywhere = True
            continue
        reach = len(rest) if is_anywhere else 1
        place = next((n for n, each in enumerate(rest[:reach]) if _is_said(line, each)), None)
        if place is None:
            return f"{line!r}, but printed was {rest[:reach]!r}"
        rest, is_anywhere = rest[place + 1 :], False
    return "" if is_anywhere or not any(rest) else f"nothing, but printed was {rest!r}"


def _is_said(line: str, printed: str) -> bool:
    if line.endswith(CUT):
        return printed.startswith(_plain(line.removesuffix(CUT)))
    return printed == _plain(line)


def _plain(line: str) -> str:
    for pattern, name in ((_TIME, "TIME"), (_DAY, "DAY"), (_SECONDS, "SECONDS"), (_SECRET, "HASH")):
        line = pattern.sub(name, line)
    return line.rstrip()
