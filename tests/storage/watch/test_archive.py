"""What an archive holds of a location, and which of our changes that bears out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from archive import SOURCE, START, Archive, name, reading

from reports.watch.outcome import Outcome
from storage.database.errors import DatabaseFailed
from storage.watch.archive import Memento

A, B = "Belvaria is a monarchy.", "Belvaria is a republic."
MANUAL = ("manual",)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def archive(archive: Archive) -> Archive:
    """Hold A as of the start and B as of ten days later."""
    archive.run(archive.sees(A))
    archive.now = day(10)
    archive.run(archive.sees(B))
    return archive


def place(archive: Archive) -> int:
    with archive.store.read() as unit:
        (known,) = unit.locations(SOURCE).all()
    return known.id


def memento(archive: Archive, number: float, text: str = "", **facts: object) -> Memento:
    words = {str(name()): reading(text).words_sha256} if text else {}
    outcome = Outcome.UNCHANGED if text else Outcome.SUSPECTED
    known = {
        "retrieved_at": day(50),
        "digest": f"D{number}",
        "outcome": outcome.value,
        "words": words,
        **facts,
    }
    url = f"https://web.archive.org/web/{number}"
    return Memento(place(archive), day(number), memento_url=url, **known)


def hold(archive: Archive, *held: Memento) -> int:
    """Keep mementos and judge the changes; return how many are borne out."""
    with archive.store.write() as unit:
        unit.archive.add_mementos(held)
        count = unit.corroborate(SOURCE, MANUAL)
        unit.commit()
    return count


def borne_out(archive: Archive) -> list[str]:
    return [each.kind.value for each in archive.changes() if each.is_corroborated]


def test_mementos_come_back_as_they_were_in_order_of_time(archive: Archive) -> None:
    later, earlier = memento(archive, 5, A), memento(archive, 2, A, retrieved_at=None)
    with archive.store.write() as unit:
        unit.archive.add_mementos([later, earlier])
        unit.commit()
    with archive.store.read() as unit:
        assert unit.archive.mementos(place(archive)) == [earlier, later]
        assert unit.archive.mementos_of_source(SOURCE) == {place(archive): [earlier, later]}
        assert unit.archive.mementos_of_source("another") == {}


def test_one_moment_of_a_location_is_held_once(archive: Archive) -> None:
    hold(archive, memento(archive, 5, A))
    with pytest.raises(DatabaseFailed, match=r"(?i)unique"):
        hold(archive, memento(archive, 5, B))


def test_bytes_like_a_mementos_are_its_own_or_those_of_a_version_with_its_words(
    archive: Archive,
) -> None:
    first, second = (each.payload_sha256 for each in archive.history())
    own = memento(archive, 1, A, payload_sha256=second)
    noisy = memento(archive, 2, A, payload_sha256="0" * 64)
    strange = memento(archive, 3, "Something else.", payload_sha256="0" * 64)
    with archive.store.read() as unit:
        assert unit.archive.body(own) == unit.versions.payloads.get(second)
        assert unit.archive.body(noisy) == unit.versions.payloads.get(first)
        assert unit.archive.body(strange) is None
        assert len(unit.archive.own_payloads(place(archive))) == 2


def test_an_edit_is_borne_out_from_both_sides(archive: Archive) -> None:
    assert hold(archive, memento(archive, 5, A)) == 0
    assert hold(archive, memento(archive, 12, B)) == 1
    assert borne_out(archive) == ["edited"]
    (edited,) = [each for each in archive.changes() if each.is_corroborated]
    assert [each.captured_at for each in edited.witnesses] == [day(5), day(12)]


def test_a_contradiction_takes_it_back(archive: Archive) -> None:
    hold(archive, memento(archive, 5, A), memento(archive, 12, B))
    assert hold(archive, memento(archive, 7, "Something else.")) == 0
    assert borne_out(archive) == []


def test_a_captured_block_page_contradicts_nothing(archive: Archive) -> None:
    blocked = memento(archive, 7, outcome=Outcome.BLOCKED.value)
    assert hold(archive, memento(archive, 5, A), blocked, memento(archive, 12, B)) == 1


def test_a_publication_is_borne_out_by_a_miss_before_it(archive: Archive) -> None:
    assert hold(archive, memento(archive, -5), memento(archive, 1, A)) == 1
    assert borne_out(archive) == ["published"]


def test_a_removal_and_a_return_are_borne_out_by_misses(archive: Archive) -> None:
    for number in (20, 21):
        archive.now = day(number)
        archive.run(archive.misses())
    archive.now = day(30)
    archive.run(archive.sees(B))
    assert archive.kinds() == ["published", "edited", "removed", "restored"]
    hold(
        archive,
        memento(archive, 11, B),
        memento(archive, 20.5),
        memento(archive, 25),
        memento(archive, 31, B),
    )
    assert borne_out(archive) == ["removed", "restored"]


def test_what_the_archive_itself_brought_is_not_borne_out_by_it(archive: Archive) -> None:
    with archive.store.write() as unit:
        unit.archive.add_mementos([memento(archive, 5, A), memento(archive, 12, B)])
        assert unit.corroborate(SOURCE, ("scheduled",)) == 0
