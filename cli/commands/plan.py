"""``plan``: what scheduled runs will ask next and why, and what hosts were asked today."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.context import DEFAULT_SOURCE
from cli.output.results import Column, Json, examples, print_json, say, say_prose, show_rows
from scrapers.registry import source_named

if TYPE_CHECKING:
    from documents.sources import HintDocument, HostDocument, PlanDocument, PlanEntryDocument
    from services.watch.plan import SourcePlan

SHOWN = 20
"""Entries shown to people; --json has them all."""

MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch plan                       what is asked next, and why",
            "reportwatch plan us-state-irf --all    everything, as far as it is planned",
        )
    )(plan)


def plan(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The source, as `reportwatch sources` lists it.")
    ] = DEFAULT_SOURCE,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every entry, not the soonest alone.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show what scheduled runs will ask of a source next, and why.

    Scheduled runs ask what is due: new editions, listings, what hints say was modified, and every
    report in its turn, within the budget that a host has for the day. What `ingest` is asked for by
    hand is done at once and whole.
    """
    from services.watch.plan import read_plan
    from services.watch.plan_documents import plan_document

    known = source_named(source)
    with context.parts() as opened:
        plan = read_plan(opened, known)
        document = plan_document(opened, known, plan)
    if as_json:
        print_json(document)
    else:
        _show(document, plan, len(plan.entries) if show_all else SHOWN)
    return 0


def _show(document: PlanDocument, plan: SourcePlan, most: int) -> None:
    rows = document.entries
    shown = [
        {"when": "now" if row.is_due else row.due_at, "what": _what(row), "why": row.why}
        for row in rows[:most]
    ]
    columns = [
        Column("when (UTC)", "when", is_moment=True),
        Column("what", "what"),
        Column("why", "why"),
    ]
    show_rows(shown, columns, "nothing is planned")
    say("")
    if len(rows) > most:
        _say_rest(rows[most:])
    counts = Counter(each.asked.value for each in plan.entries)
    say_prose(
        f"{document.due:,} of {len(rows):,} are due now; planned are {counts['report']:,} "
        f"reports, {counts['listing']:,} listings, and the look for new editions."
    )
    for host in document.hosts:
        _say_host(host)
    for hint in document.hints:
        _say_hint(hint)


def _what(row: PlanEntryDocument) -> str:
    """Name what is asked shortly: an edition and the last part of the address."""
    if row.asks == "report":
        return f"{row.edition} {row.url.rstrip('/').rpartition('/')[2]}"
    return f"list of {row.edition}" if row.asks == "listing" else "new editions"


def _say_rest(rows: list[PlanEntryDocument]) -> None:
    last = max(row.due_at or "" for row in rows)
    say_prose(f"… and {len(rows):,} more, the last of them on {last[:10]}; --all shows them.")


def _say_host(host: HostDocument) -> None:
    requests, size = host.daily_requests, host.daily_bytes // MEGABYTE
    robots = {
        None: "its robots.txt was not read yet",
        "ok": "its robots.txt is heeded",
        "none": "it has no robots.txt",
        "unreachable": "its robots.txt could not be read, which "
        f"{host.robots_unreachable}s asking it here (REPORTWATCH_ROBOTS_UNREACHABLE)",
    }[host.robots]
    if host.left_alone_until:
        say_prose(
            f"{host.host} asked to be left alone (Retry-After): no run asks it before "
            f"{host.left_alone_until}, unless a person says `ingest --despite-retry-after`."
        )
    say_prose(
        f"{host.host}: {host.requests_today:,} of {requests or 'any number of'} requests and "
        f"{host.bytes_today // MEGABYTE:,} of {size or 'any number of'} MB today, "
        f"{host.delay:g} s apart; {robots}."
    )


def _say_hint(hint: HintDocument) -> None:
    if hint.state != "works":
        say_prose(f"Hints by {hint.kind}: {hint.state}; {hint.reason}.")
        return
    tested = f"{hint.vouched:,} pages they vouched for were looked at all the same"
    say_prose(f"Hints by {hint.kind} work; {tested}, {hint.missed:,} had changed.")
