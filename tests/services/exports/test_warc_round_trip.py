"""What was exported as WARC and is imported into an empty database: the same, evidence included."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from databases import sqlite_url
from in_process import served_in_process
from walk_stage import SOURCE, Watch, watching
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from deployments.replay import Replay
from scrapers.registry import source_named
from scrapers.source import Source
from services.exports.warc import write_warc
from services.history.import_pages import ImportRequest, import_saved
from storage.read.captured_pages import CaptureScope
from storage.store import Store

ROOT = Path(__file__).parents[3]
STEPS = 10
PAGES = 454
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()


@dataclass(frozen=True)
class Held:
    """What a database holds of a version, and the digest of what was asked and answered."""

    report: str
    number: int
    captured_at: str
    payload_sha256: str
    text_sha256: str
    words_sha256: str
    report_sha256: str
    capture_sha256: str


def held(store: Store) -> list[Held]:
    with store.read() as unit:
        return [
            Held(
                str(each.report),
                each.number,
                each.captured_at.isoformat(),
                each.payload_sha256,
                each.reading.text_sha256,
                each.reading.words_sha256,
                each.reading.report_sha256,
                unit.capture_records.of_version(each.report, each.number).record.sha256,
            )
            for each in unit.versions.every()
        ]


def exported(store: Store, path: Path) -> Path:
    with path.open("wb") as file:
        write_warc(store, file, CaptureScope())
    return path


@pytest.fixture
def other(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Watch]:
    """A watch with an empty database of its own."""
    home = tmp_path / "other"
    home.mkdir()
    shutil.copy(migrated_sqlite, home)
    with watching(sqlite_url(home), home) as opened:
        opened.now += timedelta(days=30)  # later than all that is imported
        yield opened


def imported(other: Watch, path: Path) -> list[Held]:
    report = import_saved(other.parts, ImportRequest((path,), SOURCE))
    assert report.run.failures == ()
    return held(other.parts.store)


@pytest.mark.parametrize("noise", ["some", "none"])
def test_the_samples_timeline_comes_back_with_every_version_and_its_evidence(
    noise: str, home: Path, other: Watch, tmp_path: Path
) -> None:
    with watching(sqlite_url(home), home, noise=noise) as watch:
        watch.set(hints="")
        assert len(watch.site.timeline.steps) == STEPS
        for step in range(STEPS):
            watch.at(step)
        before = held(watch.parts.store)
        path = exported(watch.parts.store, tmp_path / "all.warc.gz")
    assert len(before) >= 40
    assert imported(other, path) == before
    again = exported(other.parts.store, tmp_path / "again.warc.gz")
    assert again.stat().st_size > 0


@pytest.mark.slow
@pytest.mark.skipif(
    not (CORPUS / "MANIFEST.tsv").is_file(),
    reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
)
def test_every_real_page_that_is_replayed_comes_back_from_a_valid_warc(
    home: Path, other: Watch, tmp_path: Path
) -> None:
    real = source_named("us-state-hrr")
    with watching(sqlite_url(home), home) as watch, served_in_process(_replayed(real)) as origin:
        watch.set(via=origin)
        report = watch.run(source=real.name, editions=real.editions)
        assert report.failures == ()
        before = held(watch.parts.store)
        path = exported(watch.parts.store, tmp_path / "all.warc.gz")
    assert len(before) == PAGES
    checked = Checker(SimpleNamespace(inputs=[str(path)], verbose=False))
    assert checked.process_all() == 0
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        bodies = [
            hashlib.sha256(each.raw_stream.read()).hexdigest()
            for each in records
            if each.rec_type == "response" and each.http_headers.get_statuscode() == "200"
        ]
    assert sorted(bodies) == sorted({each.payload_sha256 for each in before})
    report = import_saved(other.parts, ImportRequest((path,), real.name)).run
    assert report.failures == ()
    assert held(other.parts.store) == before


def _replayed(real: Source) -> Replay:
    return Replay([CORPUS], [real], print)


def test_a_text_that_went_and_came_back_with_the_same_bytes_is_a_version_again(
    home: Path, other: Watch, tmp_path: Path
) -> None:
    with watching(sqlite_url(home), home, noise="none") as watch:
        watch.run()
        report = watch.site.report("2023/XAD")
        words = report.paragraphs[0]
        watch.site.edit("2023/XAD", words, "Something else was said here for a while.")
        watch.run()
        watch.site.altered.clear()
        watch.run()
        before = held(watch.parts.store)
        path = exported(watch.parts.store, tmp_path / "all.warc.gz")
    assert [each.number for each in before if each.report.endswith("2023/XAD")] == [1, 2, 3]
    assert imported(other, path) == before
