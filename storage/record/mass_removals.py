"""Hold removals back if too much of an edition goes missing at once: an operator decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from storage.database.tables import carries, change, held_removal, location, report, review
from storage.record.reviews import MASS
from storage.texts.versions import REPORT_NAME, StoredReport
from storage.watch.locations import LocationView

LEAST = 5
"""Reports missing at once that are a mass: of a small edition fewer say nothing of its site."""

SHARE = 0.2
"""Of the reports that an edition's listing names: more than this missing at once is a mass."""

LEAST_WINDOW = timedelta(days=1)
"""Reports removed within so long count with those that are missing now."""

RELEASED, DROPPED, RETURNED = "released", "dropped", "resolved"
"""How a review of an edition's removals ended: announced, not announced, or the pages came back."""


@dataclass(frozen=True)
class HeldEdition:
    """The removals of one edition that wait for a decision."""

    review: int
    edition: str
    why: str
    reports: tuple[ReportId, ...]


class MassRemovals:
    """The removals held of one source, on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def held(
        self,
        about_to: Sequence[tuple[LocationView, StoredReport]],
        hours: float,
        now: datetime,
    ) -> set[int]:
        """Return which of the reports about to be removed must not be announced, by id.

        They are entered in their edition's review. ``hours`` is how long a removal takes. A
        decision holds for all that was missing by then: what was released is announced, what was
        dropped is not. A review whose pages came back is closed.
        """
        self._forget_returned(now)
        kept: set[int] = set()
        for edition in sorted({stored.name.edition for _, stored in about_to}):
            group = [pair for pair in about_to if pair[1].name.edition == edition]
            kept |= self._held_of(edition, group, max(timedelta(hours=hours), LEAST_WINDOW), now)
        return kept

    def _held_of(
        self,
        edition: str,
        about_to: Sequence[tuple[LocationView, StoredReport]],
        window: timedelta,
        now: datetime,
    ) -> set[int]:
        last = self._last_decision(edition)
        decided = {
            stored.id
            for known, stored in about_to
            if last and known.first_missed_at and known.first_missed_at <= last.resolved_at
        }
        fresh = [pair for pair in about_to if pair[1].id not in decided]
        dropped = decided if last and last.state == DROPPED else set()
        if not fresh:
            return dropped
        ids = {stored.id for _, stored in fresh}
        since = last.resolved_at if last else None
        missing, listed = self._missing(edition, ids, since, now - window)
        if missing < LEAST or missing <= SHARE * listed:
            self._release(edition, ids, now)
            return dropped
        why = (
            f"{missing:,} of the {listed:,} reports of edition {edition} that its listing names "
            "are missing at once. That is as a rule a fault of the site, so nobody is notified "
            "before this is decided"
        )
        self._keep(edition, fresh, why, now)
        return dropped | ids

    def _missing(
        self, edition: str, ids: Collection[int], since: datetime | None, until: datetime
    ) -> tuple[int, int]:
        """Return how many listed reports of an edition are missing, and how many are listed.

        Those that went missing by ``since`` were decided. ``ids`` are about to be removed; those
        removed since ``until`` count too.
        """
        removed = select(change.c.report_id).where(
            change.c.kind == ChangeKind.REMOVED.value, change.c.detected_at >= until
        )
        query = (
            select(report.c.id, report.c.state, location.c.first_missed_at)
            .join_from(report, carries, carries.c.report_id == report.c.id)
            .join(location, location.c.id == carries.c.location_id)
            .where(
                report.c.source == self._source,
                report.c.edition == edition,
                carries.c.is_primary,
                location.c.is_listed,
            )
        )
        rows = self._connection.execute(query).all()
        gone = set(self._connection.execute(removed).scalars())
        missing = {
            row.id
            for row in rows
            if row.first_missed_at
            and (since is None or row.first_missed_at > since)
            and (row.id in ids or row.state == "suspected" or row.id in gone)
            and (row.state != "removed" or row.id in gone)
        }
        return len(missing), len({row.id for row in rows})

    def _last_decision(self, edition: str) -> Row[Any] | None:
        decided = (review.c.edition == edition, review.c.state.in_((RELEASED, DROPPED)))
        query = select(review.c.state, review.c.resolved_at).where(
            review.c.source == self._source, review.c.payload_sha256.is_(None), *decided
        )
        return self._connection.execute(query.order_by(review.c.resolved_at.desc())).first()

    def _keep(
        self,
        edition: str,
        about_to: Sequence[tuple[LocationView, StoredReport]],
        why: str,
        now: datetime,
    ) -> None:
        """Enter reports in the edition's open review, which is made if there is none."""
        number = self._open_review(edition)
        if number is None:
            values = {"source": self._source, "edition": edition, "state": MASS, "why": why}
            first = about_to[0][0].url
            made = self._connection.execute(
                review.insert().values(**values, url=first, text_sha256="", created_at=now)
            )
            assert made.inserted_primary_key
            number = int(made.inserted_primary_key[0])
        self._connection.execute(update(review).where(review.c.id == number).values(why=why))
        query = select(held_removal.c.report_id).where(held_removal.c.review_id == number)
        known = set(self._connection.execute(query).scalars())
        fresh = sorted({stored.id for _, stored in about_to} - known)
        if fresh:
            rows = [{"review_id": number, "report_id": each} for each in fresh]
            self._connection.execute(held_removal.insert(), rows)

    def _open_review(self, edition: str) -> int | None:
        query = select(review.c.id).where(
            review.c.source == self._source, review.c.state == MASS, review.c.edition == edition
        )
        return self._connection.execute(query).scalar()

    def _release(self, edition: str, ids: Iterable[int], now: datetime) -> None:
        """Take reports off an open review that are alone now, and so are announced."""
        if number := self._open_review(edition):
            self._remove(number, ids, now)

    def _forget_returned(self, now: datetime) -> None:
        """Take the reports off the reviews, open or dropped, that are not missing any more."""
        query = (
            select(held_removal)
            .join(review, review.c.id == held_removal.c.review_id)
            .join(report, report.c.id == held_removal.c.report_id)
            .where(review.c.source == self._source, review.c.state.in_((MASS, DROPPED)))
            .where(report.c.state != "suspected")
        )
        for row in self._connection.execute(query).all():
            self._remove(row.review_id, [row.report_id], now)

    def _remove(self, number: int, ids: Iterable[int], now: datetime) -> None:
        of_review = held_removal.c.review_id == number
        gone = of_review & held_removal.c.report_id.in_(list(ids))
        self._connection.execute(delete(held_removal).where(gone))
        count = select(func.count()).select_from(held_removal).where(of_review)
        if not self._connection.execute(count).scalar_one():
            closed = update(review).where(review.c.id == number, review.c.state == MASS)
            self._connection.execute(closed.values(state=RETURNED, resolved_at=now))

    def waiting(self) -> list[HeldEdition]:
        """Return the editions whose removals wait for a decision."""
        query = select(review).where(review.c.source == self._source, review.c.state == MASS)
        rows = self._connection.execute(query.order_by(review.c.id)).all()
        return [HeldEdition(row.id, row.edition, row.why, self.reports(row.id)) for row in rows]

    def reports(self, number: int) -> tuple[ReportId, ...]:
        """Return the reports that a review holds or held."""
        query = (
            select(*REPORT_NAME)
            .join(held_removal, held_removal.c.report_id == report.c.id)
            .where(held_removal.c.review_id == number)
        )
        return tuple(sorted(ReportId(*row) for row in self._connection.execute(query)))

    def asked_before(self) -> set[int]:
        """Return the reports of reviews, open or dropped: their archives were asked already."""
        query = select(held_removal.c.report_id).join(
            review, review.c.id == held_removal.c.review_id
        )
        asked = (review.c.source == self._source, review.c.state.in_((MASS, DROPPED)))
        return set(self._connection.execute(query.where(*asked)).scalars())
