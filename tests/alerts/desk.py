"""Changes of fictional reports, made with as few words as a test needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reports.model.identity import ReportId
from reports.model.reading import Reading, Section
from reports.model.values import Change, ChangeKind, VersionView
from reports.notices.messages import OutgoingChange, OutgoingMessage
from reports.notices.subscription import Channel

NOW = datetime(2026, 5, 1, 9, 5, tzinfo=UTC)
SUMMARY = (
    "Zembla is a republic with a strong presidency.",
    "There were credible and repeated reports of torture.",
    "The government took steps to punish officials.",
)


class Desk:
    """Make versions, changes and messages about Zembla 2024 unless told otherwise."""

    now = NOW

    def version(
        self,
        number: int,
        *blocks: str,
        country: str = "XZA",
        title: str = "2024 Country Reports on Civic Conditions: Zembla",
        sections: tuple[Section, ...] = (),
        edition: str = "2024",
    ) -> VersionView:
        seen = NOW - timedelta(days=30 - number)
        return VersionView(
            report=ReportId("sample-hrr", edition, country),
            number=number,
            title=title,
            reading=Reading("Executive Summary", blocks or SUMMARY, sections=sections),
            url="https://sample.example/reports/2024/zembla/",
            captured_at=seen,
            last_seen_at=seen + timedelta(hours=20),
            payload_sha256="0" * 64,
            reader_revision=1,
        )

    def change(
        self,
        kind: ChangeKind = ChangeKind.EDITED,
        before: VersionView | None = None,
        after: VersionView | None = None,
        **fields: object,
    ) -> OutgoingChange:
        view = after or before or self.version(1)
        change = Change(
            id=1,
            kind=kind,
            report=view.report,
            title=view.title,
            from_version=before.number if before else None,
            to_version=after.number if after else None,
            detected_at=NOW,
        )
        return OutgoingChange(replace(change, **fields), before, after)

    def edit(self, after: tuple[str, ...], **fields: object) -> OutgoingChange:
        return self.change(before=self.version(1), after=self.version(2, *after), **fields)

    def message(self, *changes: OutgoingChange, **fields: object) -> OutgoingMessage:
        message = OutgoingMessage("m1@watch.example", "ann@law.example", Channel.EMAIL, changes, 0)
        return replace(message, **fields)
