"""Commands about the people who are told: ``subscribe``, ``subscribers``, ``unsubscribe``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from cli import context
from cli.output import Column, Json, Refusal, examples, print_json, say, tell_rows
from reports.model import ChangeKind
from reports.subscription import Channel, Every, Subscription
from scrapers.registry import source_named

_MAILBOX = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"()]+|[^@\s]+@localhost")

_KINDS = f"One of {', '.join(ChangeKind)}."

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="An e-mail address.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch subscribe reader@example.org",
            "reportwatch subscribe reader@example.org --country KAZ --country Tibet --every day",
            "reportwatch subscribe desk@example.org --kind removed --topic torture",
        )
    )(subscribe)
    app.command()(subscribers)
    app.command(epilog=examples("reportwatch unsubscribe reader@example.org"))(unsubscribe)


def subscribe(
    address: Address,
    country: Annotated[
        list[str] | None,
        typer.Option(
            "--country",
            metavar="COUNTRY",
            help="Only this country, by name, key or alpha-3 code; can be repeated.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="SOURCE", help="Only this source; can be repeated."),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            "--topic",
            metavar="TOPIC",
            help="Only changes that touch this topic, such as torture; can be repeated. "
            "An unknown one is answered with the list.",
        ),
    ] = None,
    kind: Annotated[
        list[ChangeKind] | None,
        typer.Option(
            "--kind", metavar="KIND", help=f"Only this kind of change; can be repeated. {_KINDS}"
        ),
    ] = None,
    every: Annotated[
        Every, typer.Option(help="At once, or one message a day or a week.")
    ] = Every.NOW,
    as_json: Json = False,
) -> int:
    """Tell an address of changes, all or some.

    You vouch for the address: it is active at once. Different options must all fit; of one option
    that is repeated, any may. The first ingest of a source is a baseline, not news.
    """
    _check_address(address)
    for name in source or ():
        source_named(name)
    _check_topics(topic or ())
    countries = sorted({context.country_code(name) for name in country or ()})
    with context.parts() as opened, opened.store.write() as unit:
        made = unit.subscriptions.add(
            address,
            Channel.EMAIL,
            countries=countries,
            sources=sorted(set(source or ())),
            topics=sorted(set(topic or ())),
            kinds=sorted({each.value for each in kind or ()}),
            every=every,
            now=opened.now(),
        )
        unit.commit()
    if as_json:
        print_json(_document(made))
    else:
        say(f"{address} will be told of {_filters(made)}, {_WHEN[made.every]}")
    return 0


def subscribers(as_json: Json = False) -> int:
    """List who is told of what."""
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.subscriptions.all()
    rows = [_document(each) for each in found]
    columns = [
        Column("address", "address"),
        Column("countries", "countries"),
        Column("sources", "sources"),
        Column("topics", "topics"),
        Column("kinds", "kinds"),
        Column("every", "every"),
    ]
    tell_rows(
        rows, columns, "nobody has subscribed; see `reportwatch subscribe --help`", as_json=as_json
    )
    return 0


def unsubscribe(address: Address, as_json: Json = False) -> int:
    """Delete an address with its subscriptions and alerts."""
    with context.parts() as opened, opened.store.write() as unit:
        removed = unit.subscriptions.remove(address)
        unit.commit()
    if not removed:
        raise Refusal(f"{address} has no subscription; `reportwatch subscribers` lists who has")
    if as_json:
        print_json({"address": address, "removed": removed})
    else:
        say(f"{address} has been deleted, with {removed} subscription(s)")
    return 0


def _check_topics(names: Sequence[str]) -> None:
    from reports.topics import taxonomy

    known = {each.id for each in taxonomy().topics}
    for name in names:
        if name not in known:
            raise Refusal(f"there is no topic {name!r}; there are: {', '.join(sorted(known))}")


def _check_address(address: str) -> None:
    if re.match(r"[a-z][a-z0-9+.-]*://", address, re.I):
        raise Refusal("webhooks and chat services cannot be told yet; give an e-mail address")
    if not (_MAILBOX.fullmatch(address) and address.isprintable()):
        raise Refusal(f"{address!r} is no e-mail address; write name@example.org", 2)


_WHEN = {Every.NOW: "at once", Every.DAY: "once a day", Every.WEEK: "once a week"}


def _filters(one: Subscription) -> str:
    asked = [*one.countries, *one.sources, *one.topics, *one.kinds]
    return ", ".join(asked) if asked else "every change"


def _document(one: Subscription) -> dict[str, object]:
    return {
        "subscription": one.id,
        "address": one.address,
        "channel": one.channel.value,
        "countries": list(one.countries),
        "sources": list(one.sources),
        "topics": list(one.topics),
        "kinds": list(one.kinds),
        "every": one.every.value,
    }
