"""What can be searched: passages of reports, with the time in which each was said.

Their words are kept in ``passage_words``, a table of the database's own search engine.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from storage.database.tables.columns import SHA, UtcTime, key, metadata, to

passage = Table(  # a stretch of one part of a report, for one uninterrupted period of its text
    "passage",
    metadata,
    key(),
    Column("report_id", Integer, to("report"), nullable=False, index=True),
    Column("part_number", Integer, nullable=False),  # 0: the executive summary; n: the n-th section
    Column("name", Text, nullable=False),  # of the part, as people call it
    Column("first_block", Integer, nullable=False),
    Column("block_count", Integer, nullable=False),
    Column("sha256", SHA, nullable=False),  # of its name and blocks
    Column("from_version", Integer, nullable=False),
    Column("until_version", Integer),  # the first that no longer has it
    Column("from_at", UtcTime, nullable=False),
    Column("until_at", UtcTime),
    Index("ix_passage_stay", "until_at", "from_at"),
    sqlite_autoincrement=True,  # a number once used never names other words
)

report_index = Table(  # how far a report has been made searchable
    "report_index",
    metadata,
    Column("report_id", Integer, to("report"), primary_key=True),
    Column("version_count", Integer, nullable=False),
    Column("reading_id", Integer, nullable=False),  # the newest reading of any of its versions
    Column("rules", String(8), nullable=False),  # of cutting and folding
)
