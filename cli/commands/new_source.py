"""``new-source``: write the files that another family of reports begins with."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import Json, Refusal, examples, print_json, say, say_prose
from scrapers.registry import all_sources

if TYPE_CHECKING:
    from cli.scaffold.source_files import Scaffold

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME = 40
_CHECKOUT = ("pyproject.toml", "scrapers/sources", "tests/examples", "tests/scrapers")
ROOT = Path(__file__).parents[2]


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        "new-source",
        epilog=examples(
            "reportwatch new-source us-state-tip https://www.state.gov/reports/2023-.../chad/",
            "reportwatch new-source un-note saved-page.html --into trial/",
        ),
    )(new_source)


def new_source(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What the source is to be called: us-state-tip.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="PAGE", help="One of its pages: an address, or a saved file.")
    ],
    via: Annotated[
        str | None,
        typer.Option(metavar="ORIGIN", help="Ask this origin instead of the page's host."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write there instead of into this checkout."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write what another family of reports begins with.

    That is a module, one example page and a test that fails until the reader is done. A page of a
    site engine that is read already makes a short module.
    """
    from documents.operations import NewSource

    _check_name(name)
    folder = into if into is not None else _checkout()
    made = _scaffold(name, target, via)
    _write(folder, made)
    files, steps = [str(folder / path) for path in made.files], _next_steps(name)
    if as_json:
        print_json(NewSource(source=name, engine=made.engine, files=files, next=steps))
    else:
        _tell(name, made.engine, files, steps)
    return 0


def _check_name(name: str) -> None:
    is_name = _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME
    if not is_name or keyword.iskeyword(name):
        raise Refusal(f"{name!r} is not a name for a source; write one such as us-state-tip", 2)
    if name in all_sources():
        raise Refusal(f"there is a source {name!r} already; `reportwatch sources` lists them")


def _checkout() -> Path:
    missing = [each for each in _CHECKOUT if not (ROOT / each).exists()]
    if missing:
        raise Refusal(
            f"{ROOT} is not a development checkout ({missing[0]} is missing); run the command in "
            "one, or name a folder with --into"
        )
    return ROOT


def _scaffold(name: str, target: str, via: str | None) -> Scaffold:
    from cli.scaffold.source_files import scaffold
    from services.first_page import NoFirstPage, first_page

    try:
        page = first_page(context.settings(via=via), target)
    except NoFirstPage as error:
        raise Refusal(str(error)) from None
    return scaffold(name, page.body, page.url, is_json=page.is_json)


def _write(folder: Path, made: Scaffold) -> None:
    """Write files that are all new; nothing is written where one of them is there."""
    there = [folder / path for path in made.files if (folder / path).exists()]
    if there:
        raise Refusal(f"{there[0]} is there already; nothing was written")
    for path, body in made.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def _next_steps(name: str) -> list[str]:
    module = name.replace("-", "_")
    return [
        f"Write what scrapers/sources/{module}.py leaves to FILL IN; scrapers/source.py says what "
        "each method promises.",
        f"Run `.venv/bin/python -m pytest tests/scrapers/test_{module}.py` until it passes.",
        f"Replace the texts of the page in tests/examples/{name}/ by your own, keeping its tags: "
        "it is the publisher's until then, and not to be committed.",
        f"Run `.venv/bin/python -m pytest tests/scrapers/test_examples.py -k {name}`: it writes "
        "what was read beside the page and fails once. Check it by eye.",
        "Mention it in docs/sources.md, and give it a schedule in deployments/prefect.yaml.",
        "Run `make check`.",
    ]


def _tell(name: str, engine: str, files: Sequence[str], steps: Sequence[str]) -> None:
    known = f"on the engine {engine}" if engine else "no engine that is known reads its page"
    say(f"{name}: {known}\n\nWritten:")
    for file in files:
        say(f"  {file}")
    say("\nNext:")
    for number, step in enumerate(steps, start=1):
        say_prose(f"{number}. {step}")
