"""Judge how things are once a run has ended: how its source reads, and whether it is read in time.

A run records what it saw; whoever started it has it judged. An alarm is about a source and stays
until its cause is gone, so it belongs to no run.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from reports.model.values import ChangeKind
from reports.text.plain import counted
from reports.watch.alarm import ANOMALY_KINDS, MOST_EXAMPLES, AlarmKind, Finding
from reports.watch.outcome import Outcome
from scrapers.source import Source
from services.assembly import Parts
from services.health.drift import check_drift
from services.health.freshness import note_run_end
from storage.database.errors import StorageError
from storage.record.announce import FLAP_WINDOW
from storage.unit import Unit
from storage.watch.locations import LocationView

_ODD = (Outcome.EMPTY, Outcome.UNIDENTIFIED)

MANY = 5
"""Pages at once that contradict their address: fewer are reviews, so many are one event."""

log = logging.getLogger(__name__)


def judge_run(parts: Parts, source: Source, run_id: int) -> None:
    """Keep the alarms of a source as its run ends. None of them is a failure of the run.

    Never raises for the database's sake: a run that has ended well must not fail by this.
    """
    try:
        judge_reading(parts, source, run_id)
    except StorageError as error:
        log.warning("how %s reads is left to the next run to judge: %s", source.name, error)
    note_run_end(parts, source.name)


def judge_reading(parts: Parts, source: Source, run_id: int) -> None:
    """Keep the alarms about how a source's pages read."""
    check_anomalies(parts, source, run_id)
    check_drift(parts, source, run_id)


def check_anomalies(parts: Parts, source: Source, run_id: int | None = None) -> None:
    """Raise what is odd about a source's pages and is not reported to readers; clear what is over.

    That is pages without text, texts that alternate, pages that are not what they should be, and
    removals that wait for a decision.
    """
    now = parts.now()
    with parts.store.read() as unit:
        held = unit.changes.held_since(source.name, now - FLAP_WINDOW)
        texts = [str(each.report) for each in held if each.kind is not ChangeKind.NOTED]
        known = unit.locations(source.name).all(outcomes=_ODD)
        found = [*_empty(known, source), *_flapping(texts, source)]
        found += [*_contradicted(known), *_mass_removals(unit, source)]
        has_alarms = bool(unit.alarms.open(source.name))
    if found or has_alarms:
        with parts.store.write() as unit:
            unit.alarms.settle(source.name, ANOMALY_KINDS, found, run_id, now)
            unit.commit()


def _empty(known: Sequence[LocationView], source: Source) -> list[Finding]:
    empty = [each.url for each in known if each.outcome == Outcome.EMPTY]
    if not empty:
        return []
    return [
        Finding(
            AlarmKind.EMPTY_PAGES,
            source.name,
            f"{counted(len(empty), 'page')} had no report text at the last attempt. The "
            "versions read last stay as they are. Readers are notified once that has lasted for as "
            "long as a removal takes.",
            tuple(empty[:MOST_EXAMPLES]),
            "Look at a page in a browser. If its text is there, the reader has to be corrected "
            "(docs/sources.md); if it is not, nothing need be done.",
        )
    ]


def _contradicted(known: Sequence[LocationView]) -> list[Finding]:
    """Find editions of which many listed pages wait in review for what they say they are."""
    pages: dict[str, list[str]] = {}
    for each in known:
        if each.is_listed and each.outcome == Outcome.UNIDENTIFIED:
            pages.setdefault(each.edition, []).append(each.url)
    return [
        Finding(
            AlarmKind.CONTRADICTED,
            edition,
            f"Edition {edition}: {counted(len(urls), 'page')} that its listing names could not be "
            "identified, or contradict their address. Nothing was recorded of them under these "
            "addresses, and their reports' last versions stay as they are.",
            tuple(urls[:MOST_EXAMPLES]),
            "`reportwatch review` says what each page says of itself. If the site serves another "
            "edition there, nothing need be done: the reviews close once it is over.",
        )
        for edition, urls in sorted(pages.items())
        if len(urls) >= MANY
    ]


def _mass_removals(unit: Unit, source: Source) -> list[Finding]:
    return [
        Finding(
            AlarmKind.MASS_REMOVAL,
            each.edition,
            f"{each.why}. {counted(len(each.reports), 'removal')} held.",
            tuple(map(str, each.reports[:MOST_EXAMPLES])),
            f"Look at a page in a browser. `reportwatch review {each.review} --release` notifies "
            f"readers that the reports are gone; `reportwatch review {each.review} --drop` "
            "notifies nobody. If the pages come back, both this and the review are over.",
        )
        for each in unit.mass_removals(source.name).waiting()
    ]


def _flapping(reports: list[str], source: Source) -> list[Finding]:
    if not reports:
        return []
    names = list(dict.fromkeys(reports))
    return [
        Finding(
            AlarmKind.FLAPPING,
            source.name,
            f"{counted(len(names), 'report')} went to and fro between two texts or appearances "
            "within a day, as when two caches of the site hold different builds. After the second "
            "return readers are not notified; every text is kept as a version.",
            tuple(names[:MOST_EXAMPLES]),
            "`reportwatch log COUNTRY EDITION` shows the versions. It is over by itself once the "
            "text has stood for a day.",
        )
    ]
