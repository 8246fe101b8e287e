"""The unit of work: everything that one transaction offers, each part imported when asked for.

A command asks for two or three of these forty parts; importing all of them would cost it as much
as SQLAlchemy does.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from storage.changes.changes import Changes
    from storage.changes.corroboration import Corroboration
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
        from storage.watch.runs import Runs

        return Runs(self._connection)

    @cached_property
    def ledger(self) -> Ledger:
        """The run ledger, for reading."""
        from storage.read.run_list import Ledger

        return Ledger(self._connection)

    @cached_property
    def library(self) -> Library:
        """Reports and versions, for reading."""
        from storage.read.reports import Library

        return Library(self._connection)

    @cached_property
    def versions(self) -> Versions:
        """Reports and versions, for recording."""
        from storage.texts.versions import Versions

        return Versions(self._connection)

    @cached_property
    def payloads(self) -> Payloads:
        """The bytes of pages as captured."""
        from storage.texts.payloads import Payloads

        return Payloads(self._connection)

    @cached_property
    def search(self) -> Search:
        """What reports say, by their words."""
        from storage.search.passages import Search

        return Search(self._connection)

    @cached_property
    def indexing(self) -> Indexing:
        """What makes reports searchable."""
        from storage.search.index import Indexing

        return Indexing(self._connection)

    @cached_property
    def changes(self) -> Changes:
        """The changes."""
        from storage.changes.changes import Changes

        return Changes(self._connection)

    @cached_property
    def told(self) -> ToldChanges:
        """The changes that were news."""
        from storage.read.notified import ToldChanges

        return ToldChanges(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Alerts and messages."""
        from storage.outbox.outbox import Outbox

        return Outbox(self._connection)

    @cached_property
    def replays(self) -> Replays:
        """What tells an address again."""
        from storage.outbox.resend import Replays

        return Replays(self._connection)

    @cached_property
    def letters(self) -> Letters:
        """Messages that tell no change."""
        from storage.outbox.letters import Letters

        return Letters(self._connection)

    @cached_property
    def access(self) -> AccessKeys:
        """Keys that open the monitor."""
        from storage.operate.access import AccessKeys

        return AccessKeys(self._connection)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Addresses, and whether they may be written to."""
        from storage.readers.subscribers import Subscribers

        return Subscribers(self._connection)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What subscribers want to hear of."""
        from storage.readers.subscriptions import Subscriptions

        return Subscriptions(self._connection)

    @cached_property
    def alarms(self) -> Alarms:
        """What the operator should see to."""
        from storage.operate.alarms import Alarms

        return Alarms(self._connection)

    @cached_property
    def pulses(self) -> Pulses:
        """When what must not stop was last alive."""
        from storage.operate.pulses import Pulses

        return Pulses(self._connection)

    @cached_property
    def standing(self) -> Standing:
        """How the sources stand."""
        from storage.read.source_status import Standing

        return Standing(self._connection)

    @cached_property
    def facts(self) -> ReportFacts:
        """What reports say in figures."""
        from storage.texts.facts import ReportFacts

        return ReportFacts(self._connection)

    @cached_property
    def report_list(self) -> ReportList:
        """Reports in figures, sorted, and by place and edition."""
        from storage.read.report_list import ReportList

        return ReportList(self._connection)

    @cached_property
    def provenance(self) -> Provenance:
        """Where the words of reports come from."""
        from storage.read.provenance import Provenance

        return Provenance(self._connection)

    @cached_property
    def audit(self) -> Audit:
        """Checks and measures of what is stored."""
        from storage.operate.audit import Audit

        return Audit(self._connection)

    @cached_property
    def hosts(self) -> Hosts:
        """What hosts were asked."""
        from storage.watch.hosts import Hosts

        return Hosts(self._connection)

    def hints(self, source: str) -> HintStates:
        """Return the ways to ask a source what changed."""
        from storage.watch.hints import HintStates

        return HintStates(self._connection, source)

    def absences(self, source: str) -> Absences:
        """Return the places that new editions of a source lack."""
        from storage.watch.absences import Absences

        return Absences(self._connection, source)

    @cached_property
    def mementos(self) -> Mementos:
        """What a web archive holds of our locations."""
        from storage.watch.mementos import Mementos

        return Mementos(self._connection)

    @cached_property
    def saves(self) -> Saves:
        """Pages that a web archive is to keep."""
        from storage.watch.save_requests import Saves

        return Saves(self._connection)

    def corroboration(self, source: str) -> Corroboration:
        """Return what marks the changes of a source that an archive's captures bear out."""
        from storage.changes.corroboration import Corroboration

        return Corroboration(self._connection, source)

    def rereading(self, source: str, revision: int) -> Rereading:
        """Return what a revision of a source's reader has not read yet."""
        from storage.read.stale_readings import Rereading

        return Rereading(self._connection, source, revision)

    def locations(self, source: str) -> Locations:
        """Return a source's locations."""
        from storage.watch.locations import Locations

        return Locations(self._connection, source)

    def reviews(self, source: str) -> Reviews:
        """Return what waits for an identity."""
        from storage.record.reviews import Reviews

        return Reviews(self._connection, source)

    def readouts(self, source: str) -> Readouts:
        """Return how a source's pages and reports were read."""
        from storage.read.read_quality import Readouts

        return Readouts(self._connection, source)

    def recorder(self, recording: Recording) -> Recorder:
        """Return the recorder of one run."""
        from storage.record.recorder import Recorder

        return Recorder(self._connection, recording)

    def removals(self, recording: Recording) -> Removals:
        """Return what concludes removals at the end of a run."""
        from storage.record.removals import Removals

        return Removals(self._connection, recording)
