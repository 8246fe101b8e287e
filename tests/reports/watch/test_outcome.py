"""The closed list of outcomes and how they are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.watch.outcome import FAILURES, Outcome, came_to_nothing, tally, unread_count

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


@pytest.mark.parametrize(
    ("blocked", "error", "unchanged", "is_nothing"),
    [
        (0, 0, 0, False),
        (4, 0, 0, False),  # too few to say
        (5, 0, 0, True),
        (0, 5, 0, True),
        (5, 4, 1, True),
        (89, 0, 11, False),
        (45, 45, 10, True),
    ],
)
def test_a_run_came_to_nothing_where_nearly_every_look_was_refused_or_unanswered(
    blocked: int, error: int, unchanged: int, is_nothing: bool
) -> None:
    looks = [Outcome.BLOCKED] * blocked + [Outcome.ERROR] * error + [Outcome.UNCHANGED] * unchanged
    counts = tally(looks)
    assert came_to_nothing(counts) is is_nothing
    assert unread_count(counts) == blocked + error
