"""What the commands that operate an installation print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.wording.citation import exact_stamp, stamp
from storage.texts.places import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from storage.operate.access import AccessKey
    from storage.operate.payload_moves import PlaceShare
    from storage.operate.sizes import TableSize


class Verified(JsonDocument):
    """How many stored pages and texts were read back; ``faults`` say what has not its digest."""

    payloads: int
    readings: int
    faults: list[str]


class Exported(JsonDocument):
    """A file and the number of versions written to it."""

    path: str
    format: str
    versions: int


class ExportedWarc(JsonDocument):
    """A WARC file and what was written to it.

    ``captures`` are those with their bytes, ``revisits`` those that brought the same bytes again;
    of ``without_body`` the bytes were not kept; ``misses`` are those that removals rest on.
    """

    path: str
    format: str
    captures: int
    revisits: int
    without_body: int
    misses: int


class ExportedTable(JsonDocument):
    """A table and the number of rows written of it."""

    table: str
    rows: int


class ExportedTables(JsonDocument):
    """The tables that were written to a file or a folder, as known at a moment."""

    path: str
    format: str
    as_of: Moment
    tables: list[ExportedTable]

    @classmethod
    def of(cls, path: Path, as_format: str, as_of: datetime, rows: Mapping[str, int]) -> Self:
        """Return what was written."""
        return cls(
            path=str(path),
            format=as_format,
            as_of=exact_stamp(as_of),
            tables=[ExportedTable(table=name, rows=count) for name, count in rows.items()],
        )


class Released(ExportedTables):
    """A release: ``path`` is its folder, ``sha256`` the digest of its file of checksums."""

    release: str
    sha256: str


class SchemaRevision(JsonDocument):
    """The revision of the database's schema."""

    revision: str


class IndexSize(JsonDocument):
    """An index and the bytes it takes, null if this database cannot tell."""

    name: str
    bytes: int | None


class TableDocument(JsonDocument):
    """A table: its rows, the bytes it takes without its indexes, and what makes it grow."""

    table: str
    rows: int
    bytes: int | None
    indexes: list[IndexSize]
    grows_with: str

    @classmethod
    def of(cls, size: TableSize) -> Self:
        """Return one entry of ``db stats``."""
        return cls(
            table=size.table,
            rows=size.rows,
            bytes=size.bytes,
            indexes=[IndexSize(name=name, bytes=each) for name, each in size.indexes.items()],
            grows_with=size.grows_with,
        )


class PrunedTable(JsonDocument):
    """Rows of a table that went, those that stay, and why these do."""

    table: str
    removed: int
    kept: int
    why: str


class Pruned(JsonDocument):
    """What only repeated other rows; ``before`` is null if everything is kept."""

    before: Moment | None
    is_dry_run: bool
    tables: list[PrunedTable]


class PlaceDocument(JsonDocument):
    """Payloads at one place, their packed bytes, and objects there that no payload names."""

    place: str
    payloads: int
    bytes: int
    strays: int

    @classmethod
    def of(cls, share: PlaceShare) -> Self:
        """Return one place of ``db payloads`` and ``db stats``."""
        return cls(
            place=shown(share.address),
            payloads=share.payloads,
            bytes=share.bytes,
            strays=share.strays,
        )


class PayloadsMoved(JsonDocument):
    """What was moved, or would be, and what lies where; ``faults`` say which payloads were not.

    ``removed`` counts the objects that no payload had named for a day.
    """

    to: str
    is_dry_run: bool
    payloads: int
    bytes: int
    removed: int
    faults: list[str]
    places: list[PlaceDocument]


class Stats(JsonDocument):
    """How much is stored, and what it takes; ``captures`` are all that were ever made."""

    reports: int
    versions: int
    changes: int
    payloads: int
    payload_bytes: int
    payload_bytes_as_received: int
    reading_bytes: int
    runs: int
    captures: int
    database_bytes: int
    places: list[PlaceDocument]
    tables: list[TableDocument]


class BackedUp(JsonDocument):
    """The file that a backup was written to; the bytes of payloads in other places it has not."""

    path: str
    not_in_it: list[PlaceDocument]


class Restored(JsonDocument):
    """The backup restored; ``kept`` is the file of what was there before, null if nothing was.

    ``mailed_again`` counts the alerts that were sent since the backup and go out again, null if
    that cannot be found out. ``held`` says that no news is sent before an operator releases it.
    """

    restored: str
    kept: str | None
    mailed_again: int | None
    held: bool


class CopiedTable(JsonDocument):
    """Rows of a table, and the sum of their digests, alike in the database and in its copy."""

    table: str
    rows: int
    sha256: str


class CopiedDatabase(JsonDocument):
    """A database and its copy, without passwords.

    ``encrypted_addresses`` are those that nobody can read without this home's secret.
    """

    source: str
    target: str
    revision: str
    encrypted_addresses: int
    tables: list[CopiedTable]


class NewToken(JsonDocument):
    """A token and its right, read or operate; it is shown this once."""

    name: str
    token: str
    right: str
    expires_at: Moment | None


class TokenDocument(JsonDocument):
    """A token that was made; what it is is not kept."""

    name: str
    right: str
    made_at: Moment
    expires_at: Moment | None
    is_valid: bool

    @classmethod
    def of(cls, key: AccessKey, now: datetime) -> Self:
        """Return one entry of ``access tokens``."""
        return cls(
            name=key.name,
            right="operate" if key.may_operate else "read",
            made_at=stamp(key.made_at),
            expires_at=stamp(key.expires_at) if key.expires_at else None,
            is_valid=key.is_valid(now),
        )


class Revoked(JsonDocument):
    """A token that was deleted."""

    name: str
    revoked: bool


class PasswordHash(JsonDocument):
    """The argon2 hash of a password."""

    hash: str


class ReplayAddress(JsonDocument):
    """Where saved pages are served, and how many."""

    origin: str
    pages: int


class MonitorAddress(JsonDocument):
    """Where the monitor is."""

    monitor: str


class RunningAddresses(JsonDocument):
    """Where the monitor and the Prefect server's pages are."""

    monitor: str
    prefect: str


class NewSource(JsonDocument):
    """The files written for a new source, the engine that reads it if any, and the next steps."""

    source: str
    engine: str
    files: list[str]
    next: list[str]


class DemonstrationStep(JsonDocument):
    """One step of the demonstration: what changed, and whether that was announced."""

    step: int
    name: str
    changes: list[str]
    as_announced: bool


class Demonstration(JsonDocument):
    """The steps of the demonstration, and where the monitor is."""

    steps: list[DemonstrationStep]
    monitor: str


class ChangedDeployment(JsonDocument):
    """A deployment, ``flow/name``, and what of it is not as the plan says."""

    name: str
    what: list[str]


class DeployedDocument(JsonDocument):
    """What ``deploy`` changed at a Prefect server, or with ``dry_run`` would change.

    ``settings`` says in words what of the settings is agreed anew.
    """

    prefect: str
    pool: str
    dry_run: bool
    is_pool_new: bool
    new: list[str]
    changed: list[ChangedDeployment]
    unchanged: list[str]
    removed: list[str]
    settings: list[str]

    @property
    def is_change(self) -> bool:
        """Whether anything is not as it should be already."""
        found = (self.is_pool_new, self.new, self.changed, self.removed, self.settings)
        return any(map(bool, found))


class AttendDocument(JsonDocument):
    """What ``attend`` prints at its start: the Prefect server whose runs it looks after."""

    prefect: str
