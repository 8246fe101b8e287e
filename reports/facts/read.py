"""Read the stock parts of an executive summary as values, each with the sentence that says it.

The summaries of the U.S. Country Reports say some things in every country's report, in wording
that hardly varies within an edition. A value is what the sentence itself says, in the terms
defined here, and never a judgement of this program; if no sentence says it, there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.facts.accountability import read_accountability
from reports.facts.forces import read_civilian_control, read_force_abuse_scale
from reports.facts.nonstate import read_nonstate
from reports.facts.trend import read_trend
from reports.facts.values import (
    Accountability,
    CivilianControl,
    ForceAbuseScale,
    Nonstate,
    Trend,
)
from reports.issues.statements import Statement, statements
from reports.model.reading import Fact, Facts

__all__ = [
    "Accountability",
    "CivilianControl",
    "ForceAbuseScale",
    "Nonstate",
    "Trend",
    "read_facts",
]


def read_facts(blocks: Sequence[str]) -> Facts:
    """Read the facts of a summary; ``blocks`` are canonical, and positions are given in them."""
    said = statements(blocks)
    return Facts(
        trend=_first(said, read_trend),
        civilian_control=_first(said, read_civilian_control),
        force_abuse_scale=_first(said, read_force_abuse_scale),
        accountability=read_accountability(said),
        nonstate=_first(said, read_nonstate),
    )


def _first(said: Sequence[Statement], value_of: Callable[[str], str | None]) -> Fact | None:
    for one in said:
        if value := value_of(one.lower):
            return one.as_fact(value)
    return None
