"""The rows of each table: what was known of a report, put into columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from reports.model.country_codes import country_codes
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.section_codes import Piece, section_codes
from reports.text.fingerprint import text_sha256
from reports.topics.classify import taxonomy
from services.exports.stays import Stay, stays
from storage.read.known_history import KnownChange, KnownReport, KnownVersion

Row = dict[str, Any]
"""A row: its values by column. Those that are left out, and ``""``, are empty."""

Rows = dict[tuple[Any, ...], Row]
"""What was known at one moment, by the key that names a row."""


def report_rows(known: KnownReport, as_of: datetime) -> Iterator[tuple[str, Row]]:
    """Yield a report's rows with the names of their tables, each table's in order of its key."""
    for row in _versions(known, as_of):
        yield "versions", row
    for version in known.versions:
        name = {"report": str(known.report), "version": version.number}
        for table, parts in _PARTS.items():
            for row in _of_version(known.report, version, parts, as_of):
                yield table, {**name, **row}
    yield "coverage", _coverage(known, as_of)


def change_row(known: KnownChange, position: int) -> Row:
    """Return the row of a change in one state of what was known of it."""
    value = known.change
    name = value.report
    return {
        "change": value.id,
        "position": position,
        **_name(name),
        "report": str(name) if name.country else "",
        "kind": value.kind.value,
        "from_version": value.from_version,
        "to_version": value.to_version,
        "from_payload_sha256": known.from_payload,
        "to_payload_sha256": known.to_payload,
        "detected_at": value.detected_at,
        "system_from": known.known_from,
        "system_to": known.known_until,
        "subject": known.subject,
        "words_added": value.words_added,
        "words_removed": value.words_removed,
        "issues_added": len(value.issues_added),
        "issues_removed": len(value.issues_removed),
        "issues_reworded": len(value.issues_reworded),
        "returned_to": value.returned_to or None,
        "is_baseline": value.is_baseline,
        "is_held": known.is_held,
        "is_corroborated": known.is_corroborated,
        "summary_line": value.summary_line,
        "url": value.url,
    }


def section_code_rows() -> Iterator[Row]:
    """Yield the codes of sections that the program knows."""
    for each in section_codes().all:
        yield dict(vars(each))


def taxonomy_rows() -> Iterator[Row]:
    """Yield the topics that the program knows."""
    for each in taxonomy().topics:
        yield {
            "topic": each.id,
            "name": each.name,
            "group": each.group,
            "rights": each.rights_line,
            "ciri": " ".join(each.ciri),
            "is_pts": each.is_pts,
        }


def _name(report: ReportId) -> Row:
    return {
        "report": str(report),
        "source": report.source,
        "edition": report.edition,
        "country": report.country,
        "part": report.part,
    }


def _versions(known: KnownReport, as_of: datetime) -> Iterator[Row]:
    def at(moment: datetime) -> Rows:
        return {
            (stay.version.number, stay.position): _version(known, stay, moment)
            for stay in stays(known, moment)
        }

    moments = {each.known_from for each in known.absences}
    for version in known.versions:
        moments.add(version.known_from)
        moments.update(each.known_from for each in version.seen)
        moments.update(each.known_from for each in version.readings)
    yield from through_time((each for each in moments if each <= as_of), at)


def _version(known: KnownReport, stay: Stay, moment: datetime) -> Row:
    read = stay.version.reading_as_of(moment)
    value = read.value
    return {
        **_name(known.report),
        "version": stay.version.number,
        "position": stay.position,
        "title": stay.version.title,
        "valid_from": stay.valid_from,
        "valid_to": stay.valid_to,
        "last_seen_at": stay.last_seen_at,
        "captured_at": stay.version.captured_at,
        "published_on": known.published_on,
        "url": stay.version.url,
        "payload_sha256": stay.version.payload_sha256,
        "text_sha256": value.text_sha256,
        "words_sha256": value.words_sha256,
        "report_sha256": value.report_sha256,
        "reader_revision": read.revision,
        "issue_status": value.issues.status.value,
        "issue_count": len(value.issues.items),
        "section_count": len(value.sections),
        "summary_word_count": value.summary_word_count,
        "report_word_count": value.word_count,
        **vars(country_codes().of(known.report)),
    }


def _of_version(
    report: ReportId,
    version: KnownVersion,
    parts: Callable[[ReportId, Reading], Iterator[Row]],
    as_of: datetime,
) -> Iterator[Row]:
    def at(moment: datetime) -> Rows:
        value = version.reading_as_of(moment).value
        return {(row["position"], row.get("topic", "")): row for row in parts(report, value)}

    moments = {version.known_from, *(each.known_from for each in version.readings)}
    yield from through_time((each for each in moments if each <= as_of), at)


def through_time(moments: Iterable[datetime], at: Callable[[datetime], Rows]) -> Iterator[Row]:
    """Yield each row with the time in which it was known, in order of key and time.

    ``at`` returns what was known at a moment, and changes at ``moments`` alone. A row that says
    the same from one moment to the next is one row.
    """
    known: Rows = {}
    over: list[tuple[tuple[Any, ...], Row]] = []
    for moment in sorted(set(moments)):
        now = at(moment)
        for key, row in list(known.items()):
            if not _says_still(row, now.get(key)):
                over.append((key, {**known.pop(key), "system_to": moment}))
        for key in now.keys() - known.keys():
            known[key] = {**now[key], "system_from": moment}
    ordered = sorted((*over, *known.items()), key=lambda each: (each[0], each[1]["system_from"]))
    for _, row in ordered:
        yield row


def _says_still(known: Row, now: Row | None) -> bool:
    return now is not None and known == {**now, "system_from": known["system_from"]}


def _sections(report: ReportId, reading: Reading) -> Iterator[Row]:
    for piece in section_codes().pieces(report.source, reading):
        yield _piece(report, piece)


def _piece(report: ReportId, piece: Piece) -> Row:
    return {
        "source": report.source,
        "position": piece.position,
        "level": piece.level,
        "number": piece.number,
        "heading": piece.heading,
        "outline": piece.outline,
        "code": piece.code,
        "code_note": piece.code_note,
        "word_count": sum(len(block.split()) for block in piece.blocks),
        "sha256": piece.sha256,
        "text": piece.text,
    }


def _issues(_report: ReportId, reading: Reading) -> Iterator[Row]:
    issues = reading.issues
    for position, each in enumerate(issues.items):
        lead = issues.leads[each.lead] if each.lead >= 0 else None
        yield {
            "position": position,
            "text": each.text,
            "rank": each.rank.value,
            "lead": lead.text if lead else "",
            "scope": lead.scope if lead else "",
            "is_hedged": lead.is_hedged if lead else None,
            "group": each.group,
            "qualifier": each.qualifier,
            **_place(each.block, each.start),
            "sha256": text_sha256((each.text,)),
        }


def _topics(_report: ReportId, reading: Reading) -> Iterator[Row]:
    for position, each in enumerate(reading.issues.items):
        for topic in dict.fromkeys(each.topics):
            yield {"position": position, "topic": topic, "sha256": text_sha256((each.text,))}


def _facts(_report: ReportId, reading: Reading) -> Iterator[Row]:
    for position, each in enumerate(reading.facts):
        yield {
            "position": position,
            "kind": each.kind,
            "text": each.text,
            **_place(each.block, each.start),
            "sha256": text_sha256((each.text,)),
        }


def _place(block: int, start: int) -> Row:
    return {"block": block, "start": start} if block >= 0 else {"block": None, "start": None}


_PARTS: Mapping[str, Callable[[ReportId, Reading], Iterator[Row]]] = {
    "sections": _sections,
    "issues": _issues,
    "topics": _topics,
    "facts": _facts,
}


def _coverage(known: KnownReport, as_of: datetime) -> Row:
    held = stays(known, as_of)
    last = held[-1]
    reading = last.version.reading_as_of(as_of).value
    pieces = list(section_codes().pieces(known.report.source, reading))
    topics = {topic for each in reading.issues.items for topic in each.topics}
    return {
        **_name(known.report),
        "version": last.version.number,
        "position": len({stay.version.number for stay in held}),
        "sha256": reading.report_sha256,
        "version_count": len(known.versions),
        "valid_from": held[0].valid_from,
        "valid_to": last.valid_to,
        "issue_status": reading.issues.status.value,
        "issue_count": len(reading.issues.items),
        "topic_count": len(topics),
        "piece_count": len(pieces),
        "uncoded_count": sum(not piece.code for piece in pieces),
        **vars(country_codes().of(known.report)),
    }
