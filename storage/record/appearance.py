"""Compare the form of a report's page with its last one, and record what changed beside the words.

Like is compared with like: the same location, read by the same reader, with the same words. What
has no such form before it begins one and reports nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection

from reports.compare.form import compare_forms
from reports.model.form import Appearance, Form, SeenForm
from reports.model.values import ChangeKind
from reports.text.fingerprint import payload_sha256
from storage.record.announce import Announcer, ChangeDraft
from storage.record.attempts import Attempt, Observation, Recording
from storage.texts.forms import Forms, StoredForm
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
        self._forms = Forms(connection)
        self._run = recording
        self._payloads = versions.payloads
        self._announcer = announcer

    def compare(self, seen: Observation, location_id: int) -> None:
        """Record that the form of a page changed whose words did not.

        ``location_id`` is the location that drives the report's versions from now on.
        """
        value = self._form(seen.attempt)
        if value is None:
            return
        report_id = seen.stored.id
        before = self._forms.of(report_id)
        now = self._stored(seen.attempt, value, seen.words_sha256, location_id)
        is_alike = before is not None and before.is_like(now)
        if before and is_alike and before.form_sha256 == now.form_sha256:
            return
        parts = self._forms.parts(report_id) if is_alike else None
        self._keep(seen.attempt, seen.stored, value, now, seen.latest)
        if before and parts is not None:
            self._announce(seen, (before, parts), (now, value))

    def begin(
        self, attempt: Attempt, stored: StoredReport, latest: StoredVersion, location_id: int
    ) -> None:
        """Store the form that goes with the words of a version; nothing is compared."""
        value = self._form(attempt)
        if value is not None:
            now = self._stored(attempt, value, latest.words_sha256, location_id)
            self._keep(attempt, stored, value, now, latest)

    def _form(self, attempt: Attempt) -> Form | None:
        page = attempt.sighting.page
        return page.form if page and not self._run.is_silent else None

    def _stored(
        self, attempt: Attempt, value: Form, words_sha256: str, location_id: int
    ) -> StoredForm:
        return StoredForm(
            location_id,
            self._run.revision,
            words_sha256,
            value.sha256,
            payload_sha256(attempt.sighting.body),
            attempt.sighting.seen_at,
        )

    def _keep(
        self,
        attempt: Attempt,
        stored: StoredReport,
        value: Form,
        now: StoredForm,
        latest: StoredVersion,
    ) -> None:
        """Store a form, and the payload that shows it."""
        shelf = f"{stored.name.source}/{stored.name.edition}"
        self._payloads.put(attempt.sighting.body, shelf=shelf, like=latest.payload_sha256)
        self._forms.put(stored.id, value, now)

    def _announce(
        self, seen: Observation, before: tuple[StoredForm, Form], now: tuple[StoredForm, Form]
    ) -> None:
        differences = compare_forms(before[1], now[1])
        appearance = Appearance(
            _seen(before[0]), _seen(now[0]), differences[:MOST_DIFFERENCES], len(differences)
        )
        seen_at = seen.sighting.seen_at
        is_held = self._announcer.is_flapping(seen.stored, ChangeKind.APPEARANCE, seen_at)
        draft = ChangeDraft(
            ChangeKind.APPEARANCE, seen.latest, seen.latest, appearance=appearance, is_held=is_held
        )
        self._announcer.announce(seen.stored, draft, seen.sighting)


def _seen(stored: StoredForm) -> SeenForm:
    return SeenForm(stored.form_sha256, stored.payload_sha256, stored.seen_at)
