"""Collect what others sign of a checkpoint: cosignatures of witnesses, tokens of authorities."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from reports.transparency.checkpoint import SignedCheckpoint, cosigned_by
from reports.transparency.note import BadNote, Note, PublicKey, Signature
from reports.transparency.proofs import AddCheckpoint
from scrapers.fetch.errors import FetchError
from scrapers.fetch.gate import FetchGate
from services.assembly import Parts
from services.gates import hook_gate
from services.settings import Settings
from services.transparency.checkpoints import Head, head, publish
from services.transparency.faults import WitnessFailed
from storage.transparency.logs import StoredCheckpoint

FRESH = timedelta(hours=20)
"""A cosignature of this age is asked for anew: it says that the log went back behind nothing."""

_TIMES = 3
"""How often a witness is asked that knows another size than we take it to know."""


def configured_witnesses(settings: Settings) -> list[tuple[PublicKey, str]]:
    """Return the keys of the witnesses to ask, and their addresses."""
    pairs = [each.split() for each in settings.witnesses.split(",") if each.strip()]
    return [(PublicKey.parse(vkey), url.rstrip("/")) for vkey, url in pairs]


def collect_cosignatures(parts: Parts, newest: Head) -> list[str]:
    """Ask each witness that has not cosigned of late; return in words what went wrong.

    What came is kept at once and published, so that one witness that hangs costs the others
    nothing.
    """
    faults = []
    for key, url in configured_witnesses(parts.settings):
        now = head(parts, newest.log)
        if now.stored is None or now.signed is None or _is_fresh(parts, now.signed, key):
            continue
        try:
            with closing(hook_gate(parts)) as gate:
                given = _asked(parts, gate, now, now.signed, key, url)
        except WitnessFailed as error:
            faults.append(f"{key.name}: {error}")
            continue
        _keep(parts, now.stored, given)
        publish(parts, newest.log)
    return faults


def _keep(parts: Parts, stored: StoredCheckpoint, given: Signature) -> None:
    note = str(Note.parse(stored.note.encode()).with_signature(given))
    parts.store.transact(lambda unit: unit.logs.set_note(stored.id, note))


def _is_fresh(parts: Parts, signed: SignedCheckpoint, key: PublicKey) -> bool:
    try:
        at = cosigned_by(signed, [key]).get(key, 0)
    except BadNote:
        return False
    return parts.now() - datetime.fromtimestamp(at, UTC) < FRESH


def _asked(
    parts: Parts, gate: FetchGate, now: Head, signed: SignedCheckpoint, key: PublicKey, url: str
) -> Signature:
    """Return a witness's cosignature, verified; raises WitnessFailed."""
    old = _known_size(parts, now, key)
    for _ in range(_TIMES):
        with parts.store.read() as unit:
            hashes = unit.log_tree.consistency_proof(old, now.size)
        request = AddCheckpoint(old, tuple(hashes), signed.raw)
        try:
            answer = gate.call(f"{url}/add-checkpoint", {}, request.raw)
        except FetchError as error:
            raise WitnessFailed(f"it does not answer: {error.reason}") from None
        if answer.status == 200:
            return _cosignature(answer.body, signed, key)
        size = _size(answer.body) if answer.status == 409 else None
        if size is None or size == old:
            raise WitnessFailed(f"it answers {answer.status}: {_shown(answer.body)}")
        if size > now.size:
            raise WitnessFailed(
                f"it has seen {size:,} leaves of this log, and there are {now.size:,}: a backup "
                "was restored, or this is not the only log of its name"
            )
        old = size
    raise WitnessFailed("it names another size each time")


def _known_size(parts: Parts, now: Head, key: PublicKey) -> int:
    """Return the size of the largest checkpoint that bears a witness's cosignature, 0 for none."""
    with parts.store.read() as unit:
        for each in reversed(unit.logs.checkpoints(now.log.id)):
            if any(line.is_by(key) for line in Note.parse(each.note.encode()).signatures):
                return each.size
    return 0


def _cosignature(body: bytes, signed: SignedCheckpoint, key: PublicKey) -> Signature:
    """Return the cosignature of a key among the lines that a witness answered."""
    try:
        lines = [Signature.parse(line) for line in body.decode().splitlines()]
        given = [each for each in lines if each.is_by(key)]
        for each in given[:1]:
            each.verify(signed.note.text, key)
            return each
    except ValueError as error:
        raise WitnessFailed(f"its answer is no cosignature of this checkpoint: {error}") from None
    raise WitnessFailed("its answer bears no cosignature by the key that is set for it")


def _size(body: bytes) -> int | None:
    text = body.decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _shown(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace").strip() or "nothing"
