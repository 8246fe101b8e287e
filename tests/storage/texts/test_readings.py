"""Readings come back as they were stored, those of older programs included."""

from __future__ import annotations

import json
from dataclasses import replace

from archive import Archive, name

from reports.model.reading import Fact, Marked, MarkKind, Reading
from storage.database.tables import reading
from storage.texts.compression import compress

FACTS = (
    Fact("trend", "There were no changes.", 0, 0),
    Fact("accountability", "Few officials were punished.", 1, 0),
    Fact("accountability", "Impunity grew.", 1, 29),
)
BLOCKS = "There were no changes.|Few officials were punished. Impunity grew."


MARKED = (
    Marked(MarkKind.STRUCK, "the old pier", "Boats left early.", 2),
    Marked(MarkKind.HIDDEN, "A whole paragraph."),
)


def stored(archive: Archive) -> Reading:
    with archive.store.read() as unit:
        view = unit.versions.get(name(), 1)
    assert view is not None
    return view.reading


def test_facts_and_marked_words_come_back_in_their_order(archive: Archive) -> None:
    seen = archive.sees(BLOCKS)
    assert seen.page is not None
    [found] = seen.page.reports
    told = replace(found, reading=replace(found.reading, facts=FACTS, marked=MARKED))
    archive.run(replace(seen, page=replace(seen.page, reports=(told,))))
    assert stored(archive) == told.reading


def test_an_older_reading_has_sentences_without_their_values_and_no_marked_words(
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
    assert stored(archive).facts == FACTS
    assert stored(archive).marked == ()
