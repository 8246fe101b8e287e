"""What around a report is a notice about it, and what is the frame that its siblings share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.watch.frame import ALWAYS, Conclusion, FramePart, Notice, conclude
from reports.watch.surroundings import SurroundedPage, Surrounding, Surroundings

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
MINUTE = timedelta(minutes=1)
FRAME = "seal", "press office", "opening hours", "ferry times"
WITHDRAWN = "This report is withdrawn."
EDITION = "2021"


def around(*texts: str, since: datetime = MONDAY) -> Surroundings:
    """Return texts around a report; what stands before a colon is their place."""
    found = {}
    for text in texts:
        place, _, said = text.rpartition(":")
        found[said] = Surrounding(said, f"@{place}", said, since)
    return found


def page(
    number: int,
    now: tuple[str, ...],
    before: tuple[str, ...] | None = None,
    *,
    at: datetime = TUESDAY,
    edition: str = EDITION,
) -> SurroundedPage:
    """Return a page as it was seen on Tuesday, and on Monday if it was another then."""
    texts = {**around(*now, since=TUESDAY), **around(*(before or now))}
    shown = {key: texts[key] for key in around(*now)}
    if before is None:
        return SurroundedPage(number, edition, at + number * MINUTE, shown)
    before_at = MONDAY + number * MINUTE
    known = around(*before)
    return SurroundedPage(number, edition, at + number * MINUTE, shown, known, before_at, TUESDAY)


def told(found: Conclusion) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {each.location_id: (each.added, each.removed) for each in found.notices}


def siblings(count: int, *texts: str, at: datetime = TUESDAY) -> list[SurroundedPage]:
    return [page(number, (*FRAME, *texts), at=at) for number in range(2, count + 2)]


def test_what_comes_to_one_page_alone_is_a_notice() -> None:
    found = conclude([page(1, (*FRAME, WITHDRAWN), FRAME), *siblings(3)], {})
    assert told(found) == {1: ((WITHDRAWN,), ())}
    assert found.page_count == 0
    assert not found.notices[0].is_held


def test_what_goes_from_one_page_alone_is_told_as_gone() -> None:
    found = conclude([page(1, FRAME, (*FRAME, WITHDRAWN)), *siblings(3)], {})
    assert told(found) == {1: ((), (WITHDRAWN,))}


def test_what_comes_to_all_pages_is_frame() -> None:
    pages = [page(number, (*FRAME, "strike"), FRAME) for number in range(4)]
    found = conclude(pages, {})
    assert not found.notices
    assert (found.added, found.removed, found.page_count) == (("strike",), (), 4)
    assert found.framed == {FramePart(EDITION, "strike"): TUESDAY}


def test_what_goes_from_all_pages_is_frame() -> None:
    pages = [page(number, FRAME[1:], FRAME) for number in range(4)]
    found = conclude(pages, {})
    assert not found.notices
    assert (found.added, found.removed) == ((), ("seal",))


def test_what_goes_from_half_of_the_pages_that_had_it_is_frame() -> None:
    found = conclude([page(1, FRAME[1:], FRAME), page(2, FRAME[1:], FRAME), *siblings(4)[2:]], {})
    assert (found.notices, found.removed) == ((), ("seal",))


def test_frame_that_comes_hides_no_notice_that_comes_with_it() -> None:
    pages = [page(number, (*FRAME, "strike"), FRAME) for number in range(3)]
    pages.append(page(9, (*FRAME, "strike", WITHDRAWN), FRAME))
    assert told(conclude(pages, {})) == {9: ((WITHDRAWN,), ())}


def test_a_page_looked_at_alone_tells_its_notice() -> None:
    others = siblings(3, at=MONDAY)
    assert told(conclude([page(1, (*FRAME, WITHDRAWN), FRAME), *others], {}))


def test_a_page_looked_at_alone_tells_nothing_of_the_frame_that_was_seen_to_change() -> None:
    known = {FramePart(EDITION, "strike"): MONDAY}
    others = siblings(3, at=MONDAY)
    assert not conclude([page(1, (*FRAME, "strike"), FRAME), *others], known).notices


def test_frame_that_goes_page_by_page_is_told_of_none() -> None:
    gone = [page(number, FRAME[1:], at=MONDAY) for number in range(2, 9)]
    known = {FramePart(EDITION, "seal"): MONDAY}
    late = page(1, FRAME[1:], FRAME)
    assert not conclude([late, *gone], known).notices
    assert told(conclude([late, *gone], {}))  # else it would be what stood on this page alone


def test_few_pages_looked_at_since_a_text_came_show_that_it_is_frame() -> None:
    late = [page(1, (*FRAME, "strike"), FRAME), page(2, (*FRAME, "strike"), FRAME)]
    early = [page(number, FRAME, at=MONDAY) for number in range(4, 30)]
    assert len(conclude([*late, *early], {}).notices) == 2  # two are no siblings yet
    late.append(page(3, (*FRAME, "strike"), FRAME))
    assert not conclude([*late, *early], {}).notices


def test_exactly_half_the_pages_are_not_most() -> None:
    pages = [page(number, (*FRAME, WITHDRAWN), FRAME) for number in (1, 2)]
    assert len(conclude([*pages, *siblings(4)[2:]], {}).notices) == 2


def test_two_pages_are_no_siblings() -> None:
    pages = [page(number, ("seal", WITHDRAWN), ("seal",)) for number in (1, 2)]
    assert len(conclude(pages, {}).notices) == 2


def test_an_edition_with_too_few_pages_is_compared_with_the_others() -> None:
    pages = [
        page(number, (*FRAME, "strike"), FRAME, edition=edition)
        for number, edition in enumerate(("2020", "2020", "2021", "2021"))
    ]
    assert not conclude(pages, {}).notices


def test_a_notice_on_a_whole_edition_is_frame_of_that_edition_alone() -> None:
    old = [page(number, (*FRAME, WITHDRAWN), FRAME, edition="2020") for number in range(3)]
    new = [page(number, FRAME) for number in range(10, 14)]
    found = conclude([*old, *new, page(20, (*FRAME, WITHDRAWN), FRAME)], {})
    assert told(found) == {20: ((WITHDRAWN,), ())}
    assert found.framed == {FramePart("2020", WITHDRAWN): TUESDAY}


def own_texts(count: int, *, name: str = "next") -> list[SurroundedPage]:
    """Return pages that each got a text of its own in one place."""
    return [page(n, (*FRAME, f"{name}:{name} of {n}"), FRAME) for n in range(count)]


def test_texts_of_their_own_in_the_same_place_of_most_pages_are_frame() -> None:
    found = conclude(own_texts(4), {})
    assert not found.notices
    assert found.framed == {FramePart(EDITION, "@next"): TUESDAY}
    assert found.page_count == 4


def test_a_page_not_looked_at_since_such_a_place_changed_tells_nothing_of_it() -> None:
    late = page(1, (*FRAME, "next:next of 1"), FRAME)
    assert not conclude([late, *siblings(3)], {FramePart(EDITION, "@next"): TUESDAY}).notices
    sooner = MONDAY - timedelta(days=1)
    assert conclude([late, *siblings(3)], {FramePart(EDITION, "@next"): sooner}).notices


def test_a_place_that_changes_on_most_pages_again_is_frame_for_good() -> None:
    again = {FramePart(EDITION, "@next"): MONDAY}
    found = conclude(own_texts(4), again)
    assert found.framed == {FramePart(EDITION, "@next"): ALWAYS}
    found = conclude([page(1, (*FRAME, "next:other"), FRAME), *siblings(3)], found.framed)
    assert (found.notices, found.page_count) == ((), 0)
    years_ago = {FramePart(EDITION, "@next"): MONDAY - timedelta(days=900)}
    assert conclude(own_texts(4), years_ago).framed == {FramePart(EDITION, "@next"): TUESDAY}


def test_texts_shown_in_turn_are_no_news_to_anybody() -> None:
    turn = ["promo:ferries", "promo:harbours"]
    others = [page(number, (*FRAME, turn[number % 2])) for number in range(2, 10)]
    found = conclude([page(1, (*FRAME, turn[0]), (*FRAME, turn[1])), *others], {})
    assert found == Conclusion()


def test_a_notice_that_a_few_siblings_have_had_for_long_is_news_all_the_same() -> None:
    withdrawn = [page(number, (*FRAME, WITHDRAWN)) for number in range(20, 25)]
    found = conclude([page(1, (*FRAME, WITHDRAWN), FRAME), *withdrawn, *siblings(8)], {})
    assert told(found) == {1: ((WITHDRAWN,), ())}


@pytest.mark.parametrize(("count", "is_held"), [(4, False), (5, True)])
def test_many_notices_at_once_are_held(count: int, is_held: bool) -> None:
    pages = [page(n, (*FRAME, WITHDRAWN), FRAME) for n in range(100, 100 + count)]
    found = conclude([*pages, *siblings(12)], {})
    assert [each.is_held for each in found.notices] == [is_held] * count


def test_a_notice_of_its_own_beside_one_that_is_held_is_told() -> None:
    pages = [page(n, (*FRAME, "a:" + WITHDRAWN), FRAME) for n in range(100, 104)]
    pages.append(page(104, (*FRAME, "a:" + WITHDRAWN, "b:erratum"), FRAME))
    found = conclude([*pages, *siblings(12)], {})
    assert Notice(104, ("erratum",), (), is_held=False) in found.notices
    assert sum(each.is_held for each in found.notices) == 5


OTHER = "crest", "hotline", "donate"


@pytest.mark.parametrize(
    ("now", "before"),
    [(OTHER, FRAME), (FRAME, OTHER)],
    ids=["another frame", "back in the frame of all"],
)
def test_a_page_that_comes_in_another_frame_has_no_notice(
    now: tuple[str, ...], before: tuple[str, ...]
) -> None:
    found = conclude([page(1, now, before), *siblings(5)], {})
    assert not found.notices
    assert found.page_count == 1


def test_what_is_unchanged_is_nothing() -> None:
    assert conclude(siblings(4), {}) == Conclusion()
    assert conclude([], {}) == Conclusion()


def test_a_run_that_broke_off_is_concluded_on_with_the_next() -> None:
    """Half of the pages were seen with the banner before it died, the others after."""
    pages = [page(number, (*FRAME, "strike"), FRAME) for number in range(6)]
    found = conclude(pages, {})
    assert (found.notices, found.page_count) == ((), 6)


def test_texts_shown_in_turn_are_frame_also_where_some_stand_on_few_pages() -> None:
    turns = [("one", "two"), ("two", "one"), ("three", "one"), ("one", "three")]
    pages = [
        page(number, (*FRAME, f"box:{now}"), (*FRAME, f"box:{before}"))
        for number, (before, now) in enumerate([*turns[:2] * 4, *turns[2:]])
    ]
    withdrawn = page(20, (*FRAME, f"box:{WITHDRAWN}"), (*FRAME, "box:one"))
    assert not conclude(pages, {}).notices
    assert WITHDRAWN in told(conclude([*pages, withdrawn], {}))[20][0]
