"""Watch passages: find what somebody quotes in a report, read lists of quotations, and begin."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.compare.quotations import Quotation, find_quotation, nearest_passage
from reports.model.identity import BadReportName, ReportId
from reports.notices.subscription import Channel, Every, Subscription, SubscriptionFilter
from reports.notices.watched import WatchedPassage, part_name
from reports.text.plain import counted, one_line, shortened
from reports.text.quoted import folded_words
from services.notify.subscription_filter import BadFilter
from storage.changes.watched import NoSuchVersion
from storage.unit import Unit

LONGEST_QUOTE = 2000
"""Characters of a passage: a long paragraph, or a few."""

FEWEST_WORDS = 2
"""One word stands in too many places to be followed."""

LONGEST_NOTE = 200
LONGEST_NAME = 200

MOST_PASSAGES = 200
"""Passages that one address may watch, and lines that a list may have."""

LARGEST_LIST = 1 << 20
"""Bytes of a list: more than as many of the longest quotations take."""

COLUMNS = ("report", "version", "quote", "note")
_NEEDED = ("report", "quote")
_MOST_FAULTS = 20
_NEAREST = 300


class BadPassage(BadFilter):
    """A passage that cannot be watched; the message says why and shows what is nearest."""


@dataclass(frozen=True)
class Quoted:
    """A passage as somebody names it; ``version`` is 0 for the newest that has it."""

    report: str
    quote: str
    version: int = 0
    note: str = ""
    is_still: bool = False


def find(unit: Unit, asked: Quoted) -> WatchedPassage:
    """Find what is quoted in its report; raises BadPassage.

    Without a version it is looked for in the latest one, then in those before.
    """
    words = sum(each.isalnum() for each in folded_words(asked.quote))
    if len(asked.quote) > LONGEST_QUOTE:
        raise BadPassage(f"a passage has at most {LONGEST_QUOTE:,} characters; watch it in parts")
    if words < FEWEST_WORDS:
        raise BadPassage(f"quote at least {FEWEST_WORDS} words: fewer stand in too many places")
    if len(asked.report) > LONGEST_NAME or not asked.report.isprintable():
        raise BadPassage(
            "name a report as `reportwatch reports` does, such as us-state-hrr/2021/KAZ"
        )
    if len(asked.note) > LONGEST_NOTE or not asked.note.isprintable():
        raise BadPassage(f"a note is one line of at most {LONGEST_NOTE} characters")
    try:
        name = unit.watched.stored_name(ReportId.parse(asked.report))
        number, found = _look(unit, str(name), asked)
    except BadReportName as error:
        raise BadPassage(f"{error}; `reportwatch reports` lists them") from None
    except NoSuchVersion as error:
        raise BadPassage(f"{error}; `reportwatch reports` lists them") from None
    return WatchedPassage(
        str(name), number, found.words, found.text, found.start, asked.note, asked.is_still
    )


def _look(unit: Unit, name: str, asked: Quoted) -> tuple[int, Quotation]:
    if asked.version:
        versions = [(asked.version, unit.watched.reading(name, asked.version))]
    else:
        versions = list(unit.watched.readings(name))
    for number, reading in versions:
        if found := find_quotation(reading, asked.quote):
            return number, found
    number, reading = versions[0]
    near = nearest_passage(reading, asked.quote)
    where = f"version {number} of {name}" if asked.version else f"any version of {name}"
    shown = shortened(asked.quote, _NEAREST // 2)
    raise BadPassage(
        f"“{shown}” does not stand in {where}; "
        + (
            f"nearest to it, in {part_name(near.part)}: “{shortened(near.words, _NEAREST)}”"
            if near
            else "nothing in it is like it"
        )
    )


def read_list(unit: Unit, text: str, *, every: Every, is_still: bool) -> list[SubscriptionFilter]:
    """Read a list of quotations as CSV and find each; raises BadPassage that names the lines.

    Its first line names the columns ``COLUMNS``, of which version and note may be missing.
    """
    found, faults = [], []
    for line, row in _rows(text):
        try:
            passage = find(unit, _quoted(row, is_still=is_still))
        except BadPassage as error:
            faults.append(f"line {line}: {error}")
            continue
        found.append(SubscriptionFilter(every=every, passage=passage))
    if faults:
        more = len(faults) - _MOST_FAULTS
        shown = [*faults[:_MOST_FAULTS], *[f"and {more} lines more"] * (more > 0)]
        raise BadPassage("nothing is watched yet:\n" + "\n".join(shown))
    if not found:
        raise BadPassage("the list has no line below its heading")
    return found


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    if len(text.encode()) > LARGEST_LIST:
        raise BadPassage(f"a list has at most {LARGEST_LIST >> 20} MB")
    heading = text.partition("\n")[0]
    delimiter = ";" if ";" in heading and "," not in heading else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        names = [(each or "").strip().casefold() for each in reader.fieldnames or ()]
        strange = [each for each in names if each not in COLUMNS]
        if strange or not set(_NEEDED) <= set(names):
            seen = ", ".join(one_line(each, 40) or "a nameless one" for each in strange)
            raise BadPassage(
                f"its first line must name columns among {', '.join(COLUMNS)}, report and quote "
                f"at least{f'; these are not: {seen}' if seen else ''}"
            )
        reader.fieldnames = names
        for row in reader:
            if None in row or None in row.values():
                raise BadPassage(f"line {reader.line_num}: it has not {len(names)} columns")
            rows.append((reader.line_num, row))
            if len(rows) > MOST_PASSAGES:
                raise BadPassage(f"a list has at most {MOST_PASSAGES} lines")
    except csv.Error as error:
        raise BadPassage(f"line {reader.line_num}: no CSV: {error}") from None
    return rows


def _quoted(row: dict[str, str], *, is_still: bool) -> Quoted:
    version = row.get("version", "").strip()
    if version and not (version.isascii() and version.isdecimal() and len(version) < 7):
        raise BadPassage(f"“{one_line(version, 20)}” is no number of a version")
    note = row.get("note", "").strip()
    return Quoted(row["report"].strip(), row["quote"].strip(), int(version or 0), note, is_still)


def add_one(
    unit: Unit, address: str, channel: Channel, asked: SubscriptionFilter, now: datetime
) -> Subscription:
    """Add one subscription; a passage begins where it stands now. Raises BadPassage."""
    if asked.passage is None:
        return unit.subscriptions.add(address, channel, asked, now)
    if _count(unit.subscriptions.all(address)) >= MOST_PASSAGES:
        raise BadPassage(f"one address watches at most {counted(MOST_PASSAGES, 'passage')}")
    stands = unit.watched.begin(asked.passage)
    return unit.subscriptions.add(address, channel, asked, now, stands)


def _count(held: Sequence[Subscription]) -> int:
    return sum(each.filter.passage is not None for each in held)
