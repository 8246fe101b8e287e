"""The transparency log: leaves, tiles, checkpoints; keys; the logs of others that are witnessed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from storage.database.tables.columns import UtcTime, key, metadata, to

leaf = Table(  # what the log says of a version, of a change, or of the log that was before
    "leaf",
    metadata,
    key(),
    Column("version_id", Integer, to("version"), unique=True),
    Column("change_id", Integer, to("change"), unique=True),
    Column("position", Integer, unique=True),  # in the tree; none: no checkpoint was due since
    Column("body", LargeBinary, nullable=False),  # canonical JSON, packed
)

tile = Table(  # 256 hashes of the tree, or fewer if it is the last of its level
    "tile",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

signing_key = Table(  # a key of this installation, encrypted with the home's secret
    "signing_key",
    metadata,
    Column("vkey", String(400), primary_key=True),
    Column("is_witness", Boolean, nullable=False),  # else it signs a log
    Column("sealed", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

transparency_log = Table(  # one that has not ended, and those before it
    "transparency_log",
    metadata,
    key(),
    Column("origin", String(255), nullable=False, unique=True),
    Column("vkey", String(400), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("why_ended", Text, nullable=False, default=""),
)

checkpoint = Table(  # what a log signed of itself, with the cosignatures that it has by now
    "checkpoint",
    metadata,
    key(),
    Column("log_id", Integer, to("transparency_log"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
    UniqueConstraint("log_id", "size"),
)

time_stamp = Table(  # a token of an authority (RFC 3161) over a checkpoint's text
    "time_stamp",
    metadata,
    Column("checkpoint_id", Integer, to("checkpoint"), primary_key=True),
    Column("authority", String(255), primary_key=True),  # its address
    Column("token", LargeBinary, nullable=False),  # its answer, DER
    Column("stamped_at", UtcTime, nullable=False),  # what the token says
)

witnessed_log = Table(  # a log of somebody else's that this installation cosigns
    "witnessed_log",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("vkey", String(400), nullable=False),
    Column("url", Text, nullable=False),  # where it is fetched; '' if it comes by itself
    Column("note", Text, nullable=False),  # the newest checkpoint; '' none yet
    Column("size", Integer, nullable=False),
    Column("cosigned_at", UtcTime),
)

log_fork = Table(  # two checkpoints of one log that cannot both be true, both signed by it
    "log_fork",
    metadata,
    key(),
    Column("origin", String(255), nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("given", Text, nullable=False),
)
