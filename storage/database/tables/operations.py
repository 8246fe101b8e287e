"""What an operator watches and does: pulses, agreed settings, alarms, actions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from storage.database.tables.columns import UtcTime, key, metadata, to

pulse = Table(  # when something that must not stop was last alive
    "pulse",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("beat_at", UtcTime, nullable=False),
)

agreed_setting = Table(  # what every machine of the installation must have set alike
    "agreed_setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),  # of a secret a digest
)

alarm = Table(  # something an operator should see to; open until cleared
    "alarm",
    metadata,
    key(),
    Column("source", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(255), nullable=False),  # what it is about, such as an edition
    Column("text", Text, nullable=False),
    Column("examples", JSON, nullable=False, default=list),  # addresses or report names
    Column("remedy", Text, nullable=False, default=""),  # the command that mends it
    Column("run_id", Integer, to("run")),
    Column("raised_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),  # when it was last found
    Column("cleared_at", UtcTime),
    Column("told_at", UtcTime),  # when the operator's mail left
    Column("gist", Text, nullable=False, default="", server_default=""),  # reports.watch.alarm
    Column("acknowledged_at", UtcTime),
    Column("acknowledged_by", String(128), nullable=False, default="", server_default=""),
    Index("ix_alarm_open", "source", "kind", "subject", "cleared_at"),
)

operator_action = Table(  # what operators decided: who, when, of what; rows are never changed
    "operator_action",
    metadata,
    key(),
    Column("done_at", UtcTime, nullable=False),
    Column("who", String(128), nullable=False),
    Column("action", String(32), nullable=False),  # acknowledged, released, dropped
    Column("subject", String(255), nullable=False),  # such as "alarm 3"
    Column("detail", Text, nullable=False, default=""),
)
