"""How large the database is: its tables with their indexes, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from storage.database.tables import payload, reading
from storage.texts.payloads import PACKED_SIZE

_BY_CAUSE = {
    "pages": "carries form frame_part location report report_index surroundings report_alias",
    "pages and what they say": "report_facts report_topic",
    "versions": "passage payload reading version",
    "versions and changes": "leaf tile",
    "checkpoints": "checkpoint time_stamp",
    "changes": "change change_topic former_value save_request miss",
    "changes and readers": "alert message",
    "readers": "access_key subscriber subscription",
    "looks of the days kept, then changes and failures": "capture run_outcome",
    "readings of the days kept, then those unlike the one before": "listing",
    "runs that look at pages": "run",
    "the days kept": "host_day",
    "what is imported": "memento",
    "what goes wrong": "alarm held_removal review absence",
    "what operators decide": "operator_action",
    "every row of the others": "row_seal",
    "moves of payloads, for a day": "stray_object",
    "nothing": (
        "agreed_setting alembic_version hint host host_rest host_turn installation payload_place"
        " log_fork pulse record_base run_batch signing_key source_state transparency_log"
        " witnessed_log"
    ),
}
GROWS_WITH = {table: cause for cause, tables in _BY_CAUSE.items() for table in tables.split()}
"""What makes each table grow; a search engine's own tables grow with versions."""


@dataclass(frozen=True)
class TableSize:
    """Rows of a table, its bytes, and those of each of its indexes; None where not known."""

    table: str
    rows: int
    bytes: int | None
    indexes: dict[str, int | None]

    @property
    def grows_with(self) -> str:
        """What makes it grow, in words."""
        return GROWS_WITH.get(self.table, "versions")

    @property
    def total(self) -> int:
        """Bytes of the table and its indexes."""
        return (self.bytes or 0) + sum(size or 0 for size in self.indexes.values())


class Sizes:
    """The sizes on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[TableSize]:
        """Return the tables, the largest first."""
        is_sqlite = self._connection.dialect.name == "sqlite"
        sizes = self._of_sqlite() if is_sqlite else self._of_postgresql()
        found = []
        for table, (size, indexes) in sizes.items():
            count = self._connection.execute(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
            found.append(TableSize(table, int(count.scalar_one()), size, indexes))
        return sorted(found, key=lambda each: (-each.total, each.table))

    def database_bytes(self) -> int:
        """Return how large the database is as a whole, a write-ahead log apart."""
        if self._connection.dialect.name == "sqlite":
            pages = self._connection.execute(text("PRAGMA page_count")).scalar_one()
            return int(pages) * int(self._connection.execute(text("PRAGMA page_size")).scalar_one())
        query = text("SELECT pg_database_size(current_database())")
        return int(self._connection.execute(query).scalar_one())

    def texts(self) -> dict[str, int]:
        """Return the bytes of pages and readings, compressed, and of pages as they came."""
        packed = func.coalesce(func.sum(PACKED_SIZE), 0)
        raw = func.coalesce(func.sum(payload.c.size), 0)
        read = func.coalesce(func.sum(func.length(reading.c.body)), 0)
        count, stored, came = self._connection.execute(select(func.count(), packed, raw)).one()
        words = self._connection.execute(select(read)).scalar_one()
        return {
            "payloads": count,
            "payload_bytes": int(stored),
            "payload_bytes_as_received": int(came),
            "reading_bytes": int(words),
        }

    def captures(self) -> int:
        """Return how many captures there were, those that others stand for among them."""
        query = text("SELECT coalesce(sum(capture_count), 0) FROM capture")
        return int(self._connection.execute(query).scalar_one())

    def _of_sqlite(self) -> dict[str, tuple[int | None, dict[str, int | None]]]:
        """Measure by the pages of each b-tree, if this build of SQLite can tell them."""
        known = text(
            "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('table', 'index') "
            "AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        )
        can_tell = text("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'")
        taken: dict[str, int] = {}
        if self._connection.execute(can_tell).first():
            pages = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
            taken = {name: int(size) for name, size in self._connection.execute(pages)}
        found: dict[str, tuple[int | None, dict[str, int | None]]] = {}
        rows = self._connection.execute(known).all()
        for kind, name, _ in rows:
            if kind == "table":
                found[name] = taken.get(name), {}
        for kind, name, table in rows:
            if kind == "index" and table in found:
                found[table][1][name] = taken.get(name)
        return found

    def _of_postgresql(self) -> dict[str, tuple[int | None, dict[str, int | None]]]:
        tables = text(
            "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = current_schema()::regnamespace ORDER BY relname"
        )
        indexes = text(
            "SELECT own.relname, its.relname, pg_relation_size(its.oid) FROM pg_index "
            "JOIN pg_class AS own ON own.oid = indrelid JOIN pg_class AS its ON its.oid = "
            "indexrelid WHERE own.relnamespace = current_schema()::regnamespace ORDER BY 2"
        )
        found: dict[str, tuple[int | None, dict[str, int | None]]] = {
            name: (int(size), {}) for name, size in self._connection.execute(tables)
        }
        for table, name, size in self._connection.execute(indexes):
            if table in found:
                found[table][1][name] = int(size)
        return found
