"""The installation's log and its keys: made at first use, kept in the database, encrypted.

In the database, since every machine of an installation writes to it and any of them may make the
checkpoint; encrypted with the home's secret, which they share, so that a backup in other hands
signs nothing.
"""

from __future__ import annotations

import base64
import secrets
from urllib.parse import urlsplit

from reports.transparency.note import BadKey, KeyKind, PrivateKey, PublicKey
from services.assembly import Parts
from services.encryption import OF_ANOTHER_HOME, HomeCipher
from services.transparency.faults import LogBroken
from storage.database.errors import EncryptedElsewhere, StorageError
from storage.transparency.logs import StoredLog
from storage.unit import Unit

PURPOSE = "signing key"
WITNESS = "/witness"
"""What the name of the key that cosigns ends with."""


def begin_log(parts: Parts) -> StoredLog:
    """Return the log, begun at first use."""
    with parts.store.read() as unit:
        found = unit.logs.current()
    return found or parts.store.transact(lambda unit: _begin(parts, unit))


def _begin(parts: Parts, unit: Unit) -> StoredLog:
    found = unit.logs.current()
    if found is None:
        begin_under(parts, unit, origin(parts, unit))
        found = unit.logs.current()
    assert found is not None
    return found


def begin_under(parts: Parts, unit: Unit, name: str) -> None:
    """Begin a log of a name with a key of its own."""
    key = PrivateKey(name, KeyKind.NOTE, secrets.token_bytes(32))
    keep_key(parts, unit, key)
    unit.logs.begin(name, str(key.public), parts.now())


def origin(parts: Parts, unit: Unit) -> str:
    """Return the name that a log of this installation has: set, or made of its address."""
    settings = parts.settings
    public = urlsplit(settings.public_url)
    if settings.log_origin:
        return settings.log_origin
    if public.hostname:
        return f"{public.netloc}{public.path}/log"
    return f"reportwatch/{unit.installation.uuid}"


def keep_key(parts: Parts, unit: Unit, key: PrivateKey) -> None:
    """Keep a key, encrypted."""
    sealed = HomeCipher(parts.settings).encrypt(PURPOSE, base64.b64encode(key.seed).decode())
    is_witness = key.kind is KeyKind.COSIGNATURE
    unit.logs.add_key(str(key.public), sealed, parts.now(), is_witness=is_witness)


def private_key(parts: Parts, unit: Unit, vkey: str) -> PrivateKey:
    """Return a key of this installation; raises LogBroken if it cannot be read."""
    sealed = unit.logs.key(vkey)
    if sealed is None:
        raise LogBroken(f"the key {vkey} is not in the database; restore a backup that has it")
    try:
        seed = base64.b64decode(HomeCipher(parts.settings).decrypt(PURPOSE, sealed))
        public = PublicKey.parse(vkey)
    except EncryptedElsewhere:
        raise LogBroken(f"the key of the log cannot be read: {OF_ANOTHER_HOME}") from None
    except (StorageError, BadKey, ValueError):
        raise LogBroken("the key of the log is damaged; restore a backup") from None
    key = PrivateKey(public.name, public.kind, seed)
    if key.public != public:
        raise LogBroken(f"the key in the database is not that of {vkey}; restore a backup")
    return key


def witness_key(parts: Parts) -> PrivateKey:
    """Return the key by which this installation cosigns, made at first use."""

    def work(unit: Unit) -> PrivateKey:
        vkey = unit.logs.witness_vkey()
        if vkey:
            return private_key(parts, unit, vkey)
        name = origin(parts, unit).removesuffix("/log") + WITNESS
        key = PrivateKey(name, KeyKind.COSIGNATURE, secrets.token_bytes(32))
        keep_key(parts, unit, key)
        return key

    with parts.store.read() as unit:
        if unit.logs.witness_vkey():
            return work(unit)
    return parts.store.transact(work)
