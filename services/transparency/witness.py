"""Be a witness: cosign the checkpoints of other installations' logs, and keep what contradicts.

As C2SP tlog-witness has it: a log sends its checkpoint and a proof that it continues the one that
was cosigned last. We can also fetch a log's checkpoint and tiles ourselves.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from reports.transparency.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from reports.transparency.note import BadKey, BadNote, KeyKind, Note, PrivateKey, PublicKey
from reports.transparency.proofs import AddCheckpoint
from reports.transparency.tiles import HEIGHT, WIDTH, BadTile, Tile, subtree_of_tiles
from reports.transparency.tree import BadProof, consistency_proof, root_of, verify_consistency
from scrapers.fetch.errors import FetchError
from scrapers.fetch.gate import FetchGate
from services.assembly import Parts
from services.gates import hook_gate
from services.transparency.faults import NothingYet, WitnessFailed
from services.transparency.keys import witness_key
from storage.transparency.witnessed import LogFork, WitnessedLog
from storage.unit import Unit


@dataclass(frozen=True)
class Reply:
    """What a witness answers: an HTTP status and a body."""

    status: int
    body: str
    is_size: bool = False


def witness_log(parts: Parts, vkey: str, url: str) -> PublicKey:
    """Witness a log from now on; return its key. Raises WitnessFailed if that cannot be done."""
    try:
        key = PublicKey.parse(vkey)
    except BadKey as error:
        raise WitnessFailed(str(error)) from None
    if key.kind is not KeyKind.NOTE:
        raise WitnessFailed("this is the key of a witness; a log's is wanted")

    def work(unit: Unit) -> None:
        known = unit.witnessed.get(key.name)
        if known and known.vkey != str(key):
            raise WitnessFailed(
                f"{key.name} is witnessed with another key. A log keeps its key: `reportwatch "
                f"witness forget {key.name}` first, if you know why it changed"
            )
        unit.witnessed.put(key.name, str(key), url.rstrip("/"))

    parts.store.transact(work)
    return key


def add_checkpoint(parts: Parts, raw: bytes) -> Reply:
    """Answer a log that asks for a cosignature."""
    try:
        request = AddCheckpoint.parse(raw)
        origin = Checkpoint.parse(Note.parse(request.checkpoint).text).origin
    except BadNote as error:
        return Reply(400, f"{error}\n")
    with parts.store.read() as unit:
        if unit.witnessed.get(origin) is None:
            return Reply(404, "this log is not witnessed here\n")
    key = witness_key(parts)
    return parts.store.transact(lambda unit: _added(parts, unit, key, origin, request))


def _added(parts: Parts, unit: Unit, key: PrivateKey, origin: str, request: AddCheckpoint) -> Reply:
    known = unit.witnessed.get(origin, to_change=True)
    if known is None:
        return Reply(404, "this log is not witnessed here\n")
    try:
        signed = open_checkpoint(request.checkpoint, PublicKey.parse(known.vkey), origin)
    except BadNote as error:
        return Reply(403, f"{error}\n")
    said = signed.checkpoint
    if request.old_size > said.size:
        return Reply(400, "the old size is larger than the checkpoint's\n")
    if request.old_size != known.size:
        # A smaller one may be an old one that somebody sends again: it proves nothing of the log.
        return Reply(409, f"{known.size}\n", is_size=True)
    try:
        _verify_continues(known, said, request.hashes)
    except BadProof as error:
        if said.size == known.size:
            _keep_fork(parts, unit, known, signed, "it signed two roots of one size")
            return Reply(409, f"{known.size}\n", is_size=True)
        return Reply(422, f"{error}\n")
    return Reply(200, f"{_cosign(parts, unit, key, signed)}\n")


def look_at(parts: Parts, origin: str) -> SignedCheckpoint:
    """Fetch a log's checkpoint, check that it continues the newest one known, and cosign it.

    Raises WitnessFailed, also if the log contradicts itself; then both checkpoints are kept.
    """
    with parts.store.read() as unit:
        known = unit.witnessed.get(origin)
    if known is None or not known.url:
        raise WitnessFailed(f"{origin} is not witnessed here, or nothing says where to fetch it")
    with closing(hook_gate(parts)) as gate:
        signed = _fetched(gate, known)
        hashes = _fetched_proof(parts, gate, known, signed)
    request = AddCheckpoint(known.size, hashes, signed.raw)
    key = witness_key(parts)
    reply = parts.store.transact(lambda unit: _added(parts, unit, key, origin, request))
    if reply.status != 200:
        raise WitnessFailed(f"{origin} is not cosigned: {reply.body.strip()}")
    return signed


def _fetched(gate: FetchGate, known: WitnessedLog) -> SignedCheckpoint:
    try:
        raw = _ask(gate, f"{known.url}/checkpoint")
    except NothingYet as error:
        if not known.note:
            raise
        raise WitnessFailed(f"its checkpoint is gone: {error}") from None
    try:
        return open_checkpoint(raw, PublicKey.parse(known.vkey), known.origin)
    except ValueError as error:
        raise WitnessFailed(f"what {known.url} gives is no checkpoint of it: {error}") from None


def _fetched_proof(
    parts: Parts, gate: FetchGate, known: WitnessedLog, signed: SignedCheckpoint
) -> tuple[bytes, ...]:
    """Return the proof that the log's own tiles give; raises WitnessFailed for a fork."""
    said = signed.checkpoint
    if said.size < known.size:
        _report_fork(parts, known, signed, "it shows fewer leaves than it did")
    fetched: dict[str, bytes] = {}

    def read(level: int, number: int, _width: int) -> bytes:
        width = min(WIDTH, (said.size >> (HEIGHT * level)) - number * WIDTH)
        path = Tile(level, number, width).path
        if path not in fetched:
            fetched[path] = _ask(gate, f"{known.url}/{path}")
        return fetched[path]

    try:
        subtree = subtree_of_tiles(read)
        if root_of(said.size, subtree) != said.root:
            raise WitnessFailed("its tiles are not those of the checkpoint that it signed")
        hashes = tuple(consistency_proof(known.size, said.size, subtree))
    except (BadTile, BadProof) as error:
        raise WitnessFailed(f"its tiles cannot be read: {error}") from None
    try:
        _verify_continues(known, said, hashes)
    except BadProof:
        _report_fork(parts, known, signed, "its past is not what it was")
    return hashes


def _report_fork(parts: Parts, known: WitnessedLog, signed: SignedCheckpoint, why: str) -> None:
    """Keep both checkpoints and raise WitnessFailed."""
    parts.store.transact(lambda unit: _keep_fork(parts, unit, known, signed, why))
    raise WitnessFailed(
        f"{known.origin} contradicts itself: {why}. Both signed checkpoints are kept: "
        "`reportwatch witness forks`"
    )


def _verify_continues(known: WitnessedLog, said: Checkpoint, hashes: tuple[bytes, ...]) -> None:
    """Raise BadProof unless a checkpoint continues the newest one known; the first one may be any.

    Of a first one nothing can be proven, and no proof may come with it.
    """
    if known.note:
        before = Checkpoint.parse(Note.parse(known.note.encode()).text)
        verify_consistency(before.size, said.size, hashes, before.root, said.root)
    elif hashes:
        raise BadProof("from no leaves nothing is to be proved")


def _cosign(parts: Parts, unit: Unit, key: PrivateKey, signed: SignedCheckpoint) -> str:
    now = parts.now()
    made = key.cosign(signed.note.text, int(now.timestamp()))
    note = str(signed.note.with_signature(made))
    unit.witnessed.cosigned(signed.checkpoint.origin, note, signed.checkpoint.size, now)
    return str(made)


def _keep_fork(
    parts: Parts, unit: Unit, known: WitnessedLog, signed: SignedCheckpoint, why: str
) -> None:
    found = LogFork(known.origin, parts.now(), why, known.note, str(signed.note))
    unit.witnessed.add_fork(found)


def _ask(gate: FetchGate, url: str) -> bytes:
    try:
        answer = gate.call(url, {})
    except FetchError as error:
        raise WitnessFailed(f"{url} does not answer: {error.reason}") from None
    if answer.status == 404:
        raise NothingYet(f"there is nothing at {url} yet")
    if answer.status != 200:
        raise WitnessFailed(f"{url} answers {answer.status}")
    return answer.body
