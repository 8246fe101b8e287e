"""What GOV.UK publishes in the place of a document that is no longer there.

A ``redirect`` item says where readers are sent and is answered with status 200; a ``gone`` item
says why a document was taken back, and is answered with 410.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.text.addresses import split_address
from scrapers.engines.govuk_document import markup_of, objects, said, text

_LONGEST = 300
_TAKEN_BACK = "taken back"


def destination_of(item: Mapping[str, Any], asked: str) -> str:
    """Return where a redirect item sends who asks for a path, as a path or an address.

    Rules that name the path itself count before those that name its beginning, and longer
    beginnings before shorter ones; query and fragment of the destination are kept. ``""`` if
    no rule is for the path.
    """
    rules = sorted(objects(item.get("redirects")), key=_precedence)
    return next((found for each in rules if (found := _sent_to(each, asked))), "")


def _precedence(rule: Mapping[str, Any]) -> tuple[bool, int]:
    return rule.get("type") == "prefix", -len(text(rule.get("path")))


def _sent_to(rule: Mapping[str, Any], asked: str) -> str:
    """Return where one rule sends a path, ``""`` if it is not for it.

    What follows the path is appended if the rule preserves segments: unless it says otherwise, a
    rule for beginnings does.
    """
    start, destination = text(rule.get("path")), text(rule.get("destination"))
    if asked == start:
        return destination
    if rule.get("type") != "prefix" or not asked.startswith(f"{start.rstrip('/')}/"):
        return ""
    if text(rule.get("segments_mode")) == "ignore":
        return destination
    parts = split_address(destination)
    rest = asked.removeprefix(start.rstrip("/"))
    return parts._replace(path=parts.path.rstrip("/") + rest).geturl()


def gone_notice(item: Mapping[str, Any]) -> str:
    """Return what a gone item says: its explanation, and where to look instead."""
    details = item.get("details")
    known = details if isinstance(details, dict) else {}
    why = " ".join(said(markup_of(known.get("explanation"))))[:_LONGEST]
    instead = text(known.get("alternative_path"))[:_LONGEST]
    because = f": “{why}”" if why else ""
    return f"{_TAKEN_BACK}{because}" + (f"; see {instead} instead" if instead else "")
