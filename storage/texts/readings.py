"""Readings: what a reader revision understood of a version, packed small.

A reading is compressed against the payload it was read from (its words are all in there), a later
version's against the reading of the report's first version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from reports.model.reading import (
    Fact,
    Issue,
    IssueList,
    IssueRank,
    IssueStatus,
    LeadIn,
    Marked,
    MarkKind,
    Reading,
    Section,
    Unread,
)
from reports.text.sentences import sentences
from storage.database.known import recorded_at
from storage.database.tables import reading, version
from storage.texts.compression import compress, decompress
from storage.texts.payloads import Payloads


class Readings:
    """The readings of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._payloads = Payloads(connection)

    def put(self, version_id: int, revision: int, value: Reading, payload: bytes) -> None:
        """Store a reading; one already stored for this version and revision is kept as it is."""
        known = select(reading.c.id).where(
            reading.c.version_id == version_id, reading.c.reader_revision == revision
        )
        if self._connection.execute(known).first():
            return
        self._insert(version_id, revision, value, payload, self._first_of_report(version_id))

    def put_first(self, version_id: int, revision: int, value: Reading, payload: bytes) -> None:
        """Store the first reading of a report's first version, known to be so by the caller."""
        self._insert(version_id, revision, value, payload, None)

    def _insert(
        self, version_id: int, revision: int, value: Reading, payload: bytes, base_id: int | None
    ) -> None:
        base = self._raw(base_id) if base_id else payload
        self._connection.execute(
            reading.insert(),
            {
                "version_id": version_id,
                "reader_revision": revision,
                "text_sha256": value.text_sha256,
                "words_sha256": value.words_sha256,
                "report_sha256": value.report_sha256,
                "base_id": base_id,
                "body": compress(_dump(value), base),
                "recorded_at": recorded_at(self._connection),
            },
        )

    def get(self, version_id: int, revision: int | None = None) -> tuple[Reading, int]:
        """Return a version's reading by the given revision (default: latest), and its revision."""
        query = select(reading).where(reading.c.version_id == version_id)
        if revision is not None:
            query = query.where(reading.c.reader_revision == revision)
        found = self._connection.execute(query.order_by(reading.c.reader_revision.desc())).first()
        if found is None:
            raise KeyError(version_id)
        return _load(self._unpack(found)), found.reader_revision

    def _first_of_report(self, version_id: int) -> int | None:
        """Return the stand-alone reading of the same report, None if this is the first."""
        report_of = select(version.c.report_id).where(version.c.id == version_id).scalar_subquery()
        query = (
            select(reading.c.id)
            .join(version, version.c.id == reading.c.version_id)
            .where(version.c.report_id == report_of, reading.c.base_id.is_(None))
            .order_by(reading.c.id)
            .limit(1)
        )
        return self._connection.execute(query).scalar()

    def _raw(self, reading_id: int) -> bytes:
        return self._unpack(
            self._connection.execute(select(reading).where(reading.c.id == reading_id)).one()
        )

    def _unpack(self, row: Row[Any]) -> bytes:
        if row.base_id:
            return decompress(row.body, self._raw(row.base_id))
        digest = select(version.c.payload_sha256).where(version.c.id == row.version_id)
        return decompress(
            row.body, self._payloads.get(self._connection.execute(digest).scalar_one())
        )


def _dump(value: Reading) -> bytes:
    issues = value.issues
    facts = {
        "heading": value.heading,
        "blocks": value.blocks,
        "notes": value.notes,
        "sections": [
            (part.number, part.heading, part.blocks, part.subheadings) for part in value.sections
        ],
        "issues": [issues.status.value, [_fields(each) for each in issues.items]],
        "leads": [_fields(each) for each in issues.leads],
        "reason": issues.reason,
        "unread": [_fields(each) for each in issues.unread],
        "facts": [_fields(each) for each in value.facts],
        "marked": [_fields(each) for each in value.marked],
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(value: Issue | LeadIn | Unread | Fact | Marked) -> list[Any]:
    """Return a value's fields in the order of its declaration."""
    return list(vars(value).values())


def _load(packed: bytes) -> Reading:
    """Read a reading back; those of the first schema lack what came later."""
    facts = json.loads(packed)
    status, items = facts["issues"]
    return Reading(
        facts["heading"],
        tuple(facts["blocks"]),
        tuple(facts["notes"]),
        tuple(_section(*each) for each in facts["sections"]),
        IssueList(
            IssueStatus(status),
            tuple(_issue(*each) for each in items),
            tuple(LeadIn(*each) for each in facts.get("leads", ())),
            facts.get("reason", ""),
            tuple(Unread(*each) for each in facts.get("unread", ())),
        ),
        tuple(_facts(facts.get("facts", ()))),
        tuple(Marked(MarkKind(kind), *each) for kind, *each in facts.get("marked", ())),
    )


def _facts(stored: Sequence[Any] | Mapping[str, Any]) -> Iterator[Fact]:
    """Read facts back; older readings have a value and what may be two sentences for each kind."""
    if not isinstance(stored, Mapping):
        yield from (Fact(*each) for each in stored)
        return
    for kind, (_, text, block, start) in stored.items():
        for each in sentences(text):
            yield Fact(kind, each.text, block, start + each.start)


def _section(
    number: str, heading: str, blocks: Sequence[str], subheadings: Sequence[int] = ()
) -> Section:
    return Section(number, heading, tuple(blocks), tuple(subheadings))


def _issue(
    text: str,
    topics: Sequence[str],
    block: int = -1,
    start: int = -1,
    rank: str = IssueRank.PRINCIPAL,
    *others: Any,
) -> Issue:
    return Issue(text, tuple(topics), block, start, IssueRank(rank), *others)
