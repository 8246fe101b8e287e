"""When a new edition is expected, by the publisher's own calendar and clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.watch.rhythm import Rhythm

SPRING = Rhythm(timezone="America/New_York", opens=(2, 29), closes=(8, 31))
WINTER = Rhythm(timezone="Europe/London", opens=(11, 15), closes=(2, 28))


@pytest.mark.parametrize(
    ("rhythm", "moment", "is_expected"),
    [
        (SPRING, datetime(2024, 2, 29, 5, tzinfo=UTC), True),
        (SPRING, datetime(2024, 2, 29, 4, 59, tzinfo=UTC), False),  # the 28th in New York
        (SPRING, datetime(2023, 3, 1, 12, tzinfo=UTC), True),
        (SPRING, datetime(2024, 3, 11, 3, 59, tzinfo=UTC), False),  # Sunday: clocks went forward
        (SPRING, datetime(2024, 3, 11, 4, tzinfo=UTC), True),
        (WINTER, datetime(2025, 12, 31, 12, tzinfo=UTC), True),
        (WINTER, datetime(2026, 1, 1, 12, tzinfo=UTC), True),
        (WINTER, datetime(2026, 3, 2, 12, tzinfo=UTC), False),
        (WINTER, datetime(2026, 11, 13, 12, tzinfo=UTC), False),
    ],
)
def test_a_new_edition_is_expected_on_weekdays_of_its_window(
    rhythm: Rhythm, moment: datetime, is_expected: bool
) -> None:
    assert rhythm.is_release_time(moment) is is_expected
