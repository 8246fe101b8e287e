"""Pages name the captures that bear a change out, and link to them where that is safe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from monitor_stage import START, Clock, monitor_over, record

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.watch.outcome import Outcome
from services.assembly import Parts
from storage.watch.archive import Memento

NAME = ReportId("sample-hrr", "2023", "XAG")
OLD, NEW = (Reading("Executive Summary", (text,)) for text in ("It is so.", "It is not so."))
BEFORE = "https://web.archive.org/web/20260201090000/https://sample.reportwatch.example/"
AFTER = (
    'https://web.archive.org/web/1/https://sample.reportwatch.example/"><script>alert(1)</script>'
)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A monitor over one report that was edited, with a capture from before and one from after."""
    clock = Clock()
    with monitor_over(tmp_path, clock) as (client, parts):
        for reading in (OLD, NEW):
            record(parts, NAME, reading)
            clock.now += timedelta(days=10)
        _hold(parts, (5, BEFORE, OLD), (15, AFTER, NEW))
        yield client


def _hold(parts: Parts, *captures: tuple[int, str, Reading]) -> None:
    with parts.store.write() as unit:
        (place,) = unit.locations(NAME.source).all()
        unit.archive.add_mementos(
            Memento(
                place.id,
                START + timedelta(days=day),
                None,
                url,
                "",
                Outcome.UNCHANGED.value,
                words={str(NAME): reading.words_sha256},
            )
            for day, url, reading in captures
        )
        assert unit.corroborate(NAME.source, ["manual"]) == 1
        unit.commit()


@pytest.mark.parametrize("path", ["/changes", f"/reports/{NAME}", f"/reports/{NAME}/diff/1..2"])
def test_the_captures_are_named(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    assert "Corroborated by captures of the Internet Archive of" in page
    assert f'href="{BEFORE}"' in page
    assert "<script>alert" not in page


def test_the_document_of_a_change_has_them(client: httpx.Client) -> None:
    edited, published = client.get("/api/v1/changes").json()
    assert edited["corroborated"] is True
    assert edited["corroborated_by"] == [
        {"captured_at": "2026-03-06T09:00:00Z", "url": BEFORE},
        {"captured_at": "2026-03-16T09:00:00Z", "url": AFTER},
    ]
    assert (published["corroborated"], published["corroborated_by"]) == (False, [])
