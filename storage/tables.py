"""The tables. Columns: ``_at`` a UTC time, ``_on`` a date, ``is_``/``has_`` a truth value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """A UTC-aware time; refuses a time without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back a UTC-aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, **options: Any) -> ForeignKey:
    return ForeignKey(f"{table}.id", **options)


SHA = String(64)

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
    _key(),
    Column("source", String(64), nullable=False, index=True),
    Column("trigger", String(16), nullable=False),  # one of flows.run.Trigger
    Column("orchestrator", String(16), nullable=False),  # direct, prefect
    Column("flow_run", String(64), nullable=False, default=""),
    Column("state", String(16), nullable=False, index=True),  # running, done, failed, crashed
    Column("parameters", JSON, nullable=False, default=dict),
    Column("counts", JSON, nullable=False, default=dict),
    Column("error", Text, nullable=False, default=""),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("seconds", Float),
)

report = Table(
    "report",
    metadata,
    _key(),
    Column("source", String(64), nullable=False),
    Column("edition", String(32), nullable=False),
    Column("country", String(8), nullable=False),
    Column("part", String(128), nullable=False, default=""),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False, default="present"),  # present, suspected, removed
    Column("published_on", String(10), nullable=False, default=""),
    UniqueConstraint("source", "edition", "country", "part"),
)

location = Table(
    "location",
    metadata,
    _key(),
    Column("source", String(64), nullable=False),
    Column("key", String(1024), nullable=False),  # host and path: one page, one key
    Column("url", Text, nullable=False),
    Column("edition", String(32), nullable=False, default=""),
    Column("is_listed", Boolean, nullable=False, default=False),
    Column("outcome", String(16), nullable=False, default=""),  # of the latest look
    Column("reason", Text, nullable=False, default=""),
    Column("checked_at", UtcTime),
    Column("seen_at", UtcTime),  # when its words were last confirmed
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("payload_sha256", SHA, nullable=False, default=""),  # of the latest good capture
    Column("region_sha256", SHA, nullable=False, default=""),
    Column("reader_revision", Integer, nullable=False, default=0),
    Column("shape", String(16), nullable=False, default="", server_default=""),  # of its mark-up
    Column("hint", String(64), nullable=False, default="", server_default=""),  # when last read
    Column("miss_count", Integer, nullable=False, default=0),  # clean 404/410 in a row
    Column("first_missed_at", UtcTime),
    UniqueConstraint("source", "key"),
)

carries = Table(  # one page may carry several reports, one report may have several locations
    "carries",
    metadata,
    Column("location_id", Integer, _to("location"), primary_key=True),
    Column("report_id", Integer, _to("report"), primary_key=True, index=True),
    Column("is_primary", Boolean, nullable=False),
    Column("words_sha256", SHA, nullable=False),  # this location's own latest words
    Column("how", String(16), nullable=False),
)

capture = Table(
    "capture",
    metadata,
    _key(),
    Column("location_id", Integer, _to("location"), nullable=False, index=True),
    Column("run_id", Integer, _to("run"), nullable=False, index=True),
    Column("captured_at", UtcTime, nullable=False),
    Column("payload_sha256", SHA, nullable=False),  # no foreign key: noise stores no payload
    Column("evidence", JSON, nullable=False, default=dict),  # status, headers, final URL, address
)

memento = Table(  # a capture that a web archive holds of a location
    "memento",
    metadata,
    _key(),
    Column("location_id", Integer, _to("location"), nullable=False),
    Column("captured_at", UtcTime, nullable=False),  # by the archive
    Column("retrieved_at", UtcTime),  # by us; none: its digest was known, or it was a miss
    Column("memento_url", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-1 in base 32, as the archive's index has it
    Column("payload_sha256", SHA, nullable=False, default=""),  # no foreign key: as in capture
    Column("words", JSON, nullable=False, default=dict),  # words_sha256 by name of report
    Column("outcome", String(16), nullable=False),
    UniqueConstraint("location_id", "captured_at"),
)

payload = Table(
    "payload",
    metadata,
    Column("sha256", SHA, primary_key=True),
    Column("shelf", String(128), nullable=False, index=True),  # pages of one shelf look alike
    Column("size", Integer, nullable=False),
    Column("base_sha256", SHA, ForeignKey("payload.sha256")),
    Column("body", LargeBinary, nullable=False),
)

version = Table(
    "version",
    metadata,
    _key(),
    Column("report_id", Integer, _to("report"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("location_id", Integer, _to("location"), nullable=False),
    Column("payload_sha256", SHA, ForeignKey("payload.sha256"), nullable=False),
    Column("captured_at", UtcTime, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),  # while latest, its location knows better
    Column("notes", JSON, nullable=False, default=list),
    UniqueConstraint("report_id", "number"),
)

reading = Table(
    "reading",
    metadata,
    _key(),
    Column("version_id", Integer, _to("version"), nullable=False),
    Column("reader_revision", Integer, nullable=False),
    Column("text_sha256", SHA, nullable=False, index=True),
    Column("words_sha256", SHA, nullable=False),
    Column("report_sha256", SHA, nullable=False),
    Column("base_id", Integer, _to("reading")),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("version_id", "reader_revision"),
)

report_facts = Table(  # what the version captured last says, for questions across reports
    "report_facts",
    metadata,
    Column("report_id", Integer, _to("report"), primary_key=True),
    Column("version_id", Integer, _to("version"), nullable=False),
    Column("reader_revision", Integer, nullable=False),
    Column("issue_status", String(16), nullable=False),
    Column("issue_count", Integer, nullable=False),
    Column("summary_word_count", Integer, nullable=False),
    Column("report_word_count", Integer, nullable=False),
    Column("section_count", Integer, nullable=False),
    Column("facts", JSON, nullable=False, default=dict),  # value by structured part
    Column("issues", JSON, nullable=False, default=list),  # [text, [topic, ...]]
)

report_topic = Table(
    "report_topic",
    metadata,
    Column("report_id", Integer, _to("report"), primary_key=True),
    Column("topic", String(64), primary_key=True, index=True),
    Column("issue_count", Integer, nullable=False),
)

change = Table(  # of a report, or of a whole edition: then source, edition and title stand here
    "change",
    metadata,
    _key(),
    Column("report_id", Integer, _to("report"), index=True),
    Column("source", String(64), nullable=False, default="", server_default=""),
    Column("edition", String(32), nullable=False, default="", server_default=""),
    Column("title", Text, nullable=False, default="", server_default=""),
    Column("subject", String(64), nullable=False, default="", server_default=""),  # a topic's id
    Column("run_id", Integer, _to("run"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("from_version", Integer),
    Column("to_version", Integer),
    Column("detected_at", UtcTime, nullable=False, index=True),
    Column("words_added", Integer, nullable=False, default=0),
    Column("words_removed", Integer, nullable=False, default=0),
    Column("returned_to", Integer, nullable=False, default=0),
    Column("is_baseline", Boolean, nullable=False, default=False),
    Column("is_held", Boolean, nullable=False, default=False),  # a flapping cache, not an edit
    Column("is_told", Boolean, nullable=False, default=False, server_default=false()),  # as news
    Column("is_corroborated", Boolean, nullable=False, default=False, server_default=false()),
    Column("url", Text, nullable=False, default=""),
    Column("summary_line", Text, nullable=False, default=""),
    Column("detail", JSON, nullable=False, default=dict),
    Index("ix_change_told", "is_told", "detected_at"),
)

change_topic = Table(  # the topics that a change touches, where it is told
    "change_topic",
    metadata,
    Column("change_id", Integer, _to("change"), primary_key=True),
    Column("topic", String(64), primary_key=True, index=True),
)

installation = Table(  # one row: what tells this database from all others, for ever
    "installation",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("made_at", UtcTime, nullable=False),
)

save_request = Table(  # a page that a web archive is asked to keep as it stands
    "save_request",
    metadata,
    _key(),
    Column("change_id", Integer, _to("change"), nullable=False, unique=True),
    Column("location_id", Integer, _to("location"), nullable=False),
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

run_outcome = Table(
    "run_outcome",
    metadata,
    Column("run_id", Integer, _to("run"), primary_key=True),
    Column("url", String(1024), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
)

listing = Table(
    "listing",
    metadata,
    _key(),
    Column("source", String(64), nullable=False),
    Column("edition", String(32), nullable=False),
    Column("run_id", Integer, _to("run"), nullable=False),
    Column("read_at", UtcTime, nullable=False),
    Column("link_count", Integer, nullable=False),
    Column("is_good", Boolean, nullable=False),
    Index("ix_listing_source_edition", "source", "edition"),
)

hint = Table(  # a way to ask a source's site what changed, and how well it tells
    "hint",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),  # rest, sitemap
    Column("state", String(16), nullable=False),  # works, absent, failing
    Column("reason", Text, nullable=False, default=""),
    Column("asked_at", UtcTime, nullable=False),
    Column("origin", String(255), nullable=False, default=""),  # asked in the publisher's place
    Column("cursor", String(64), nullable=False, default=""),  # the newest modification told of
    Column("entry_count", Integer, nullable=False, default=0),
    Column("vouched_count", Integer, nullable=False, default=0),  # looks at pages it vouched for
    Column("missed_count", Integer, nullable=False, default=0),  # edits found by those looks
)

host_day = Table(  # what a host was asked on one day (UTC)
    "host_day",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("asked_on", String(10), primary_key=True),
    Column("request_count", Integer, nullable=False),
    Column("byte_count", Integer, nullable=False),
)

host = Table(
    "host",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("robots", String(16), nullable=False),  # one of scrapers.robots.RobotsState
    Column("read_at", UtcTime, nullable=False),
)

absence = Table(  # a place of the last edition that a complete new one does not have
    "absence",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("edition", String(32), primary_key=True),
    Column("country", String(8), primary_key=True),
    Column("first_missed_at", UtcTime, nullable=False),
    Column("miss_count", Integer, nullable=False),
)

pulse = Table(  # when something that must not stop was last alive
    "pulse",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("beat_at", UtcTime, nullable=False),
)

alarm = Table(  # something an operator should see to; open until cleared
    "alarm",
    metadata,
    _key(),
    Column("source", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(255), nullable=False),  # what it is about, such as an edition
    Column("text", Text, nullable=False),
    Column("examples", JSON, nullable=False, default=list),  # addresses or report names
    Column("remedy", Text, nullable=False, default=""),  # the command that mends it
    Column("run_id", Integer, _to("run")),
    Column("raised_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),  # when it last held
    Column("cleared_at", UtcTime),
    Column("told_at", UtcTime),  # when the operator's mail left
    Index("ix_alarm_open", "source", "kind", "subject", "cleared_at"),
)

review = Table(
    "review",
    metadata,
    _key(),
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("payload_sha256", SHA, ForeignKey("payload.sha256"), nullable=False),
    Column("text_sha256", SHA, nullable=False, index=True),
    Column("country", String(136), nullable=False, default=""),
    Column("edition", String(32), nullable=False, default=""),
    Column("why", Text, nullable=False),
    Column("state", String(16), nullable=False),  # open, held, resolved, dismissed
    Column("created_at", UtcTime, nullable=False),
    Column("resolved_at", UtcTime),
    Column("report_id", Integer, _to("report")),
    UniqueConstraint("payload_sha256", "text_sha256"),
)

subscriber = Table(
    "subscriber",
    metadata,
    _key(),
    Column("address", String(512), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    _key(),
    Column("subscriber_id", Integer, _to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("countries", JSON, nullable=False, default=list),
    Column("sources", JSON, nullable=False, default=list),
    Column("topics", JSON, nullable=False, default=list),
    Column("kinds", JSON, nullable=False, default=list),
    Column("every", String(8), nullable=False),
)

message = Table(
    "message",
    metadata,
    _key(),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("subscriber_id", Integer, _to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("is_mass", Boolean, nullable=False, default=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("last_error", Text, nullable=False, default=""),
)

alert = Table(
    "alert",
    metadata,
    _key(),
    Column("change_id", Integer, _to("change"), nullable=False),
    Column("subscriber_id", Integer, _to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("every", String(8), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("message_id", Integer, _to("message", ondelete="CASCADE"), index=True),
    Column("is_dropped", Boolean, nullable=False, default=False),
    UniqueConstraint("change_id", "subscriber_id", "channel"),
)
