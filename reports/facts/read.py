"""Find the stock sentences of an executive summary, literally, each under its kind.

The summaries of the U.S. Country Reports say some things in every country's report, in wording
that hardly varies within an edition. They are shown as they stand. Nothing is derived from them:
what a sentence says, it says itself, and if none was found that says nothing about the country.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress

from reports.facts.accountability import read_accountability
from reports.facts.control import is_civilian_control
from reports.facts.force_abuse import is_force_abuse
from reports.facts.kinds import KIND_NAMES
from reports.facts.nonstate import tell_of_nonstate
from reports.facts.trend import is_trend
from reports.issues.statements import Statement, statements
from reports.model.reading import Fact

_LONGEST = 2_000  # characters of a sentence that are looked at; real ones have below 1,500
_MOST = 40  # sentences of a kind; real summaries have below 10

_SAID: dict[str, Callable[[Statement], bool]] = {
    "trend": lambda one: is_trend(one.lower),
    "civilian_control": lambda one: is_civilian_control(one.lower),
    "force_abuse_scale": lambda one: is_force_abuse(one.text),
}


def read_facts(blocks: Sequence[str]) -> tuple[Fact, ...]:
    """Return the stock sentences of a summary in document order.

    ``blocks`` are canonical, and positions are given in them. A sentence that speaks of two
    matters is returned under both kinds, in the order of ``KIND_NAMES``.
    """
    said = [one for one in statements(blocks) if len(one.text) <= _LONGEST]
    found = {kind: [one for one in said if says(one)] for kind, says in _SAID.items()}
    found["accountability"] = read_accountability(said)
    found["nonstate"] = list(compress(said, tell_of_nonstate([one.lower for one in said])))
    facts = [
        one.as_fact(kind)
        for kind in KIND_NAMES
        for one in found[kind][:_MOST]
        if not _is_in_quotation(blocks[one.block], one.start)
    ]
    return tuple(sorted(facts, key=lambda fact: (fact.block, fact.start)))


def _is_in_quotation(block: str, start: int) -> bool:
    """Return whether a quotation that began in an earlier sentence has not ended."""
    return block.count("\u201c", 0, start) > block.count("\u201d", 0, start)
