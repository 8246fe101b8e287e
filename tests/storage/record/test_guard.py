"""Readings that are held back, and the many more that are not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from archive import SOURCE, Archive, name, reading, sections

from reports.model.reading import Section
from reports.model.values import Evidence
from reports.text.canonical import canonical_block
from reports.watch.drift import HELD_BACK
from reports.watch.outcome import Outcome
from storage.watch.locations import Sighting

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
SUMMARY = "Belvaria is a monarchy.|There were reports of [torture]."
PARTS = sections(
    "The courts of the capital heard nearly all of the cases that came before them in public.",
    "Newspapers in every larger town printed what they wanted to and were seldom punished for it.",
)


def page(archive: Archive, country: str = "XAB", *, shape: str = OLD, **facts: Any) -> Sighting:
    """Return the sighting of a page whose sections are read."""
    return archive.sees(SUMMARY, country, parts=PARTS, shape=shape, **facts)


def lost(
    archive: Archive,
    country: str = "XAB",
    *,
    shape: str = NEW,
    parts: tuple[Section, ...] = PARTS,
    **facts: Any,
) -> Sighting:
    """Return the sighting of a page whose sections stand there and are not read."""
    body = f"<i>{country} {archive.now}</i>{SUMMARY}{[part.blocks for part in parts]}".encode()
    return archive.sees(SUMMARY, country, shape=shape, body=body, **facts)


def waiting(archive: Archive) -> list[tuple[str, str, str]]:
    with archive.store.read() as unit:
        return [(each.state, each.country, each.edition) for each in unit.reviews(SOURCE).open()]


def shape_of(archive: Archive) -> str:
    with archive.store.read() as unit:
        return unit.locations(SOURCE).all()[0].shape


def test_a_page_that_lost_its_sections_under_new_mark_up_is_held_back(archive: Archive) -> None:
    archive.subscribe()
    archive.run(page(archive))
    [[found]] = archive.run(lost(archive))
    assert found.outcome == "unreadable"
    assert found.reason.startswith(f"{HELD_BACK}every section is gone, of 2, though the text")
    assert archive.kinds() == ["published"]
    assert archive.history()[0].reading.sections == PARTS
    assert waiting(archive) == [("held", "XAB", "2024")]
    assert archive.alerts() == [("ann@law.example", "published")]
    assert shape_of(archive) == OLD


def test_an_older_capture_that_reads_well_leaves_it_held_back(archive: Archive) -> None:
    archive.run(page(archive))
    before = archive.now
    archive.now += timedelta(days=1)
    archive.run(lost(archive))
    archive.run(page(archive, seen_at=before), is_silent=True)
    assert waiting(archive) == [("held", "XAB", "2024")]


@pytest.mark.parametrize(
    "how",
    [
        {"shape": OLD},
        {"shape": ""},
        {"parts": ()},
        {"how": Evidence.OPERATOR},
    ],
    ids=["known markup", "no fingerprint", "the text is gone", "an operator says so"],
)
def test_what_else_lost_its_sections_is_an_edit(archive: Archive, how: dict[str, Any]) -> None:
    archive.subscribe()
    archive.run(page(archive))
    assert archive.outcomes(lost(archive, **how)) == ["edited"]
    assert waiting(archive) == []
    assert len(archive.alerts()) == 2


def test_a_page_whose_mark_up_was_never_known_is_believed(archive: Archive) -> None:
    archive.run(page(archive, shape=""))
    assert archive.outcomes(lost(archive)) == ["edited"]


def test_new_mark_up_alone_is_no_reason(archive: Archive) -> None:
    archive.run(page(archive))
    assert archive.outcomes(page(archive, shape=NEW)) == ["unchanged"]
    assert shape_of(archive) == NEW
    edited = archive.sees(f"{SUMMARY}|More.", parts=PARTS, shape=OLD)
    assert archive.outcomes(edited) == ["edited"]


def test_mark_up_that_reads_well_on_a_few_other_pages_is_trusted(archive: Archive) -> None:
    countries = ("XAB", "XAC", "XAD", "XAE")
    archive.run(*(page(archive, each) for each in countries))
    archive.run(*(page(archive, each, shape=NEW) for each in countries[1:3]))
    assert archive.outcomes(lost(archive)) == ["unreadable"]
    archive.run(page(archive, "XAE", shape=NEW))
    assert archive.outcomes(lost(archive)) == ["edited"]
    assert waiting(archive) == []


def test_pages_without_sections_make_no_mark_up_trusted(archive: Archive) -> None:
    archive.run(page(archive))
    archive.run(*(lost(archive, each) for each in ("XAC", "XAD", "XAE")))
    assert archive.outcomes(lost(archive)) == ["unreadable"]


def test_three_pages_accepted_by_the_operator_make_it_trusted(archive: Archive) -> None:
    countries = ("XAB", "XAC", "XAD", "XAE")
    archive.run(*(page(archive, each) for each in countries))
    for each in countries[:3]:
        assert archive.outcomes(lost(archive, "XAE")) == ["unreadable"]
        assert archive.outcomes(lost(archive, each, how=Evidence.OPERATOR)) == ["edited"]
    assert archive.outcomes(lost(archive, "XAE")) == ["edited"]


def test_a_page_held_back_waits_once_however_its_bytes_differ(archive: Archive) -> None:
    archive.run(page(archive))
    for _ in range(3):
        assert archive.outcomes(lost(archive)) == ["unreadable"]
    assert len(waiting(archive)) == 1


@pytest.mark.parametrize("between", [False, True], ids=["at once", "after an error"])
def test_a_page_that_reads_well_again_waits_no_longer(archive: Archive, between: bool) -> None:
    archive.run(page(archive))
    archive.run(lost(archive))
    if between:
        archive.run(archive.fails(Outcome.ERROR))
    assert archive.outcomes(page(archive, shape=NEW)) == ["unchanged"]
    assert waiting(archive) == []
    assert archive.outcomes(lost(archive, shape="other")) == ["unreadable"]
    assert len(waiting(archive)) == 1


def test_the_same_bytes_held_back_again_wait_again(archive: Archive) -> None:
    archive.run(page(archive))
    bad = lost(archive)
    archive.run(bad)
    archive.run(page(archive))
    assert archive.outcomes(archive.later(bad)) == ["unreadable"]
    assert len(waiting(archive)) == 1


def test_a_page_dismissed_by_the_operator_does_not_come_back(archive: Archive) -> None:
    archive.run(page(archive))
    archive.run(lost(archive))
    with archive.store.write() as unit:
        (held,) = unit.reviews(SOURCE).open()
        unit.reviews(SOURCE).close(held.id, "dismissed", None, archive.now)
        unit.commit()
    assert archive.outcomes(lost(archive)) == ["unreadable"]
    assert waiting(archive) == []


def test_a_page_held_back_is_not_resolved_by_another_report_with_its_text(
    archive: Archive,
) -> None:
    """Two editions may have the same summary, word for word."""
    archive.run(page(archive))
    archive.run(lost(archive))
    archive.run(archive.sees(SUMMARY, edition="2023", parts=PARTS, shape=OLD))
    assert waiting(archive) == [("held", "XAB", "2024")]
    archive.run(page(archive, shape=OLD))
    assert archive.kinds(name()) == ["published"]


def test_a_reading_by_a_later_reader_is_compared_with_like(archive: Archive) -> None:
    """A mended reader reads the page held back, and that is no edit."""
    archive.run(page(archive))
    archive.run(lost(archive))
    assert archive.outcomes(page(archive, shape=NEW), revision=2) == ["unchanged"]
    assert archive.kinds() == ["published"]
    assert waiting(archive) == []


def test_a_shrunken_summary_is_held_back_too(archive: Archive) -> None:
    long = " ".join(f"word{n}" for n in range(80))
    archive.run(archive.sees(long, shape=OLD))
    short = archive.sees("word0 word1", shape=NEW, body=f"<p>{long}</p>".encode())
    [[found]] = archive.run(short)
    assert "2 of the summary's 80 words are left" in found.reason
    assert archive.history()[0].reading == reading(long)


def test_a_second_location_held_back_does_not_diverge(archive: Archive) -> None:
    archive.run(page(archive))
    archive.run(page(archive, copy="-2"))
    assert archive.outcomes(lost(archive, copy="-2")) == ["unreadable"]
    assert archive.kinds() == ["published"]


GOOD = "The clerks\u2019 register: \u201call boats,\u201d said Mart\u00ednez."
BAD = canonical_block(GOOD.encode().decode("cp1252", "replace").replace("\ufffd", "\x9d"))


@pytest.mark.parametrize("shape", ["", OLD, NEW])
def test_a_text_encoded_twice_is_held_back_and_no_edit_when_it_comes_or_goes(
    archive: Archive, shape: str
) -> None:
    archive.subscribe()
    archive.run(archive.sees(GOOD, shape=shape))
    [[found]] = archive.run(archive.sees(BAD, shape=shape))
    assert found.outcome == "unreadable"
    assert found.reason.startswith(f"{HELD_BACK}its text was encoded twice")
    assert [state for state, *_ in waiting(archive)] == ["held"]
    assert archive.outcomes(archive.sees(GOOD, shape=shape)) == ["unchanged"]
    assert waiting(archive) == []
    assert archive.kinds() == ["published"]


def test_a_text_that_was_badly_sent_when_it_was_first_seen_is_mended_in_silence(
    archive: Archive,
) -> None:
    archive.subscribe()
    archive.run(archive.sees(BAD))
    archive.run(archive.sees(GOOD))
    assert archive.history()[-1].reading.blocks == (GOOD,)
    assert len(archive.history()) == 2
    assert {kind for _, kind in archive.alerts()} == {"published"}


def test_a_word_changed_in_a_text_encoded_twice_is_an_edit(archive: Archive) -> None:
    archive.run(archive.sees(GOOD))
    assert archive.outcomes(archive.sees(BAD.replace("boats", "piers"))) == ["edited"]
