"""Commands about the people who are told: ``subscribe``, ``subscribers``, ``unsubscribe``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli import context
from cli.commands import subscription_options as options
from cli.output.results import Column, Json, Refusal, examples, note, print_json, say, show_rows
from reports.notices.address import shown_address
from reports.notices.importance import Importance
from reports.notices.subscription import FILTER_LISTS, Every
from reports.text.plain import counted

if TYPE_CHECKING:
    from reports.notices.subscription import SubscriptionFilter
    from reports.notices.watched import WatchedPassage
    from services.assembly import Parts
    from services.notify.passages import Quoted
    from services.notify.sign_up import Subscribed
    from services.notify.subscription_filter import Timing

subscribers_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch subscribe reader@example.org",
            "reportwatch subscribe reader@example.org --country KAZ --region caribbean --every day",
            "reportwatch subscribe desk@example.org --least major --time-zone Europe/Vienna "
            "--quiet 22:00-07:00",
            "reportwatch subscribe https://example.org/hook --owner desk@example.org",
            'reportwatch subscribe reader@example.org --report us-state-hrr/2021/KAZ --quote "…"',
            "reportwatch subscribe reader@example.org --quotes cited.csv --every day",
        )
    )(subscribe)
    app.add_typer(
        subscribers_app,
        name="subscribers",
        short_help="List who is notified of what, or write again to one set aside.",
        epilog=examples(
            "reportwatch subscribers",
            "reportwatch subscribers revive reader@example.org",
        ),
    )
    app.command(epilog=examples("reportwatch unsubscribe reader@example.org"))(unsubscribe)


def subscribe(
    address: options.Address,
    country: options.Countries = None,
    region: options.Regions = None,
    source: options.Sources = None,
    edition: options.Editions = None,
    topic: options.Topics = None,
    section: options.Sections = None,
    kind: options.Kinds = None,
    least: options.Least = Importance.MINOR,
    every: options.Rhythm = Every.NOW,
    time_zone: options.TimeZone = None,
    hour: options.Hour = None,
    quiet: options.Quiet = None,
    owner: options.Owner = "",
    quote: options.Quote = "",
    report: options.Report = "",
    version: options.Version = 0,
    note: options.Note = "",
    quotes: options.Quotes = None,
    still: options.Still = False,
    unconfirmed: options.Unconfirmed = False,
    as_json: Json = False,
) -> int:
    """Tell an address of changes, or what becomes of words it cites.

    You vouch for the address: it is active at once, unless --unconfirmed is given. Different
    options must all fit; of one option that is repeated, any may. The first ingest of a source is a
    baseline, not news. A passage (--quote or --quotes) is watched by itself, whatever is done to
    it, and goes with --every alone.
    """
    from services.notify import sign_up
    from services.notify.passages import Quoted
    from services.notify.subscription_filter import read_filter

    named = Quoted(report, quote, version, note, still)
    _check_passage(named, quotes, unconfirmed=unconfirmed)
    wanted: dict[str, Any] = {
        "countries": country or (),
        "regions": region or (),
        "sources": source or (),
        "editions": edition or (),
        "topics": topic or (),
        "sections": section or (),
        "kinds": kind or (),
        "least": least,
        "every": every,
    }
    with _in_plain_words():
        timing = _timing(time_zone, hour, quiet)
        _check_owner(owner)
        with context.parts() as opened:
            wanted["passage"] = _passage(opened, named) if quote else None
            asked = [read_filter(wanted)]
            if quotes:
                asked = _listed(opened, quotes, asked[0], is_still=still)
            if unconfirmed:
                sign_up.ask(opened, address, asked[0], timing)
                return _tell_asked(address, as_json=as_json)
            made = sign_up.subscribe_to_all(opened, address, asked, timing, owner=owner)
    return _tell_added(address, made, is_list=quotes is not None, as_json=as_json)


def _check_passage(named: Quoted, quotes: Path | None, *, unconfirmed: bool) -> None:
    """Refuse options of passages that do not go together."""
    alone = ("--report", named.report), ("--version", named.version), ("--note", named.note)
    given = [option for option, value in alone if value]
    if quotes and (named.quote or given or unconfirmed):
        raise Refusal("--quotes names everything in its file, and needs an address vouched for", 2)
    if given and not named.quote:
        raise Refusal(f"{given[0]} goes with --quote: give the words to watch", 2)
    if named.quote and not named.report:
        raise Refusal("--quote needs --report: name the report, such as us-state-hrr/2021/KAZ", 2)
    if named.is_still and not (named.quote or quotes):
        raise Refusal("--still goes with --quote or --quotes", 2)


def _passage(opened: Parts, named: Quoted) -> WatchedPassage:
    from services.notify.passages import find

    with opened.store.read() as unit:
        return find(unit, named)


def _listed(
    opened: Parts, file: Path, asked: SubscriptionFilter, *, is_still: bool
) -> list[SubscriptionFilter]:
    from services.notify.passages import LARGEST_LIST, BadPassage, read_list

    if asked != type(asked)(every=asked.every):
        raise BadPassage("a passage is watched by itself: --quotes goes with --every alone")
    try:
        with file.open("rb") as opened_file:
            text = opened_file.read(LARGEST_LIST + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} cannot be read as UTF-8: {error}", 2) from None
    with opened.store.read() as unit:
        return read_list(unit, text, every=asked.every, is_still=is_still)


def _tell_added(address: str, made: Sequence[Subscribed], *, is_list: bool, as_json: bool) -> int:
    from documents.notices import SubscriptionAdded, SubscriptionsAdded
    from services.notify.subscription_filter import in_words, standing_words

    documents = [
        SubscriptionAdded.with_secret(each.subscription, each.subscriber, each.secret)
        for each in made
    ]
    if as_json:
        print_json(SubscriptionsAdded(added=documents) if is_list else documents[0])
        return 0
    shown = shown_address(address)
    for each in made:
        say(f"{shown} will be notified of {in_words(each.subscription.filter)}")
        if each.subscription.anchor:
            note(standing_words(each.subscription))
    if made[0].secret:
        say(f"It is signed with {made[0].secret} (shown this once; the receiver needs it)")
    return 0


@subscribers_app.callback()
def subscribers(ctx: typer.Context, as_json: Json = False) -> int:
    """List who is notified of what, and who is told of nothing: not confirmed, or set aside."""
    if ctx.invoked_subcommand:
        ctx.obj = as_json
        return 0
    from documents.notices import SubscriptionDocument
    from services.notify.subscription_filter import passage_words

    with context.parts() as opened, opened.store.read() as unit:
        readers = {each.address: each for each in unit.subscribers.all()}
        found = unit.subscriptions.all()
    rows = [SubscriptionDocument.of(each, readers[each.address]) for each in found]
    waiting = [each for name, each in readers.items() if name not in {s.address for s in found}]
    columns = [
        Column("address", "address"),
        Column("state", "state"),
        *(Column(name, name) for name in (*FILTER_LISTS, "least", "every")),
        Column("passage", "quoted"),
        Column("zone", "time_zone"),
        Column("quiet", "quiet_hours"),
        Column("why", "set_aside_why"),
    ]
    nothing = "nobody has subscribed; see `reportwatch subscribe --help`"
    if as_json:
        print_json(rows)
    else:
        words = [
            passage_words(each.filter.passage) if each.filter.passage else "" for each in found
        ]
        shown = [{**row.as_json(), "quoted": said} for row, said in zip(rows, words, strict=True)]
        show_rows(shown, columns, nothing)
    if waiting:
        note(f"{len(waiting)} address(es) more have not confirmed what they asked for")
    return 0


@subscribers_app.command()
def revive(ctx: typer.Context, address: options.Address, as_json: Json = False) -> int:
    """Write again to an address that was set aside; `alerts resend` sends what it missed."""
    from documents.notices import AddressState
    from services.notify.sign_up import revive as revive_now

    with context.parts() as opened:
        is_done = revive_now(opened, address)
    if not is_done:
        raise Refusal(f"{shown_address(address)} is not set aside; `reportwatch subscribers` lists")
    if as_json or ctx.obj:
        print_json(AddressState(address=shown_address(address), state="active"))
    else:
        say(f"{shown_address(address)} is written to again")
    return 0


def unsubscribe(address: options.Address, as_json: Json = False) -> int:
    """Delete an address with its subscriptions and alerts."""
    from documents.notices import Unsubscribed

    with context.parts() as opened, opened.store.write() as unit:
        is_known = unit.subscribers.named(address) is not None
        removed = unit.subscriptions.remove(address)
        unit.commit()
    shown = shown_address(address)
    if not is_known:
        raise Refusal(f"{shown} has no subscription; `reportwatch subscribers` lists who has")
    if as_json:
        print_json(Unsubscribed(address=shown, removed=removed))
    else:
        say(f"{shown} has been deleted, with {counted(removed, 'subscription')}")
    return 0


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Refuse what cannot be asked for; what is malformed is wrong usage."""
    from reports.notices.timing import BadTiming
    from services.notify.sign_up import BadAddress, CannotAsk
    from services.notify.subscription_filter import BadFilter

    try:
        yield
    except (BadAddress, BadTiming) as error:
        raise Refusal(str(error), 2) from None
    except (BadFilter, CannotAsk) as error:
        raise Refusal(str(error)) from None


def _timing(time_zone: str | None, hour: int | None, quiet: str | None) -> Timing | None:
    from services.notify.subscription_filter import Timing

    given = {"time_zone": time_zone, "digest_hour": hour, "quiet_hours": quiet}
    chosen = {name: value for name, value in given.items() if value is not None}
    return Timing(**chosen) if chosen else None  # type: ignore[arg-type]


def _check_owner(owner: str) -> None:
    from reports.notices.subscription import Channel
    from services.notify.sign_up import BadAddress, channel_of

    if owner and channel_of(owner) is not Channel.EMAIL:
        raise BadAddress("--owner: give an e-mail address")


def _tell_asked(address: str, *, as_json: bool) -> int:
    from documents.notices import AddressState

    if as_json:
        print_json(AddressState(address=address, state="pending"))
    else:
        say(f"{address} is asked to confirm; `reportwatch deliver` sends the question")
    return 0
