"""Search: what reports say, said on a date, or no longer say, on either database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import START, Archive, name, sections

from reports.search.query import parse_query
from storage.search.find import SearchResults, SearchScope


def index(archive: Archive) -> int:
    with archive.store.write() as unit:
        waiting = unit.search_index.behind()
        unit.search_index.update(waiting)
        unit.commit()
    return len(waiting)


def search(
    archive: Archive, query: str, limit: int = 50, offset: int = 0, **scope: object
) -> SearchResults:
    with archive.store.read() as unit:
        return unit.search.find(
            parse_query(query), SearchScope(**scope), limit=limit, offset=offset
        )


def places(found: SearchResults) -> list[str]:
    return [f"{hit.report.edition}/{hit.report.country} {hit.part_name}" for hit in found.hits]


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """Three reports of two editions, one of them edited twice."""
    prisons = sections("Prison conditions were harsh.", "Journalists were jailed.")
    archive.run(
        archive.sees("Torture by police|Arbitrary arrest.", parts=prisons),
        archive.sees("No credible reports of torture.", "XAC"),
        archive.sees("Torture in Çôte.", "XAB", "2023"),
    )
    archive.run(archive.sees("Abuse by police|Arbitrary arrest.", parts=prisons))
    archive.run(archive.sees("Abuse by police|Arbitrary arrest.", parts=prisons[1:]))
    index(archive)
    return archive


def test_words_are_found_where_they_are_said_now(shelf: Archive, subtests: pytest.Subtests) -> None:
    for query, expected in [
        ("torture", ["2024/XAC Executive Summary", "2023/XAB Executive Summary"]),
        ("TORTURE -credible", ["2023/XAB Executive Summary"]),
        ("cote", ["2023/XAB Executive Summary"]),
        ('"arbitrary arrest"', ["2024/XAB Executive Summary"]),
        ('"arrest arbitrary"', []),
        ("journal*", ["2024/XAB Section 2"]),
        ("police OR credible", ["2024/XAB Executive Summary", "2024/XAC Executive Summary"]),
        ("police arrest", ["2024/XAB Executive Summary"]),
        ("prison", []),
        ("'; DROP TABLE passage; --", []),
    ]:
        with subtests.test(query=query, expected=expected):
            assert places(search(shelf, query)) == expected


def test_a_scope_narrows_the_search(shelf: Archive, subtests: pytest.Subtests) -> None:
    for scope, expected in [
        ({"edition": "2023"}, ["2023/XAB Executive Summary"]),
        ({"country": "XAC"}, ["2024/XAC Executive Summary"]),
        ({"country": "XAC", "part": "sarn"}, []),
        ({"source": "another"}, []),
        ({"summaries_only": True, "edition": "2024"}, ["2024/XAC Executive Summary"]),
    ]:
        with subtests.test(scope=scope, expected=expected):
            assert places(search(shelf, "torture", **scope)) == expected


def test_what_was_said_on_a_date_is_found_as_of_then(shelf: Archive) -> None:
    before, after = START + timedelta(minutes=30), START + timedelta(minutes=90)
    asked = {"edition": "2024", "country": "XAB"}
    assert places(search(shelf, "torture", as_of=before, **asked)) == ["2024/XAB Executive Summary"]
    assert places(search(shelf, "torture", as_of=after, **asked)) == []
    assert places(search(shelf, "torture", as_of=START - timedelta(days=1), **asked)) == []


def test_words_that_were_removed_are_found_with_the_versions_they_left_between(
    shelf: Archive,
) -> None:
    found = search(shelf, "torture", is_removed=True)
    assert places(found) == ["2024/XAB Executive Summary"]
    (hit,) = found.hits
    assert (hit.from_version, hit.until_version) == (1, 2)
    assert [each.text for each in hit.excerpts] == ["Torture by police"]
    assert places(search(shelf, "prison", is_removed=True)) == ["2024/XAB Section 1"]
    assert places(search(shelf, '"arbitrary arrest"', is_removed=True)) == []


def test_what_comes_back_is_no_longer_among_the_removed_words(archive: Archive) -> None:
    for text in ("Torture.", "Calm.", "Torture."):
        archive.run(archive.sees(text))
    index(archive)
    assert places(search(archive, "torture", is_removed=True)) == []
    stays = search(archive, "torture")
    assert [(hit.from_version, hit.until_version) for hit in stays.hits] == [(3, None)]


def test_a_report_that_was_removed_is_among_the_removed_words(archive: Archive) -> None:
    archive.run(archive.sees("Torture."))
    for _ in range(2):
        archive.run(archive.misses())
    index(archive)
    assert archive.state() == "removed"
    assert places(search(archive, "torture", is_removed=True)) == ["2024/XAB Executive Summary"]


def test_only_what_is_new_is_indexed_and_an_unchanged_passage_keeps_its_number(
    shelf: Archive,
) -> None:
    assert index(shelf) == 0
    shelf.run(shelf.sees("Calm.", "XAC"))
    assert places(search(shelf, "calm")) == []
    assert index(shelf) == 1
    assert places(search(shelf, "calm")) == ["2024/XAC Executive Summary"]


def test_a_version_captured_earlier_is_put_in_its_place(archive: Archive) -> None:
    archive.run(archive.sees("Calm."))
    index(archive)
    early = START - timedelta(days=10)
    archive.run(archive.sees("Torture.", seen_at=early), is_silent=True)
    index(archive)
    assert places(search(archive, "torture")) == []
    assert places(search(archive, "torture", as_of=START - timedelta(days=1))) != []
    assert places(search(archive, "calm", as_of=START - timedelta(days=1))) == []


def test_a_long_part_is_found_to_its_end(archive: Archive) -> None:
    blocks = "|".join(f"Paragraph {n} speaks of many things at length." for n in range(3000))
    archive.run(archive.sees(f"{blocks}|The needle lies here."))
    index(archive)
    (hit,) = search(archive, '"needle lies"').hits
    assert [(each.block, each.text) for each in hit.excerpts] == [(3000, "The needle lies here.")]


def test_results_come_in_pages_with_a_total(archive: Archive) -> None:
    archive.run(*(archive.sees("Torture.", f"XA{letter}") for letter in "ABCDE"))
    index(archive)
    pages = [search(archive, "torture", limit=2, offset=start) for start in (0, 2, 4)]
    assert [each.total for each in pages] == [5, 5, 5]
    assert len({hit.report for each in pages for hit in each.hits}) == 5
    assert name("XAA") in {hit.report for hit in pages[0].hits}
