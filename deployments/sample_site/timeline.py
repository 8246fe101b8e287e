"""Say what the site holds at each step, and what a watcher must make of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from deployments.sample_site.editions import Edition, SampleReport, load_edition, rewrite

Effect = dict[str, tuple[str, ...]]
"""Report names (``EDITION/COUNTRY[/PART]``) by kind of change or outcome."""


class Fault(StrEnum):
    """What a page answers instead of its report."""

    TECHNICAL_DIFFICULTIES = "technical_difficulties"
    FORBIDDEN = "forbidden"
    MISSING = "missing"


@dataclass(frozen=True)
class Step:
    """One step of the timeline.

    ``changes`` and ``outcomes`` are what a look at the whole site must find compared with the
    look one step before; ``topics_vanished`` are the topics a whole edition no longer names.
    """

    number: int
    name: str
    says: str
    changes: Effect = field(default_factory=dict)
    outcomes: Effect = field(default_factory=dict)
    topics_vanished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """The site at one step: its editions, newest first, and the pages that fail."""

    step: int
    revision: int
    editions: tuple[Edition, ...]
    faults: dict[str, Fault]


class SiteTimeline:
    """The steps of the sample site, read from ``timeline.toml``."""

    def __init__(self, source: dict[str, Any]) -> None:
        self._source = source
        self.steps = tuple(_step(number, row) for number, row in enumerate(source["step"]))

    def at(self, step: int) -> Scene:
        """Return the site as it is at a step; raises ValueError for an unknown one."""
        if not 0 <= step < len(self.steps):
            raise ValueError(f"step {step} is not one of 0 to {len(self.steps) - 1}")
        years = sorted((row["year"] for row in self._rows("edition", step)), reverse=True)
        return Scene(
            step=step,
            revision=1 + len(list(self._rows("boilerplate", step))),
            editions=tuple(self._edition(year, step) for year in years),
            faults={
                report: Fault(row["kind"])
                for row in self._rows("fault", step)
                for report in row["reports"]
            },
        )

    def _rows(self, kind: str, step: int) -> Iterator[dict[str, Any]]:
        for row in self._source[kind]:
            if row.get("since", 0) <= step < row.get("until", len(self.steps)):
                yield row

    def _edition(self, year: int, step: int) -> Edition:
        edition = load_edition(year)
        return replace(edition, reports=tuple(self._edit(each, step) for each in edition.reports))

    def _edit(self, report: SampleReport, step: int) -> SampleReport:
        for row in self._rows("edit", step):
            if row["report"] == report.key:
                report = rewrite(report, row["find"], row["replace"])
        notes = [row["text"] for row in self._rows("note", step) if row["report"] == report.key]
        return replace(report, notes=(*report.notes, *notes))


@cache
def load_timeline() -> SiteTimeline:
    """Return the timeline that comes with the site."""
    source = files("deployments.sample_site") / "timeline.toml"
    return SiteTimeline(tomllib.loads(source.read_text("utf-8")))


def _step(number: int, row: dict[str, Any]) -> Step:
    return Step(
        number=number,
        name=row["name"],
        says=row["says"],
        changes=_effect(row.get("changes", {})),
        outcomes=_effect(row.get("outcomes", {})),
        topics_vanished=tuple(row.get("topics_vanished", ())),
    )


def _effect(table: dict[str, list[str]]) -> Effect:
    return {kind: tuple(reports) for kind, reports in table.items()}
