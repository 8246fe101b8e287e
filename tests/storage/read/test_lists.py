"""What people look at: lists of changes, reports, runs and alerts; where words come from; keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import SOURCE, START, Archive, name, sections

from storage.changes.filter import ChangeConditions
from storage.operate.access import SESSION, TOKEN
from storage.read.report_rows import SORTS

A, B, C = "There was [torture].", "There was no torture.", "There was [censorship] and more."


@pytest.fixture
def eventful(archive: Archive) -> Archive:
    """Three reports of two editions; one edited twice, one removed; an hour a run."""
    archive.subscribe("all@law.example")
    archive.run(
        archive.sees(A, edition="2023"),
        archive.sees(A, parts=sections("One two.")),
        archive.sees(A, "XAC"),
        is_baseline=True,
    )
    archive.run(archive.sees(B), archive.sees(A, "XAC"))
    archive.run(archive.sees(C), archive.misses("XAC"))
    archive.run(archive.sees(C), archive.misses("XAC"))
    return archive


def kinds(archive: Archive, limit: int | None = None, **asked: object) -> list[str]:
    with archive.store.read() as unit:
        interest = ChangeConditions(**asked)  # type: ignore[arg-type]
        found = unit.changes.listed(interest, limit=limit)
        if limit is None:
            assert unit.changes.count(interest) == len(found)
    return [f"{each.change.kind} {each.change.report}" for each in found]


def test_changes_are_listed_by_what_is_asked(eventful: Archive, subtests: pytest.Subtests) -> None:
    for asked, count in [
        ({}, 6),
        ({"source": SOURCE}, 6),
        ({"source": "other"}, 0),
        ({"edition": "2023"}, 1),
        ({"country": "XAB"}, 4),
        ({"countries": frozenset({"XAC", "XAD"})}, 2),
        ({"country": "XAB", "part": "sarn"}, 0),
        ({"kinds": ("edited",)}, 2),
        ({"kinds": ("edited", "removed")}, 3),
        ({"with_baseline": False}, 3),
        ({"topic": "censorship"}, 1),
        ({"since": START + timedelta(hours=2)}, 2),
        ({"until": START + timedelta(hours=1)}, 3),
        ({"report": name("XAC")}, 2),
    ]:
        with subtests.test(asked=asked, count=count):
            assert len(kinds(eventful, **asked)) == count


def test_changes_go_on_where_a_page_ended(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        whole = unit.changes.listed(ChangeConditions(), limit=None)
        found, before = [], None
        while page := unit.changes.listed(ChangeConditions(), limit=2, before=before):
            found += page
            before = (page[-1].change.detected_at, page[-1].change.id)
    assert found == whole


def test_changes_are_counted_by_day(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        found = unit.changes.by_day(START - timedelta(days=1))
    assert {(day, kind): count for day, kind, count in found} == {
        (START.date(), "edited"): 2,
        (START.date(), "removed"): 1,
    }


def test_reports_are_sorted_by_every_column(eventful: Archive, subtests: pytest.Subtests) -> None:
    for sort in ["", *SORTS]:
        for is_descending in [False, True]:
            with subtests.test(is_descending=is_descending, sort=sort):
                with eventful.store.read() as unit:
                    found = unit.reports.page(sort=sort, is_descending=is_descending, limit=10)
                    pages = [
                        unit.reports.page(sort=sort, is_descending=is_descending, limit=1, offset=n)
                        for n in range(3)
                    ]
                assert [each.report for [each] in pages] == [each.report for each in found]
                values = [_value(each, sort) for each in found] if sort else []
                assert values == sorted(values, reverse=is_descending)


def _value(row: object, sort: str) -> object:
    if sort in ("country", "edition"):
        return getattr(row.report, sort)  # type: ignore[attr-defined]
    value = getattr(row, "changed_at" if sort == "changed" else sort)
    return -1 if value is None else value


def test_a_row_tells_the_figures_of_the_version_captured_last(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        [row] = unit.reports.page(country="XAB", edition="2024", limit=5)
        matrix = unit.reports.matrix(SOURCE, ["2023", "2024"])
    assert (row.versions, row.issues, row.state) == (3, 1, "present")
    assert row.changed_at == START + timedelta(hours=2)
    assert row.seen_at == START + timedelta(hours=3)
    assert [(each.country, each.edition, each.versions, each.state) for each in matrix] == [
        ("XAB", "2023", 1, "present"),
        ("XAB", "2024", 3, "present"),
        ("XAC", "2024", 1, "removed"),
    ]


def test_reports_go_on_after_a_name(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        found = unit.reports.find(limit=5, after=name("XAB", "2023"))
    assert [each.report for each in found] == [name("XAB"), name("XAC")]


def test_the_same_summary_is_found_in_other_reports_as_they_stand(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        text = unit.versions.latest(name("XAB", "2023")).reading.text_sha256  # type: ignore[union-attr]
        same = unit.reports.same_text(name("XAB", "2023"), text)
    assert same == [name("XAC")]  # what XAB said in 2024 at first it says no longer


def test_locations_and_evidence_are_told(archive: Archive) -> None:
    archive.run(archive.sees(A, evidence={"status": 200}), archive.sees(A, copy="copy/"))
    with archive.store.read() as unit:
        first, second = unit.reports.locations(name())
        evidence = unit.versions.evidence(name(), 1)
    assert (first.is_primary, second.is_primary) == (True, False)
    assert second.outcome == "duplicate"
    assert evidence == {"status": 200}


def test_the_editions_of_a_country_are_told_in_figures(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        older, newer = unit.reports.editions(SOURCE, "XAB", "")
    assert (older.report.edition, older.topics, older.issues) == ("2023", {"torture"}, 1)
    assert (newer.topics, newer.versions) == ({"censorship"}, 3)
    assert older.text_sha256 != newer.text_sha256


def test_runs_are_told_page_by_page_with_their_outcomes(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        runs, total = unit.runs.page(source=SOURCE, limit=2)
        rest, _ = unit.runs.page(limit=5, before=runs[-1].id)
        tally = unit.runs.tally(runs[0].id)
        missed = unit.runs.outcomes(runs[0].id, ["removed", "suspected"], limit=5)
        since = unit.runs.since(START + timedelta(hours=3))
    assert total == 4
    assert [each.id for each in runs + rest] == [4, 3, 2, 1]
    assert sum(tally.values()) == 2
    assert [each.url for each in missed] == [eventful.url("XAC")]
    assert [each.id for each in since] == [4]


def test_alerts_are_listed_by_address_and_page(eventful: Archive) -> None:
    with eventful.store.read() as unit:
        whole = unit.alerts.all()
        first = unit.alerts.all((), 1)
        rest = unit.alerts.all((), 10, before=first[-1].alert)
        other = unit.alerts.all(address="nobody@law.example")
        counts = unit.alerts.counts("all@law.example")
    assert first + rest == whole
    assert len(whole) == 3
    assert (other, counts) == ([], {"due": 3})


def test_keys_are_found_until_they_are_revoked_ended_or_expired(archive: Archive) -> None:
    with archive.store.write() as unit:
        facts = {"may_operate": True, "now": START}
        unit.access.add(TOKEN, "a" * 64, name="notebook", expires_at=None, **facts)  # type: ignore[arg-type]
        unit.access.add(SESSION, "b" * 64, expires_at=START + timedelta(hours=1), **facts)  # type: ignore[arg-type]
        unit.commit()
    with archive.store.write() as unit:
        assert unit.access.find(TOKEN, "b" * 64) is None
        held = unit.access.find(SESSION, "b" * 64)
        assert held
        assert held.is_valid(START)
        assert not held.is_valid(START + timedelta(hours=1))
        unit.access.forget_expired(START + timedelta(hours=1))
        assert unit.access.find(SESSION, "b" * 64) is None
        assert [each.name for each in unit.access.tokens()] == ["notebook"]
        assert unit.access.revoke("notebook") == 1
        assert unit.access.revoke("notebook") == 0
