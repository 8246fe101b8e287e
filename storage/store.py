"""The store: open a database at its newest schema, read from it, write to it in units of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage.changes.changes import Changes
from storage.changes.corroboration import Corroboration
from storage.database import locks
from storage.database.backup import back_up
from storage.database.engine import connected, open_engine
from storage.database.migrate import upgrade
from storage.operate.access import AccessKeys
from storage.operate.alarms import Alarms
from storage.operate.audit import Audit
from storage.operate.pulses import Pulses
from storage.outbox.letters import Letters
from storage.outbox.outbox import Outbox
from storage.outbox.resend import Replays
from storage.read.notified import ToldChanges
from storage.read.provenance import Provenance
from storage.read.read_quality import Readouts
from storage.read.report_list import ReportList
from storage.read.reports import Library
from storage.read.run_list import Ledger
from storage.read.source_status import Standing
from storage.read.stale_readings import Rereading
from storage.readers.subscribers import Subscribers
from storage.readers.subscriptions import Subscriptions
from storage.record.attempts import Recording
from storage.record.recorder import Recorder
from storage.record.removals import Removals
from storage.record.reviews import Reviews
from storage.search.index import Indexing
from storage.search.passages import Search
from storage.texts.facts import ReportFacts
from storage.texts.payloads import Payloads
from storage.texts.versions import Versions
from storage.watch.absences import Absences
from storage.watch.hints import HintStates
from storage.watch.hosts import Hosts
from storage.watch.locations import Locations
from storage.watch.mementos import Mementos
from storage.watch.runs import Runs
from storage.watch.save_requests import Saves


class Unit:
    """Everything one transaction offers. Leaving it without ``commit`` rolls back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def commit(self) -> None:
        """Make what was written durable."""
        self._connection.commit()

    @cached_property
    def runs(self) -> Runs:
        """The run ledger."""
        return Runs(self._connection)

    @cached_property
    def ledger(self) -> Ledger:
        """The run ledger, for reading."""
        return Ledger(self._connection)

    @cached_property
    def library(self) -> Library:
        """Reports and versions, for reading."""
        return Library(self._connection)

    @cached_property
    def versions(self) -> Versions:
        """Reports and versions, for recording."""
        return Versions(self._connection)

    @cached_property
    def payloads(self) -> Payloads:
        """The bytes of pages as captured."""
        return Payloads(self._connection)

    @cached_property
    def search(self) -> Search:
        """What reports say, by their words."""
        return Search(self._connection)

    @cached_property
    def indexing(self) -> Indexing:
        """What makes reports searchable."""
        return Indexing(self._connection)

    @cached_property
    def changes(self) -> Changes:
        """The changes."""
        return Changes(self._connection)

    @cached_property
    def told(self) -> ToldChanges:
        """The changes that were news."""
        return ToldChanges(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Alerts and messages."""
        return Outbox(self._connection)

    @cached_property
    def replays(self) -> Replays:
        """What tells an address again."""
        return Replays(self._connection)

    @cached_property
    def letters(self) -> Letters:
        """Messages that tell no change."""
        return Letters(self._connection)

    @cached_property
    def access(self) -> AccessKeys:
        """Keys that open the monitor."""
        return AccessKeys(self._connection)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Addresses, and whether they may be written to."""
        return Subscribers(self._connection)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What subscribers want to hear of."""
        return Subscriptions(self._connection)

    @cached_property
    def alarms(self) -> Alarms:
        """What the operator should see to."""
        return Alarms(self._connection)

    @cached_property
    def pulses(self) -> Pulses:
        """When what must not stop was last alive."""
        return Pulses(self._connection)

    @cached_property
    def standing(self) -> Standing:
        """How the sources stand."""
        return Standing(self._connection)

    @cached_property
    def facts(self) -> ReportFacts:
        """What reports say in figures."""
        return ReportFacts(self._connection)

    @cached_property
    def report_list(self) -> ReportList:
        """Reports in figures, sorted, and by place and edition."""
        return ReportList(self._connection)

    @cached_property
    def provenance(self) -> Provenance:
        """Where the words of reports come from."""
        return Provenance(self._connection)

    @cached_property
    def audit(self) -> Audit:
        """Checks and measures of what is stored."""
        return Audit(self._connection)

    @cached_property
    def hosts(self) -> Hosts:
        """What hosts were asked."""
        return Hosts(self._connection)

    def hints(self, source: str) -> HintStates:
        """Return the ways to ask a source what changed."""
        return HintStates(self._connection, source)

    def absences(self, source: str) -> Absences:
        """Return the places that new editions of a source lack."""
        return Absences(self._connection, source)

    @cached_property
    def mementos(self) -> Mementos:
        """What a web archive holds of our locations."""
        return Mementos(self._connection)

    @cached_property
    def saves(self) -> Saves:
        """Pages that a web archive is to keep."""
        return Saves(self._connection)

    def corroboration(self, source: str) -> Corroboration:
        """Return what marks the changes of a source that an archive's captures bear out."""
        return Corroboration(self._connection, source)

    def rereading(self, source: str, revision: int) -> Rereading:
        """Return what a revision of a source's reader has not read yet."""
        return Rereading(self._connection, source, revision)

    def locations(self, source: str) -> Locations:
        """Return a source's locations."""
        return Locations(self._connection, source)

    def reviews(self, source: str) -> Reviews:
        """Return what waits for an identity."""
        return Reviews(self._connection, source)

    def readouts(self, source: str) -> Readouts:
        """Return how a source's pages and reports were read."""
        return Readouts(self._connection, source)

    def recorder(self, recording: Recording) -> Recorder:
        """Return the recorder of one run."""
        return Recorder(self._connection, recording)

    def removals(self, recording: Recording) -> Removals:
        """Return what concludes removals at the end of a run."""
        return Removals(self._connection, recording)


class Store:
    """One open database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Give a unit for reading."""
        with connected(self._engine, writes=False) as connection:
            yield Unit(connection)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """Give a unit for writing; nothing is kept without ``commit``."""
        with connected(self._engine, writes=True) as connection:
            yield Unit(connection)

    def lock(self, name: str) -> locks.Lock | None:
        """Take a named lock that dies with this process; None where somebody holds it."""
        return locks.acquire(self._engine, self._folder, name)

    def is_free(self, name: str) -> bool:
        """Tell whether nobody holds a lock."""
        held = self.lock(name)
        if held is None:
            return False
        held.release()
        return True

    def back_up(self, target: Path) -> None:
        """Copy a SQLite database; raises DatabaseUnusable where that cannot be done."""
        back_up(self._engine, target)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_store(url: str, folder: Path, say: Callable[[str], None] | None = None) -> Store:
    """Open a database, bringing its schema up to date first.

    Others wait while one migrates; a SQLite file is backed up before. Raises DatabaseUnusable for
    a database that cannot be opened or comes from a newer version of this program.
    """
    engine = open_engine(url)
    try:
        upgrade(engine, folder, say or (lambda _line: None))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, folder)
