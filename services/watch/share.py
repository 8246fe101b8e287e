"""Share a run out: batches of its pages that any program reads, recorded in order.

The program that owns the run holds its source's lock, finds out what is to be read, and concludes.
Others help: each takes batches that nobody is at, by a lock that dies with its holder, reads ahead,
and records a batch once all before it are recorded. So what is recorded, and in which order, is
what one program would have recorded. Of a batch whose reader died somebody else reads the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pydantic import TypeAdapter

from scrapers.discover.index_pages import Listing
from scrapers.registry import source_named
from services.agreed_settings import require_agreed
from services.assembly import Parts
from services.gates import current_rests
from services.runs.run import IngestRequest, RunRefused, source_lock
from services.watch.budget import Usage
from services.watch.listings import Listings
from services.watch.read_location import Target
from services.watch.run_state import Discovered, Progress, Reading, gate_of
from services.watch.visit import Visitor
from storage.database.errors import LockLost
from storage.database.locks import Lock
from storage.record.attempts import Recording
from storage.unit import Unit
from storage.watch.batches import DISCOVERY

POLL, SLOWEST_POLL = 0.2, 1.0
"""Seconds between two looks at whether the batches before are recorded: more as nothing happens."""

Value = TypeVar("Value")

_DISCOVERED = TypeAdapter(Discovered)
_TARGETS = TypeAdapter(tuple[Target, ...])
_PROGRESS = TypeAdapter(Progress)
_AT_THE_END = {"surroundings", "template_changes"}
"""What of a run's progress is found at its end only, by its owner."""


@dataclass(frozen=True)
class Terms:
    """What a program must know that helps a run; all of it may be shown to anybody.

    ``well`` are the editions whose listing was read whole.
    """

    run_id: int
    request: IngestRequest
    revision: int
    newest_edition: str
    is_baseline: bool
    well: tuple[str, ...]


TERMS = TypeAdapter(Terms)


@dataclass(frozen=True)
class Claim:
    """A batch that this program is at, under a lock."""

    number: int
    lock: Lock


def lay_out(run: Reading, batches: Sequence[Sequence[Target]]) -> Terms:
    """Store batches for others to read, and return what they must be told."""

    def store(unit: Unit) -> None:
        left = [_as_text(_TARGETS, tuple(each)) for each in batches]
        found = _as_text(_DISCOVERED, run.discovered)
        unit.batches(run.recording.run_id).lay_out(found, _stored(run.progress), left)

    run.parts.store.transact(store)
    return Terms(
        run_id=run.recording.run_id,
        request=run.request,
        revision=run.recording.revision,
        newest_edition=run.recording.newest_edition,
        is_baseline=run.recording.is_baseline,
        well=tuple(edition for edition, one in run.listings.read.items() if one.is_good),
    )


class Share:
    """What one program reads of a run that is shared out."""

    def __init__(self, run: Reading, *, is_owner: bool) -> None:
        self._run = run
        self._parts = run.parts
        self._run_id = run.recording.run_id
        self._is_owner = is_owner
        self._visitor = Visitor(run)

    @classmethod
    def join(cls, parts: Parts, terms: Terms) -> Share:
        """Help a run that another program owns.

        Raises RunRefused if this program reads pages otherwise than the owner, LockLost if the run
        has ended, and BadSetting; SettingsDiffer where other machines have other settings.
        """
        require_agreed(parts)
        request = terms.request
        source = source_named(request.source)
        if source.reader_revision != terms.revision:
            raise RunRefused(
                f"this program reads {source.name} by revision {source.reader_revision}, the run's "
                f"owner by {terms.revision}: install the same version everywhere"
            )
        recording = Recording(
            source=source.name,
            run_id=terms.run_id,
            revision=terms.revision,
            newest_edition=terms.newest_edition,
            is_baseline=terms.is_baseline,
            is_silent=False,
            is_live=True,
            series_of=source.series_of,
        )
        found, _ = _batch(parts, terms.run_id, DISCOVERY)
        usage = Usage(parts, is_bound=False)
        gate = gate_of(parts, source, request, usage)
        read = {edition: Listing(edition, "") for edition in terms.well}
        run = Reading(
            parts=parts,
            request=request,
            source=source,
            recording=recording,
            is_planned=False,
            usage=usage,
            gate=gate,
            listings=Listings(parts, source, gate, terms.run_id, read),
            discovered=_DISCOVERED.validate_json(found),
        )
        return cls(run, is_owner=False)

    @property
    def source(self) -> str:
        """The source that is read."""
        return self._run.source.name

    def close(self) -> None:
        """Close the connections to the publisher."""
        self._run.gate.close()

    def take(self) -> Claim | None:
        """Return a batch that nobody is at; None if there is none now, or the owner is gone."""
        if not self._is_owner and self._parts.store.is_free(source_lock(self.source)):
            return None
        return next(filter(None, map(self._claim, self._undone())), None)

    def wait(self) -> Claim | None:
        """Return the next batch that nobody is at; None once all of them are recorded.

        Then the progress of the run is that of all its batches.
        """
        pace = _Pace(self._parts)
        while undone := self._undone():
            if claim := self.take():
                return claim
            pace.rest(undone)
        last = self._parts.store.consult(lambda unit: unit.batches(self._run_id).last())
        self._take_over(last)
        return None

    def visit(self, claim: Claim) -> None:
        """Read a batch and record it in its turn. Raises LockLost if the run was closed."""
        try:
            left, _ = self._batch(claim.number)
            targets = _TARGETS.validate_json(left)
            if not self._run.request.despite_rest:
                self._run.gate.leave_alone(current_rests(self._parts, self._run.gate.via))
            keep = partial(self._keep, claim.number)
            self._visitor.visit(targets, partial(self._await_turn, claim.number), keep)
            self._parts.store.transact(
                lambda unit: self._keep(claim.number, unit, self._run.progress, (), is_done=True)
            )
        finally:
            claim.lock.release()

    def _await_turn(self, number: int) -> None:
        """Return when all batches before are recorded; one whose reader died is read meanwhile."""
        pace = _Pace(self._parts)
        while (undone := self._undone()) and undone[0] < number:
            if claim := self._claim(undone[0]):
                self.visit(claim)
            else:
                pace.rest(undone)
        self._take_over(number)

    def _take_over(self, number: int) -> None:
        """Go on from the progress of what was recorded before the rest of a batch."""
        progress = self._batch(number)[1] or self._batch(number - 1)[1]
        self._run.progress = _PROGRESS.validate_json(progress)
        for host in self._run.progress.left_hosts:
            self._run.gate.leave(host)

    def _keep(
        self,
        number: int,
        unit: Unit,
        progress: Progress,
        left: Sequence[Target],
        *,
        is_done: bool = False,
    ) -> None:
        unit.runs.require_open(self._run_id)
        progress.left_hosts.update(self._run.gate.left_hosts())
        rest = _as_text(_TARGETS, tuple(left))
        unit.batches(self._run_id).save(number, rest, _stored(progress), is_done=is_done)

    def _claim(self, number: int) -> Claim | None:
        lock = self._parts.store.lock(f"batch-{self.source}-{number}")
        if lock is None:
            return None
        if number in self._undone():
            return Claim(number, lock)
        lock.release()
        return None

    def _undone(self) -> list[int]:
        return self._parts.store.consult(lambda unit: unit.batches(self._run_id).undone())

    def _batch(self, number: int) -> tuple[str, str]:
        return _batch(self._parts, self._run_id, number)


class _Pace:
    """How often a program that waits looks: more rarely until a batch is recorded."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen: list[int] = []
        self._seconds = POLL

    def rest(self, undone: list[int]) -> None:
        self._seconds = min(SLOWEST_POLL, 1.5 * self._seconds) if undone == self._seen else POLL
        self._seen = undone
        self._parts.sleep(self._seconds)


def _batch(parts: Parts, run_id: int, number: int) -> tuple[str, str]:
    """Return what is left of a batch and the progress after it; raises LockLost."""
    try:
        found = parts.store.consult(lambda unit: unit.batches(run_id).get(number))
    except KeyError:
        raise LockLost(f"run {run_id} was closed meanwhile: nothing is read") from None
    return found.left, found.progress


def _as_text(adapter: TypeAdapter[Value], value: Value) -> str:
    return adapter.dump_json(value).decode()


def _stored(progress: Progress) -> str:
    return _PROGRESS.dump_json(progress, exclude=_AT_THE_END).decode()
