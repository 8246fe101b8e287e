"""What a webhook is sent: one JSON document for each message, signed as Standard Webhooks has it.

https://www.standardwebhooks.com: the id stays over every attempt, so that a receiver can fold what
comes twice; the signature is over id, time and body.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from alerts.message import ComposedMessage
from alerts.story import permalink
from reports.compare.diff import marked_text
from reports.model.reading import Reading
from reports.model.values import VersionView
from reports.notices.importance import importance
from reports.notices.messages import OutgoingChange, OutgoingMessage
from reports.wording.citation import cite, stamp

MOST_CHANGES = 250
"""Changes one document tells in full, as in a mail; ``changes_left_out`` counts the others."""

MOST_TEXT = 20_000
"""Characters of the plain text."""

MOST_REDLINE = 20_000
"""Characters of one change's redline; the permalink leads to the whole."""

_SECRET_BYTES = 24


def new_secret() -> str:
    """Return a secret to sign with, in the form that receivers' libraries take."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def webhook_body(
    message: OutgoingMessage,
    composed: ComposedMessage,
    *,
    public_url: str,
    publishers: Mapping[str, str],
    now: datetime,
) -> str:
    """Return the document for one message; every text in it is data, as the publisher wrote it."""
    told = message.changes[:MOST_CHANGES]
    return json.dumps(
        {
            "type": "reports.changed",
            "timestamp": stamp(now),
            "data": {
                "subject": composed.subject,
                "text": composed.text[:MOST_TEXT],
                "changes": [_change(each, public_url, publishers) for each in told],
                "changes_left_out": len(message.changes) - len(told),
            },
        },
        ensure_ascii=False,
    )


def letter_body(message: OutgoingMessage, now: datetime) -> str:
    """Return the document for a message that tells no change."""
    return json.dumps(
        {"type": message.kind.value, "timestamp": stamp(now), "data": dict(message.detail)}
    )


def webhook_headers(message_id: str, body: str, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when."""
    name = message_id.strip("<>")
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, now, body),
    }


def _change(
    outgoing: OutgoingChange, public_url: str, publishers: Mapping[str, str]
) -> dict[str, Any]:
    """Return a change with the keys of ``changes``, and with what a message says of it."""
    change = outgoing.change
    compared = outgoing.compared
    view = outgoing.after or outgoing.before
    return {
        "change": change.id,
        "kind": change.kind.value,
        "importance": importance(change).value,
        "report": str(change.report),
        "title": change.title,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "detected_at": stamp(change.detected_at),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "issues_added": list(change.issues_added),
        "issues_removed": list(change.issues_removed),
        "issues_reworded": [list(pair) for pair in change.issues_reworded],
        "sections": list(change.sections),
        "summary_line": change.summary_line,
        "url": change.url,
        "permalink": permalink(outgoing, public_url),
        "citation": cite(view, publishers.get(change.report.source, "")) if view else "",
        "before": _version(outgoing.before),
        "after": _version(outgoing.after),
        "redline": _redline(compared.changed) if compared else [],
    }


def _version(view: VersionView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    reading: Reading = view.reading
    return {
        "version": view.number,
        "captured_at": stamp(view.captured_at),
        "text_sha256": reading.text_sha256,
        "report_sha256": reading.report_sha256,
        "payload_sha256": view.payload_sha256,
    }


def _redline(parts: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return the changed paragraphs of each part, deleted and added words marked in the text."""
    told, room = [], MOST_REDLINE
    for name, comparison in parts:
        paragraphs = []
        for pieces in comparison.paragraphs:
            if all(piece.op.value == "equal" for piece in pieces):
                continue
            text = marked_text(pieces)
            if len(text) > room:
                break
            room -= len(text)
            paragraphs.append(text)
        told.append({"part": name, "paragraphs": paragraphs})
    return told
