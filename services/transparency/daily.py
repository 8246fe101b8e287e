"""The checkpoint of the day, made by the check: what goes wrong is an alarm and stops nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from reports.watch.alarm import AlarmKind, Finding
from services.assembly import Parts
from services.health.freshness import OURSELVES
from services.transparency.checkpoints import Head, make_checkpoint
from services.transparency.cosigning import collect_cosignatures
from services.transparency.faults import LogBroken, LogBusy, NothingYet, WitnessFailed
from services.transparency.stamps import collect_stamps
from services.transparency.witness import look_at
from storage.database.errors import StorageError

TRIED_PULSE = "log:tried"
DONE_PULSE = "log:done"
AGAIN_AFTER = timedelta(hours=1)
"""How long after a checkpoint that went wrong, or lacks what was asked for, it is tried again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpointed:
    """The log's head after a checkpoint, and what others did not sign of it, in words."""

    head: Head
    faults: tuple[str, ...]


def checkpoint_now(parts: Parts) -> Checkpointed:
    """Make a checkpoint, have it cosigned and stamped, and settle the alarm.

    Raises LogBroken, LogBusy, or storage.database.errors.StorageError.
    """
    _beat(parts, TRIED_PULSE)
    try:
        newest = make_checkpoint(parts)
    except LogBroken as error:
        _settle(parts, [_broken(error)])
        raise
    faults = (*collect_cosignatures(parts, newest), *collect_stamps(parts, newest))
    faults += tuple(_witnessed_faults(parts))
    _settle(parts, [_unsigned(faults)] if faults else [])
    if not faults:
        _beat(parts, DONE_PULSE)
    return Checkpointed(newest, faults)


def checkpoint_if_due(parts: Parts) -> None:
    """Make the checkpoint of the day (UTC) if it is due. Never raises for it."""
    try:
        if not _is_due(parts):
            return
        made = checkpoint_now(parts)
        log.info("the log has %d leaves at its newest checkpoint", made.head.size)
    except LogBusy as error:
        log.info("the checkpoint is left to the next check: %s", error)
    except (LogBroken, StorageError, OSError) as error:
        log.warning("no checkpoint was made: %s", error)


def _is_due(parts: Parts) -> bool:
    now = parts.now()
    with parts.store.read() as unit:
        done, tried = unit.heartbeats.last(DONE_PULSE), unit.heartbeats.last(TRIED_PULSE)
    if done and done.date() == now.date():
        return False
    return tried is None or not timedelta() <= now - tried < AGAIN_AFTER


def _witnessed_faults(parts: Parts) -> list[str]:
    """Look at the logs that are fetched; return in words what is wrong with them."""
    with parts.store.read() as unit:
        fetched = [each.origin for each in unit.witnessed.all() if each.url]
    faults = []
    for each in fetched:
        try:
            look_at(parts, each)
        except NothingYet as error:
            log.info("%s is not cosigned: %s", each, error)
        except WitnessFailed as error:
            faults.append(f"witnessed log {each}: {error}")
    return faults


def _beat(parts: Parts, name: str) -> None:
    with parts.store.write() as unit:
        unit.heartbeats.beat(name, parts.now())
        unit.commit()


def _broken(error: LogBroken) -> Finding:
    return Finding(
        AlarmKind.TRANSPARENCY,
        "log",
        f"No checkpoint of the transparency log is signed: {error}",
        (),
        "`reportwatch transparency status` says what stands; `reportwatch verify` names what was "
        "altered.",
        is_fault=True,
        gist="broken",
    )


def _unsigned(faults: tuple[str, ...]) -> Finding:
    return Finding(
        AlarmKind.TRANSPARENCY,
        "signatures",
        f"The newest checkpoint lacks {len(faults)} of the signatures that are to be had: it is "
        "published without them, and they are asked for every hour.",
        tuple(each[:300] for each in faults[:5]),
        "`reportwatch transparency checkpoint` asks now.",
        gist=" ".join(sorted(each.partition(":")[0] for each in faults)),
    )


def _settle(parts: Parts, found: list[Finding]) -> None:
    with parts.store.write() as unit:
        unit.alarms.settle(OURSELVES, [AlarmKind.TRANSPARENCY], found, None, parts.now())
        unit.commit()
