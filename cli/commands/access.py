"""The command ``access``: tokens for programs, and the hash of a password."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.output.results import Column, Json, Refusal, examples, print_json, say, tell_rows

access_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="What the token is for, such as the program's name.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(
        access_app,
        name="access",
        short_help="Tokens that open the API for programs; the hash of a password.",
        epilog=examples(
            "reportwatch access token notebook --days 90",
            "reportwatch access tokens",
            "reportwatch access revoke notebook",
            "reportwatch access hash",
        ),
    )


@access_app.command()
def token(
    name: Name,
    operate: Annotated[
        bool, typer.Option("--operate", help="It may also change things and see addresses.")
    ] = False,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="It ends after so many days.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a token, sent as `Authorization: Bearer TOKEN`. It is shown this once."""
    from documents.operations import NewToken
    from reports.wording.citation import stamp
    from services.access import NameTaken, make_token

    with context.parts() as opened:
        try:
            made = make_token(opened, name, may_operate=operate, days=days)
        except NameTaken as error:
            raise Refusal(f"{error}: reportwatch access revoke {name!r}") from None
        except ValueError as error:
            raise Refusal(str(error), 2) from None
    ends = stamp(made.expires_at) if made.expires_at else None
    if as_json:
        right = "operate" if operate else "read"
        print_json(NewToken(name=name, token=made.key, right=right, expires_at=ends))
    else:
        say(made.key)
    return 0


@access_app.command()
def tokens(as_json: Json = False) -> int:
    """List the tokens; what they are is not kept."""
    from documents.operations import TokenDocument

    with context.parts() as opened, opened.store.read() as unit:
        found = [TokenDocument.of(each, opened.now()) for each in unit.access.tokens()]
    columns = (
        Column("name", "name"),
        Column("may", "right"),
        Column("made", "made_at", is_moment=True),
        Column("ends", "expires_at", is_moment=True),
    )
    nothing = "no token has been made; `reportwatch access token NAME` makes one"
    tell_rows(found, columns, nothing, as_json=as_json)
    return 0


@access_app.command()
def revoke(name: Name, as_json: Json = False) -> int:
    """Delete a token: it opens nothing from now on."""
    from documents.operations import Revoked

    with context.parts() as opened, opened.store.write() as unit:
        count = unit.access.revoke(name)
        unit.commit()
    if not count:
        raise Refusal(f"there is no token named {name!r}; `reportwatch access tokens` lists them")
    if as_json:
        print_json(Revoked(name=name, revoked=True))
    else:
        say(f"the token {name} opens nothing any more")
    return 0


@access_app.command(name="hash")
def hash_command(
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for."),
    ],
    as_json: Json = False,
) -> int:
    """Print the argon2 hash of a password, for REPORTWATCH_ADMIN_PASSWORD or its reader's."""
    from documents.operations import PasswordHash
    from services.access import hash_password

    made = hash_password(password)
    if as_json:
        print_json(PasswordHash(hash=made))
    else:
        say(made)
    return 0
