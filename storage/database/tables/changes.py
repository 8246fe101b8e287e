"""What changed, and who is notified of it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from storage.database.tables.columns import UtcTime, key, metadata, to

change = Table(  # of a report, or of a whole edition: then source, edition and title are here
    "change",
    metadata,
    key(),
    Column("report_id", Integer, to("report"), index=True),
    Column("source", String(64), nullable=False, default="", server_default=""),
    Column("edition", String(32), nullable=False, default="", server_default=""),
    Column("title", Text, nullable=False, default="", server_default=""),
    Column("subject", String(64), nullable=False, default="", server_default=""),  # a topic's id
    Column("run_id", Integer, to("run"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("from_version", Integer),
    Column("to_version", Integer),
    Column("detected_at", UtcTime, nullable=False, index=True),
    Column("words_added", Integer, nullable=False, default=0),
    Column("words_removed", Integer, nullable=False, default=0),
    Column("returned_to", Integer, nullable=False, default=0),
    Column("is_baseline", Boolean, nullable=False, default=False),
    Column("is_held", Boolean, nullable=False, default=False),  # a flapping cache, not an edit
    Column(
        "is_told", Boolean, nullable=False, default=False, server_default=false()
    ),  # to whoever asked for it
    Column("is_corroborated", Boolean, nullable=False, default=False, server_default=false()),
    Column("url", Text, nullable=False, default=""),
    Column("summary_line", Text, nullable=False, default=""),
    Column("detail", JSON, nullable=False, default=dict),
    Column("recorded_at", UtcTime),  # when it was written down; an import detects in the past
    Index("ix_change_told", "is_told", "detected_at"),
)

change_topic = Table(  # the topics that a change touches, if it is notified
    "change_topic",
    metadata,
    Column("change_id", Integer, to("change"), primary_key=True),
    Column("topic", String(64), primary_key=True, index=True),
)

installation = Table(  # one row: what distinguishes this database from all others, for ever
    "installation",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("exported_until", UtcTime),  # the last moment as of which anything was exported
)

former_value = Table(  # what a row said before it was revised; rows are never changed
    "former_value",
    metadata,
    key(),
    Column("table_name", String(32), nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("until_at", UtcTime, nullable=False),  # when we came to know better
    Column("said", JSON, nullable=False),  # the columns that were revised
    Index("ix_former_value_row", "table_name", "row_id"),
)
