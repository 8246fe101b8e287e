"""The words that SQLite's search index holds, read from it word by word.

The index keeps no text, so that nothing but its own places of words can be compared. Adding up
what stands in a place, in whatever order, gives one number for each passage.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from storage.database.full_text import TABLE
from storage.database.seals import any_text

_AT_ONCE = 20_000
_SAID = "temp.said"


class WordPlaces:
    """Where the words of passages stand in the index of one connection."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._sums: defaultdict[int, int] = defaultdict(int)

    def read(self) -> Iterator[str]:
        """Read all of it, and look every word up as a search does; say which is not found so."""
        term, rows, last = None, [0, 0], None
        with _vocabulary(self._raw, TABLE) as places:
            for found, row, place in places:
                if found != term:
                    yield from self._looked_up(term, rows)
                    term, rows, last = found, [0, 0], None
                if row != last:
                    rows = [rows[0] + 1, rows[1] + row]
                    last = row
                self._sums[row] += hash((found, place))
        yield from self._looked_up(term, rows)

    def _looked_up(self, term: str | None, rows: list[int]) -> Iterator[str]:
        if term is None:
            return
        query = f"SELECT count(*), coalesce(sum(rowid), 0) FROM {TABLE} WHERE {TABLE} MATCH ?"  # noqa: S608
        quoted = '"' + term.replace('"', '""') + '"'
        try:
            found = self._raw.execute(query, (quoted,)).fetchone()
        except (sqlite3.Error, UnicodeError) as error:
            yield f"{TABLE} {term[:40]!r}: it cannot be looked up ({error})"
            return
        if list(found) != rows:
            yield f"{TABLE} {term[:40]!r}: looking it up does not find where it stands"

    def differing(self, words: Mapping[int, str]) -> Iterator[int]:
        """Yield the numbers of passages of which the index holds other words than these."""
        lengths = self._lengths(words)
        for number, said in words.items():
            each = said.split()
            places = sum(hash((word, place)) for place, word in enumerate(each))
            is_same = places == self._sums[number] and lengths.get(number) == _varint(len(each))
            if not is_same and not self._is_cut_so(number, said, lengths.get(number)):
                yield number

    def _lengths(self, words: Mapping[int, str]) -> dict[int, bytes]:
        """Return how many words the index says that passages have, as it keeps it."""
        query = f"SELECT id, sz FROM {TABLE}_docsize WHERE id BETWEEN ? AND ?"  # noqa: S608
        return dict(self._raw.execute(query, (min(words), max(words)))) if words else {}

    def _is_cut_so(self, number: int, said: str, length: bytes | None) -> bool:
        """Tell whether SQLite itself cuts a text into the words found: its Unicode is older."""
        with closing(sqlite3.connect(":memory:")) as scratch:
            scratch.execute(f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, tokenize='unicode61')")
            scratch.execute(f"INSERT INTO {TABLE} (rowid, words) VALUES (1, ?)", (said,))  # noqa: S608
            scratch.commit()
            with _vocabulary(scratch, TABLE) as places:
                total = sum(hash((word, place)) for word, _, place in places)
            (kept,) = scratch.execute(f"SELECT sz FROM {TABLE}_docsize").fetchone()  # noqa: S608
        return total == self._sums[number] and kept == length


@contextmanager
def _vocabulary(raw: sqlite3.Connection, table: str) -> Iterator[Iterator[tuple[str, int, int]]]:
    """Give each word, row and place of an index, in order of words and rows."""
    raw.execute(f"CREATE VIRTUAL TABLE {_SAID} USING fts5vocab(main, {table}, instance)").close()
    try:
        with closing(raw.execute(f'SELECT term, doc, "offset" FROM {_SAID}')) as cursor:  # noqa: S608
            yield _rows(raw, cursor)
    finally:
        raw.execute(f"DROP TABLE {_SAID}").close()


def _rows(raw: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[tuple[str, int, int]]:
    while True:
        with any_text(raw):
            some = cursor.fetchmany(_AT_ONCE)
        if not some:
            return
        yield from some


def _varint(number: int) -> bytes:
    """Return a number as SQLite keeps it: seven bits a byte, the highest first."""
    made = [number & 127]
    while number := number >> 7:
        made.insert(0, number & 127 | 128)
    return bytes(made)
