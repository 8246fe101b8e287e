"""The tables of a data set: their columns, in order, and what each says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "boolean", "datetime"]


@dataclass(frozen=True)
class Column:
    """One column. ``is_quoted`` says that it holds a publisher's words, which may be anything."""

    name: str
    kind: Kind
    says: str
    is_quoted: bool = False


@dataclass(frozen=True)
class Reference:
    """Columns whose values stand in the columns of another table, under the same names."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class ExportTable:
    """One table: what a row is, its columns, its key, and what it refers to."""

    name: str
    says: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: tuple[Reference, ...] = ()


def _text(name: str, says: str) -> Column:
    return Column(name, "string", says)


def _quoted(name: str, says: str) -> Column:
    return Column(name, "string", says, is_quoted=True)


def _count(name: str, says: str) -> Column:
    return Column(name, "integer", says)


def _time(name: str, says: str) -> Column:
    return Column(name, "datetime", says)


def _flag(name: str, says: str) -> Column:
    return Column(name, "boolean", says)


_NAME = (
    _text("report", "The report's name: source/edition/country[/part]."),
    _text("source", "The report family and its publisher, as `reportwatch sources` names it."),
    _text("edition", "The year that the report covers; `current` if it is kept up to date."),
    _text("country", "Alpha-3 code of this project: ISO 3166, XKX for Kosovo."),
    _text("part", "The child area that the report is about, or a document; empty: the country."),
)
_VERSION = (
    _NAME[0],
    _count("version", "The version's number: a name, given in the order of recording."),
)
_KNOWN = (
    _time("system_from", "We knew this row from then on."),
    _time("system_to", "Until then, exclusive; empty: it is what is known as of the export."),
)
_CODES = (
    _text("iso2", "ISO 3166-1 alpha-2, valid at the end of the edition's year."),
    _text("iso3", "ISO 3166-1 alpha-3, valid at the end of the edition's year."),
    _text("iso_numeric", "ISO 3166-1 numeric, three digits."),
    _text("m49", "UN M49, three digits."),
    _text("cow", "Correlates of War, state abbreviation."),
    _count("cow_number", "Correlates of War, state number."),
    _count("gw_number", "Gleditsch and Ward, state number."),
    _text("code_note", "Why a code is missing, or whom the codes stand for."),
)
_ISSUE_STATUS = _text(
    "issue_status",
    "listed, partial (a sentence that reads like a list was not read), none_reported or unparsed: "
    "what is not listed by a partial or unparsed list is not known to be missing.",
)

VERSIONS = ExportTable(
    "versions",
    "Each stay of a text at a report: a version, or a part of its time if the report was removed "
    "and came back with the same words. Filter `system_to` empty for what is known now.",
    (
        *_NAME,
        _VERSION[1],
        _count("position", "1 for the first stay of this version, 2 for the next one …"),
        _quoted("title", "The version's title."),
        _time("valid_from", "The words stood from then on, at the latest: first capture of them."),
        _time(
            "valid_to",
            "Until then, exclusive: the first capture of the next words, or the moment at which "
            "the report was found to be gone; empty: they stand.",
        ),
        _time("last_seen_at", "When the words were last seen; empty while they stand."),
        *_KNOWN,
        _time("captured_at", "When the payload was captured that this version was read from."),
        _text("published_on", "The day of publication that the page gave, if any."),
        _text("url", "Where it was captured, or for an archive's capture, of what."),
        _text("payload_sha256", "SHA-256 of the bytes."),
        _text("text_sha256", "SHA-256 of the executive summary's canonical text."),
        _text("words_sha256", "SHA-256 of every word of the report: it decides what an edit is."),
        _text("report_sha256", "SHA-256 of all blocks of the report."),
        _count("reader_revision", "The revision of the reader that read it so."),
        _ISSUE_STATUS,
        _count("issue_count", "Issues that are listed."),
        _count("section_count", "Sections after the executive summary."),
        _count("summary_word_count", "Words of the executive summary."),
        _count("report_word_count", "Words of the whole report."),
        *_CODES,
    ),
    ("report", "version", "position", "system_from"),
)

SECTIONS = ExportTable(
    "sections",
    "A report cut at its headings. The pieces of a version in order of position are all of it.",
    (
        *_VERSION,
        _text("source", _NAME[1].says),
        _count("position", "0 for the executive summary, then in the order of the page."),
        _count("level", "0: the executive summary; 1: a section; 2: a heading inside one."),
        _text("number", "The section's number as printed."),
        _quoted("heading", "The heading as printed."),
        _text("outline", "The outline that has the heading."),
        _text("code", "The code that means the same in every edition; empty: see code_note."),
        _text("code_note", "Why there is no code, or what is odd about it."),
        _count("word_count", "Words of the text."),
        _text(
            "sha256",
            "SHA-256 of heading and text joined by a line feed; of position 0 of the text alone.",
        ),
        _quoted("text", "The blocks up to the next heading, one a line."),
        *_KNOWN,
    ),
    ("report", "version", "position", "system_from"),
    (Reference(("report", "version"), "versions"),),
)

ISSUES = ExportTable(
    "issues",
    "An issue that an executive summary lists: a literal piece of it.",
    (
        *_VERSION,
        _count("position", "Its place in the list, from 0."),
        _quoted("text", "The words."),
        _text("rank", "principal, other (a second list) or further (a sentence after a list)."),
        _quoted("lead", "The words that introduce its list."),
        _quoted("scope", "The lead-in's words that bound the whole list."),
        _flag("is_hedged", "Whether the lead-in speaks of reports or allegations."),
        _quoted("group", "Words that name whom a numbered group of issues concerns."),
        _quoted("qualifier", "The end of the text that only qualifies it."),
        _count("block", "The block of the summary in which it stands, from 0; empty: unknown."),
        _count("start", "Its first character in that block, from 0."),
        _text("sha256", "SHA-256 of the text."),
        *_KNOWN,
    ),
    ("report", "version", "position", "system_from"),
    (Reference(("report", "version"), "versions"),),
)

TOPICS = ExportTable(
    "topics",
    "A topic of an issue; an issue may have several, or none.",
    (
        *_VERSION,
        _count("position", "The issue's position."),
        _text("topic", "The topic, as the taxonomy that was there when it was read named it."),
        _text("sha256", "SHA-256 of the issue's text."),
        *_KNOWN,
    ),
    ("report", "version", "position", "topic", "system_from"),
    (Reference(("report", "version"), "versions"),),
)

FACTS = ExportTable(
    "facts",
    "A stock sentence of an executive summary, literal and whole. Nothing is derived from it.",
    (
        *_VERSION,
        _count("position", "Its place among the summary's stock sentences, from 0."),
        _text("kind", "What it is about: trend, accountability …; not what it says."),
        _quoted("text", "The sentence."),
        _count("block", "The block of the summary in which it stands, from 0."),
        _count("start", "Its first character in that block, from 0."),
        _text("sha256", "SHA-256 of the text."),
        *_KNOWN,
    ),
    ("report", "version", "position", "system_from"),
    (Reference(("report", "version"), "versions"),),
)

CHANGES = ExportTable(
    "changes",
    "One thing that happened to a report, or to a whole edition (then country and part are empty, "
    "unless a country was dropped).",
    (
        _count("change", "The change's number."),
        _count("position", "1 for what was known of it first, 2 for what was known next …"),
        *_NAME,
        _text("kind", "published, edited, noted, removed, restored … New kinds may come."),
        _count("from_version", "The version before; empty: there is none."),
        _count("to_version", "The version after; empty: there is none."),
        _text("from_payload_sha256", "SHA-256 of the bytes of the version before."),
        _text("to_payload_sha256", "SHA-256 of the bytes of the version after."),
        _time("detected_at", "When it was seen; of an import, when the page was captured."),
        *_KNOWN,
        _text("subject", "The topic or country that a change of a whole edition is about."),
        _count("words_added", "Words that came."),
        _count("words_removed", "Words that went."),
        _count("issues_added", "Issues that came."),
        _count("issues_removed", "Issues that went."),
        _count("issues_reworded", "Issues that say the same in other words."),
        _count("returned_to", "The earlier version whose words came back; empty: none did."),
        _flag("is_baseline", "What was there when watching began, or came from an import."),
        _flag("is_held", "Not told to readers, such as a cache that goes to and fro."),
        _flag("is_corroborated", "Borne out by captures of a web archive."),
        _quoted("summary_line", "The change in a line."),
        _text("url", "Where it was seen."),
    ),
    ("change", "system_from"),
)

COVERAGE = ExportTable(
    "coverage",
    "What is held of each report as of the export, and how well it could be read. What is not here "
    "was never seen by this installation: that says nothing of the publisher.",
    (
        *_NAME,
        _count("version", "The version that stands, or stood last."),
        _count("position", "Its place in time among the report's versions, from 1."),
        _text("sha256", "Its report_sha256."),
        _count("version_count", "Versions that are held."),
        _time("valid_from", "From when on the report is held: its first capture."),
        _time("valid_to", "When it was found to be gone; empty: it is there."),
        _ISSUE_STATUS,
        _count("issue_count", "Issues that are listed."),
        _count("topic_count", "Topics that its issues have."),
        _count("piece_count", "Its pieces in `sections`."),
        _count("uncoded_count", "Those of them that have no code."),
        *_CODES,
    ),
    ("report",),
)

SECTION_CODES = ExportTable(
    "section_codes",
    "What the codes of `sections` stand for, in the outlines of each source.",
    (
        _text("source", _NAME[1].says),
        _text("code", "The code."),
        _text("outline", "The outline that it is of."),
        _text("section", "The code of the section that it is in, or its own."),
        _text("title", "The first heading that stands for it."),
        _text("subject", "Joins codes of two outlines about the same; the scope may differ."),
    ),
    ("source", "code"),
)

TAXONOMY = ExportTable(
    "taxonomy",
    "The topics, with what they can be joined to. It is that of the program that exports.",
    (
        _text("topic", "The topic."),
        _text("name", "What people call it."),
        _text("group", "The group of topics that it is in."),
        _text("rights", "Articles by instrument, such as `UDHR 5; ICCPR 7, 10`."),
        _text("ciri", "Variables of the CIRI data set."),
        _flag("is_pts", "Whether the Political Terror Scale looks at it."),
    ),
    ("topic",),
)

OF_REPORTS = (VERSIONS, SECTIONS, ISSUES, TOPICS, FACTS, COVERAGE)
"""The tables whose rows are drawn from each report's history."""

TABLES = (VERSIONS, SECTIONS, ISSUES, TOPICS, FACTS, CHANGES, COVERAGE, SECTION_CODES, TAXONOMY)
"""The tables of a data set, in its order."""
