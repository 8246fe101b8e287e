"""The command ``search``: what reports say, said on a date, or no longer say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import (
    Json,
    Refusal,
    clean,
    console,
    examples,
    note,
    plain,
    print_json,
    say,
)
from reports.search.excerpts import Excerpt, stretch
from reports.text.plain import counted, one_line
from scrapers.registry import source_named

if TYPE_CHECKING:
    from rich.text import Text

    from storage.search.find import Hit, SearchResults, SearchScope

SHOWN = 20
"""Results for people; --json has no limit but the search's own."""

_AROUND = 90  # characters shown on either side of what was found


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch search torture",
            "reportwatch search '\"arbitrary arrest\" -police' --country KAZ",
            "reportwatch search 'reproduct* OR abortion' --removed",
            "reportwatch search corruption --as-of 2025-01-01 --edition 2023",
            intro='A query is words that must all occur in one part of a report, "phrases in '
            'quotes", either OR other, -without, and beginnings*. Case and accents do not count.',
        )
    )(search)


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    source: Annotated[str, typer.Option(metavar="SOURCE", help="Only this source.")] = "",
    edition: Annotated[str, typer.Option(metavar="EDITION", help="Only this edition.")] = "",
    country: Annotated[
        str, typer.Option(metavar="COUNTRY", help="Only this country, by name, key or code.")
    ] = "",
    summaries: Annotated[
        bool, typer.Option("--summaries", help="Only the executive summaries.")
    ] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="TIME", help="As the reports stood then.")
    ] = "",
    removed: Annotated[
        bool, typer.Option("--removed", help="Only what is no longer said where it stood.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Search summaries and sections of every report held.

    Found is what reports say now, unless --as-of or --removed is given. Newest editions come first,
    and of an edition the reports in which most is found.
    """
    from documents.search import SearchDocument
    from reports.search.query import BadQuery, parse_query
    from services.runs.search_index import index_what_is_new

    try:
        asked = parse_query(query)
    except BadQuery as error:
        raise Refusal(str(error), 2) from None
    scope = _scope(source, edition, country, summaries, as_of, removed)
    with context.parts() as opened:
        index_what_is_new(opened, _tell_progress)
        with opened.store.read() as unit:
            found = unit.search.find(asked, scope, limit=None if as_json else SHOWN)
            meant = [] if found.total else unit.search.did_you_mean(query, scope)
    if as_json:
        document = SearchDocument.of(
            query, found, as_of=scope.as_of, is_removed=removed, did_you_mean=meant
        )
        print_json(document)
    else:
        _show(found, meant)
    return 0 if found.total else 1


def _scope(
    source: str, edition: str, country: str, summaries: bool, as_of: str, removed: bool
) -> SearchScope:
    from storage.search.find import SearchScope

    if as_of and removed:
        raise Refusal("give --as-of or --removed, not both", 2)
    if source:
        source_named(source)
    place, part = context.code_and_part(country)
    return SearchScope(
        source=source,
        edition=edition,
        country=place,
        part=part or None,
        summaries_only=summaries,
        as_of=context.moment(as_of) if as_of else None,
        is_removed=removed,
    )


def _tell_progress(done: int, total: int) -> None:
    if total > 100 and (done % 100 == 0 or done == total):  # a few are done before it is read
        note(f"making reports searchable: {done:,} of {total:,}")


def _show(found: SearchResults, meant: list[str]) -> None:
    if not found.total:
        say("nothing found; `reportwatch search --help` says how to ask")
        for each in meant:
            say(f"did you mean {each}?")
        return
    for hit in found.hits:
        _show_hit(hit)
    more = "at least " if found.is_cut else ""
    note(f"{more}{counted(found.total, 'passage')} found, {len(found.hits):,} shown")
    if found.total > len(found.hits):
        note("--json has them all; --country, --edition or more words narrow the search")


def _show_hit(hit: Hit) -> None:
    stays = f"version {hit.from_version} on"
    if hit.until_version is not None:
        stays = f"versions {hit.from_version} to before {hit.until_version}"
    console().print(plain(f"{hit.report}  {one_line(hit.part_name, 80)}", "bold"))
    say(f"  {stays}, captured {hit.from_at:%Y-%m-%d}{_gone(hit)}")
    for excerpt in hit.excerpts:
        console().print(_line(excerpt))


def _gone(hit: Hit) -> str:
    if hit.until_at is None:
        return ", the report is removed since" if hit.state == "removed" else ""
    return f", gone {hit.until_at:%Y-%m-%d}"


def _line(excerpt: Excerpt) -> Text:
    """Show what was found with a little around it."""
    start, end = stretch(excerpt, _AROUND)
    shown = plain("    …" if start else "    ")
    position = start
    for begin, close in excerpt.marks:
        if begin >= end:
            break
        shown.append(clean(excerpt.text[position:begin]))
        shown.append(clean(excerpt.text[begin:close]), style="bold underline")
        position = close
    shown.append(clean(excerpt.text[position : max(end, position)]))
    return shown.append("…" if max(end, position) < len(excerpt.text) else "")
