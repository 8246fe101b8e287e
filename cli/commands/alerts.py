"""Commands about the outbox: ``alerts``, ``alerts retry``, ``deliver``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli import context
from cli.output.results import Column, Json, Refusal, examples, note, print_json, say, tell_rows
from reports.notices.states import AlertState
from reports.text.plain import counted

alerts_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(
        alerts_app,
        name="alerts",
        short_help="List the outbox; retry or drop what is in it.",
        epilog=examples(
            "reportwatch alerts                     everything that was sent or waits",
            "reportwatch alerts --state dead        what was given up, and why",
            "reportwatch alerts retry               make that due again",
            "reportwatch alerts retry --address reader@example.org",
            "reportwatch alerts drop 17 18          set some aside, unsent",
            "reportwatch alerts release             send what a restore held",
            "reportwatch alerts resend https://example.org/hook --since 2026-05-01",
        ),
    )
    app.command(
        epilog=examples(
            "reportwatch deliver                    send what `reportwatch ingest` made due",
            "REPORTWATCH_SMTP_URL=smtp://localhost:25 reportwatch deliver",
        )
    )(deliver)


@alerts_app.callback()
def alerts(
    ctx: typer.Context,
    state: Annotated[
        list[AlertState] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help=f"Only this state; can be repeated. One of {', '.join(AlertState)}.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """List alerts, newest first, with what became of each.

    An alert is one change for one recipient: due until it is put into a message, then claimed while
    that is sent, and sent, retrying (the mail server refused it for now), dead (given up) or
    dropped (it held nothing to tell).
    """
    from documents.notices import AlertDocument

    if ctx.invoked_subcommand:
        ctx.obj = as_json
        return 0
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.alerts.all([each.value for each in state or ()])
    rows = [AlertDocument.of(each) for each in found]
    columns = [
        Column("state", "state"),
        Column("to", "address"),
        Column("what", "summary_line"),
        Column("attempts", "attempts", is_number=True),
        Column("due (UTC)", "due_at", is_moment=True),
        Column("last error", "last_error"),
    ]
    tell_rows(rows, columns, "the outbox is empty", as_json=as_json)
    return 0


Who = Annotated[str, typer.Option(metavar="NAME", help="Who decides; default: your user name.")]

Alerts = Annotated[
    list[int] | None, typer.Argument(metavar="ALERT", help="The number of an alert.", min=1)
]


@alerts_app.command()
def retry(
    ctx: typer.Context,
    alert: Alerts = None,
    address: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Only those to this address.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Make dead letters due again, all or some; `reportwatch deliver` then sends them."""
    from documents.notices import Revived

    with context.parts() as opened, opened.store.write() as unit:
        revived = unit.alerts.revive(opened.now(), alert or (), address)
        unit.commit()
    if as_json or ctx.obj:
        print_json(Revived(revived=revived))
    else:
        say(f"{counted(revived, 'message')} due again: `reportwatch deliver` sends what is due")
    if alert and not revived:
        note("none of these was given up; `reportwatch alerts --state dead` lists what was")
    return 1 if alert and not revived else 0


@alerts_app.command()
def drop(ctx: typer.Context, alert: Alerts, as_json: Json = False) -> int:
    """Set alerts aside that wait or were given up; a message goes with all the alerts it holds."""
    from documents.notices import DroppedMessages

    with context.parts() as opened, opened.store.write() as unit:
        dropped = unit.alerts.drop(alert or (), "dropped by the operator")
        unit.commit()
    if as_json or ctx.obj:
        print_json(DroppedMessages(dropped=dropped))
    else:
        say(f"{counted(dropped, 'message')} set aside")
    if not dropped:
        note("none of these waits or was given up; `reportwatch alerts` lists them")
    return 0 if dropped else 1


@alerts_app.command()
def hold(ctx: typer.Context, who: Who = "", as_json: Json = False) -> int:
    """Send no news until they are released, as after a restore; what comes to be waits as well."""
    from documents.notices import HeldNews
    from storage.operate.actions import OperatorAction

    with context.parts() as opened, opened.store.write() as unit:
        now = opened.now()
        unit.hold.begin(now)
        waiting = unit.hold.waiting()
        decider = context.who_decides(who)
        unit.actions.note(OperatorAction(now, decider, "held", "news", f"{waiting} waiting"))
        unit.commit()
    if as_json or ctx.obj:
        print_json(HeldNews(held=True, waiting=waiting))
    else:
        say(
            f"news are held, {counted(waiting, 'alert')} so far: "
            "`reportwatch alerts release` lets them go"
        )
    return 0


@alerts_app.command()
def release(
    ctx: typer.Context,
    drop: Annotated[
        bool, typer.Option("--drop", help="Set aside what waits now, so that nobody gets it.")
    ] = False,
    who: Who = "",
    as_json: Json = False,
) -> int:
    """Send news again that were held; what waits leaves by the next delivery, each once."""
    from documents.notices import HeldNews
    from storage.operate.actions import OperatorAction

    with context.parts() as opened, opened.store.write() as unit:
        if unit.hold.since() is None:
            raise Refusal("no news are held; `reportwatch alerts` lists what waits")
        dropped = unit.hold.drop("dropped by the operator, as news were released") if drop else 0
        waiting = unit.hold.waiting()
        unit.hold.end()
        done = "dropped" if drop else "released"
        said = OperatorAction(
            opened.now(),
            context.who_decides(who),
            done,
            "news",
            counted(dropped or waiting, "alert"),
        )
        unit.actions.note(said)
        unit.commit()
    if as_json or ctx.obj:
        print_json(HeldNews(held=False, waiting=waiting, dropped=dropped))
    elif drop:
        say(f"{counted(dropped, 'alert')} set aside; news leave again")
    else:
        say(f"{counted(waiting, 'alert')} released; `reportwatch deliver` sends what is due")
    return 0


@alerts_app.command()
@alerts_app.command("replay", hidden=True)
def resend(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whose messages.")],
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From when on; default: the last seven days.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Send an address again what it was sent, and what it missed while it was set aside.

    Messages keep their names, by which a receiver knows what it has already.
    """
    from documents.notices import Replayed

    with context.parts() as opened, opened.store.write() as unit:
        now = opened.now()
        after = context.moment(since) if since else now - timedelta(days=7)
        reader = unit.subscribers.named(address)
        if reader is None:
            raise Refusal("nobody has this address; `reportwatch subscribers` lists who has one")
        done = Replayed(
            repeated=unit.alerts.repeat(reader, after, now),
            made_up=unit.alerts.make_up(reader, after, now),
        )
        unit.commit()
    if as_json or ctx.obj:
        print_json(done)
    else:
        say(
            f"due now: {counted(done.repeated, 'message')} once more and "
            f"{counted(done.made_up, 'missed change')}; `reportwatch deliver` sends them"
        )
    return 0


def deliver(as_json: Json = False) -> int:
    """Send what is due now.

    Needs REPORTWATCH_SMTP_URL where mail is due. A message that the mail server refuses for now
    is tried again by later deliveries: after 30 s, 1, 5 and 15 min, then hourly for three days.
    """
    from services.history.save_pages import save_pages
    from services.notify.delivery import deliver as deliver_now

    with context.parts() as opened:
        result = deliver_now(opened)
        save_pages(opened)
    if as_json:
        print_json(result.document)
    elif result.is_refused:
        say("enough deliveries are under way; they send what is due")
    else:
        say(f"{result.sent} sent, {result.retrying} to be tried again, {result.dead} given up")
    if result.fault:
        note(result.fault)
    if result.empty:
        note(f"not sent, since nothing differs: {counted(result.empty, 'message')}")
    return 0 if result.is_clean else 1
