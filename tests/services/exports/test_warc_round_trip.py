"""What was exported as WARC and is imported into an empty database: the same, evidence included."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from databases import sqlite_url
from walk_stage import SOURCE, Watch, watching

from services.exports.warc import write_warc
from services.history.import_pages import ImportRequest, import_saved
from storage.read.captured_pages import CaptureScope
from storage.store import Store

STEPS = 10


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
