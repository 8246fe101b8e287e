"""What is watched and what each attempt brought: runs, locations, captures, hints, hosts."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.database.tables.columns import SHA, UtcTime, key, metadata, to

source_state = Table(
    "source_state",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("baseline_at", UtcTime),  # when a whole listing was first read to its end
    Column("last_ok_at", UtcTime),
)

run = Table(
    "run",
    metadata,
    key(),
    Column("source", String(64), nullable=False, index=True),
    Column("trigger", String(16), nullable=False),  # one of services.runs.run.Trigger
    Column("orchestrator", String(16), nullable=False),  # direct, prefect
    Column("flow_run", String(64), nullable=False, default=""),
    Column("state", String(16), nullable=False, index=True),  # running, done, failed, crashed
    Column("parameters", JSON, nullable=False, default=dict),
    Column("counts", JSON, nullable=False, default=dict),
    Column("planned_count", Integer, nullable=False, default=0, server_default="0"),  # pages
    Column("error", Text, nullable=False, default=""),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("seconds", Float),
)

run_outcome = Table(
    "run_outcome",
    metadata,
    Column("run_id", Integer, to("run"), primary_key=True),
    Column("url", String(1024), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
)

run_batch = Table(  # a part of a run's pages while the run is shared out; gone with its end
    "run_batch",
    metadata,
    Column("run_id", Integer, to("run"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 0 is what discovery found
    Column("left", Text, nullable=False),  # what is still to be read of it, as JSON
    Column("progress", Text, nullable=False, default=""),  # of the run after it, as JSON
    Column("is_done", Boolean, nullable=False, default=False),
)

listing = Table(
    "listing",
    metadata,
    key(),
    Column("source", String(64), nullable=False),
    Column("edition", String(32), nullable=False),
    Column("run_id", Integer, to("run"), nullable=False),
    Column("read_at", UtcTime, nullable=False),
    Column("link_count", Integer, nullable=False),
    Column("is_good", Boolean, nullable=False),
    Column("record", LargeBinary),  # what was asked and answered, packed
    Column("record_base_id", Integer),  # no foreign key: SQLite drops no column that has one
    Index("ix_listing_source_edition", "source", "edition"),
)

location = Table(
    "location",
    metadata,
    key(),
    Column("source", String(64), nullable=False),
    Column("key", String(1024), nullable=False),  # host and path: one page, one key
    Column("url", Text, nullable=False),
    Column("edition", String(32), nullable=False, default=""),
    Column("is_listed", Boolean, nullable=False, default=False),
    Column("outcome", String(16), nullable=False, default=""),  # of the latest attempt
    Column("reason", Text, nullable=False, default=""),
    Column("checked_at", UtcTime),
    Column("seen_at", UtcTime),  # when its words were last confirmed
    Column("unseen_count", Integer, nullable=False, default=0, server_default="0"),  # looks since
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("payload_sha256", SHA, nullable=False, default=""),  # of the latest good capture
    Column("region_sha256", SHA, nullable=False, default=""),
    Column("surroundings_sha256", SHA, nullable=False, default="", server_default=""),
    Column("reader_revision", Integer, nullable=False, default=0),
    Column("shape", String(16), nullable=False, default="", server_default=""),  # of its mark-up
    Column("hint", String(64), nullable=False, default="", server_default=""),  # when last read
    Column("miss_count", Integer, nullable=False, default=0),  # clean 404/410 in a row
    Column("first_missed_at", UtcTime),
    UniqueConstraint("source", "key"),
)

surroundings = Table(  # what stands around the report on a page
    "surroundings",
    metadata,
    Column("location_id", Integer, to("location"), primary_key=True),
    Column("texts", JSON, nullable=False),  # key, place, text, and since when, of each
    Column("before", JSON(none_as_null=True)),  # the same, until what came or went is concluded on
    Column("before_at", UtcTime),  # when that was looked at last
    Column("changed_since", UtcTime),  # when the run began that saw it come or go
)

frame_part = Table(  # a text, or a place, of the frame that an edition's pages share
    "frame_part",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("edition", String(32), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("since", UtcTime, nullable=False),  # when the run began that saw it change
)

capture = Table(
    "capture",
    metadata,
    key(),
    Column("location_id", Integer, to("location"), nullable=False, index=True),
    Column("run_id", Integer, to("run"), nullable=False, index=True),
    Column("captured_at", UtcTime, nullable=False),
    Column("payload_sha256", SHA, nullable=False),  # no foreign key: noise stores no payload
    Column("evidence", JSON, nullable=False, default=dict),  # what the record does not say
    # how many it stands for: itself, and those alike before it that are not kept any more
    Column("capture_count", Integer, nullable=False, default=1, server_default="1"),
    Column("record", LargeBinary),  # what was asked and answered, packed
    Column("record_base_id", Integer),  # no foreign key: SQLite drops no column that has one
)

miss = Table(  # a clean answer that a page is not there
    "miss",
    metadata,
    key(),
    Column("location_id", Integer, to("location"), nullable=False, index=True),
    Column("run_id", Integer, to("run"), nullable=False),
    Column("missed_at", UtcTime, nullable=False),
    Column("record", LargeBinary),  # what was asked and answered, packed
    Column("record_base_id", Integer),  # no foreign key: SQLite drops no column that has one
    Column("change_id", Integer, to("change"), index=True),  # the removal that rests on it
)

record_base = Table(  # a capture record of a host, which others of it are packed against
    "record_base",
    metadata,
    key(),
    Column("host", String(255), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

memento = Table(  # a capture that a web archive has of a location
    "memento",
    metadata,
    key(),
    Column("location_id", Integer, to("location"), nullable=False),
    Column("captured_at", UtcTime, nullable=False),  # by the archive
    Column("retrieved_at", UtcTime),  # by us; none: its digest was known, or it was a miss
    Column("memento_url", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-1 in base 32, as the archive's index has it
    Column("payload_sha256", SHA, nullable=False, default=""),  # no foreign key: as in capture
    Column("words", JSON, nullable=False, default=dict),  # words_sha256 by name of report
    Column("outcome", String(16), nullable=False),
    UniqueConstraint("location_id", "captured_at"),
)

save_request = Table(  # a page that a web archive is asked to save as it is
    "save_request",
    metadata,
    key(),
    Column("change_id", Integer, to("change"), nullable=False, unique=True),
    Column("location_id", Integer, to("location"), nullable=False),
    Column("url", Text, nullable=False),
    Column("state", String(8), nullable=False),  # due, asked, saved, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcTime, nullable=False),
    Column("job_id", String(128), nullable=False, default=""),
    Column("asked_at", UtcTime),  # when the job began
    Column("memento_url", Text, nullable=False, default=""),
    Column("last_error", Text, nullable=False, default=""),
    Index("ix_save_request_waiting", "state", "due_at"),
)

hint = Table(  # a way to ask a source's site what changed, and how often it was right
    "hint",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),  # rest, sitemap
    Column("state", String(16), nullable=False),  # works, absent, failing
    Column("reason", Text, nullable=False, default=""),
    Column("asked_at", UtcTime, nullable=False),
    Column("origin", String(255), nullable=False, default=""),  # asked in the publisher's place
    Column("cursor", String(64), nullable=False, default=""),  # the newest modification it named
    Column("entry_count", Integer, nullable=False, default=0),
    Column("vouched_count", Integer, nullable=False, default=0),  # attempts at pages it vouched for
    Column("missed_count", Integer, nullable=False, default=0),  # edits found by those attempts
)

host = Table(
    "host",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("robots", String(16), nullable=False),  # one of scrapers.fetch.robots.RobotsState
    Column("read_at", UtcTime, nullable=False),
)

host_rest = Table(  # a host that asked to be left alone (Retry-After)
    "host_rest",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("via", String(255), primary_key=True),  # what was asked in its place, "" for itself
    Column("asked_at", UtcTime, nullable=False),
    Column("until_at", UtcTime, nullable=False),
)

host_turn = Table(  # when a host was asked last, by whichever program
    "host_turn",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("taken_at", UtcTime, nullable=False),
)

host_day = Table(  # what a host was asked on one day (UTC)
    "host_day",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("asked_on", String(10), primary_key=True),
    Column("request_count", Integer, nullable=False),
    Column("byte_count", Integer, nullable=False),
)

absence = Table(  # a country of the last edition that a complete new one does not have
    "absence",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("edition", String(32), primary_key=True),
    Column("country", String(8), primary_key=True),
    Column("first_missed_at", UtcTime, nullable=False),
    Column("miss_count", Integer, nullable=False),
)
