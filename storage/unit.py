"""The unit of work: everything that one transaction offers, each part imported when asked for.

A command asks for two or three of these parts; importing all of them would cost it as much as
SQLAlchemy does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from storage.database.recorded import has_recorded, take_recorded

if TYPE_CHECKING:
    from storage.audit.audit import Audit
    from storage.changes.changes import Changes
    from storage.changes.watched import WatchedPassages
    from storage.database.encryption import Cipher
    from storage.operate.access import AccessKeys
    from storage.operate.actions import Actions
    from storage.operate.agreed_settings import AgreedSettings
    from storage.operate.alarms import Alarms
    from storage.operate.heartbeats import Heartbeats
    from storage.operate.installation import Installation
    from storage.operate.payload_moves import PayloadMoves
    from storage.operate.prune import Prune
    from storage.operate.sizes import Sizes
    from storage.outbox.alerts import Alerts
    from storage.outbox.hold import Hold
    from storage.outbox.outbox import Outbox
    from storage.read.captured_pages import CapturedPages
    from storage.read.known_history import KnownHistory
    from storage.read.read_quality import ReadQuality
    from storage.read.reports import Reports
    from storage.read.stale_readings import StaleReadings
    from storage.read.versions import Versions
    from storage.readers.subscribers import Subscribers
    from storage.readers.subscriptions import Subscriptions
    from storage.record.attempts import Recording
    from storage.record.mass_removals import MassRemovals
    from storage.record.notices import Notices
    from storage.record.recorder import Recorder
    from storage.record.removals import Removals
    from storage.record.reviews import Reviews
    from storage.search.find import Search
    from storage.search.index import SearchIndex
    from storage.texts.facts import ReportFacts
    from storage.transparency.logs import Logs
    from storage.transparency.tree import StoredTree
    from storage.transparency.witnessed import WitnessedLogs
    from storage.watch.archive import WebArchive
    from storage.watch.batches import RunBatches
    from storage.watch.capture_records import CaptureRecords
    from storage.watch.hosts import Hosts
    from storage.watch.listings import ListingHistory
    from storage.watch.locations import Locations
    from storage.watch.runs import Runs
    from storage.watch.sources import Sources


class Unit:
    """Everything one transaction offers. Leaving it without ``commit`` rolls back."""

    def __init__(self, connection: Connection, cipher: Cipher | None = None) -> None:
        self._connection = connection
        self._cipher = cipher
        take_recorded(connection)  # what a transaction before recorded and did not commit

    def commit(self) -> None:
        """Make what was written durable, with a leaf of the log for all that was recorded."""
        self.log_recorded()
        self._connection.commit()

    def log_recorded(self) -> None:
        """Give what was recorded in this transaction its leaf of the transparency log."""
        if has_recorded(self._connection):
            from storage.transparency.leaves import write_leaves

            write_leaves(self._connection)

    def settle(self, moment: datetime) -> None:
        """Have nothing written from now on be known at a moment: see ``known_history``."""
        from storage.database.known import settle

        settle(self._connection, moment)

    def known_history(self, as_of: datetime) -> KnownHistory:
        """Return what was known at a moment that was settled in an earlier transaction."""
        from storage.read.known_history import KnownHistory

        return KnownHistory(self._connection, as_of)

    @cached_property
    def runs(self) -> Runs:
        """The runs, and what came of each."""
        from storage.watch.runs import Runs

        return Runs(self._connection)

    def batches(self, run_id: int) -> RunBatches:
        """Return the batches of a run that several programs read."""
        from storage.watch.batches import RunBatches

        return RunBatches(self._connection, run_id)

    @cached_property
    def sources(self) -> Sources:
        """The state of each source."""
        from storage.watch.sources import Sources

        return Sources(self._connection)

    @cached_property
    def listings(self) -> ListingHistory:
        """The listings that runs read."""
        from storage.watch.listings import ListingHistory

        return ListingHistory(self._connection)

    def locations(self, source: str) -> Locations:
        """Return a source's locations."""
        from storage.watch.locations import Locations

        return Locations(self._connection, source)

    @cached_property
    def capture_records(self) -> CaptureRecords:
        """What was asked and answered, of captures and of what removals rest on."""
        from storage.watch.capture_records import CaptureRecords

        return CaptureRecords(self._connection)

    @cached_property
    def captured_pages(self) -> CapturedPages:
        """The captures, for reading in the order in which they were recorded."""
        from storage.read.captured_pages import CapturedPages

        return CapturedPages(self._connection)

    @cached_property
    def hosts(self) -> Hosts:
        """What hosts were asked."""
        from storage.watch.hosts import Hosts

        return Hosts(self._connection)

    @cached_property
    def archive(self) -> WebArchive:
        """What a web archive has of our locations, and what it is asked to save."""
        from storage.watch.archive import WebArchive

        return WebArchive(self._connection)

    def recorder(self, recording: Recording) -> Recorder:
        """Return the recorder of one run."""
        from storage.record.recorder import Recorder

        return Recorder(self._connection, recording)

    def removals(self, recording: Recording) -> Removals:
        """Return what concludes removals at the end of a run."""
        from storage.record.removals import Removals

        return Removals(self._connection, recording)

    def mass_removals(self, source: str) -> MassRemovals:
        """Return the removals of a source that wait for a decision."""
        from storage.record.mass_removals import MassRemovals

        return MassRemovals(self._connection, source)

    def notices(self, recording: Recording) -> Notices:
        """Return what concludes at the end of a run which notices stand around reports."""
        from storage.record.notices import Notices

        return Notices(self._connection, recording)

    def reviews(self, source: str) -> Reviews:
        """Return the texts of a source that wait for a decision."""
        from storage.record.reviews import Reviews

        return Reviews(self._connection, source)

    @cached_property
    def reports(self) -> Reports:
        """The reports, for reading."""
        from storage.read.reports import Reports

        return Reports(self._connection)

    @cached_property
    def versions(self) -> Versions:
        """The versions of reports, for reading, and the bytes of their pages."""
        from storage.read.versions import Versions

        return Versions(self._connection)

    @cached_property
    def facts(self) -> ReportFacts:
        """What reports say in figures."""
        from storage.texts.facts import ReportFacts

        return ReportFacts(self._connection)

    def read_quality(self, source: str) -> ReadQuality:
        """Return how a source's pages and reports were read."""
        from storage.read.read_quality import ReadQuality

        return ReadQuality(self._connection, source)

    def stale_readings(self, source: str, revision: int) -> StaleReadings:
        """Return what a revision of a source's reader has not read yet."""
        from storage.read.stale_readings import StaleReadings

        return StaleReadings(self._connection, source, revision)

    @cached_property
    def search(self) -> Search:
        """What reports say, by their words."""
        from storage.search.find import Search

        return Search(self._connection)

    @cached_property
    def search_index(self) -> SearchIndex:
        """What makes reports searchable."""
        from storage.search.index import SearchIndex

        return SearchIndex(self._connection)

    @cached_property
    def changes(self) -> Changes:
        """The changes."""
        from storage.changes.changes import Changes

        return Changes(self._connection)

    def corroborate(self, source: str, triggers: Collection[str]) -> int:
        """Mark the changes of a source that the web archive bears out; return how many.

        Judged are those that runs of these triggers recorded.
        """
        from storage.changes.corroboration import corroborate

        return corroborate(self._connection, source, triggers)

    @cached_property
    def alerts(self) -> Alerts:
        """The alerts, as people list and handle them."""
        from storage.outbox.alerts import Alerts

        return Alerts(self._connection, self._cipher)

    @cached_property
    def outbox(self) -> Outbox:
        """The messages, from binding alerts to delivery."""
        from storage.outbox.outbox import Outbox

        return Outbox(self._connection, self._cipher)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Addresses, and whether they may be written to."""
        from storage.readers.subscribers import Subscribers

        return Subscribers(self._connection, self._cipher)

    @cached_property
    def watched(self) -> WatchedPassages:
        """The passages of reports that subscribers watch."""
        from storage.changes.watched import WatchedPassages

        return WatchedPassages(self._connection)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What subscribers asked for."""
        from storage.readers.subscriptions import Subscriptions

        return Subscriptions(self._connection, self._cipher)

    @cached_property
    def access(self) -> AccessKeys:
        """Keys that open the monitor."""
        from storage.operate.access import AccessKeys

        return AccessKeys(self._connection)

    @cached_property
    def alarms(self) -> Alarms:
        """What the operator should see to."""
        from storage.operate.alarms import Alarms

        return Alarms(self._connection)

    @cached_property
    def actions(self) -> Actions:
        """What operators decided."""
        from storage.operate.actions import Actions

        return Actions(self._connection)

    @cached_property
    def hold(self) -> Hold:
        """Whether news leave, or are held."""
        from storage.outbox.hold import Hold

        return Hold(self._connection)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        """When what must not stop was last alive."""
        from storage.operate.heartbeats import Heartbeats

        return Heartbeats(self._connection)

    @cached_property
    def agreed_settings(self) -> AgreedSettings:
        """The settings that every machine of the installation must have alike."""
        from storage.operate.agreed_settings import AgreedSettings

        return AgreedSettings(self._connection)

    @cached_property
    def installation(self) -> Installation:
        """Which database this is."""
        from storage.operate.installation import Installation

        return Installation.of(self._connection)

    @cached_property
    def audit(self) -> Audit:
        """Whether the database is sound."""
        from storage.audit.audit import Audit

        return Audit(self._connection)

    def prune(self, before: datetime, triggers: Collection[str]) -> Prune:
        """Return what may go of what is older than a moment, of runs of these triggers."""
        from storage.operate.prune import Prune

        return Prune(self._connection, before, triggers)

    @cached_property
    def payload_moves(self) -> PayloadMoves:
        """Where the bytes of payloads lie, and their moves."""
        from storage.operate.payload_moves import PayloadMoves

        return PayloadMoves(self._connection)

    @cached_property
    def log_tree(self) -> StoredTree:
        """The tree of the transparency log."""
        from storage.transparency.tree import StoredTree

        return StoredTree(self._connection)

    @cached_property
    def logs(self) -> Logs:
        """The transparency log, those before it, their checkpoints and keys."""
        from storage.transparency.logs import Logs

        return Logs(self._connection)

    @cached_property
    def witnessed(self) -> WitnessedLogs:
        """The logs of others that this installation witnesses."""
        from storage.transparency.witnessed import WitnessedLogs

        return WitnessedLogs(self._connection)

    def log_late(self) -> int:
        """Give some of what has no leaf of the log its leaf; return how many, 0 if all has one."""
        from storage.transparency.leaves import write_late_leaves

        return write_late_leaves(self._connection)

    @cached_property
    def sizes(self) -> Sizes:
        """What tables and indexes hold and take."""
        from storage.operate.sizes import Sizes

        return Sizes(self._connection)
