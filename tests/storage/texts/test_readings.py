"""Readings come back as they were stored, those of older programs included."""

from __future__ import annotations

import json
from dataclasses import replace

from archive import Archive, name

from reports.model.reading import Fact, Marked, MarkKind, Reading
from storage.database.tables import reading
from storage.texts.compression import compress
from storage.texts.readings import _dump, _load

FACTS = (
    Fact("trend", "There were no changes.", 0, 0),
    Fact("accountability", "Few officials were punished.", 1, 0),
    Fact("accountability", "Impunity grew.", 1, 29),
)
BLOCKS = "There were no changes.|Few officials were punished. Impunity grew."


def stored(archive: Archive) -> tuple[Fact, ...]:
    with archive.store.read() as unit:
        view = unit.versions.get(name(), 1)
    assert view is not None
    return view.reading.facts


def test_facts_come_back_in_their_order(archive: Archive) -> None:
    seen = archive.sees(BLOCKS)
    assert seen.page is not None
    [found] = seen.page.reports
    told = replace(found, reading=replace(found.reading, facts=FACTS))
    archive.run(replace(seen, page=replace(seen.page, reports=(told,))))
    assert stored(archive) == FACTS


def test_facts_of_an_older_reading_come_back_as_sentences_without_their_values(
    archive: Archive,
) -> None:
    archive.run(archive.sees(BLOCKS))
    old = {
        "heading": "Executive Summary",
        "blocks": BLOCKS.split("|"),
        "notes": [],
        "sections": [],
        "issues": ["unparsed", []],
        "facts": {
            "trend": ["no_change", "There were no changes.", 0, 0],
            "accountability": [
                "inadequate",
                "Few officials were punished. Impunity grew.",
                1,
                0,
            ],
        },
    }
    body = compress(json.dumps(old).encode(), archive.sees(BLOCKS).body)
    with archive.store.write() as unit:
        unit._connection.execute(reading.update().values(body=body))
        unit.commit()
    assert stored(archive) == FACTS


MARKED = (
    Marked(MarkKind.STRUCK, "the old pier", "Boats left early.", 2),
    Marked(MarkKind.HIDDEN, "A whole paragraph."),
)


def test_marked_words_come_back_as_they_were_stored() -> None:
    reading = Reading("Summary", ("Boats left early.",), marked=MARKED)
    assert _load(_dump(reading)) == reading


def test_a_reading_stored_before_marks_were_kept_has_none() -> None:
    packed = json.loads(_dump(Reading("Summary", ("Boats left early.",), marked=MARKED)))
    del packed["marked"]
    assert _load(json.dumps(packed).encode()).marked == ()
