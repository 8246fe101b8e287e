"""Show a run while it is under way, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output.results import messages, note, print_json, say
from reports.text.plain import one_line
from services.logs import is_json

if TYPE_CHECKING:
    from rich.progress import Progress

    from documents.runs import RunResult

SHOWN_FAILURES = 20


def tell_run(document: RunResult, *, as_json: bool) -> None:
    """Print a run's document, or tell people what came of it; failures go to standard error."""
    if as_json:
        print_json(document)
        return
    counts = {name: count for name, count in document.counts.items() if count}
    say(f"run {document.run_id} of {document.source}, {document.seconds} s")
    say(", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing to look at")
    for failure in document.failures[:SHOWN_FAILURES]:
        note(one_line(f"{failure.outcome}: {failure.url}: {failure.reason}"))
    if len(document.failures) > SHOWN_FAILURES:
        note(f"and {len(document.failures) - SHOWN_FAILURES} more failures; --json lists all")


def bar() -> Progress:
    """Return a progress bar on standard error, silent where that is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=messages(),
        disable=is_json() or not messages().is_terminal,
        transient=True,
    )
