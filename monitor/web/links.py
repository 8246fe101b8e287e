"""Addresses of the monitor's own pages, and the names read back from them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind

ALL_CHANGES = "/feeds/changes.atom"

_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)


def report_path(name: ReportId) -> str:
    """Return the page of a report: its name is its path; of a whole edition: its topics."""
    if not name.country:
        return list_path("/topics", source=name.source, edition=name.edition)
    return f"/reports/{quote(str(name), safe='/')}"


def version_path(name: ReportId, number: int) -> str:
    """Return the page of one version."""
    return f"{report_path(name)}/v/{number}"


def paragraph_path(name: ReportId, number: int, anchor: str) -> str:
    """Return the page of one paragraph of a version: its words, and what became of them."""
    return f"{version_path(name, number)}/p/{anchor}"


def cite_path(
    name: ReportId, number: int, section: str = "", paragraph: int = 0, form: str = ""
) -> str:
    """Return where a version is cited in every style; ``form`` is ``.bib`` or ``.json``."""
    path = f"{version_path(name, number)}/cite{form}"
    return list_path(path, section=section, paragraph=paragraph)


def captured_path(name: ReportId, number: int) -> str:
    """Return the page that shows a version's page as it was captured."""
    return f"{version_path(name, number)}/captured"


def evidence_path(name: ReportId, number: int) -> str:
    """Return the file that proves a version."""
    return f"{version_path(name, number)}/evidence.wacz"


def diff_path(name: ReportId, before: int, after: int) -> str:
    """Return the page that lays one version over another."""
    return f"{report_path(name)}/diff/{before}..{after}"


def appearance_path(change: Change) -> str:
    """Return the page of a change of a page's form alone."""
    return f"{report_path(change.report)}/appearance/{change.id}"


def change_path(change: Change) -> str:
    """Return the page that shows a change best: the redline if there are two texts."""
    if change.vanished:
        return topic_path(change.vanished.topic, change.report.source, change.report.edition)
    if change.kind is ChangeKind.COUNTRY_DROPPED:  # there is no report to show
        return list_path("/reports", source=change.report.source, country=change.report.country)
    if change.appearance:
        return appearance_path(change)
    before, after = change.from_version, change.to_version
    if before and after and before != after:
        return diff_path(change.report, before, after)
    return version_path(change.report, after) if after else report_path(change.report)


def topic_path(topic: str, source: str, edition: str = "") -> str:
    """Return the page of one topic: who names it in an edition, and in which words."""
    return list_path(f"/topics/{quote(topic, safe='')}", source=source, edition=edition)


def subscribe_path(name: ReportId) -> str:
    """Return the form that asks to be notified, filled in for one report."""
    has_area = name.part and not name.is_document
    country = f"{name.country}/{name.part}" if has_area else name.country
    return list_path("/subscribe", country=country, source=name.source, edition=name.edition)


def source_feed(source: str) -> str:
    """Return the feed of a source's changes."""
    return f"/feeds/sources/{quote(source, safe='')}/changes.atom"


def country_feed(country: str, part: str = "") -> str:
    """Return the feed of a country's changes, or of those of one area of it."""
    place = "/".join(quote(each, safe="") for each in (country, part) if each)
    return f"/feeds/countries/{place}/changes.atom"


def report_feed(name: ReportId) -> str:
    """Return the feed of one report's changes."""
    return f"/feeds/reports/{quote(str(name), safe='/')}/changes.atom"


def topic_feed(topic: str) -> str:
    """Return the feed of the changes that touch a topic."""
    return f"/feeds/topics/{quote(topic, safe='')}/changes.atom"


def list_path(path: str, **filters: str | int) -> str:
    """Return a list's page with its filters; empty ones are left out."""
    query = urlencode({name: value for name, value in filters.items() if value})
    return f"{path}?{query}" if query else path


def is_name(text: str) -> bool:
    """Tell whether a text may be part of a report's name, so that a database may be asked."""
    return _NAME.fullmatch(text) is not None


def read_name(source: str, edition: str, country: str, part: str = "") -> ReportId | None:
    """Return the report a path names; None if it cannot be a name at all."""
    pieces = (source, edition, country, *([part] if part else []))
    return ReportId(source, edition, country, part) if all(map(is_name, pieces)) else None
