"""Random bits of a SQLite file, flipped one at a time: how many an audit finds."""

from __future__ import annotations

import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing

import pytest
from audit_stage import faults_of
from databases import Database
from sqlalchemy.exc import DatabaseError

from storage.database.full_text import TABLE as WORDS

BITS = 200
SHARE = 0.6


def flipped(whole: bytes, place: int) -> bytes:
    """Return a file with one bit turned; ``place`` counts bits."""
    byte = place // 8
    return whole[:byte] + bytes([whole[byte] ^ 1 << place % 8]) + whole[byte + 1 :]


def found(database: Database, whole: bytes, place: int) -> bool:
    """Tell whether an audit finds a bit, or SQLite does when the file is opened."""
    database.file.write_bytes(flipped(whole, place))
    try:
        return faults_of(database.url) != []
    except DatabaseError as error:
        return "malformed database schema" in str(error)


def pages(database: Database) -> dict[int, str]:
    """Return which table or index each page of a file belongs to."""
    with closing(sqlite3.connect(database.file)) as connection:
        return dict(connection.execute("SELECT pageno, name FROM dbstat"))


def empty_share(database: Database) -> float:
    """Return which part of a file no row uses, as SQLite counts it."""
    with closing(sqlite3.connect(database.file)) as connection:
        query = "SELECT sum(unused) * 1.0 / sum(pgsize) FROM dbstat"
        return float(connection.execute(query).fetchone()[0])


def test_bits_of_the_search_index_are_found(filled_sqlite: Database) -> None:
    whole = filled_sqlite.file.read_bytes()
    of_index = [number for number, name in pages(filled_sqlite).items() if name == f"{WORDS}_data"]
    assert len(of_index) >= 10
    chance = random.Random(3)
    places = [
        ((chance.choice(of_index) - 1) * 4096 + chance.randrange(1000, 4096)) * 8
        + chance.randrange(8)
        for _ in range(20)
    ]
    assert sum(found(filled_sqlite, whole, place) for place in places) >= 14


@pytest.mark.slow
def test_random_bits_are_found(filled_sqlite: Database) -> None:
    whole = filled_sqlite.file.read_bytes()
    owners, unused = pages(filled_sqlite), empty_share(filled_sqlite)
    chance = random.Random(11)
    seen, missed = 0, Counter[str]()
    for _ in range(BITS):
        place = chance.randrange(100 * 8, len(whole) * 8)
        if found(filled_sqlite, whole, place):
            seen += 1
        else:
            missed[owners.get(place // 8 // 4096 + 1, "free")] += 1
    sys.stderr.write(f"\n{seen} of {BITS} bits found; {unused:.0%} of the file is unused\n")
    sys.stderr.write(f"missed in {missed.most_common()}\n")
    assert seen >= SHARE * BITS * (1 - unused)
