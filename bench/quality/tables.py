"""Show how well pages are read, as tables."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from bench.quality.measure import Edition, Quality, Score
from reports.facts.kinds import KIND_NAMES
from reports.model.reading import IssueStatus

WIDTH = 132
TOLD = 20
"""Wrong ones that are named for each score."""

_STATUSES = tuple(status.value for status in IssueStatus)


def show(quality: Quality, what: str) -> None:
    """Print everything."""
    console = Console(highlight=False, width=WIDTH)
    console.print(what, markup=False)
    console.print(_scores(quality.scores))
    console.print(_editions(quality.editions))
    for name, score in quality.scores.items():
        if score.wrong:
            _name_wrong(console, name, score.wrong)


def _scores(scores: Mapping[str, Score]) -> Table:
    table = _table("\nHow well pages are read", "what", "right", "of", "%")
    for name, score in scores.items():
        table.add_row(name, f"{score.right:,}", f"{score.of:,}", f"{score.share:.2f}")
    return table


def _editions(editions: tuple[Edition, ...]) -> Table:
    heads = ("edition", "reports", *_STATUSES, "issues", "with topic", *KIND_NAMES)
    table = _table("\nWhat their summaries say, by edition", *heads)
    for each in editions:
        counts = [each.reports, *(each.statuses.get(name, 0) for name in _STATUSES)]
        counts += [each.issues, each.with_topic, *(each.facts.get(name, 0) for name in KIND_NAMES)]
        table.add_row(each.edition, *map(str, counts))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        name = column.replace("_", " ")
        table.add_column(name, justify="right" if number else "left")
    return table


def _name_wrong(console: Console, name: str, wrong: Mapping[str, str]) -> None:
    console.print(f"\nNot {name}: {len(wrong)}", style="bold", markup=False)
    for file, told in list(wrong.items())[:TOLD]:
        console.print(f"  {file}  {told}", markup=False, soft_wrap=True)
    if len(wrong) > TOLD:
        console.print(f"  and {len(wrong) - TOLD} more: --json names them all", markup=False)
