"""Keys that open the monitor: tokens of programs, sessions of people. Only digests are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from storage.database.tables import access_key

TOKEN = "token"  # noqa: S105 - the name of a kind
SESSION = "session"


@dataclass(frozen=True)
class AccessKey:
    """What a key opens, until when. ``password_sha256`` is empty for a token."""

    id: int
    kind: str
    name: str
    may_operate: bool
    key_sha256: str
    password_sha256: str
    made_at: datetime
    expires_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the key has not expired."""
        return self.expires_at is None or now < self.expires_at


class AccessKeys:
    """The keys on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        kind: str,
        key_sha256: str,
        *,
        may_operate: bool,
        now: datetime,
        expires_at: datetime | None,
        name: str = "",
        password_sha256: str = "",
    ) -> None:
        """Record a key by its digest."""
        self._connection.execute(
            access_key.insert().values(
                kind=kind,
                name=name,
                may_operate=may_operate,
                key_sha256=key_sha256,
                password_sha256=password_sha256,
                made_at=now,
                expires_at=expires_at,
            )
        )

    def find(self, kind: str, key_sha256: str) -> AccessKey | None:
        """Return the key with a digest, expired or not."""
        asked = (access_key.c.kind == kind, access_key.c.key_sha256 == key_sha256)
        row = self._connection.execute(select(access_key).where(*asked)).first()
        return _view(row) if row else None

    def tokens(self) -> list[AccessKey]:
        """Return the tokens of programs, oldest first."""
        query = select(access_key).where(access_key.c.kind == TOKEN).order_by(access_key.c.id)
        return [_view(row) for row in self._connection.execute(query)]

    def revoke(self, name: str) -> int:
        """Delete the tokens of a name; returns how many there were."""
        asked = (access_key.c.kind == TOKEN, access_key.c.name == name)
        return self._connection.execute(delete(access_key).where(*asked)).rowcount

    def end_session(self, key_sha256: str) -> None:
        """Delete a session."""
        asked = (access_key.c.kind == SESSION, access_key.c.key_sha256 == key_sha256)
        self._connection.execute(delete(access_key).where(*asked))

    def forget_expired(self, now: datetime) -> None:
        """Delete what has expired."""
        self._connection.execute(delete(access_key).where(access_key.c.expires_at <= now))


def _view(row: Row[Any]) -> AccessKey:
    return AccessKey(**{name: getattr(row, name) for name in AccessKey.__dataclass_fields__})
