"""When a report counts as gone, and what its return says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from archive import Archive

from reports.watch.outcome import Outcome

A = "Belvaria is a monarchy."
B = "Belvaria is a republic."


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.run(archive.sees(A))
    archive.subscribe()
    return archive


def test_a_removal_takes_several_clean_misses(archive: Archive) -> None:
    assert archive.outcomes(archive.misses(), gone_checks=3) == ["suspected"]
    assert archive.state() == "suspected"
    assert archive.outcomes(archive.misses(), gone_checks=3) == ["suspected"]
    assert archive.outcomes(archive.misses(), gone_checks=3) == ["removed"]
    assert archive.state() == "removed"
    assert archive.alerts() == [("ann@law.example", "removed")]


def test_a_removal_takes_its_time(archive: Archive) -> None:
    for _ in range(4):
        assert archive.outcomes(archive.misses(), gone_hours=4) == ["suspected"]
    assert archive.outcomes(archive.misses(), gone_hours=4) == ["removed"]


def test_a_removal_is_told_once(archive: Archive) -> None:
    for _ in range(2):
        archive.run(archive.misses())
    assert archive.outcomes(archive.misses()) == ["unchanged"]
    assert archive.kinds() == ["published", "removed"]


def test_a_good_look_in_between_starts_the_count_anew(archive: Archive) -> None:
    archive.run(archive.misses())
    archive.run(archive.sees(A))
    assert archive.state() == "present"
    assert archive.outcomes(archive.misses()) == ["suspected"]
    assert archive.kinds() == ["published"]


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.ERROR])
def test_a_refusal_is_no_step_towards_gone(archive: Archive, outcome: Outcome) -> None:
    for _ in range(5):
        archive.run(archive.fails(outcome))
    assert (archive.state(), archive.kinds()) == ("present", ["published"])


def test_a_miss_while_the_site_is_unwell_does_not_count_as_confirmed(archive: Archive) -> None:
    for _ in range(4):
        archive.run(archive.misses(is_clean_miss=False))
    archive.run(archive.misses())
    assert archive.kinds() == ["published"]


@pytest.mark.parametrize("is_same_bytes", [True, False])
def test_the_same_text_back_is_a_restoration_of_the_same_version(
    archive: Archive, is_same_bytes: bool
) -> None:
    for _ in range(2):
        archive.run(archive.misses())
    look = archive.sees(A)
    look = archive.same(look) if is_same_bytes else replace(look, body=look.body + b" ")
    assert archive.outcomes(look) == ["restored"]
    back = archive.changes()[-1]
    assert (back.kind, back.from_version, back.to_version) == ("restored", 1, 1)
    assert back.summary_line.endswith("restored, the same text")
    assert archive.state() == "present"
    assert archive.texts() == [A]
    assert archive.outcomes(archive.sees(A)) == ["unchanged"]


def test_an_altered_text_back_is_a_restoration_with_a_new_version(archive: Archive) -> None:
    for _ in range(2):
        archive.run(archive.misses())
    assert archive.outcomes(archive.sees(B)) == ["restored"]
    back = archive.changes()[-1]
    assert (back.kind, back.from_version, back.to_version) == ("restored", 1, 2)
    assert (back.words_added, back.words_removed) == (1, 1)
    assert archive.kinds() == ["published", "removed", "restored"]


def test_a_report_that_lives_at_another_address_is_not_gone(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(A, copy="-2", is_listed=False))
    for _ in range(4):
        archive.run(archive.misses(), archive.sees(A, copy="-2", is_listed=False))
    assert archive.kinds() == ["published"]
    assert archive.state() == "present"


def test_an_imported_copy_does_not_keep_a_report_alive(archive: Archive) -> None:
    copy = replace(archive.sees(A), url="import:belvaria.html", is_listed=None)
    archive.run(copy, is_silent=True)
    for _ in range(2):
        archive.run(archive.misses())
    assert archive.kinds()[-1] == "removed"


@pytest.mark.parametrize("is_before", [True, False])
def test_the_address_that_lives_on_drives_the_versions(archive: Archive, is_before: bool) -> None:
    """Also where it was edited while the first address was only suspected to be gone."""
    archive.run(archive.sees(A), archive.sees(A, copy="-2"))
    if is_before:
        archive.run(archive.misses(), archive.sees(B, copy="-2"))
    for _ in range(3):
        text = B if is_before else A
        archive.run(archive.misses(), archive.sees(text, copy="-2"))
    archive.run(archive.misses(), archive.sees(B, copy="-2"))
    assert archive.texts() == [A, B]
    assert archive.changes()[-1].kind == "edited"


def test_the_living_address_takes_over_though_its_bytes_stay_the_same(archive: Archive) -> None:
    archive.run(archive.misses(), archive.sees(B, copy="-2"))
    for _ in range(3):
        with archive.store.read() as unit:
            known = unit.locations("sample-hrr").by_url([archive.url(copy="-2")])
        look = archive.sees(B, copy="-2")
        is_same = known[look.url].payload_sha256 == look.payload_sha256
        archive.run(archive.misses(), archive.same(look) if is_same else look)
    assert archive.texts() == [A, B]
    assert archive.state() == "present"
