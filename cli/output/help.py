"""The list of commands in `--help`, under headings; the version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from cli.output.results import say


class GroupedHelp(TyperGroup):
    """Lists the commands under the headings they were registered with, in that order."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write every heading with its commands, all descriptions in one column."""
        groups: dict[str, list[tuple[str, Any]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.commands[name]
            if not command.hidden:
                heading = command.rich_help_panel or "Commands"
                groups.setdefault(heading, []).append((name, command))
        widest = max(len(name) for rows in groups.values() for name, _ in rows)
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (name.ljust(widest), command.get_short_help_str(formatter.width))
                        for name, command in rows
                    ]
                )

    @staticmethod
    @contextmanager
    def under(app: typer.Typer, heading: str) -> Iterator[None]:
        """Put what is registered meanwhile under a heading, unless it names its own."""
        before = len(app.registered_commands), len(app.registered_groups)
        yield
        commands: list[Any] = app.registered_commands[before[0] :]
        groups: list[Any] = app.registered_groups[before[1] :]
        for each in commands + groups:
            if not isinstance(each.rich_help_panel, str):
                each.rich_help_panel = heading


def show_version(is_asked: bool) -> None:
    """Print the version and end, if it is asked for."""
    if is_asked:
        from importlib.metadata import version

        say(f"reportwatch {version('reportwatch')}")
        raise typer.Exit
