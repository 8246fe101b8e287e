"""The options that say what somebody wants to be told of, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.model.values import ChangeKind
from reports.notices.importance import Importance
from reports.notices.subscription import Every

_KINDS = f"One of {', '.join(ChangeKind)}."
_LEVELS = f"One of {', '.join(Importance)}."

Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help="An e-mail address, the https address of a webhook, or an apprise URL of a chat room.",
    ),
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        metavar="COUNTRY",
        help="Only this country, by name, key or alpha-3 code; can be repeated.",
    ),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        metavar="REGION",
        help="Only this region, such as central-asia; can be repeated, and adds to --country. An "
        "unknown one is answered with the list.",
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="Only this source; can be repeated."),
]
Editions = Annotated[
    list[str] | None,
    typer.Option("--edition", metavar="EDITION", help="Only this edition; can be repeated."),
]
Topics = Annotated[
    list[str] | None,
    typer.Option(
        "--topic",
        metavar="TOPIC",
        help="Only changes that touch this topic, such as torture; can be repeated. "
        "An unknown one is answered with the list.",
    ),
]
Sections = Annotated[
    list[str] | None,
    typer.Option(
        "--section",
        metavar="SECTION",
        help="Only edits of this part: `summary`, a section's number, or words of its heading; "
        "can be repeated.",
    ),
]
Kinds = Annotated[
    list[ChangeKind] | None,
    typer.Option(
        "--kind", metavar="KIND", help=f"Only this kind of change; can be repeated. {_KINDS}"
    ),
]
Least = Annotated[
    Importance,
    typer.Option(metavar="LEVEL", help=f"Only what matters so much or more. {_LEVELS}"),
]
TimeZone = Annotated[
    str | None,
    typer.Option("--time-zone", metavar="ZONE", help="Where the reader is: Europe/Vienna."),
]
Hour = Annotated[
    int | None,
    typer.Option(metavar="HOUR", help="When digests go out there, 0 to 23; default 6."),
]
Quiet = Annotated[
    str | None,
    typer.Option(metavar="SPAN", help="When nothing is sent there, such as 22:00-07:00."),
]
Owner = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Who is notified by mail if this webhook or chat room fails for days.",
    ),
]
Unconfirmed = Annotated[
    bool,
    typer.Option(
        "--unconfirmed",
        help="Do not vouch: the address's owner is asked first, and notified of nothing before.",
    ),
]
Rhythm = Annotated[Every, typer.Option(help="At once, or one message a day or a week.")]

Quote = Annotated[
    str,
    typer.Option(
        "--quote",
        metavar="WORDS",
        help="Watch these words of --report: tell when they are reworded, gone or back.",
    ),
]
Report = Annotated[
    str,
    typer.Option(
        "--report", metavar="NAME", help="The report that is quoted, such as us-state-hrr/2021/KAZ."
    ),
]
Version = Annotated[
    int,
    typer.Option(
        "--version", metavar="N", min=0, help="The version quoted; default: the newest with it."
    ),
]
Quotes = Annotated[
    Path | None,
    typer.Option(
        "--quotes",
        metavar="FILE",
        help="Watch every passage of a CSV file: columns report, quote; version and note if known.",
    ),
]
Note = Annotated[
    str, typer.Option(metavar="TEXT", help="Your own remark on a quote, shown with its news.")
]
Still = Annotated[
    bool,
    typer.Option(
        "--still", help="Also tell of each edit of the report that leaves the passage as it is."
    ),
]
