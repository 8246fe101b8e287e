"""Tell the operator of what readers are not told: pages without text, texts that go to and fro."""

from __future__ import annotations

from reports.watch.alarm import MOST_EXAMPLES, ODDITY_KINDS, AlarmKind, Finding
from reports.watch.outcome import Outcome
from reports.wording.changes import counted
from scrapers.source import Source
from services.assembly import Parts
from storage.record.announce import FLAP_WINDOW
from storage.record.attempts import Recording
from storage.unit import Unit


def check_oddities(parts: Parts, source: Source, recording: Recording) -> None:
    """Raise what is odd about a source's pages after a run, and clear what is over."""
    now = parts.now()
    with parts.store.read() as unit:
        held = unit.changes.held_since(source.name, now - FLAP_WINDOW)
        found = [*_empty(unit, source), *_flapping([str(each.report) for each in held], source)]
        has_alarms = bool(unit.alarms.open(source.name))
    if found or has_alarms:
        with parts.store.write() as unit:
            unit.alarms.settle(source.name, ODDITY_KINDS, found, recording.run_id, now)
            unit.commit()


def _empty(unit: Unit, source: Source) -> list[Finding]:
    known = unit.locations(source.name).all()
    empty = [each.url for each in known if each.outcome == Outcome.EMPTY]
    if not empty:
        return []
    return [
        Finding(
            AlarmKind.EMPTY_PAGES,
            source.name,
            f"{counted(len(empty), 'page')} stood there without the report's text at the last "
            "look. The versions read last stay as they are. Readers are told once that has lasted "
            "for as long as a removal takes.",
            tuple(empty[:MOST_EXAMPLES]),
            "Look at a page in a browser. Where its text is there, the reader needs mending "
            "(docs/sources.md); where it is not, nothing need be done.",
        )
    ]


def _flapping(reports: list[str], source: Source) -> list[Finding]:
    if not reports:
        return []
    names = list(dict.fromkeys(reports))
    return [
        Finding(
            AlarmKind.FLAPPING,
            source.name,
            f"{counted(len(names), 'report')} went to and fro between two texts within a day, as "
            "when two caches of the site hold different builds. After the second return readers "
            "are not told; every text is kept as a version.",
            tuple(names[:MOST_EXAMPLES]),
            "`reportwatch log COUNTRY EDITION` shows the versions. It is over by itself once the "
            "text has stood for a day.",
        )
    ]
