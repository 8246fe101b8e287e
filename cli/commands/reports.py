"""Commands that read what is held: ``reports``, ``show``, ``log``, ``changes``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.completion import complete_country, complete_edition, complete_source
from cli.output.results import (
    Column,
    Json,
    Refusal,
    examples,
    print_json,
    show_rows,
    tell_rows,
)
from reports.model.identity import ReportId
from reports.model.values import ChangeKind, VersionView
from scrapers.registry import place_name, source_named

if TYPE_CHECKING:
    from services.assembly import Parts
    from storage.read.report_rows import ReportView

Country = Annotated[
    str,
    typer.Argument(
        metavar="COUNTRY",
        help="A country or area by name, key or alpha-3 code.",
        autocompletion=complete_country,
    ),
]
Edition = Annotated[
    str,
    typer.Argument(
        metavar="EDITION",
        help="The edition: the year a report covers.",
        autocompletion=complete_edition,
    ),
]
Part = Annotated[str, typer.Option(metavar="PART", help="A child area, such as tibet.")]
InSource = Annotated[
    str,
    typer.Option(
        "--source",
        metavar="SOURCE",
        help="The source; default: whichever has it.",
        autocompletion=complete_source,
    ),
]


class State(StrEnum):
    """Whether a report can be read at its publisher's."""

    PRESENT = "present"
    SUSPECTED = "suspected"
    REMOVED = "removed"


_KINDS = f"One of {', '.join(ChangeKind)}."
MOST_SHOWN = 50
"""So many changes are listed for people unless they ask for another number."""


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
    from documents.reports import ReportDocument

    if source:
        source_named(source)
    code, part = context.code_and_part(country)
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.reports.find(
            source=source, edition=edition, country=code, part=part or None, state=state or ""
        )
    documents = [ReportDocument.of(view) for view in found]
    if as_json:
        print_json(documents)
        return 0
    rows = [
        {**each.as_json(), "seen": each.latest.last_seen_at, "country": _place_or_title(view)}
        for each, view in zip(documents, found, strict=True)
    ]
    columns = [
        Column("report", "report"),
        Column("of", "country"),
        Column("state", "state"),
        Column("versions", "versions", is_number=True),
        Column("last seen (UTC)", "seen", is_moment=True),
    ]
    is_filtered = bool(source or edition or country or state)
    nothing = "no stored report fits" if is_filtered else "no reports are stored"
    show_rows(rows, columns, f"{nothing}; `reportwatch ingest` brings them")
    return 0


def _place_or_title(view: ReportView) -> str:
    """Return the country of a report, or the title of a document about a country."""
    if view.report.is_document:
        return view.title.rpartition(": ")[2]  # "2023 Country Reports …: Chad", "Note: ferries"
    return place_name(view.report)


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
    from cli.output.reading import print_report
    from documents.show import ShowDocument
    from services.newer_files import newer_files

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        view = version_of(opened, name, version)
        with opened.store.read() as unit:
            report = unit.reports.find(
                source=name.source, edition=name.edition, country=name.country, part=name.part
            )[0]
            newer = newer_files(unit, view)
            notices = unit.reports.notices(name)
    document = ShowDocument.of(view, report, notices)
    if as_json:
        print_json(document)
    else:
        print_report(document, newer)
    return 0


def log(
    country: Country,
    edition: Edition,
    part: Part = "",
    source: InSource = "",
    as_json: Json = False,
) -> int:
    """List the versions of a report, the one captured last first."""
    from documents.reports import VersionDocument

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        with opened.store.read() as unit:
            rows = [VersionDocument.of(view) for view in unit.versions.all(name)]
    columns = [
        Column("version", "version", is_number=True),
        Column("captured (UTC)", "captured_at", is_moment=True),
        Column("last seen (UTC)", "last_seen_at", is_moment=True),
        Column("words", "words", is_number=True),
        Column("text sha256", "text_sha256", is_digest=True),
    ]
    tell_rows(rows, columns, "no versions are stored", as_json=as_json)
    return 0


def changes(
    country: Annotated[
        str,
        typer.Option(
            metavar="COUNTRY",
            help="Only this country or area.",
            autocompletion=complete_country,
        ),
    ] = "",
    edition: Annotated[str, typer.Option(metavar="YEAR", help="Only this edition.")] = "",
    source: Annotated[
        str,
        typer.Option(metavar="SOURCE", help="Only this source.", autocompletion=complete_source),
    ] = "",
    since: Annotated[
        str,
        typer.Option(metavar="TIME", help="Only what was seen since this time, ISO 8601 in UTC."),
    ] = "",
    kind: Annotated[
        list[ChangeKind] | None,
        typer.Option(metavar="KIND", help=f"Only this kind; can be repeated. {_KINDS}"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="NUMBER",
            help=f"Only the newest so many; for people {MOST_SHOWN} unless given.",
        ),
    ] = None,
    baseline: Annotated[
        bool,
        typer.Option("--baseline", help="List for people, too, what first readings recorded."),
    ] = False,
    as_json: Json = False,
) -> int:
    """List what changed, newest first.

    Changes of one run that are alike are one line. The first reading of a source is a baseline and
    not news: people see it with --baseline alone. --json prints every change that fits, one by one,
    the baseline too, unless --limit is given.
    """
    from cli.output.changes_text import print_changes
    from documents.changes import ChangeDocument
    from storage.changes.filter import ChangeConditions

    if source:
        source_named(source)
    code, part = context.code_and_part(country)
    asked = ChangeConditions(
        source=source,
        edition=edition,
        country=code,
        part=part,
        kinds=tuple(each.value for each in kind or ()),
        since=context.moment(since) if since else None,
        with_baseline=as_json or baseline,
    )
    with context.parts() as opened, opened.store.read() as unit:
        most = limit if as_json else limit or MOST_SHOWN
        found = unit.changes.listed(asked, limit=most)
        if as_json:
            print_json([ChangeDocument.of(each.change) for each in found])
            return 0
        fitting = unit.changes.count(asked)
        everything = fitting if baseline else unit.changes.count(replace(asked, with_baseline=True))
    print_changes(found, fitting, unlisted=everything - fitting)
    return 0


def version_of(opened: Parts, name: ReportId, number: int | None) -> VersionView:
    """Return a version of a report, by default the latest; raises Refusal."""
    with opened.store.read() as unit:
        versions = unit.versions
        view = versions.latest(name) if number is None else versions.get(name, number)
    if view is None:
        asked = "version" if number is None else f"version {number}"
        raise Refusal(f"{name} has no {asked}; `reportwatch log` lists those it has")
    return view


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
        "reportwatch changes --country Kazakhstan --edition 2021",
        "reportwatch changes --kind edited --kind removed --json",
    ),
}
