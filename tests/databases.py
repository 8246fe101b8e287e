"""A database as tests are given it: its URL, and the data folder beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEMPLATE = "reportwatch_migrated"
"""The PostgreSQL database that tests copy."""

SQLITE_NAME = "reportwatch.sqlite"
"""The SQLite file of a data folder."""


def sqlite_url(home: Path) -> str:
    """Return the URL of the SQLite database in a data folder."""
    return f"sqlite:///{home / SQLITE_NAME}"


@dataclass(frozen=True)
class Database:
    """A database of one test: its URL and the data folder beside it."""

    url: str
    home: Path

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))
