"""Changes as rows: the columns of a change, and the change that a row is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from reports.model.form import Appearance
from reports.model.identity import ReportId
from reports.model.reading import ActorList, IssueStatus, UnreadList
from reports.model.values import ArchiveEvidence, Change, ChangeKind, NextEdition
from reports.topics.trends import VanishedTopic
from storage.database.tables import change, report
from storage.texts.versions import REPORT_NAME

_LISTS = (
    "issues_added",
    "issues_removed",
    "issues_unmatched",
    "notes_added",
    "notes_removed",
    "sections",
)
"""The parts of a change that are lists: nearly always empty, so only the others are kept."""

_ACTOR_LISTS = ("lists_added", "lists_removed")


def change_columns(value: Change) -> dict[str, Any]:
    """Return the columns of a change, but for what it is of and the run that found it."""
    return {
        "kind": value.kind.value,
        "from_version": value.from_version,
        "to_version": value.to_version,
        "detected_at": value.detected_at,
        "words_added": value.words_added,
        "words_removed": value.words_removed,
        "returned_to": value.returned_to,
        "is_baseline": value.is_baseline,
        "is_held": value.is_held,
        "url": value.url,
        "summary_line": value.summary_line,
        "detail": _detail(value),
    }


def edition_columns(value: Change) -> dict[str, Any]:
    """Return the columns that name the edition of a change that is of no report."""
    return {
        "source": value.report.source,
        "edition": value.report.edition,
        "title": value.title,
        "subject": value.vanished.topic if value.vanished else value.report.country,
    }


def _detail(value: Change) -> dict[str, Any]:
    names = (*_LISTS, "issues_reworded")
    detail: dict[str, Any] = {name: getattr(value, name) for name in names if getattr(value, name)}
    if value.is_emptied:
        detail["is_emptied"] = True
    for name in _ACTOR_LISTS:
        if lists := getattr(value, name):
            detail[name] = [(each.about, each.issues) for each in lists]
    if value.unread_lists:
        detail["unread_lists"] = [
            (each.is_newer, each.status.value, each.sentences) for each in value.unread_lists
        ]
    if value.appearance:
        detail["appearance"] = value.appearance.as_json()
    if value.follows:
        detail["follows"] = asdict(value.follows)
    return {**detail, "vanished": asdict(value.vanished)} if value.vanished else detail


def name_of_change() -> list[ColumnElement[str]]:
    """Return the columns that name a change's report, or the edition it is of as a whole.

    In the order of a ReportId; the report's table is to be joined outer. A country that was dropped
    from an edition has no report in it, and is the change's subject.
    """
    of_edition = [func.coalesce(report.c[name], change.c[name]) for name in ("source", "edition")]
    is_of_country = change.c.kind == ChangeKind.COUNTRY_DROPPED.value
    country = func.coalesce(report.c.country, case((is_of_country, change.c.subject), else_=""))
    part = func.coalesce(report.c.part, "")
    return [
        column.label(named.name)
        for column, named in zip((*of_edition, country, part), REPORT_NAME, strict=True)
    ]


def select_changes() -> Select[Any]:
    """Select changes with the names of what they are of, as ``change_of`` reads them."""
    own = {"source", "edition", "title", "subject"}
    columns = [column for column in change.c if column.name not in own]
    title = func.coalesce(report.c.title, change.c.title).label("title")
    return select(*columns, title, *name_of_change()).outerjoin(
        report, report.c.id == change.c.report_id
    )


def change_of(row: Row[Any]) -> Change:
    """Return the change of a row."""
    lists: dict[str, Any] = {name: tuple(row.detail.get(name, ())) for name in _LISTS}
    for name in _ACTOR_LISTS:
        found = row.detail.get(name, ())
        lists[name] = tuple(ActorList(about, tuple(issues)) for about, issues in found)
    return Change(
        id=row.id,
        kind=ChangeKind(row.kind),
        report=ReportId(row.source, row.edition, row.country, row.part),
        title=row.title,
        from_version=row.from_version,
        to_version=row.to_version,
        detected_at=row.detected_at,
        words_added=row.words_added,
        words_removed=row.words_removed,
        returned_to=row.returned_to,
        summary_line=row.summary_line,
        url=row.url,
        is_baseline=row.is_baseline,
        is_held=row.is_held,
        issues_reworded=tuple((old, new) for old, new in row.detail.get("issues_reworded", ())),
        is_emptied=bool(row.detail.get("is_emptied")),
        vanished=_vanished(row.detail),
        unread_lists=tuple(
            UnreadList(is_newer, IssueStatus(status), tuple(sentences))
            for is_newer, status, sentences in row.detail.get("unread_lists", ())
        ),
        appearance=_appearance(row.detail),
        follows=NextEdition(**row.detail["follows"]) if "follows" in row.detail else None,
        witnesses=tuple(
            ArchiveEvidence(datetime.fromisoformat(at), url)
            for at, url in row.detail.get("witnesses", ())
        ),
        **lists,
    )


def _appearance(detail: dict[str, Any]) -> Appearance | None:
    found = detail.get("appearance")
    return Appearance.of(found) if found else None


def _vanished(detail: dict[str, Any]) -> VanishedTopic | None:
    found = detail.get("vanished")
    return VanishedTopic(**{**found, "named_by": tuple(found["named_by"])}) if found else None
