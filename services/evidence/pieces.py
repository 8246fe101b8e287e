"""Find the bytes of a page at which each paragraph of a reading stands.

A reader keeps words, not positions; so its words are looked for in the page's text again, letter
by letter, in their order. Between the pieces of one paragraph only whole elements may stand that
were not read, such as the marker of a footnote. What is not found is said to be so: the check of
a bundle (``verify_bundle.py``) reads the bytes that are named, and refuses any other letters.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from services.evidence.verify_bundle import (
    Block,
    Refused,
    decoded,
    letters,
    pieces_between,
    reader_of,
    text_spans,
)

Pieces = tuple[tuple[int, int], ...]
"""First byte and the one behind the last, of each piece of a paragraph."""

NOT_FOUND = "its letters do not stand in the page's text in this order"
SURE = 40
"""Letters of a paragraph that stands in a page once: others are looked for between such ones."""
_SEED = 24
"""Letters by which the next piece of a paragraph is recognised."""
FARTHEST = 3_000
"""Letters that may stand between two pieces of one paragraph."""

_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|main|div|p)\b", re.I)
_SNIFFED = 65_536
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPED = re.compile(rf"{_PAIR}|\\u.{{4}}|\\.|.", re.S)
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)|.", re.S)


@dataclass(frozen=True)
class _Run:
    """Text without markup in it: ``offsets`` are where each of its characters is in the page."""

    at: int
    text: str
    offsets: Callable[[], Sequence[int]]


def kind_of(payload: bytes) -> str:
    """Return how a page's text is written: html, text, or json (HTML in its strings)."""
    if payload.lstrip()[:1] in (b"{", b"["):
        try:
            json.loads(payload)
        except (ValueError, RecursionError):
            pass
        else:
            return "json"
    return "html" if _MARKUP.search(payload, 0, _SNIFFED) else "text"


def find_pieces(blocks: Sequence[str], payload: bytes, kind: str) -> list[Pieces | None]:
    """Return the pieces of each block, None for one that was not found."""
    flow = _Flow(payload, kind)
    wanted = [letters(each) for each in blocks]
    found = [flow.bytes_of(each) if each else None for each in _aligned(flow, wanted)]
    read = reader_of(kind)
    kept: list[Pieces | None] = []
    taken: list[tuple[int, int]] = []
    for text, pieces in zip(blocks, found, strict=True):
        if pieces and _is_free(pieces, taken) and _holds(text, pieces, payload, read):
            kept.append(pieces)
            taken.extend(pieces)
        else:
            kept.append(None)
    return kept


def _is_free(pieces: Pieces, taken: Sequence[tuple[int, int]]) -> bool:
    return not any(first < end and start < last for first, last in pieces for start, end in taken)


def _holds(text: str, pieces: Pieces, payload: bytes, read: Callable[[bytes], str]) -> bool:
    try:
        pieces_between(Block("", 0, text, pieces, ""), payload, read)
    except Refused:
        return False
    return True


class _Flow:
    """The letters of a page's text in a row, and where each of them stands."""

    def __init__(self, payload: bytes, kind: str) -> None:
        page = decoded(payload)
        self._bytes = _byte_offsets(page, payload)
        self._runs: list[_Run] = []
        said = []
        length = 0
        for run in _RUNS[kind](page):
            letters_of_run = letters(run.text if kind == "text" else html.unescape(run.text))
            if letters_of_run:
                self._runs.append(_Run(length, run.text, run.offsets))
                said.append(letters_of_run)
                length += len(letters_of_run)
        self.letters = "".join(said)
        self.starts = [run.at for run in self._runs]
        self._is_markup = kind != "text"

    def bytes_of(self, spans: Sequence[tuple[int, int]]) -> Pieces:
        """Return where some stretches of letters stand in the page."""
        return tuple((self._place(first)[0], self._place(end - 1)[1]) for first, end in spans)

    def _place(self, at: int) -> tuple[int, int]:
        """Return the first byte of a letter, and the one behind it."""
        run = self._runs[bisect_right(self.starts, at) - 1]
        offsets = run.offsets()
        count, here = run.at, 0
        for unit in _ENTITY.findall(run.text) if self._is_markup else run.text:
            count += len(letters(html.unescape(unit) if self._is_markup else unit))
            if count > at:
                break
            here += len(unit)
        return self._bytes[offsets[here]], self._bytes[offsets[here + len(unit)]]


def _byte_offsets(page: str, payload: bytes) -> Sequence[int]:
    """Return where each character of a page begins, and where the page ends."""
    if len(page) == len(payload):
        return range(len(payload) + 1)
    if page.encode("utf-8", "surrogatepass") == payload:
        return list(accumulate((len(each.encode()) for each in page), initial=0))
    offsets, at = [0], 0
    for each in page:  # a byte that is not UTF-8 was taken as one character of Windows-1252
        own = each.encode("utf-8", "surrogatepass")
        at += len(own) if payload.startswith(own, at) else 1
        offsets.append(at)
    return offsets


def _html_runs(page: str) -> Iterator[_Run]:
    for first, end in text_spans(page):
        yield _Run(0, page[first:end], partial(range, first, end + 1))


def _json_runs(page: str) -> Iterator[_Run]:
    for found in _STRING.finditer(page):
        text = json.loads(found[0], strict=False)
        for first, end in text_spans(text):
            yield _Run(0, text[first:end], partial(_unescaped_at, found, first, end))


def _unescaped_at(found: re.Match[str], first: int, end: int) -> list[int]:
    """Return where characters of a string of JSON are in the page, and where they end."""
    at, offsets = found.start(1), []
    for unit in _ESCAPED.findall(found[1]):
        offsets.append(at)
        at += len(unit)
    return [*offsets, at][first : end + 1]


def _text_runs(page: str) -> Iterator[_Run]:
    at = 0
    for line in page.splitlines(keepends=True):
        yield _Run(0, line, partial(range, at, at + len(line) + 1))
        at += len(line)


_RUNS: dict[str, Callable[[str], Iterator[_Run]]] = {
    "html": _html_runs,
    "json": _json_runs,
    "text": _text_runs,
}

_Spans = list[tuple[int, int]]


def _aligned(flow: _Flow, wanted: Sequence[str]) -> list[_Spans]:
    """Return the stretches of letters that each block is; none for one that was not found."""
    sure = [_only_place(flow.letters, each) for each in wanted]
    placed = zip(sure, wanted, strict=True)
    found = [[(at, at + len(each))] if at >= 0 else [] for at, each in placed]
    first = next((number for number, at in enumerate(sure) if at >= 0), len(wanted))
    limit = sure[first] if first < len(wanted) else len(flow.letters)
    if first < len(wanted):
        for number in reversed(range(first)):  # what stands before the text may say it too: menus
            found[number] = _last(flow, wanted[number], limit)
            limit = found[number][0][0] if found[number] else limit
    start = 0
    for number, each in enumerate(wanted):
        if not found[number] and each:
            following = [at for at in sure[number:] if at >= start]
            end = following[0] if following else len(flow.letters)
            found[number] = _first(flow, each, start, end)
        if found[number]:
            start = found[number][-1][1]
    return found


def _only_place(text: str, wanted: str) -> int:
    """Return where letters stand that stand there once, -1 for others."""
    if len(wanted) < SURE:
        return -1
    at = text.find(wanted)
    return at if at >= 0 and text.find(wanted, at + 1) < 0 else -1


def _last(flow: _Flow, wanted: str, limit: int) -> _Spans:
    at = flow.letters.rfind(wanted, 0, limit) if wanted else -1
    return [(at, at + len(wanted))] if at >= 0 else []


def _first(flow: _Flow, wanted: str, start: int, end: int) -> _Spans:
    at = flow.letters.find(wanted, start, end)
    if at >= 0:
        return [(at, at + len(wanted))]
    seed = wanted[:_SEED]
    at = flow.letters.find(seed, start, end)
    while at >= 0:
        if spans := _in_pieces(flow, wanted, at, end):
            return spans
        at = flow.letters.find(seed, at + 1, end)
    return []


def _in_pieces(flow: _Flow, wanted: str, at: int, end: int) -> _Spans:
    """Return the pieces of a block that begins at a place; whole runs are left out between them."""
    spans: _Spans = []
    done = 0
    while True:
        same = _common(flow.letters, at, wanted, done)
        if done + same == len(wanted):
            return [*spans, (at, at + same)] if at + same <= end else []
        number = bisect_right(flow.starts, at + same) - 1
        border = flow.starts[number]
        if border <= at:
            return []
        spans.append((at, border))
        done += border - at
        at = _next_piece(flow, wanted[done : done + _SEED], number + 1, border)
        if at < 0 or at >= end:
            return []


def _next_piece(flow: _Flow, seed: str, number: int, border: int) -> int:
    for at in flow.starts[number:]:
        if at > border + FARTHEST:
            break
        if flow.letters.startswith(seed, at):
            return at
    return -1


def _common(text: str, at: int, wanted: str, done: int) -> int:
    """Return how many letters are the same from two places on."""
    least, most = 0, min(len(text) - at, len(wanted) - done)
    while least < most:
        middle = (least + most + 1) // 2
        if text[at + least : at + middle] == wanted[done + least : done + middle]:
            least = middle
        else:
            most = middle - 1
    return least
