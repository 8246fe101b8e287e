"""How a value is written: one way for each format, so that all three read back alike.

A value that is missing and a text without letters are the same: an empty cell, a null.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reports.wording.citation import exact_stamp

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for the beginning of a formula, and the mark that keeps it from that."""

MARK = "'"


def value_of(value: Any) -> Any:
    """Return a value as each format has it: None for what is empty."""
    return None if value == "" else value


def json_value(value: Any) -> Any:
    """Return a value as a JSON line has it."""
    value = value_of(value)
    return exact_stamp(value) if isinstance(value, datetime) else value


def csv_cell(value: Any, *, is_quoted: bool) -> str:
    """Return a value as a cell of CSV.

    A publisher's text that a spreadsheet would compute gets one apostrophe in front. So does one
    that begins with an apostrophe: whoever takes one away from each that has one gets all of them
    back.
    """
    value = value_of(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return exact_stamp(value)
    text = str(value)
    return f"{MARK}{text}" if is_quoted and text.startswith(FORMULA) else text


def uncovered(cell: str) -> str:
    """Return the text of a cell of CSV in a column of a publisher's words."""
    return cell.removeprefix(MARK)
