"""Reports and their versions, as lists show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from reports.model.values import VersionView
    from storage.read.report_rows import ReportView


class Latest(JsonDocument):
    """The version captured last."""

    number: int
    text_sha256: str
    first_seen_at: Moment
    last_seen_at: Moment


class ReportDocument(JsonDocument):
    """One report stored; its source, edition, country and part are its name."""

    report: str
    source: str
    edition: str
    country: str
    part: str
    title: str
    state: str
    versions: int
    locations: list[str]
    latest: Latest

    @classmethod
    def of(cls, view: ReportView) -> Self:
        """Return one entry of ``reports``."""
        return cls(
            report=str(view.report),
            source=view.report.source,
            edition=view.report.edition,
            country=view.report.country,
            part=view.report.part,
            title=view.title,
            state=view.state,
            versions=view.versions,
            locations=list(view.locations),
            latest=Latest(
                number=view.latest.number,
                text_sha256=view.latest.text_sha256,
                first_seen_at=stamp(view.latest.first_seen_at),
                last_seen_at=stamp(view.latest.last_seen_at),
            ),
        )


class VersionDocument(JsonDocument):
    """One version in a report's history; ``words`` counts the whole report's."""

    version: int
    captured_at: Moment
    last_seen_at: Moment
    title: str
    text_sha256: str
    payload_sha256: str
    report_sha256: str
    reader_revision: int
    words: int
    url: str

    @classmethod
    def of(cls, view: VersionView) -> Self:
        """Return one entry of ``log``."""
        reading = view.reading
        return cls(
            version=view.number,
            captured_at=stamp(view.captured_at),
            last_seen_at=stamp(view.last_seen_at),
            title=view.title,
            text_sha256=reading.text_sha256,
            payload_sha256=view.payload_sha256,
            report_sha256=reading.report_sha256,
            reader_revision=view.reader_revision,
            words=reading.word_count,
            url=view.url,
        )
