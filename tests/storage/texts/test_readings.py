"""Readings come back as they were stored, those of older programs included."""

from __future__ import annotations

import json
from dataclasses import replace

from archive import Archive, name

from reports.model.reading import Fact
from storage.database.tables import reading
from storage.texts.compression import compress

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
