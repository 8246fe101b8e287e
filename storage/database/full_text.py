"""The database's own search engine: SQLite's FTS5 or PostgreSQL's tsvector, behind one face.

Both are given words that are folded already, with one space between, so that both cut and compare
them alike. A row's number is its passage's; a passage that is gone leaves its words behind, which
nothing finds any more, since every question is joined with the passages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import CTE, Connection, TextClause, column, text

from reports.search.query import Phrase, Query

TABLE = "passage_words"

CREATE: Mapping[str, Sequence[str]] = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', tokenize='unicode61')",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (rowid integer PRIMARY KEY, words tsvector NOT NULL)",
        f"CREATE INDEX ix_{TABLE} ON {TABLE} USING gin (words)",
    ),
}

DROP = f"DROP TABLE {TABLE}"

_INSERT = {
    "sqlite": "INSERT INTO passage_words (rowid, words) VALUES (:id, :words)",
    "postgresql": (
        "INSERT INTO passage_words (rowid, words) VALUES (:id, to_tsvector('simple', :words))"
    ),
}

_MATCH = {
    "sqlite": "SELECT rowid FROM passage_words WHERE passage_words MATCH :query",
    "postgresql": "SELECT rowid FROM passage_words WHERE words @@ to_tsquery('simple', :query)",
}


def is_engine_table(name: str) -> bool:
    """Tell whether a table is the search engine's own, which no schema of ours describes."""
    return name.startswith(TABLE)


def add_words(connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
    """Add the folded words of passages by their numbers."""
    if rows:
        statement = text(_INSERT[connection.dialect.name])
        connection.execute(statement, [{"id": number, "words": words} for number, words in rows])


def matching(connection: Connection, query: Query) -> CTE:
    """Return the passages that fit a query: their numbers, as ``rowid``; asked for once."""
    name = connection.dialect.name
    asked = _fts5(query) if name == "sqlite" else _tsquery(query)
    statement: TextClause = text(_MATCH[name]).bindparams(query=asked)
    return statement.columns(column("rowid")).cte("matching")


def _fts5(query: Query) -> str:
    clauses = " AND ".join(f"({' OR '.join(map(_fts5_phrase, each))})" for each in query.clauses)
    return " NOT ".join([f"({clauses})", *map(_fts5_phrase, query.without)])


def _fts5_phrase(phrase: Phrase) -> str:
    """Words hold letters and digits alone, so that quotes need no care."""
    return f'"{" ".join(phrase.words)}"{" *" if phrase.is_beginning else ""}'


def _tsquery(query: Query) -> str:
    clauses = [f"({' | '.join(map(_ts_phrase, each))})" for each in query.clauses]
    return " & ".join([*clauses, *(f"!({_ts_phrase(each)})" for each in query.without)])


def _ts_phrase(phrase: Phrase) -> str:
    words = [f"'{word}'" for word in phrase.words]
    if phrase.is_beginning:
        words[-1] += ":*"
    return " <-> ".join(words)
