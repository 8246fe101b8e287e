"""What was told: what a subscriber of everything, a source, a country or a topic is alerted to."""

from __future__ import annotations

import pytest
from archive import SOURCE, Archive, name

from storage.changes.changes import NotifiedChange
from storage.changes.filter import ChangeConditions

A, B, C = "There was [torture].", "There was no torture.", "There was [censorship]."


def told(archive: Archive, limit: int = 50, **interest: object) -> list[NotifiedChange]:
    with archive.store.read() as unit:
        return unit.changes.notified(ChangeConditions(**interest), limit)


def names(found: list[NotifiedChange]) -> list[str]:
    return [f"{each.change.kind} {each.change.report.country}" for each in found]


def alerted(archive: Archive, address: str) -> set[int]:
    with archive.store.read() as unit:
        return {each.change for each in unit.alerts.all() if each.address == address}


@pytest.fixture
def eventful(archive: Archive) -> Archive:
    """Changes of every fate, after four subscribers have asked for theirs."""
    archive.subscribe("all@law.example")
    archive.subscribe("source@law.example", sources=(SOURCE,))
    archive.subscribe("country@law.example", countries=("XAB",))
    archive.subscribe("area@law.example", countries=("XAB/sarn",))
    archive.subscribe("topic@law.example", topics=("torture",))
    archive.run(archive.sees(A), archive.sees(A, "XAC"), is_baseline=True)
    archive.run(archive.sees(B), archive.sees(A, "XAC"), archive.sees(C, part="sarn"))
    archive.run(archive.sees(B), archive.sees(C, "XAC"), archive.sees(B, part="sarn"))
    archive.run(archive.sees(A, "XAD"), is_silent=True)
    archive.run(archive.sees(A, "XAE", "2023"))  # an older edition: baseline
    archive.run(archive.misses("XAC"))
    archive.run(archive.misses("XAC"))
    return archive


def test_exactly_what_a_subscriber_is_alerted_to_was_told(
    eventful: Archive, subtests: pytest.Subtests
) -> None:
    for address, interest in [
        ("all@law.example", {}),
        ("source@law.example", {"source": SOURCE}),
        ("country@law.example", {"country": "XAB"}),
        ("area@law.example", {"country": "XAB", "part": "sarn"}),
        ("topic@law.example", {"topic": "torture"}),
    ]:
        with subtests.test(address=address, interest=interest):
            found = told(eventful, **interest)
            assert found
            assert {each.change.id for each in found} == alerted(eventful, address)
            times = [each.change.detected_at for each in found]
            assert times == sorted(times, reverse=True)


def test_each_interest_has_its_own(eventful: Archive) -> None:
    assert names(told(eventful, topic="torture")) == ["edited XAC", "edited XAB"]
    assert names(told(eventful, report=name("XAC"))) == ["removed XAC", "edited XAC"]
    assert names(told(eventful, report=name("XAB"))) == ["edited XAB"]
    assert names(told(eventful, source="us-state-hrr")) == []
    assert len(told(eventful, limit=2)) == 2


def test_topics_are_those_the_change_touches(eventful: Archive) -> None:
    assert [each.topics for each in told(eventful, report=name("XAC"))] == [
        ("censorship",),
        ("censorship", "torture"),
    ]


def test_a_text_that_goes_to_and_fro_is_told_no_further(archive: Archive) -> None:
    archive.run(archive.sees(A))
    for text in (B, A, B, A):
        archive.run(archive.sees(text))
    with archive.store.read() as unit:
        held = {each.id for each in unit.changes.find() if each.is_held}
    assert held
    assert held.isdisjoint(each.change.id for each in told(archive))


def test_nothing_is_told_before_its_run_has_closed(archive: Archive) -> None:
    archive.run(archive.sees(A), is_baseline=True)
    archive.run(archive.sees(B), is_open=True)
    assert told(archive) == []
    archive.close_run("crashed")
    (one,) = told(archive)
    assert one.notified_at > one.change.detected_at


def test_a_version_is_shown_as_it_stood_when_the_change_was_told(archive: Archive) -> None:
    archive.run(archive.sees(A), is_baseline=True)
    archive.run(archive.misses())
    archive.run(archive.misses())
    archive.run(archive.sees(A))
    archive.run(archive.sees(A))
    _, removed = told(archive)
    with archive.store.read() as unit:
        before, _ = unit.versions.of_change_then(removed.change)
        now = unit.versions.latest(name())
    assert now.last_seen_at > removed.change.detected_at
    assert before.last_seen_at <= removed.change.detected_at


def test_a_new_reading_changes_the_state_of_what_shows_it(eventful: Archive) -> None:
    def states() -> dict[int, object]:
        return {each.change.id: each.state for each in told(eventful)}

    before = states()
    assert states() == before
    with eventful.store.write() as unit:
        waiting = unit.stale_readings(SOURCE, 2)
        latest = next(each for each in waiting.batch(after=0, limit=50) if each.report == name())
        read = waiting.reading(latest), waiting.body(latest)
        waiting.keep(latest, *read, region_sha256="", shape="")
        unit.commit()
    after = states()
    assert {key for key in before if after[key] != before[key]} == {
        each.change.id for each in told(eventful, report=name())
    }


def test_an_installation_has_one_name_for_ever(archive: Archive) -> None:
    with archive.store.read() as unit:
        first = unit.installation
    archive.run(archive.sees(A))
    with archive.store.read() as unit:
        assert unit.installation == first
    assert first.uuid.version == 4
    assert first.made_at.tzinfo is not None
