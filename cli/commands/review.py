"""``review``: what could not be identified, and deciding it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.output.results import Column, Json, Refusal, examples, print_json, say, show_cards
from scrapers.registry import all_sources


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch review                                    list what waits",
            "reportwatch review 3 --accept                         it is what is suggested",
            "reportwatch review 3 --country KAZ --edition 2021     it is this report",
            "reportwatch review 3 --dismiss                        it is none",
            "reportwatch review 4 --release                        these reports are gone",
            "reportwatch review 4 --drop                           the site is at fault",
        )
    )(review)


def review(
    number: Annotated[
        int | None, typer.Argument(min=1, metavar="REVIEW", help="The review to decide.")
    ] = None,
    country: Annotated[
        str, typer.Option(metavar="COUNTRY", help="The country or area it is of.")
    ] = "",
    edition: Annotated[str, typer.Option(metavar="YEAR", help="The edition it is of.")] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the country and edition suggested.")
    ] = False,
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help="Take it off the list: it is not a report.")
    ] = False,
    release: Annotated[
        bool,
        typer.Option("--release", help="Notify readers of the removals held of an edition."),
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop", help="Notify nobody of the removals held of an edition.")
    ] = False,
    who: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who releases or drops; default: your user name."),
    ] = "",
    as_json: Json = False,
) -> int:
    """List what waits for your decision, or decide it.

    That is texts nothing could identify, pages held back, and removals held back.

    Each with the country and edition it may be of, why that is not certain, and the command that
    decides it. An edition that is suggested was inferred from the text. A text whose own page is
    brought in later is decided by that, and leaves the list. A page held back reads as if the
    reader failed on it: its report's last good version stays until somebody accepts the page.

    If much of an edition is missing at once, nobody is notified until its removals are released.
    """
    if number is None:
        if country or edition or accept or dismiss or release or drop:
            raise Refusal("name the text to decide by its number: reportwatch review NUMBER ...", 2)
        return _list(as_json)
    if sum([accept, dismiss, release, drop, bool(country or edition)]) != 1:
        raise Refusal(
            "give --country and --edition, or --accept, or --dismiss; --release or --drop for "
            "removals of an edition",
            2,
        )
    if release or drop:
        decider = context.who_decides(who)
        return _decide_removals(number, decider, is_released=release, as_json=as_json)
    return _decide(number, country, edition, is_dismissed=dismiss, as_json=as_json)


def _decide(number: int, country: str, edition: str, *, is_dismissed: bool, as_json: bool) -> int:
    from services.history.review import Decision, decide, dismiss

    with context.parts() as opened:
        if is_dismissed:
            done = dismiss(opened, number)
        else:
            done = decide(opened, Decision(number, country, edition))
    document = done.document
    if as_json:
        print_json(document)
    elif done.report is None:
        say(f"review {number} is dismissed; its page stays stored")
    else:
        say(f"review {number} is {done.report} now: {document.outcome}")
    return 0


def _decide_removals(number: int, who: str, *, is_released: bool, as_json: bool) -> int:
    from services.history.removal_review import drop, release

    with context.parts() as opened:
        document = (release if is_released else drop)(opened, number, who).document
    if as_json:
        print_json(document)
    elif is_released:
        say(
            f"review {number} is released: {len(document.removed)} removed; `reportwatch deliver` "
            "notifies readers"
        )
    else:
        say(f"review {number} is dropped: nobody is notified")
    return 0


def _list(as_json: bool) -> int:
    from documents.runs import ReviewDocument

    with context.parts() as opened, opened.store.read() as unit:
        waiting = [
            ReviewDocument.of(each)
            for source in all_sources()
            for each in unit.reviews(source).open()
        ]
    if as_json:
        print_json(waiting)
        return 0
    rows = [
        {
            **each.as_json(),
            "edition": f"{each.edition} (inferred)" if each.is_edition_inferred else each.edition,
            "decide": f"{each.decide}, or --drop" if each.state == "mass" else each.decide,
        }
        for each in waiting
    ]
    columns = [
        Column("review", "review"),
        Column("page", "url"),
        Column("country?", "country"),
        Column("edition?", "edition"),
        Column("why", "why"),
        Column("to decide", "decide"),
    ]
    show_cards(rows, columns, "nothing waits for review")
    return 0
