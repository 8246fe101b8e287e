"""The JSON documents of the contracts, the same from the command line and from the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.documents.readings import (
    facts_document,
    issues_document,
    notes_document,
    section_document,
    taxonomy_document,
)
from reports.notices.address import shown_address
from reports.wording.citation import stamp

if TYPE_CHECKING:  # one command shows one of these
    from reports.model.values import Change, VersionView
    from storage.outbox.alerts import AlertView
    from storage.read.report_rows import ReportView
    from storage.record.reviews import ReviewView
    from storage.watch.runs import RunView

Document = dict[str, Any]


def report_document(view: ReportView) -> Document:
    """Return one entry of ``reports``."""
    return {
        "report": str(view.report),
        "source": view.report.source,
        "edition": view.report.edition,
        "country": view.report.country,
        "part": view.report.part,
        "title": view.title,
        "state": view.state,
        "versions": view.versions,
        "locations": list(view.locations),
        "latest": {
            "number": view.latest.number,
            "text_sha256": view.latest.text_sha256,
            "first_seen_at": stamp(view.latest.first_seen_at),
            "last_seen_at": stamp(view.latest.last_seen_at),
        },
    }


def show_document(view: VersionView, report: ReportView) -> Document:
    """Return what ``show`` prints of one version of a report."""
    reading = view.reading
    return {
        "report": str(view.report),
        "version": view.number,
        "title": view.title,
        "published_on": report.published_on,
        "heading": reading.heading,
        "blocks": list(reading.blocks),
        "notes": list(reading.notes),
        "note_details": notes_document(reading.notes),
        "text_sha256": reading.text_sha256,
        "payload_sha256": view.payload_sha256,
        "reader_revision": view.reader_revision,
        "sections": [section_document(section) for section in reading.sections],
        "issues": issues_document(reading.issues),
        "facts": facts_document(reading.facts),
        "taxonomy": taxonomy_document(reading.issues),
        "locations": list(report.locations),
        "captured_at": stamp(view.captured_at),
    }


def version_document(view: VersionView) -> Document:
    """Return one entry of ``log``; ``words`` counts the whole report's."""
    reading = view.reading
    return {
        "version": view.number,
        "captured_at": stamp(view.captured_at),
        "last_seen_at": stamp(view.last_seen_at),
        "title": view.title,
        "text_sha256": reading.text_sha256,
        "payload_sha256": view.payload_sha256,
        "report_sha256": reading.report_sha256,
        "reader_revision": view.reader_revision,
        "words": reading.word_count,
        "url": view.url,
    }


def change_document(change: Change) -> Document:
    """Return one entry of ``changes``."""
    return {
        "change": change.id,
        "kind": change.kind.value,
        "report": str(change.report),
        "from_version": change.from_version,
        "to_version": change.to_version,
        "detected_at": stamp(change.detected_at),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "issues_added": list(change.issues_added),
        "issues_removed": list(change.issues_removed),
        "issues_reworded": [
            {"before": before, "after": after} for before, after in change.issues_reworded
        ],
        "notes_added": list(change.notes_added),
        "notes_removed": list(change.notes_removed),
        "topic": change.vanished.topic if change.vanished else "",
        "returned_to": change.returned_to,
        "summary_line": change.summary_line,
        "url": change.url,
        "is_baseline": change.is_baseline,
        "is_held": change.is_held,
        "corroborated": change.is_corroborated,
        "corroborated_by": [
            {"captured_at": stamp(each.captured_at), "url": each.url} for each in change.witnesses
        ],
    }


def alert_document(alert: AlertView) -> Document:
    """Return one entry of ``alerts``."""
    return {
        "alert": alert.alert,
        "change": alert.change,
        "report": alert.report,
        "address": shown_address(alert.address),
        "channel": alert.channel,
        "state": alert.state.value,
        "attempts": alert.attempts,
        "due_at": stamp(alert.due_at),
        "message_id": alert.message_id,
        "last_error": alert.last_error,
        "summary_line": alert.summary_line,
    }


def run_document(run: RunView) -> Document:
    """Return one row of the ledger."""
    return {
        "run": run.id,
        "source": run.source,
        "state": run.state,
        "trigger": run.trigger,
        "orchestrator": run.orchestrator,
        "flow_run": run.flow_run,
        "parameters": dict(run.parameters),
        "counts": dict(run.counts),
        "planned": run.planned_count or None,
        "error": run.error,
        "started_at": stamp(run.started_at),
        "ended_at": stamp(run.ended_at) if run.ended_at else None,
        "seconds": run.seconds,
    }


def review_document(waiting: ReviewView) -> Document:
    """Return one entry of ``review``, with the command that decides it."""
    return {
        "review": waiting.id,
        "state": waiting.state,
        "source": waiting.source,
        "url": waiting.url,
        "country": waiting.country,
        "edition": waiting.edition,
        "is_edition_inferred": bool(waiting.edition) and waiting.state == "open",
        "why": waiting.why,
        "text_sha256": waiting.text_sha256,
        "decide": _how_to_decide(waiting),
    }


def _how_to_decide(waiting: ReviewView) -> str:
    if waiting.state == "held":
        return f"reportwatch review {waiting.id} --accept"
    country, edition = waiting.country or "COUNTRY", waiting.edition or "YEAR"
    return f"reportwatch review {waiting.id} --country {country} --edition {edition}"
