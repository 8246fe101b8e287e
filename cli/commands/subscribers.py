"""Commands about the people who are told: ``subscribe``, ``subscribers``, ``unsubscribe``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cli import context
from cli.commands import subscription_options as options
from cli.output.results import Column, Json, Refusal, examples, note, print_json, say, tell_rows
from reports.notices.address import shown_address
from reports.notices.importance import Importance
from reports.notices.subscription import FILTER_LISTS, Every
from reports.text.plain import counted

if TYPE_CHECKING:
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
    unconfirmed: options.Unconfirmed = False,
    as_json: Json = False,
) -> int:
    """Tell an address of changes, all or some.

    You vouch for the address: it is active at once, unless --unconfirmed is given. Different
    options must all fit; of one option that is repeated, any may. The first ingest of a source is a
    baseline, not news.
    """
    from documents.notices import SubscriptionAdded
    from services.notify import sign_up
    from services.notify.subscription_filter import in_words, read_filter

    with _in_plain_words():
        asked = read_filter(
            {
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
        )
        timing = _timing(time_zone, hour, quiet)
        _check_owner(owner)
        with context.parts() as opened:
            if unconfirmed:
                sign_up.ask(opened, address, asked, timing)
                made = None
            else:
                made = sign_up.subscribe(opened, address, asked, timing, owner=owner)
    if made is None:
        return _tell_asked(address, as_json=as_json)
    shown = shown_address(address)
    if as_json:
        print_json(SubscriptionAdded.with_secret(made.subscription, made.subscriber, made.secret))
    else:
        say(f"{shown} will be notified of {in_words(made.subscription.filter)}")
        if made.secret:
            say(f"It is signed with {made.secret} (shown this once; the receiver needs it)")
    return 0


@subscribers_app.callback()
def subscribers(ctx: typer.Context, as_json: Json = False) -> int:
    """List who is notified of what, and who is told of nothing: not confirmed, or set aside."""
    if ctx.invoked_subcommand:
        ctx.obj = as_json
        return 0
    from documents.notices import SubscriptionDocument

    with context.parts() as opened, opened.store.read() as unit:
        readers = {each.address: each for each in unit.subscribers.all()}
        found = unit.subscriptions.all()
    rows = [SubscriptionDocument.of(each, readers[each.address]) for each in found]
    waiting = [each for name, each in readers.items() if name not in {s.address for s in found}]
    columns = [
        Column("address", "address"),
        Column("state", "state"),
        *(Column(name, name) for name in (*FILTER_LISTS, "least", "every")),
        Column("zone", "time_zone"),
        Column("quiet", "quiet_hours"),
        Column("why", "set_aside_why"),
    ]
    nothing = "nobody has subscribed; see `reportwatch subscribe --help`"
    tell_rows(rows, columns, nothing, as_json=as_json)
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
