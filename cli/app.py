"""The command line: every command, and one place that turns errors into exit codes.

0 done; 1 done, but something failed, a check found a fault, the thing asked for is unknown, or a
run was refused; 2 wrong usage; 3 configuration or database not usable; 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from cli.commands import (
    access,
    alarms,
    alerts,
    backfill,
    cite,
    compare,
    database,
    doctor,
    evidence,
    export,
    import_pages,
    ingest,
    new_source,
    plan,
    reports,
    reread,
    review,
    search,
    stored,
    subscribers,
    topics,
    transparency,
    up,
    verify,
    witness,
    workers,
)
from cli.output.help import GroupedHelp, show_version
from cli.output.results import Refusal, examples, note, print_json, result_only
from services.logs import TEXT, log_to_standard_error
from services.private_files import write_privately

app = typer.Typer(
    name="reportwatch",
    help="Watch government report pages, keep every version, tell people what changed.",
    epilog=examples(
        "reportwatch up --sample                a tour on a bundled sample site",
        "reportwatch ingest --edition 2024      look at the reports of 2024 now",
        "reportwatch show Kazakhstan 2021       read what a report said",
        "reportwatch diff Kazakhstan 2021       see what changed in it",
        "reportwatch COMMAND --help             what a command does, with examples",
        intro="Settings are environment variables REPORTWATCH_... or keys of reportwatch.toml.",
    ),
    cls=GroupedHelp,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
GROUPS = {
    "Run it": (up, workers, doctor),
    "Bring reports in": (ingest, plan, import_pages, review, reread, backfill),
    "Read": (reports, cite, compare, topics, search, export),
    "Tell people": (subscribers, alerts),
    "Prove it": (evidence, transparency, witness),
    "Look after it": (alarms, access, verify, database, stored, new_source),
}
for heading, modules in GROUPS.items():
    for module in modules:
        with GroupedHelp.under(app, heading):
            module.register(app)

COMPLETION = "_REPORTWATCH_COMPLETE"
"""The variable by which a shell's completion asks: what `--show-completion` prints sets it."""


@app.callback(invoke_without_command=True)
def _without_command(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback has ended the command
        bool,
        typer.Option(
            "--version", is_eager=True, callback=show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Show what there is to somebody who names no command."""
    if ctx.invoked_subcommand is None:
        note(ctx.get_help())
        raise typer.Exit(2)


def main() -> NoReturn:
    """Run the command and exit with its code."""
    write_privately()
    log_to_standard_error(os.environ.get("REPORTWATCH_LOG_FORMAT", TEXT), "", {})
    arguments = sys.argv[1:]
    wants_json = "--json" in arguments
    if COMPLETION in os.environ:  # a shell asks how to go on
        typer.main.get_command(app)(prog_name="reportwatch")
    try:
        with result_only(wants_json):
            code = _run(arguments, wants_json)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def _run(arguments: list[str], wants_json: bool) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context("reportwatch", list(arguments)) as ctx:
            result = command.invoke(ctx)
        return result if isinstance(result, int) else 0
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        return _refuse(_wrong_usage(error), error.exit_code, wants_json)
    except (KeyboardInterrupt, typer.Abort):
        text = "interrupted; what was recorded is kept, run again to go on"
        return _refuse(text, 130, wants_json)
    except Refusal as refusal:
        return _refuse(str(refusal), refusal.code, wants_json)
    except BrokenPipeError:
        raise
    except Exception as error:
        code, text = _explain(error)
        return _refuse(text, code, wants_json)


def _refuse(text: str, code: int, wants_json: bool) -> int:
    from documents.document import Refused

    note(f"reportwatch: {text}", logging.ERROR)
    if wants_json:
        print_json(Refused(error=text))
    return code


def _wrong_usage(error: typer.TyperException) -> str:
    ctx: Any = getattr(error, "ctx", None)
    path = ctx.command_path if ctx else "reportwatch"
    text = error.format_message().replace("Value error, ", "").rstrip(".")
    return f"{text} (see `{path} --help`)"


def _explain(error: Exception) -> tuple[int, str]:
    """Return the exit code and the words for an error that reached the top."""
    from scrapers.registry import UnknownSource
    from services.runs.run import BadRequest, DiscoveryFailed, RunRefused
    from services.settings import BadSetting
    from storage.database.errors import StorageError

    if isinstance(error, BadSetting | StorageError):
        return 3, str(error)
    if isinstance(error, BadRequest | DiscoveryFailed | RunRefused | UnknownSource):
        return 1, str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return 3, "the disk is full; free some space and run again, what was committed is kept"
    if isinstance(error, OSError):
        return 1, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    logging.getLogger(__name__).error("this is a fault of the program", exc_info=error)
    return 1, f"unexpected {type(error).__name__}: {error}"
