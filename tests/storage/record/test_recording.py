"""What becomes a version, an edit or nothing at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import Archive, name, sections

from reports.model.values import Evidence
from reports.watch.outcome import Outcome

A = "Belvaria is a monarchy.|There were reports of [torture]."
B = "Belvaria is a monarchy.|There were no reports."
C = "Belvaria is a republic."


def test_a_text_that_goes_and_comes_back_has_three_versions_and_two_edits(archive: Archive) -> None:
    archive.subscribe()
    for text in (A, B, A):
        archive.run(archive.sees(text))
    assert archive.texts() == [A, B, A]
    assert [each.number for each in archive.history()] == [1, 2, 3]
    assert archive.kinds() == ["published", "edited", "edited"]
    gone, back = archive.changes()[1:]
    assert (gone.from_version, gone.to_version, gone.returned_to) == (1, 2, 0)
    assert (back.from_version, back.to_version, back.returned_to) == (2, 3, 1)
    assert gone.issues_removed == ("[torture]",) == back.issues_added
    assert archive.alerts() == [("ann@law.example", kind) for kind in archive.kinds()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (A, A.replace("|", " ")),
        (A, A.replace(" a ", "|a|")),
        (A, f"{A}|"),
    ],
    ids=["one paragraph", "more paragraphs", "an empty paragraph"],
)
def test_only_words_make_a_version(archive: Archive, before: str, after: str) -> None:
    archive.run(archive.sees(before))
    assert archive.outcomes(archive.sees(after)) == ["unchanged"]
    assert archive.texts() == [before]
    assert archive.kinds() == ["published"]


def test_words_of_any_section_make_a_version(archive: Archive) -> None:
    archive.run(archive.sees(A, parts=sections("Courts were independent.")))
    assert archive.outcomes(archive.sees(A, parts=sections("Courts were weak."))) == ["edited"]
    change = archive.changes()[-1]
    assert (change.words_added, change.words_removed) == (1, 1)


def test_the_same_bytes_again_are_unchanged_and_seen_later(archive: Archive) -> None:
    sighting = archive.sees(A)
    archive.run(sighting)
    last = archive.now
    again = archive.same(archive.sees(A))
    assert archive.outcomes(again) == ["unchanged"]
    assert archive.history()[0].last_seen_at == last


def test_a_superseded_version_keeps_when_it_was_last_seen(archive: Archive) -> None:
    archive.run(archive.sees(A))
    last = archive.now
    archive.run(archive.sees(A))
    archive.run(archive.sees(B))
    archive.run(archive.sees(B))
    old, new = archive.history()
    assert old.last_seen_at == last
    assert new.captured_at == last + timedelta(hours=1)
    assert new.last_seen_at == last + timedelta(hours=2)


def test_the_same_text_in_two_editions_is_two_reports(archive: Archive) -> None:
    archive.run(archive.sees(A, edition="2023"), archive.sees(A, edition="2024"))
    assert archive.texts(name(edition="2023")) == archive.texts(name(edition="2024")) == [A]
    assert archive.kinds() == ["published", "published"]
    archive.run(archive.sees(B, edition="2023"))
    assert archive.texts(name(edition="2024")) == [A]


def test_a_country_and_its_area_are_two_reports(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(B, part="lower-sarn"))
    assert archive.texts(name(part="lower-sarn")) == [B]
    assert archive.texts() == [A]


def test_one_page_may_carry_several_reports(archive: Archive) -> None:
    from dataclasses import replace

    first, second = archive.sees(A), archive.sees(B, country="XAC")
    both = replace(first, page=type(first.page)((*first.page.reports, *second.page.reports)))
    assert archive.outcomes(both) == ["published"]
    assert archive.texts() == [A]
    assert archive.texts(name("XAC")) == [B]
    assert archive.history()[0].url == archive.history(name("XAC"))[0].url


def test_the_same_text_at_a_second_address_is_a_location_and_no_version(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A))
    assert archive.outcomes(archive.sees(A, copy="-2")) == ["duplicate"]
    with archive.store.read() as unit:
        (view,) = unit.reports.find()
    assert view.locations == (archive.url(), archive.url(copy="-2"))
    assert archive.texts() == [A]
    assert len(archive.alerts()) == 1


def test_another_text_at_a_second_address_is_told_once_and_is_no_edit(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    archive.run(archive.sees(B, copy="-2"))
    archive.run(archive.sees(A), archive.sees(B, copy="-2"))
    assert archive.kinds() == ["published", "diverged"]
    assert archive.texts() == [A]
    assert archive.alerts() == [("ann@law.example", "diverged")]


def test_a_second_address_that_starts_to_differ_is_told(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(A, copy="-2"))
    archive.run(archive.sees(A), archive.sees(B, copy="-2"))
    archive.run(archive.sees(A), archive.sees(C, copy="-2"))
    assert archive.kinds() == ["published", "diverged", "diverged"]


def test_both_addresses_edited_alike_are_one_edit(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(A, copy="-2"))
    archive.run(archive.sees(B), archive.sees(B, copy="-2"))
    assert archive.kinds() == ["published", "edited"]


def test_a_note_is_told_once_and_makes_no_version(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    archive.run(archive.sees(A, notes=("Note: updated.",)))
    archive.run(archive.sees(A, notes=("Note: updated.",)))
    assert archive.kinds() == ["published", "noted"]
    assert archive.changes()[-1].notes_added == ("Note: updated.",)
    (version,) = archive.history()
    assert version.reading.notes == ("Note: updated.",)
    assert archive.alerts() == [("ann@law.example", "noted")]


def test_a_note_that_comes_with_new_words_is_told_with_them(archive: Archive) -> None:
    errata = "Note: This report was updated 4/07/17; see Appendix F: Errata for more information."
    archive.run(archive.sees(A))
    archive.run(archive.sees(B, notes=(errata,)))
    archive.run(archive.sees(C))
    _, came, went = archive.changes()
    assert (came.kind, came.notes_added) == ("edited", (errata,))
    assert "an errata note of 7 April 2017 was added" in came.summary_line
    assert (went.kind, went.notes_removed) == ("edited", (errata,))


def test_a_text_that_keeps_alternating_is_told_twice_and_then_held(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    for text in (B, A, B, A):
        archive.run(archive.sees(text))
    assert archive.texts() == [A, B, A, B, A]
    assert archive.alerts() == [("ann@law.example", "edited")] * 2


def test_new_words_are_told_even_while_a_text_alternates(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    for text in (B, A, B, C):
        archive.run(archive.sees(text))
    assert archive.alerts() == [("ann@law.example", "edited")] * 3


def test_an_alternation_after_a_day_is_told_again(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    for text in (B, A, B, A):
        archive.now += timedelta(hours=24)
        archive.run(archive.sees(text))
    assert archive.alerts() == [("ann@law.example", "edited")] * 4


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.ERROR, Outcome.UNREADABLE])
def test_a_failed_look_changes_nothing_that_is_known(archive: Archive, outcome: Outcome) -> None:
    archive.run(archive.sees(A, etag='"1"'))
    with archive.store.read() as unit:
        (before,) = unit.locations("sample-hrr").all()
    assert archive.outcomes(archive.fails(outcome)) == [outcome]
    with archive.store.read() as unit:
        (after,) = unit.locations("sample-hrr").all()
    assert (after.outcome, after.seen_at) == (outcome, before.seen_at)
    assert (after.etag, after.payload_sha256) == (before.etag, before.payload_sha256)
    assert archive.kinds() == ["published"]
    assert archive.outcomes(archive.sees(A)) == ["unchanged"]


def test_an_empty_page_is_never_a_version(archive: Archive) -> None:
    assert archive.outcomes(archive.sees("", country="XAC")) == ["empty"]
    archive.run(archive.sees(A))
    assert archive.outcomes(archive.sees("")) == ["empty"]
    assert archive.texts() == [A]
    assert archive.kinds() == ["published"]
    with archive.store.read() as unit:
        assert not unit.reports.exists(name("XAC"))


def test_the_first_whole_look_is_a_baseline_and_no_news(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A), is_baseline=True)
    archive.run(archive.sees(A, country="XAC"))
    first, second = archive.changes()
    assert (first.is_baseline, second.is_baseline) == (True, False)
    assert archive.alerts() == [("ann@law.example", "published")]


def test_a_copy_that_differs_from_the_start_is_baseline_too(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A), archive.sees(B, copy="-2"), is_baseline=True)
    assert archive.kinds() == ["published", "diverged"]
    assert archive.alerts() == []


def test_an_edit_before_the_baseline_is_complete_is_news(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A), is_baseline=True)
    archive.run(archive.sees(B), is_baseline=True)
    assert archive.alerts() == [("ann@law.example", "edited")]


def test_an_older_edition_found_later_is_no_news(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A, edition="2019"), archive.sees(A, edition="2025"))
    assert [each.is_baseline for each in archive.changes()] == [True, False]
    assert len(archive.alerts()) == 1


def test_an_import_tells_nobody(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A), is_silent=True)
    archive.run(archive.sees(B), is_silent=True)
    assert archive.kinds() == ["published", "edited"]
    assert archive.alerts() == []


def test_a_move_is_told_once(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    moved = {"moved_to": archive.url(copy="-new")}
    assert archive.outcomes(archive.sees(A, **moved)) == ["moved"]
    looks = (archive.sees(A, **moved), archive.sees(A, copy="-new"))
    assert set(archive.outcomes(*looks)) <= {"unchanged", "duplicate"}
    assert archive.kinds() == ["published", "moved"]
    assert archive.changes()[-1].url == archive.url(copy="-new")
    assert archive.alerts() == [("ann@law.example", "moved")]


def test_a_page_that_always_redirected_has_not_moved(archive: Archive) -> None:
    moved = {"moved_to": archive.url(copy="-new")}
    archive.run(archive.sees(A, **moved))
    archive.run(archive.sees(A, **moved))
    assert archive.kinds() == ["published"]


@pytest.mark.parametrize("is_new_first", [True, False])
def test_an_edit_after_a_move_is_an_edit_and_no_divergence(
    archive: Archive, is_new_first: bool
) -> None:
    moved = {"moved_to": archive.url(copy="-new")}
    archive.run(archive.sees(A))
    for text in (A, A, B):
        looks = [archive.sees(text, **moved), archive.sees(text, copy="-new")]
        archive.run(*(looks[::-1] if is_new_first else looks))
    assert archive.kinds() == ["published", "moved", "edited"]
    assert archive.texts() == [A, B]


def test_a_text_that_one_report_has_word_for_word_is_recognised(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(B, country="XAC"))
    (found,) = archive.run(archive.undecided(A), is_silent=True)
    assert [(each.outcome, each.report, each.how) for each in found] == [
        (Outcome.DUPLICATE, name(), Evidence.TEXT_MATCH)
    ]
    assert archive.texts() == [A]


def test_a_recognised_copy_never_drives_the_versions(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.run(archive.undecided(A), is_silent=True)
    archive.run(archive.sees(B))
    archive.run(archive.undecided(A), is_silent=True)
    assert archive.texts() == [A, B]
    assert archive.kinds() == ["published", "edited"]


def test_a_text_that_two_reports_have_is_left_to_a_person(archive: Archive) -> None:
    archive.run(archive.sees(A), archive.sees(A, edition="2023"))
    ((found,),) = archive.run(archive.undecided(A), is_silent=True)
    assert found.outcome is Outcome.UNIDENTIFIED
    assert "sample-hrr/2023/XAB, sample-hrr/2024/XAB" in found.reason


def test_an_unknown_text_waits_for_review_until_its_page_arrives(archive: Archive) -> None:
    archive.run(archive.undecided(A, country="XAB"), is_silent=True)
    with archive.store.read() as unit:
        (waiting,) = unit.reviews("sample-hrr").open()
    assert (waiting.country, waiting.state) == ("XAB", "open")
    assert waiting.why == "the page names no country"
    archive.run(archive.undecided(A, country="XAB"), is_silent=True)
    archive.run(archive.sees(A))
    with archive.store.read() as unit:
        assert unit.reviews("sample-hrr").open() == []
        (view,) = unit.reports.find()
    assert view.locations == (archive.url(), waiting.url)
    assert archive.kinds() == ["published"]


def test_a_review_of_another_text_stays_open(archive: Archive) -> None:
    archive.run(archive.undecided(C), is_silent=True)
    archive.run(archive.sees(A))
    with archive.store.read() as unit:
        assert len(unit.reviews("sample-hrr").open()) == 1


def test_an_edit_at_the_address_that_the_list_names_now_is_news(archive: Archive) -> None:
    """The list names a new address, the old one still answers; later the new one is edited."""
    archive.run(archive.sees(A))
    for _ in range(2):
        archive.run(archive.sees(A, copy="-new"), archive.sees(A, is_listed=False))
    archive.subscribe()
    archive.run(archive.sees(B, copy="-new"), archive.sees(A, is_listed=False))
    assert archive.texts() == [A, B]
    assert archive.alerts()[0] == ("ann@law.example", "edited")


def test_what_a_file_said_against_the_listed_page_is_no_edit(archive: Archive) -> None:
    archive.subscribe()
    archive.run(archive.sees(A, copy="-file", is_listed=None), is_silent=True)
    archive.run(archive.sees(B))
    assert archive.texts() == [A, B]
    assert archive.alerts() == []


@pytest.mark.parametrize(
    "hostile",
    ["\x00", "\x1b[31m", "'; DROP TABLE version; --", "%s %(a)s :name {0}", "\U0001f512", "\u202e"],
    ids=["NUL", "escape", "SQL", "placeholders", "emoji", "right to left"],
)
def test_hostile_characters_are_stored_as_they_are_or_made_harmless(
    archive: Archive, hostile: str
) -> None:
    archive.run(archive.sees(A, title=f"Belvaria {hostile}".replace("\0", "")))
    archive.run(archive.sees(f"{A} {hostile}x", notes=(f"Note {hostile}",)))
    assert archive.kinds() == ["published", "edited"]
    assert archive.outcomes(archive.sees(f"{A} {hostile}x", notes=(f"Note {hostile}",))) == [
        "unchanged"
    ]
