"""Compare the form of a report's page with its last one, and record what changed beside the words.

Like is compared with like: the same location, read by the same reader, with the same words. What
has no such form before it begins one and reports nothing.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from reports.compare.form import compare_forms
from reports.model.form import Appearance, Form, SeenForm
from reports.model.values import ChangeKind, Identified
from storage.database.tables import form
from storage.record.announce import Announcer, ChangeDraft
from storage.record.attempts import Attempt, Observation, Recording
from storage.texts.compression import compress, decompress
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions

MOST_DIFFERENCES = 50
"""Differences of one change that are written down; all of them are counted."""


class Appearances:
    """The forms of reports' pages, inside one write transaction.

    Imports neither compare nor begin a form: a saved copy has another one than the live page.
    """

    def __init__(
        self,
        connection: Connection,
        recording: Recording,
        versions: StoredVersions,
        announcer: Announcer,
    ) -> None:
        self._connection = connection
        self._run = recording
        self._versions = versions
        self._announcer = announcer

    def compare(self, seen: Observation, location_id: int) -> None:
        """Record that the form of a page changed whose words did not."""
        now = _form_of(seen.attempt)
        if now is None or self._run.is_silent:
            return
        row = self._row(seen.stored.id)
        is_alike = row is not None and (
            (row.location_id, row.reader_revision, row.words_sha256)
            == (location_id, self._run.revision, seen.words_sha256)
        )
        if is_alike and row is not None and row.form_sha256 == now.sha256:
            return
        payload = self._keep(seen.attempt, seen.stored, seen.found, seen.latest, location_id)
        if is_alike and row is not None:
            self._announce(seen, row, now, payload)

    def begin(
        self,
        attempt: Attempt,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion,
        location_id: int,
    ) -> None:
        """Store the form that goes with words read just now; nothing is compared."""
        if _form_of(attempt) is not None and not self._run.is_silent:
            self._keep(attempt, stored, found, latest, location_id)

    def _announce(self, seen: Observation, row: Row[Any], now: Form, payload_sha256: str) -> None:
        before = Form.of(json.loads(decompress(row.body)))
        differences = compare_forms(before, now)
        seen_at = seen.sighting.seen_at
        appearance = Appearance(
            SeenForm(row.form_sha256, row.payload_sha256, row.seen_at),
            SeenForm(now.sha256, payload_sha256, seen_at),
            differences[:MOST_DIFFERENCES],
            len(differences),
        )
        is_held = self._announcer.is_flapping(seen.stored, ChangeKind.APPEARANCE, seen_at)
        draft = ChangeDraft(
            ChangeKind.APPEARANCE, seen.latest, seen.latest, appearance=appearance, is_held=is_held
        )
        self._announcer.announce(seen.stored, draft, seen.sighting)

    def _keep(
        self,
        attempt: Attempt,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion,
        location_id: int,
    ) -> str:
        """Store a form in place of the last one, with the payload that shows it."""
        value, sighting = _form_of(attempt), attempt.sighting
        assert value is not None
        name = stored.name
        digest = self._versions.payloads.put(
            sighting.body, shelf=f"{name.source}/{name.edition}", like=latest.payload_sha256
        )
        self._connection.execute(delete(form).where(form.c.report_id == stored.id))
        self._connection.execute(
            form.insert(),
            {
                "report_id": stored.id,
                "location_id": location_id,
                "reader_revision": self._run.revision,
                "words_sha256": found.reading.words_sha256,
                "form_sha256": value.sha256,
                "payload_sha256": digest,
                "seen_at": sighting.seen_at,
                "body": compress(json.dumps(value.as_rows()).encode()),
            },
        )
        return digest

    def _row(self, report_id: int) -> Row[Any] | None:
        return self._connection.execute(select(form).where(form.c.report_id == report_id)).first()


def _form_of(attempt: Attempt) -> Form | None:
    page = attempt.sighting.page
    return page.form if page else None
