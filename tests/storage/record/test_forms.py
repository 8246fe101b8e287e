"""What is recorded of a page whose words stay and whose form changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from archive import Archive, name

from reports.model.form import Form, FormKind, FormPart
from reports.model.values import Change
from storage.texts.forms import Forms
from storage.watch.locations import Sighting

A = "Belvaria is a monarchy."
B = "Belvaria is a republic."
ANNEX, OTHER, THIRD = (f"https://law.example/{each}" for each in ("annex", "other", "third"))


def sees(archive: Archive, target: str, text: str = A, **facts: Any) -> Sighting:
    """Return the sighting of a page with one link."""
    body = f"<p>{text}</p><a href='{target}'>annex</a>".encode()
    seen = archive.sees(text, body=body, **facts)
    form = Form((FormPart(FormKind.LINK, "annex", target),))
    assert seen.page
    return replace(seen, page=replace(seen.page, form=form))


def stored(archive: Archive, digest: str) -> bytes:
    with archive.store.read() as unit:
        return unit.versions.payloads.get(digest)


def only_appearance(archive: Archive) -> Change:
    found = [each for each in archive.changes() if each.appearance]
    assert len(found) == 1
    return found[0]


def test_another_form_beside_the_same_words_is_a_change_with_both_pages(archive: Archive) -> None:
    began = archive.now
    archive.run(sees(archive, ANNEX))
    assert archive.outcomes(sees(archive, OTHER)) == ["unchanged"]
    assert archive.kinds() == ["published", "appearance"]
    assert archive.texts() == [A]
    change = only_appearance(archive)
    assert change.appearance
    assert (change.from_version, change.to_version, change.words_added) == (1, 1, 0)
    said = f"the link behind “annex” now leads to {OTHER}, before to {ANNEX}"
    assert change.summary_line.endswith(f": {said}")
    before, after = change.appearance.before, change.appearance.after
    assert (before.seen_at, after.seen_at) == (began, began + timedelta(hours=1))
    assert ANNEX.encode() in stored(archive, before.payload_sha256)
    assert OTHER.encode() in stored(archive, after.payload_sha256)
    assert before.form_sha256 != after.form_sha256


def test_only_who_asks_for_it_by_name_is_notified(archive: Archive) -> None:
    archive.subscribe("all@law.example")
    archive.subscribe("some@law.example", kinds=("edited", "appearance"))
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER))
    alerts = [address for address, kind in archive.alerts() if kind == "appearance"]
    assert alerts == ["some@law.example"]
    assert not only_appearance(archive).is_baseline


def test_the_words_hashes_stay_as_they_are(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    before = archive.history()[0]
    archive.run(sees(archive, OTHER))
    assert archive.history()[0].reading == before.reading
    assert archive.history()[0].payload_sha256 == before.payload_sha256


def test_the_same_form_again_is_nothing(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(replace(sees(archive, ANNEX), body=b"other noise", payload_sha256="f" * 64))
    assert archive.kinds() == ["published"]


def test_words_that_change_as_well_are_an_edit_alone(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER, B))
    archive.run(sees(archive, OTHER, B))
    assert archive.kinds() == ["published", "edited"]
    archive.run(sees(archive, THIRD, B))
    assert archive.kinds() == ["published", "edited", "appearance"]


@pytest.mark.parametrize("how", [{"revision": 2}, {"is_silent": True}])
def test_another_reader_and_an_import_begin_anew(archive: Archive, how: dict[str, Any]) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER), **how)
    assert archive.kinds() == ["published"]


def test_an_import_does_not_stand_for_the_live_page(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER), is_silent=True)
    archive.run(sees(archive, ANNEX))
    assert archive.kinds() == ["published"]


def test_words_that_an_import_brought_have_no_form_yet(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER, B), is_silent=True)
    archive.run(sees(archive, THIRD, B))
    assert archive.kinds() == ["published", "edited"]
    archive.run(sees(archive, ANNEX, B))
    assert archive.kinds()[2:] == ["appearance"]


def test_a_database_from_before_has_no_form_and_the_first_one_is_its_baseline(
    archive: Archive,
) -> None:
    archive.run(archive.sees(A))
    archive.run(sees(archive, ANNEX))
    assert archive.kinds() == ["published"]
    archive.run(sees(archive, OTHER))
    change = only_appearance(archive)
    assert change.appearance
    assert ANNEX.encode() in stored(archive, change.appearance.before.payload_sha256)


def test_a_page_that_takes_over_begins_anew(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    moved = archive.url(copy="-new")
    archive.run(replace(sees(archive, OTHER), moved_to=moved))
    assert archive.kinds() == ["published", "moved"]


def test_a_second_location_has_no_form_of_the_report(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER, copy="-2"), sees(archive, ANNEX))
    assert archive.kinds() == ["published"]


def test_a_return_after_a_removal_tells_nothing_of_the_form(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    for _ in range(2):
        archive.run(archive.misses())
    archive.run(sees(archive, OTHER))
    assert archive.kinds() == ["published", "removed", "restored"]
    archive.run(sees(archive, OTHER))
    assert archive.kinds()[3:] == []


def test_forms_that_go_to_and_fro_are_held_from_the_third_time_on(archive: Archive) -> None:
    archive.subscribe(kinds=("appearance",))
    for at in range(6):
        archive.run(sees(archive, (ANNEX, OTHER)[at % 2]))
    held = [each.is_held for each in archive.changes() if each.appearance]
    assert held == [False, False, True, True, True]
    assert len(archive.alerts()) == 2
    with archive.store.read() as unit:
        assert len(unit.changes.held_since("sample-hrr", archive.now - timedelta(days=1))) == 3


def test_a_difference_of_many_parts_is_counted_whole(archive: Archive) -> None:
    def page(target: str) -> Sighting:
        seen = sees(archive, target)
        parts = [FormPart(FormKind.LINK, f"note {n}", f"{target}/{n}") for n in range(80)]
        assert seen.page
        return replace(seen, page=replace(seen.page, form=Form(tuple(parts))))

    archive.run(page(ANNEX))
    archive.run(page(OTHER))
    change = only_appearance(archive)
    assert change.appearance
    assert (len(change.appearance.differences), change.appearance.difference_count) == (50, 80)
    assert change.summary_line.endswith(", and 79 more differences in appearance")


def test_an_audit_reads_the_kept_pages_back(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    archive.run(sees(archive, OTHER))
    with archive.store.read() as unit:
        found = unit.audit.check()
    assert found["faults"] == []
    assert found["payloads"] == 2
    assert archive.history(name())[0].number == 1


def test_an_audit_finds_a_form_that_is_not_the_one_it_says(archive: Archive) -> None:
    archive.run(sees(archive, ANNEX))
    with archive.store.write() as unit:
        forms = Forms(unit._connection)
        stored = forms.of(1)
        assert stored
        forms.put(1, Form(), stored)
        unit.commit()
    with archive.store.read() as unit:
        [fault] = unit.audit.check()["faults"]
    assert fault == "form 1: it does not have its digest"
