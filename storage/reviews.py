"""What could not be identified: kept with its evidence until its page comes or somebody decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, select, update

from reports.model import Undecided
from storage.locations import Sighting, location_key
from storage.payloads import Payloads
from storage.tables import location, review


@dataclass(frozen=True)
class ReviewView:
    """One text waiting for an identity."""

    id: int
    source: str
    url: str
    country: str
    edition: str
    why: str
    state: str
    text_sha256: str
    created_at: datetime


class Reviews:
    """The reviews of one source on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def add(self, sighting: Sighting, found: Undecided) -> None:
        """Keep a text for review; the same one again only renews the evidence."""
        digest = Payloads(self._connection).put(sighting.body, shelf=f"{self._source}/review")
        text = found.reading.text_sha256
        same = (review.c.payload_sha256 == digest, review.c.text_sha256 == text)
        held = self._connection.execute(select(review.c.id).where(*same)).scalar()
        facts = {"country": found.country, "edition": found.edition, "why": found.why}
        if held:
            self._connection.execute(update(review).where(*same).values(**facts))
            return
        self._waiting.add(text)
        self._connection.execute(
            review.insert().values(
                source=self._source,
                url=sighting.url,
                payload_sha256=digest,
                text_sha256=text,
                state="open",
                created_at=sighting.seen_at,
                **facts,
            )
        )

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
        query = select(review).where(review.c.source == self._source, review.c.state == "open")
        rows = self._connection.execute(query.order_by(review.c.id))
        return [
            ReviewView(**{name: getattr(row, name) for name in ReviewView.__dataclass_fields__})
            for row in rows
        ]
