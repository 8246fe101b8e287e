"""What waits for a decision: texts without a name, pages held back, removals of much at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select, update

from reports.model.identity import ReportId, location_key
from reports.model.values import Identified, Undecided
from reports.text.fingerprint import payload_sha256
from storage.database.tables import location, report, review
from storage.texts.aliases import named
from storage.texts.payloads import Payloads
from storage.watch.locations import Sighting

MASS = "mass"
"""The state of a review of many removals at once, which is about an edition and not a text."""


@dataclass(frozen=True)
class ReviewView:
    """What waits: a text without an identity (``open``), one held back for how it reads (``held``).

    Or the removal of much of an edition at once (``mass``): then the hashes are ``""``.
    """

    id: int
    source: str
    url: str
    country: str
    edition: str
    why: str
    state: str
    text_sha256: str
    payload_sha256: str
    created_at: datetime


class Reviews:
    """The reviews of one source on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def add(self, sighting: Sighting, found: Undecided) -> None:
        """Keep a text without a name; the same one of the same page only renews what is known."""
        suggested = {"country": found.country, "edition": found.edition, "why": found.why}
        if self._keep(sighting, found.text_sha256, "open", suggested):
            self._waiting.add(found.text_sha256)

    def hold(self, sighting: Sighting, found: Identified, why: str) -> None:
        """Keep a page whose reading is not believed, under the report that it says it is.

        It is never resolved by its text, which another edition may have as well.
        """
        name = found.report
        country = f"{name.country}/{name.part}" if name.part else name.country
        suggested = {"country": country, "edition": name.edition, "why": why}
        self._keep(sighting, found.reading.text_sha256, "held", suggested)

    def contradicted(self, sighting: Sighting, found: Undecided) -> None:
        """Keep a page of another edition than its address's until the page or somebody decides.

        Nothing that is read elsewhere resolves it, the text of the other edition least of all.
        """
        suggested = {"country": found.country, "edition": found.edition, "why": found.why}
        self._keep(sighting, found.text_sha256, "held", suggested)

    def refuse(self, sighting: Sighting) -> None:
        """Keep a page that was refused for its shape, one for each address; it has no text yet."""
        suggested = {"country": "", "edition": sighting.edition, "why": sighting.reason}
        self._keep(sighting, "", "held", suggested)

    def _keep(
        self, sighting: Sighting, text: str, state: str, suggested: Mapping[str, str]
    ) -> bool:
        """Insert or renew a review; tell whether it is one that did not wait before.

        Pages differ in noise at every attempt: what waits is a text of a page, not its bytes.
        """
        digest = payload_sha256(sighting.body)
        values = {"state": state, "created_at": sighting.seen_at, **suggested}
        same_bytes = review.c.payload_sha256 == digest
        same_page = (review.c.url == sighting.url) & (review.c.state != "resolved")
        query = select(review.c.id, review.c.state).where(
            review.c.source == self._source, review.c.text_sha256 == text, same_bytes | same_page
        )
        known = self._connection.execute(query.order_by(review.c.state == "resolved")).first()
        if known is None:
            Payloads(self._connection).put(sighting.body, shelf=f"{self._source}/review")
            named = {"source": self._source, "url": sighting.url, "payload_sha256": digest}
            self._connection.execute(review.insert().values(**named, text_sha256=text, **values))
            return True
        is_back = bool(known.state == "resolved")
        statement = update(review).where(review.c.id == known.id)
        self._connection.execute(statement.values(**(values if is_back else suggested)))
        return is_back

    def settled(self, key: str, report_id: int | None, now: datetime) -> None:
        """Take a location's page that reads well again off the list of those held back."""
        for review_id in self._held.pop(key, ()):
            self.close(review_id, "resolved", report_id, now)

    @cached_property
    def _held(self) -> dict[str, list[int]]:
        """The pages held back, by the keys of their locations: nearly always none."""
        found: dict[str, list[int]] = {}
        for each in self._in(("held",)):
            found.setdefault(location_key(each.url), []).append(each.id)
        return found

    @cached_property
    def _waiting(self) -> set[str]:
        """The texts that wait: nearly always none, asked for at every new version."""
        query = select(review.c.text_sha256).where(
            review.c.source == self._source, review.c.state == "open"
        )
        return set(self._connection.execute(query).scalars())

    def resolve(self, text_sha256: str, report_id: int, now: datetime) -> list[int]:
        """Close the open reviews of a text whose report has arrived; return their locations."""
        if text_sha256 not in self._waiting:
            return []
        same = (
            review.c.source == self._source,
            review.c.text_sha256 == text_sha256,
            review.c.state == "open",
        )
        urls = self._connection.execute(select(review.c.url).where(*same)).scalars().all()
        values = {"state": "resolved", "resolved_at": now, "report_id": report_id}
        self._connection.execute(update(review).where(*same).values(**values))
        keys = [location_key(url) for url in urls]
        query = select(location.c.id).where(
            location.c.source == self._source, location.c.key.in_(keys)
        )
        return list(self._connection.execute(query).scalars())

    def open(self) -> list[ReviewView]:
        """Return what waits, oldest first."""
        return self._in(("open", "held", MASS))

    def _in(self, states: Sequence[str]) -> list[ReviewView]:
        asked = (review.c.source == self._source, review.c.state.in_(states))
        query = select(review).where(*asked).order_by(review.c.id)
        return [_view(row) for row in self._connection.execute(query)]

    def get(self, review_id: int) -> ReviewView | None:
        """Return one review of this source, decided or not."""
        query = select(review).where(review.c.source == self._source, review.c.id == review_id)
        row = self._connection.execute(query).first()
        return _view(row) if row else None

    def body(self, waiting: ReviewView) -> bytes:
        """Return the bytes of the page that a text was found on."""
        return Payloads(self._connection).get(waiting.payload_sha256)

    def accept(self, review_id: int, name: ReportId, now: datetime) -> None:
        """Take a text off the list that was recorded as a report's."""
        found = self._connection.execute(select(report.c.id).where(*named(name))).scalar()
        self.close(review_id, "resolved", found, now)

    def close(self, review_id: int, state: str, report_id: int | None, now: datetime) -> None:
        """Take a text off the list: ``resolved`` as a report's, or ``dismissed``."""
        values = {"state": state, "resolved_at": now, "report_id": report_id}
        statement = update(review).where(review.c.id == review_id)
        self._connection.execute(statement.values(**values))


def _view(row: Row[Any]) -> ReviewView:
    facts = {name: getattr(row, name) for name in ReviewView.__dataclass_fields__}
    return ReviewView(**{**facts, "payload_sha256": row.payload_sha256 or ""})
