"""Print results: one JSON document for programs, plain lines for people, never raw page text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.text.plain import one_line, visible

_STEERING = re.compile(r"[\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069]")
MINUTE = len("2025-08-12T14:00")
DIGEST = 16
MOST_COLUMNS = 100
"""Prose on a terminal is wrapped at its width, but no wider than is good to read."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]

console = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


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
    console.file = sys.stderr
    try:
        yield
    finally:
        console.file = None  # type: ignore[assignment] # rich: whatever sys.stdout then is


def clean(text: object) -> str:
    """Return text of several lines without characters that could steer a terminal."""
    return "\n".join(visible(line) for line in str(text).split("\n"))


def print_json(document: Any) -> None:
    """Print the one JSON document of a command.

    Escaped is what could steer a terminal, and everything but ASCII where the output takes no more.
    """
    takes_unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not takes_unicode, indent=2)
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Print lines for people on standard output, each as long as it is."""
    console.print(Text(clean(text)))


def say_prose(text: str) -> None:
    """Print a paragraph for people, wrapped between words where it goes to a terminal."""
    if not console.is_terminal:
        say(text)
        return
    width = min(console.width, MOST_COLUMNS)
    console.print(Text(clean(text)), soft_wrap=False, width=width)


def note(text: str) -> None:
    """Print progress or a remark on standard error."""
    messages.print(Text(clean(text)))


def tell_rows(
    rows: Sequence[dict[str, Any]], columns: Sequence[Column], nothing: str, *, as_json: bool
) -> None:
    """Print rows as the command's document, or as a table for people."""
    if as_json:
        print_json(rows)
    else:
        show_rows(rows, columns, nothing)


def show_rows(rows: Sequence[dict[str, Any]], columns: Sequence[Column], nothing: str) -> None:
    """Print rows as a table without its empty columns, or ``nothing`` where there are none."""
    if not rows:
        say(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    shown = [column for column in columns if any(map(column.cell, rows))]
    for column in shown:
        justify: Literal["right", "left"] = "right" if column.is_number else "left"
        table.add_column(column.heading, justify=justify, overflow="fold", no_wrap=column.is_short)
    for row in rows:
        table.add_row(*(Text(column.cell(row)) for column in shown))
    width = console.width if console.is_terminal else 1000
    console.print(table, soft_wrap=False, width=width)


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
