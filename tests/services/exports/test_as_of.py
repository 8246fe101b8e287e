"""An export as of yesterday is yesterday's export, byte for byte, whatever came since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from walk_stage import SOURCE, START, Watch, told, watching
from wayback_site import WaybackSite, wayback_site

from reports.model.reading import Reading
from scrapers.sources.sample_hrr import SampleReports
from services.exports.dataset import NotToExport, export_all, settled
from services.exports.writers import TableFormat
from services.history.backfill import BackfillRequest, backfill
from services.runs.reread import RereadRequest, reread

DAY = timedelta(days=1)
KEY = "2023/XAG"


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    with watching(database.url, database.home) as found:
        yield found


def exported(
    watch: Watch, folder: Path, as_of: datetime | None = None, kind: TableFormat = TableFormat.CSV
) -> dict[str, str]:
    """Export all and return the digest of each file."""
    folder.mkdir()
    export_all(watch.parts, kind, folder, settled(watch.parts, as_of))
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}


def reads_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sample's reader have a new revision, which leaves the last section out."""
    read = SampleReports.read

    def fewer(self: SampleReports, *asked: Any) -> Any:
        page = read(self, *asked)
        return replace(
            page, reports=tuple(replace(e, reading=_cut(e.reading)) for e in page.reports)
        )

    monkeypatch.setattr(SampleReports, "read", fewer)
    monkeypatch.setattr(SampleReports, "reader_revision", SampleReports.reader_revision + 1)


def _cut(reading: Reading) -> Reading:
    return replace(reading, sections=reading.sections[:-1])


def live_a_day(watch: Watch, web: WaybackSite, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """See edits, a removal and a return; read all again; bring older captures in."""
    kinds: set[str] = set()
    for step in range(3, len(watch.site.timeline.steps)):
        for _ in range(2):
            kinds.update(told(watch.at(step)))
    url = watch.site.url(KEY)
    body = watch.site.render(watch.site.report(KEY).path).body
    for days, words in ((-300, b"of old"), (-200, b"of old"), (0.01, b"between")):
        web.hold(START + days * DAY, url, body.replace(b"Gendarmerie", words))
    watch.set(wayback_url=web.origin)
    backfill(watch.parts, BackfillRequest(SOURCE, countries=("Gandoria",), editions=("2023",)))
    watch.now += timedelta(hours=1)
    reads_otherwise(monkeypatch)
    reread(watch.parts, RereadRequest(SOURCE))
    watch.now += timedelta(hours=1)
    return kinds


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(TableFormat.CSV, marks=pytest.mark.on_both),
        pytest.param(TableFormat.JSONL, marks=[pytest.mark.slow, pytest.mark.on_both]),
        pytest.param(TableFormat.PARQUET, marks=[pytest.mark.slow, pytest.mark.on_both]),
    ],
)
def test_yesterdays_export_can_be_made_again_byte_for_byte(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: TableFormat
) -> None:
    for step in range(3):
        watch.at(step)
    yesterday = watch.now
    before = exported(watch, tmp_path / "yesterday", kind=kind)
    with wayback_site() as web:
        kinds = live_a_day(watch, web, monkeypatch)
    again = exported(watch, tmp_path / "again", yesterday, kind)
    now = exported(watch, tmp_path / "now", kind=kind)
    assert kinds >= {"edited", "removed", "restored", "published"}
    assert len(before) == 10
    assert again == before
    same = {name for name in now if now[name] == before[name]}
    assert same == {f"section_codes.{kind}", f"taxonomy.{kind}"}


@pytest.mark.on_both
def test_what_comes_in_after_an_export_is_never_known_as_of_it(
    watch: Watch, tmp_path: Path
) -> None:
    watch.at(0)
    shown = watch.now
    before = exported(watch, tmp_path / "before")
    watch.now -= DAY  # another machine's clock is behind
    watch.at(2)
    watch.now += 2 * DAY
    assert exported(watch, tmp_path / "again", shown) == before


@pytest.mark.on_both
def test_an_export_beside_a_run_shows_one_moment(watch: Watch) -> None:
    watch.at(0)
    as_of = settled(watch.parts, None)
    with watch.parts.store.read(is_snapshot=True) as unit:
        beside = unit.known_history(as_of).reports()
        found = [next(beside)]
        watch.at(2)
        found += beside
    with watch.parts.store.read() as unit:
        afterwards = list(unit.known_history(as_of).reports())
        now = list(unit.known_history(watch.now).reports())
    assert len(found) >= 20
    assert found == afterwards
    assert found != now


def test_a_moment_that_is_yet_to_come_is_refused(watch: Watch) -> None:
    with pytest.raises(NotToExport, match="yet to come"):
        settled(watch.parts, watch.now + DAY)
