"""Give a citation as CSL-JSON, from which reference managers make every other style."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from reports.wording.citation import stamp
from reports.wording.cited import Cited

_NOT_OF_KEYS = re.compile(r"[^A-Za-z0-9.-]")


def csl_entry(cited: Cited) -> dict[str, Any]:
    """Return the entry (CSL 1.0.2): a report, accessed when it was captured.

    An author that publishes by itself is not named twice. ``archive_location`` is where the text is
    kept as it was; ``note`` says what no field of CSL holds: section and paragraph, version, the
    moment of the capture and the whole digest.
    """
    body = cited.institution
    accessed = cited.captured_at.astimezone(UTC)
    entry: dict[str, Any] = {
        "id": citation_key(cited),
        "type": "report",
        "title": cited.title,
        "author": [{"literal": body.author}] if body.author else [],
        "publisher": body.parent,
        "edition": cited.edition,
        "issued": {"date-parts": [list(cited.issued)]} if cited.issued else None,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "URL": cited.url,
        "archive_location": cited.archives[0] if cited.archives else "",
        "language": "en",
        "note": note(cited),
    }
    return {field: value for field, value in entry.items() if value}


def citation_key(cited: Cited) -> str:
    """Return a key that is the same whenever the same part of a version is cited."""
    view, part = cited.view, cited.part
    name = _NOT_OF_KEYS.sub("-", str(view.report))
    anchor = part.anchor or (cited.short_hash[:8] if part.name else "")
    return "-".join(filter(None, (name, f"v{view.number}", anchor)))


def note(cited: Cited) -> str:
    """Say what styles have no place for: what is cited, which version, when captured, the hash."""
    part = cited.part
    section = f"section {part.number}" if part.number else part.name
    return "; ".join(
        filter(
            None,
            (
                section,
                f"paragraph {part.paragraph}" if part.paragraph else "",
                f"version {cited.view.number}",
                f"captured {stamp(cited.captured_at)}",
                f"sha256:{part.sha256}",
                *(f"archived at {each}" for each in cited.archives[1:]),
            ),
        )
    )
