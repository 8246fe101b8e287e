"""Rights: which password, token or session may read, and which may change something."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.assembly import Parts
from services.settings import Settings
from storage.operate.access import SESSION, TOKEN, AccessKey

SESSION_HOURS = 12
TOKEN_PREFIX = "rwt_"  # noqa: S105 - tells people and leak scanners what kind of text it is
MOST_NAME = 64


class Right(IntEnum):
    """What somebody may do; a greater right holds the lesser ones."""

    NONE = 0
    READ = 1
    OPERATE = 2


class NameTaken(ValueError):
    """A token of this name exists already."""


@dataclass(frozen=True)
class Opened:
    """A session or token as its holder has it: the only time the key is seen."""

    key: str
    may_operate: bool
    expires_at: datetime | None


def right_of_password(settings: Settings, given: str) -> Right:
    """Return what a password opens; takes as long for a wrong one as for a right one."""
    operates = fits(settings.admin_password.get_secret_value(), given)
    reads = fits(settings.reader_password.get_secret_value(), given)
    if operates:
        return Right.OPERATE
    return Right.READ if reads else Right.NONE


def fits(held: str, given: str) -> bool:
    """Return whether a password is the one stored, plain or as argon2 hash; none fits ``""``."""
    if not held:
        return False
    if not held.startswith("$argon2"):
        return hmac.compare_digest(_sha256(held), _sha256(given))
    try:
        return PasswordHasher().verify(held, given)
    except (VerificationError, InvalidHashError):
        return False


def hash_password(password: str) -> str:
    """Return the argon2id hash that a setting may hold in a password's place."""
    return PasswordHasher().hash(password)


def open_session(parts: Parts, right: Right) -> Opened:
    """Record a new session; the database keeps only the digest of its key."""
    made = Opened(
        secrets.token_urlsafe(32),
        right is Right.OPERATE,
        parts.now() + timedelta(hours=SESSION_HOURS),
    )
    with parts.store.write() as unit:
        unit.access.forget_expired(parts.now())
        unit.access.add(
            SESSION,
            _sha256(made.key),
            may_operate=made.may_operate,
            now=parts.now(),
            expires_at=made.expires_at,
            password_sha256=password_sha256(parts.settings, right),
        )
        unit.commit()
    return made


def right_of_session(parts: Parts, key: str) -> Right:
    """Return what a session's key opens now. A session ends when its password is changed."""
    held = _find(parts, SESSION, key)
    if held is None or not held.is_valid(parts.now()):
        return Right.NONE
    digest = password_sha256(parts.settings, _right(held))
    return _right(held) if hmac.compare_digest(digest, held.password_sha256) else Right.NONE


def end_session(parts: Parts, key: str) -> None:
    """Forget a session, so that its key opens nothing any more."""
    with parts.store.write() as unit:
        unit.access.end_session(_sha256(key))
        unit.commit()


def make_token(parts: Parts, name: str, *, may_operate: bool, days: int | None) -> Opened:
    """Record a token for a program; raises NameTaken, or ValueError for an odd name."""
    if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
        raise ValueError(f"a token's name has 1 to {MOST_NAME} printable characters")
    expires_at = parts.now() + timedelta(days=days) if days else None
    made = Opened(TOKEN_PREFIX + secrets.token_urlsafe(32), may_operate, expires_at)
    with parts.store.write() as unit:
        if any(each.name == name for each in unit.access.tokens()):
            raise NameTaken(f"there is a token named {name!r} already; revoke it first")
        unit.access.add(
            TOKEN,
            _sha256(made.key),
            may_operate=may_operate,
            now=parts.now(),
            expires_at=expires_at,
            name=name,
        )
        unit.commit()
    return made


def right_of_token(parts: Parts, key: str) -> Right:
    """Return what a token opens now."""
    held = _find(parts, TOKEN, key)
    return _right(held) if held and held.is_valid(parts.now()) else Right.NONE


def password_sha256(settings: Settings, right: Right) -> str:
    """Return the digest of the password that opens a right, as it is set."""
    operates = right is Right.OPERATE
    password = settings.admin_password if operates else settings.reader_password
    return _sha256(password.get_secret_value())


def _find(parts: Parts, kind: str, key: str) -> AccessKey | None:
    with parts.store.read() as unit:
        return unit.access.find(kind, _sha256(key))


def _right(held: AccessKey) -> Right:
    return Right.OPERATE if held.may_operate else Right.READ


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
