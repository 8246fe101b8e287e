"""Print alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.output.results import say, say_prose

if TYPE_CHECKING:
    from reports.watch.alarm import Alarm


def tell_alarms(alarms: Iterable[Alarm]) -> None:
    """Print alarms for people."""
    for each in alarms:
        say("")
        since = f"{each.raised_at:%Y-%m-%d %H:%M} UTC (alarm {each.id})"
        say_prose(f"ALARM, {each.source}, since {since}: {each.text}")
        for example in each.examples:
            say(f"  {example}")
        say_prose(each.remedy)
        if each.acknowledged_at:
            seen_at = f"{each.acknowledged_at:%Y-%m-%d %H:%M} UTC"
            say_prose(f"Acknowledged by {each.acknowledged_by} on {seen_at}.")
