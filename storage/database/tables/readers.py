"""Who is notified of changes, and of what: subscribers, alerts, messages."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from storage.database.tables.columns import UtcTime, key, metadata, to

subscriber = Table(
    "subscriber",
    metadata,
    key(),
    Column("address", String(1024), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False, default="active", server_default="active"),
    Column("is_vouched", Boolean, nullable=False, default=False, server_default=true()),
    Column("confirmed_at", UtcTime),  # when its owner followed the signed link
    Column("heard_at", UtcTime),  # when its owner last did anything: confirmed, changed a filter
    Column("asked_at", UtcTime),  # when it was asked, after long silence, whether it still wants
    Column("time_zone", String(64), nullable=False, default="UTC", server_default="UTC"),
    Column("digest_hour", Integer, nullable=False, default=6, server_default="6"),
    Column("quiet_hours", String(11), nullable=False, default="", server_default=""),
    Column("owner", String(320), nullable=False, default="", server_default=""),  # of a webhook
    Column("secret", String(256), nullable=False, default="", server_default=""),  # signs webhooks
    Column("failing_since", UtcTime),  # the first failure after the last success
    Column("failure_count", Integer, nullable=False, default=0, server_default="0"),
    Column("set_aside_at", UtcTime),
    Column("set_aside_why", Text, nullable=False, default="", server_default=""),
)

subscription = Table(
    "subscription",
    metadata,
    key(),
    Column("subscriber_id", Integer, to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("filter", JSON, nullable=False),  # reports.notices.subscription.SubscriptionFilter
    Column("report_id", Integer, to("report"), index=True),  # of a watched passage
    Column("anchor", JSON(none_as_null=True)),  # reports.notices.watched.Anchor
)

message = Table(
    "message",
    metadata,
    key(),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("subscriber_id", Integer, to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False, default="news", server_default="news"),
    Column("recipient", String(512), nullable=False, default="", server_default=""),  # if another
    Column(
        "detail", JSON, nullable=False, default=dict, server_default="{}"
    ),  # of a message of no change
    Column("is_mass", Boolean, nullable=False, default=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcTime, nullable=False),
    Column("claimed_by", String(64), nullable=False, default="", server_default=""),
    Column("leased_until", UtcTime),  # after that a claim is another worker's to take over
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("last_error", Text, nullable=False, default=""),
)

alert = Table(
    "alert",
    metadata,
    key(),
    Column("change_id", Integer, to("change"), nullable=False),
    Column("subscriber_id", Integer, to("subscriber", ondelete="CASCADE"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("every", String(8), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("message_id", Integer, to("message", ondelete="CASCADE"), index=True),
    Column("is_dropped", Boolean, nullable=False, default=False),
    Column("passages", JSON(none_as_null=True)),  # reports.notices.watched.ToldPassages
    UniqueConstraint("change_id", "subscriber_id", "channel"),
)
