"""How much a change matters, and whether a subscription asks for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.model.identity import ReportId
from reports.model.regions import countries_of, region_named, regions
from reports.model.values import Change, ChangeKind
from reports.notices.importance import Importance, gravest_first, importance
from reports.notices.subscription import SubscriptionFilter
from scrapers.registry import source_named

SUMMARY = ("Executive Summary",)
SECTION = ("Section 2. Respect for Civil Liberties",)


def change(kind: str = "edited", country: str = "KAZ", part: str = "", **facts: object) -> Change:
    name = ReportId("us-state-hrr", "2021", country, part)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    return Change(1, ChangeKind(kind), name, "Kazakhstan", 1, 2, now, **facts)


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        ("removed", {}, "major"),
        ("country_dropped", {}, "major"),
        ("topic_vanished", {}, "major"),
        ("edited", {"issues_removed": ("torture",), "words_removed": 1}, "major"),
        ("edited", {"issues_unmatched": ("torture",), "words_removed": 1}, "major"),
        ("edited", {"words_added": 100, "sections": SECTION}, "major"),
        ("restored", {"words_removed": 250}, "major"),
        ("published", {"words_added": 9000}, "notable"),
        ("restored", {}, "notable"),
        ("noted", {}, "notable"),
        ("noted", {"notes_added": ("Ferries are announced.",)}, "notable"),
        ("noted", {"notes_added": ("This text is superseded.",)}, "major"),
        ("noted", {"notes_removed": ("WITHDRAWN",)}, "major"),
        ("diverged", {}, "notable"),
        ("edited", {"words_added": 1, "sections": SUMMARY}, "notable"),
        ("edited", {"words_added": 10, "sections": SECTION}, "notable"),
        ("edited", {"words_added": 9, "words_removed": 9, "sections": SECTION}, "minor"),
        ("moved", {}, "minor"),
    ],
)
def test_how_much_a_change_matters(kind: str, facts: dict[str, object], expected: str) -> None:
    assert importance(change(kind, **facts)) is Importance(expected)


@pytest.mark.parametrize(
    ("asked", "facts", "is_wanted"),
    [
        ({}, {}, True),
        ({"regions": ("central-asia",)}, {}, True),
        ({"regions": ("europe",)}, {}, False),
        ({"regions": ("europe",), "countries": ("KAZ",)}, {}, True),
        ({"countries": ("CHN",)}, {"country": "CHN", "part": "tibet"}, True),
        ({"countries": ("CHN/tibet",)}, {"country": "CHN"}, False),
        ({"editions": ("2021",)}, {}, True),
        ({"editions": ("2022",)}, {}, False),
        ({"sections": ("summary",)}, {"sections": SUMMARY}, True),
        ({"sections": ("summary",)}, {"sections": SECTION}, False),
        ({"sections": ("2",)}, {"sections": SECTION}, True),
        ({"sections": ("1",)}, {"sections": SECTION}, False),
        ({"sections": ("civil liberties",)}, {"sections": SECTION}, True),
        ({"sections": ("summary",)}, {}, False),
        ({"least": Importance.NOTABLE}, {"words_added": 1, "sections": SECTION}, False),
        ({"least": Importance.NOTABLE}, {"words_added": 1, "sections": SUMMARY}, True),
        ({"least": Importance.MAJOR}, {"kind": "removed"}, True),
        ({"kinds": ("removed",)}, {}, False),
    ],
)
def test_a_subscription_asks_for_what_fits_all_its_filters(
    asked: dict[str, object], facts: dict[str, object], is_wanted: bool
) -> None:
    assert SubscriptionFilter(**asked).fits(change(**facts), frozenset()) is is_wanted


def test_regions_name_countries_of_the_table_once_and_leave_none_out() -> None:
    known = {place.country for place in source_named("us-state-hrr").countries}
    for region in regions():
        assert set(region.countries) <= known
        assert len(set(region.countries)) == len(region.countries)
    whole = countries_of(["africa", "americas", "asia", "europe", "oceania"])
    assert whole == known
    assert len({region.id for region in regions()}) == len(regions())


def test_a_region_goes_by_its_id_and_its_name() -> None:
    assert region_named("Central Asia") is region_named("central-asia") is not None
    assert region_named("Atlantis") is None


IN_ORDER: tuple[tuple[str, dict[str, object]], ...] = (
    ("removed", {"words_removed": 9000}),
    ("country_dropped", {}),
    ("topic_vanished", {}),
    ("edited", {"issues_removed": ("torture", "exile"), "words_removed": 1}),
    ("edited", {"issues_removed": ("torture",), "words_removed": 300}),
    ("edited", {"issues_removed": ("torture",), "words_removed": 1}),
    ("edited", {"words_removed": 900, "sections": SUMMARY}),
    ("edited", {"issues_added": ("torture",), "words_added": 120}),
    ("noted", {"notes_added": ("This text is superseded.",)}),
    ("edited", {"words_removed": 20, "sections": SECTION}),
    ("edited", {"words_added": 1, "sections": SUMMARY}),
    ("edited", {"words_added": 9, "sections": SECTION}),
    ("moved", {}),
)


def test_what_is_gone_comes_first_then_what_matters_then_what_is_long() -> None:
    changes = [change(kind, **facts) for kind, facts in IN_ORDER]
    assert sorted(reversed(changes), key=gravest_first) == changes
