"""Say in plain English what became of an excerpt that somebody cited."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.compare.excerpts import Pinpoint
from reports.compare.following import Fate, Happening, Step


def where(pinpoint: Pinpoint) -> str:
    """Name a place: "Section 2. Liberty, paragraph 3", "paragraphs 3 to 5", "the heading"."""
    first, last = pinpoint.first, pinpoint.last
    if not last:
        return f"{pinpoint.name}, the heading"
    if first == last:
        return f"{pinpoint.name}, paragraph {first}"
    joined = "and" if last == first + 1 else "to"
    return f"{pinpoint.name}, paragraphs {max(first, 1)} {joined} {last}"


def headline(fate: Fate) -> str:
    """Say in one sentence how it stands in the last version that was looked at."""
    latest = f"version {fate.last}, the latest"
    if fate.first == fate.last:
        return "This is the latest version: nothing came after it."
    if fate.pinpoint is None:
        return f"Gone: it is not in {latest}."
    is_elsewhere = Happening.MOVED in fate.happened or fate.pinpoint[1:] != fate.origin[1:]
    now = f", now at {where(fate.pinpoint)}" if is_elsewhere else ""
    if fate.is_verbatim:
        was_other = {Happening.REWORDED, Happening.RETURNED} & fate.happened
        there = "There again" if was_other else "Still there"
        return f"{there} word for word in {latest}{now}."
    return f"Reworded: {latest}, has it in other words{now}."


def told(step: Step, cited: Sequence[str]) -> str:
    """Say what happened in one version to words that were ``cited``."""
    is_again = Happening.REWORDED in step.happened and " ".join(step.blocks) == " ".join(cited)
    said = [
        "in the cited words again" if is_again and each is Happening.REWORDED else _TOLD[each](step)
        for each in step.happened
    ]
    return f"Version {step.number}: {'; '.join(said)}."


def _at(step: Step) -> str:
    return where(step.pinpoint) if step.pinpoint else "no place"


_TOLD: dict[Happening, Callable[[Step], str]] = {
    Happening.MOVED: lambda step: f"moved to {_at(step)}",
    Happening.REWORDED: lambda _: "reworded",
    Happening.SPLIT: lambda step: f"split: it stands in {len(step.blocks)} paragraphs",
    Happening.MERGED: lambda _: "put into one paragraph with other words",
    Happening.GONE: lambda _: "gone",
    Happening.RETURNED: lambda step: f"back, at {_at(step)}",
}
