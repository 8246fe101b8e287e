"""What the publishers said: reports, their versions and how these are read."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.database.tables.columns import SHA, UtcTime, key, metadata, to

OBJECT_NAME = 80

report = Table(
    "report",
    metadata,
    key(),
    Column("source", String(64), nullable=False),
    Column("edition", String(32), nullable=False),
    Column("country", String(8), nullable=False),
    Column("part", String(128), nullable=False, default=""),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False, default="present"),  # present, suspected, removed
    Column("published_on", String(10), nullable=False, default=""),
    UniqueConstraint("source", "edition", "country", "part"),
)

report_alias = Table(  # the parts under which later editions of a document came
    "report_alias",
    metadata,
    Column("report_id", Integer, to("report"), primary_key=True),
    Column("part", String(128), primary_key=True, index=True),
)

carries = Table(  # one page may carry several reports, one report may have several locations
    "carries",
    metadata,
    Column("location_id", Integer, to("location"), primary_key=True),
    Column("report_id", Integer, to("report"), primary_key=True, index=True),
    Column("is_primary", Boolean, nullable=False),
    Column("words_sha256", SHA, nullable=False),  # this location's own latest words
    Column("how", String(16), nullable=False),
)

payload = Table(
    "payload",
    metadata,
    Column("sha256", SHA, primary_key=True),
    Column("shelf", String(128), nullable=False, index=True),  # pages of one shelf look alike
    Column("size", Integer, nullable=False),
    Column("base_sha256", SHA, ForeignKey("payload.sha256")),
    Column("body", LargeBinary, nullable=False),  # empty if its object holds the packed bytes
    Column("place_id", Integer),  # no foreign key: SQLite drops no column that has one
    Column("object_name", String(OBJECT_NAME)),
    Column("object_size", Integer),
)

payload_place = Table(  # folders and buckets in which objects of payloads lie, or lay
    "payload_place",
    metadata,
    key(),
    Column("address", Text, nullable=False, unique=True),
)

stray_object = Table(  # objects that no payload names: not yet, or no longer
    "stray_object",
    metadata,
    Column("place_id", Integer, to("payload_place"), primary_key=True),
    Column("name", String(OBJECT_NAME), primary_key=True),
    Column("noted_at", UtcTime, nullable=False),
    Column("is_going", Boolean, nullable=False),  # it is being removed: no payload may name it
)

version = Table(
    "version",
    metadata,
    key(),
    Column("report_id", Integer, to("report"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("location_id", Integer, to("location"), nullable=False),
    Column("payload_sha256", SHA, ForeignKey("payload.sha256"), nullable=False),
    Column("captured_at", UtcTime, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),  # while latest, its location knows better
    Column("notes", JSON, nullable=False, default=list),
    Column("own_title", Text, nullable=False, default="", server_default=""),  # '' the report's
    Column("recorded_at", UtcTime),  # when we came to know it
    UniqueConstraint("report_id", "number"),
)

reading = Table(
    "reading",
    metadata,
    key(),
    Column("version_id", Integer, to("version"), nullable=False),
    Column("reader_revision", Integer, nullable=False),
    Column("text_sha256", SHA, nullable=False, index=True),
    Column("words_sha256", SHA, nullable=False),
    Column("report_sha256", SHA, nullable=False),
    Column("base_id", Integer, to("reading")),
    Column("body", LargeBinary, nullable=False),
    Column("recorded_at", UtcTime),
    UniqueConstraint("version_id", "reader_revision"),
)

form = Table(  # of a report's page when it was last read: what people see beside its words
    "form",
    metadata,
    Column("report_id", Integer, to("report"), primary_key=True),
    Column("location_id", Integer, to("location"), nullable=False),
    Column("reader_revision", Integer, nullable=False),
    Column("words_sha256", SHA, nullable=False),  # of the words it goes with
    Column("form_sha256", SHA, nullable=False),
    Column("payload_sha256", SHA, ForeignKey("payload.sha256"), nullable=False),  # that shows it
    Column("seen_at", UtcTime, nullable=False),  # when it was first seen
    Column("body", LargeBinary, nullable=False),  # its parts
)

report_facts = Table(  # what the version captured last says, for questions across reports
    "report_facts",
    metadata,
    Column("report_id", Integer, to("report"), primary_key=True),
    Column("version_id", Integer, to("version"), nullable=False),
    Column("reader_revision", Integer, nullable=False),
    Column("issue_status", String(16), nullable=False),
    Column("issue_count", Integer, nullable=False),
    Column("summary_word_count", Integer, nullable=False),
    Column("report_word_count", Integer, nullable=False),
    Column("section_count", Integer, nullable=False),
    Column("issues", JSON, nullable=False, default=list),  # [text, [topic, ...]]
)

report_topic = Table(
    "report_topic",
    metadata,
    Column("report_id", Integer, to("report"), primary_key=True),
    Column("topic", String(64), primary_key=True, index=True),
    Column("issue_count", Integer, nullable=False),
)

review = Table(
    "review",
    metadata,
    key(),
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("payload_sha256", SHA, ForeignKey("payload.sha256")),  # none: it is about an edition
    Column("text_sha256", SHA, nullable=False, index=True),
    Column("country", String(136), nullable=False, default=""),
    Column("edition", String(32), nullable=False, default=""),
    Column("why", Text, nullable=False),
    Column("state", String(16), nullable=False),  # open, held, mass, resolved, dismissed, ...
    Column("created_at", UtcTime, nullable=False),
    Column("resolved_at", UtcTime),
    Column("report_id", Integer, to("report")),
    UniqueConstraint("payload_sha256", "text_sha256"),
)

held_removal = Table(  # a report whose removal waits for a review of its edition
    "held_removal",
    metadata,
    Column("review_id", Integer, to("review"), primary_key=True),
    Column("report_id", Integer, to("report"), primary_key=True),
)
