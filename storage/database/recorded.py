"""What a transaction has recorded that the transparency log gets a leaf of before it commits."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

_KEY = "recorded"


@dataclass
class Recorded:
    """Numbers of versions and of changes, each with the digest of its capture record or ``""``."""

    versions: dict[int, str] = field(default_factory=dict)
    changes: dict[int, str] = field(default_factory=dict)


def recorded(connection: Connection) -> Recorded:
    """Return what the transaction of a connection has recorded so far, to be added to."""
    known = connection.info.setdefault(_KEY, Recorded())
    assert isinstance(known, Recorded)
    return known


def take_recorded(connection: Connection) -> Recorded | None:
    """Return what a transaction has recorded, and forget it; None if there is nothing."""
    found: Recorded | None = connection.info.pop(_KEY, None)
    return found


def has_recorded(connection: Connection) -> bool:
    """Tell whether a transaction has recorded anything that gets a leaf."""
    return _KEY in connection.info
