"""The closed list of outcomes and how they are counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.outcome import FAILURES, Outcome, tally

# fmt: off
CONTRACT = [
    "published", "edited", "unchanged", "duplicate", "removed", "restored", "moved", "blocked",
    "empty", "unreadable", "unidentified", "error", "suspected",
]
# fmt: on


def test_outcomes_are_those_of_the_contract() -> None:
    assert sorted(outcome.value for outcome in Outcome) == sorted(CONTRACT)


@given(st.lists(st.sampled_from(Outcome)))
def test_checked_is_the_sum_of_the_others(outcomes: list[Outcome]) -> None:
    counts = tally(outcomes)
    assert set(counts) == {"checked", *CONTRACT}
    assert counts["checked"] == len(outcomes)
    assert counts["checked"] == sum(counts[name] for name in CONTRACT)


def test_each_outcome_counts_under_its_own_name() -> None:
    counts = tally([Outcome.EDITED, Outcome.EDITED, Outcome.BLOCKED])
    assert (counts["edited"], counts["blocked"], counts["unchanged"]) == (2, 1, 0)


def test_what_a_publisher_may_do_is_no_failure() -> None:
    assert not FAILURES & {
        Outcome.PUBLISHED,
        Outcome.EDITED,
        Outcome.UNCHANGED,
        Outcome.DUPLICATE,
        Outcome.REMOVED,
        Outcome.RESTORED,
        Outcome.MOVED,
    }
