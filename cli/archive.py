"""Commands that read what is held: ``reports``, ``show``, ``log``, ``changes``, ``diff``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context
from cli.output import (
    Column,
    Json,
    Refusal,
    examples,
    print_json,
    say,
    say_prose,
    show_rows,
    tell_rows,
)
from reports.identity import ReportId
from reports.model import ChangeKind, VersionView
from scrapers.registry import source_named

if TYPE_CHECKING:
    from flows.assembly import Parts
    from reports.diff import ReadingComparison

Country = Annotated[
    str, typer.Argument(metavar="COUNTRY", help="A country or area by name, key or alpha-3 code.")
]
Edition = Annotated[
    str, typer.Argument(metavar="EDITION", help="The edition: the year a report covers.")
]
Part = Annotated[str, typer.Option(metavar="PART", help="A child area, such as tibet.")]
InSource = Annotated[
    str,
    typer.Option("--source", metavar="SOURCE", help="The source; default: whichever has it."),
]


class State(StrEnum):
    """Whether a report can be read at its publisher's."""

    PRESENT = "present"
    SUSPECTED = "suspected"
    REMOVED = "removed"


_KINDS = f"One of {', '.join(ChangeKind)}."


class Format(StrEnum):
    """How a comparison is printed."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command, tries in _EXAMPLES.items():
        app.command(epilog=examples(*tries))(command)


def reports(
    source: Annotated[str, typer.Option(metavar="SOURCE", help="Only this source.")] = "",
    edition: Annotated[str, typer.Option(metavar="YEAR", help="Only this edition.")] = "",
    country: Annotated[
        str, typer.Option(metavar="COUNTRY", help="Only this country or area.")
    ] = "",
    state: Annotated[
        State | None, typer.Option(help="Only these: removed ones are gone from their site.")
    ] = None,
    as_json: Json = False,
) -> int:
    """List the reports held, with how many versions of each."""
    from monitor.documents import report_document

    if source:
        source_named(source)
    code, _, part = context.country_code(country).partition("/") if country else ("", "", "")
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.library.reports(
            source=source, edition=edition, country=code, part=part or None, state=state or ""
        )
    rows = [report_document(view) for view in found]
    if as_json:
        print_json(rows)
        return 0
    for row in rows:
        row["seen"] = row["latest"]["last_seen_at"]
        row["country"] = row["title"].rpartition(": ")[2]
    columns = [
        Column("report", "report"),
        Column("of", "country"),
        Column("state", "state"),
        Column("versions", "versions", is_number=True),
        Column("last seen (UTC)", "seen", is_moment=True),
    ]
    is_filtered = bool(source or edition or country or state)
    nothing = "no report held fits" if is_filtered else "no reports are held"
    show_rows(rows, columns, f"{nothing}; `reportwatch ingest` brings them")
    return 0


def show(
    country: Country,
    edition: Edition,
    part: Part = "",
    version: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="A version; default: the latest.")
    ] = None,
    source: InSource = "",
    as_json: Json = False,
) -> int:
    """Show what a report says: summary, notes, issues, sections.

    --json gives the text of every section too.
    """
    from monitor.documents import show_document

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        view = _version(opened, name, version)
        with opened.store.read() as unit:
            report = unit.library.reports(
                source=name.source, edition=name.edition, country=name.country, part=name.part
            )[0]
    document = show_document(view, report)
    if as_json:
        print_json(document)
    else:
        _print_report(document)
    return 0


def log(
    country: Country,
    edition: Edition,
    part: Part = "",
    source: InSource = "",
    as_json: Json = False,
) -> int:
    """List the versions of a report, the one captured last first."""
    from monitor.documents import version_document

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        with opened.store.read() as unit:
            rows = [version_document(view) for view in unit.library.versions(name)]
    columns = [
        Column("version", "version", is_number=True),
        Column("captured (UTC)", "captured_at", is_moment=True),
        Column("last seen (UTC)", "last_seen_at", is_moment=True),
        Column("words", "words", is_number=True),
        Column("text sha256", "text_sha256", is_digest=True),
    ]
    tell_rows(rows, columns, "no versions are held", as_json=as_json)
    return 0


def changes(
    since: Annotated[
        str,
        typer.Option(metavar="TIME", help="Only what was seen since this time, ISO 8601 in UTC."),
    ] = "",
    kind: Annotated[
        list[ChangeKind] | None,
        typer.Option(metavar="KIND", help=f"Only this kind; can be repeated. {_KINDS}"),
    ] = None,
    as_json: Json = False,
) -> int:
    """List what changed, newest first."""
    from monitor.documents import change_document

    after = context.moment(since) if since else None
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.changes.find(since=after, kinds=[each.value for each in kind or ()])
    rows = [change_document(change) for change in found]
    columns = [
        Column("seen (UTC)", "detected_at", is_moment=True),
        Column("kind", "kind"),
        Column("what", "summary_line"),
        Column("report", "report"),
    ]
    tell_rows(
        rows, columns, "no change fits" if since or kind else "nothing has changed", as_json=as_json
    )
    return 0


def diff(
    country: Country,
    edition: Edition,
    a: Annotated[
        int | None,
        typer.Argument(min=1, metavar="A", help="From version; default: the one before."),
    ] = None,
    b: Annotated[
        int | None, typer.Argument(min=1, metavar="B", help="To version; default: the latest.")
    ] = None,
    part: Part = "",
    source: InSource = "",
    as_format: Annotated[
        Format, typer.Option("--format", help="How to print it; html is a whole page.")
    ] = Format.TEXT,
    as_json: Json = False,
) -> int:
    """Compare two versions of a report, word by word."""
    from monitor.documents import diff_document
    from reports.diff import compare_readings

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        before, after = _two_versions(opened, name, a, b)
    comparison = compare_readings(before.reading, after.reading)
    if as_json or as_format is Format.JSON:
        print_json(diff_document(before, after, comparison))
    elif as_format is Format.HTML:
        from monitor.redline import render_diff_html

        sys.stdout.write(render_diff_html(before, after, comparison) + "\n")
    else:
        _print_diff(before, after, comparison)
    return 0


def _version(opened: Parts, name: ReportId, number: int | None) -> VersionView:
    with opened.store.read() as unit:
        library = unit.library
        view = library.latest(name) if number is None else library.version(name, number)
    if view is None:
        asked = "version" if number is None else f"version {number}"
        raise Refusal(f"{name} has no {asked}; `reportwatch log` lists those it has")
    return view


def _two_versions(
    opened: Parts, name: ReportId, a: int | None, b: int | None
) -> tuple[VersionView, VersionView]:
    """Return the versions to compare: the ones named, else the latest and the one before it."""
    if a is not None and b is not None:
        return _version(opened, name, a), _version(opened, name, b)
    with opened.store.read() as unit:
        newest_first = unit.library.versions(name)
    if a is not None:
        return _version(opened, name, a), newest_first[0]
    if len(newest_first) < 2:
        raise Refusal(f"{name} has one version only: there is nothing to compare")
    return newest_first[1], newest_first[0]


def _print_report(document: dict[str, Any]) -> None:
    say(f"{document['title']}  [{document['report']}, version {document['version']}]")
    say(f"captured {document['captured_at']}, text sha256 {document['text_sha256']}")
    for url in document["locations"]:
        say(url)
    for note in document["notes"]:
        say_prose(f"\nNote: {note.removeprefix('Note: ')}")
    say(f"\n{document['heading']}")
    for block in document["blocks"]:
        say_prose(f"\n{block}")
    say(f"\nIssues: {_issue_status(document['issues'])}")
    for issue in document["issues"]["items"]:
        say_prose(f"- {issue['text']}  [{', '.join(issue['topics']) or 'no topic'}]")
    say("")
    for section in document["sections"]:
        number = f"Section {section['number']}. " if section["number"] else ""
        say(f"{number}{section['heading']} ({section['words']} words)")


_EXAMPLES: dict[Callable[..., int], tuple[str, ...]] = {
    reports: (
        "reportwatch reports --edition 2021",
        "reportwatch reports --state removed",
        "reportwatch reports --country China --json",
    ),
    show: (
        "reportwatch show Kazakhstan 2021",
        "reportwatch show CHN 2022 --part tibet",
        "reportwatch show KAZ 2021 --version 1 --json",
    ),
    log: ("reportwatch log Kazakhstan 2021",),
    changes: (
        "reportwatch changes --since 2025-08-12",
        "reportwatch changes --kind edited --kind removed --json",
    ),
    diff: (
        "reportwatch diff Kazakhstan 2021       the latest against the one before",
        "reportwatch diff Kazakhstan 2021 1 3",
        "reportwatch diff KAZ 2021 --format html > redline.html",
    ),
}


def _issue_status(issues: dict[str, Any]) -> str:
    words = {
        "listed": f"{len(issues['items'])} listed",
        "none_reported": "the report says that there were none to report",
        "unparsed": "the list could not be read; read the summary itself",
    }
    return words[issues["status"]]


def _print_diff(before: VersionView, after: VersionView, comparison: ReadingComparison) -> None:
    from reports.diff import unified_text

    say(f"{after.title}: version {before.number} against version {after.number}")
    say(
        f"+{comparison.words_added} \u2212{comparison.words_removed} words; [-deleted-] {{+added+}}"
    )
    for place, each in comparison.changed:
        say(f"\n{place}\n")
        for paragraph in unified_text(each).split("\n"):
            say_prose(paragraph)
    if comparison.is_same:
        say("the words are the same")
