"""Print results: one JSON document for programs, plain lines for people, never raw page text."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from reports.text.plain import one_line, visible
from services.logs import SAID, is_json

if TYPE_CHECKING:  # a command that prints its document for a program draws nothing
    from rich.console import Console
    from rich.text import Text

    from documents.document import JsonDocument

_STEERING = re.compile(r"[\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069]")
MINUTE = len("2025-08-12T14:00")
DIGEST = 16
UNBOUNDED = 1000
"""Columns of what is no terminal: a program that reads a table finds each row in one line."""

MOST_COLUMNS = 100
"""Prose on a terminal is wrapped at its width, but no wider than is good to read."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


@dataclass
class _Output:
    """What standard output is for: the one JSON document alone, or people too."""

    is_for_programs: bool = False


_output = _Output()


class Refusal(Exception):
    """A command that cannot do what was asked: the message says why and what to do."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Column:
    """One column of a table for people: its heading, and the key of its values in the rows.

    A moment is shown to the minute and a digest by its beginning, as far as people compare them;
    --json has them whole.
    """

    heading: str
    key: str
    is_number: bool = False
    is_moment: bool = False
    is_digest: bool = False

    @property
    def is_short(self) -> bool:
        """Whether the values are too short to be folded."""
        return self.is_number or self.is_moment or self.is_digest

    def cell(self, row: dict[str, Any]) -> str:
        """Return a row's value in one harmless line."""
        value = row[self.key]
        if isinstance(value, list | tuple):
            value = " ".join(map(str, value))
        text = "" if value is None else one_line(str(value))
        if self.is_moment:
            return text[:MINUTE].replace("T", " ")
        return f"{text[:DIGEST]}…" if self.is_digest else text


def examples(*lines: str, intro: str = "") -> str:
    """Return the end of a help text: lines to try, printed as they are written."""
    shown = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
    return f"{intro}\n\n{shown}" if intro else shown


@contextmanager
def result_only(wants_json: bool) -> Iterator[None]:
    """Keep standard output for the one JSON document: what is for people goes to standard error.

    File names that are no text, and terminals without Unicode, must stop no command.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not wants_json:
        yield
        return
    _output.is_for_programs = True
    try:
        yield
    finally:
        _output.is_for_programs = False


def console() -> Console:
    """Return what results for people are drawn on: standard output, unless a program reads it."""
    return _console(is_stderr=_output.is_for_programs)


def messages() -> Console:
    """Return what remarks for people are drawn on: standard error."""
    return _console(is_stderr=True)


@cache
def _console(*, is_stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if is_stderr else sys.stdout
    width = None if stream.isatty() else UNBOUNDED
    return Console(stderr=is_stderr, highlight=False, soft_wrap=True, width=width)


def plain(text: object, style: str = "") -> Text:
    """Return text that is drawn as it is, without characters that could steer a terminal."""
    from rich.text import Text

    return Text(clean(text), style=style)


def clean(text: object) -> str:
    """Return text of several lines without characters that could steer a terminal."""
    return "\n".join(visible(line) for line in str(text).split("\n"))


def print_json(document: JsonDocument | Sequence[JsonDocument]) -> None:
    """Print the one JSON document of a command.

    Escaped is what could steer a terminal, and everything but ASCII where the output takes no more.
    """
    takes_unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(
        document, default=lambda each: each.as_json(), ensure_ascii=not takes_unicode, indent=2
    )
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Print lines for people on standard output, each as long as it is."""
    console().print(plain(text))


@contextmanager
def paged() -> Iterator[None]:
    """Show what is printed for people page by page, if it is longer than their terminal.

    $PAGER names the program; `PAGER=cat` shows everything at once.
    """
    drawn_on = console()
    if not (drawn_on.is_terminal and sys.stdin.isatty()):
        yield
        return
    os.environ.setdefault("LESS", "FRX")  # less ends by itself if all fits, as git has it
    with drawn_on.pager(styles=True):
        yield


def say_prose(text: str) -> None:
    """Print a paragraph for people, wrapped between words where it goes to a terminal."""
    drawn_on = console()
    if not drawn_on.is_terminal:
        say(text)
        return
    width = min(drawn_on.width, MOST_COLUMNS)
    drawn_on.print(plain(text), soft_wrap=False, width=width)


def note(text: str, level: int = logging.INFO) -> None:
    """Print progress or a remark on standard error; as a record of the log if that is JSON."""
    if is_json():
        logging.getLogger(SAID).log(level, "%s", text)
    else:
        messages().print(plain(text))


def tell_rows(
    documents: Sequence[JsonDocument], columns: Sequence[Column], nothing: str, *, as_json: bool
) -> None:
    """Print documents for programs, or as a table for people."""
    if as_json:
        print_json(documents)
    else:
        show_rows([each.as_json() for each in documents], columns, nothing)


def show_rows(rows: Sequence[dict[str, Any]], columns: Sequence[Column], nothing: str) -> None:
    """Print rows as a table without its empty columns, or ``nothing`` where there are none."""
    if not rows:
        say(nothing)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    shown = [column for column in columns if any(map(column.cell, rows))]
    for column in shown:
        justify: Literal["right", "left"] = "right" if column.is_number else "left"
        table.add_column(column.heading, justify=justify, overflow="fold", no_wrap=column.is_short)
    for row in rows:
        table.add_row(*(Text(column.cell(row)) for column in shown))
    drawn_on = console()
    drawn_on.print(table, soft_wrap=False)


def show_cards(rows: Sequence[dict[str, Any]], columns: Sequence[Column], nothing: str) -> None:
    """Print rows one below the other, for those whose values are too long for a table."""
    if not rows:
        say(nothing)
    widest = max(len(column.heading) for column in columns)
    for number, row in enumerate(rows):
        if number:
            say("")
        for column in columns:
            say(f"{column.heading:<{widest}}  {column.cell(row)}")
