"""Saved pages: imported through the same gate, reader and recorder, and nobody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packing import packed
from walk_stage import SOURCE, START, Watch, counts, told

from reports.model.values import Page
from scrapers.sources.sample_hrr import SampleReports
from services.history.import_pages import ImportReport, ImportRequest, import_saved
from services.runs.run import BadRequest, RunRefused

GANDORIA = "sample-hrr/2023/XAG"


def page(watch: Watch, key: str, step: int = 0) -> bytes:
    watch.site.advance(step)
    return watch.site.render(watch.site.report(key).path).body


def bring(watch: Watch, *paths: Path, **facts: object) -> ImportReport:
    try:
        return import_saved(watch.parts, ImportRequest(paths, SOURCE, **facts))
    finally:
        watch.now += timedelta(hours=1)


def texts(watch: Watch) -> list[bool]:
    """Return the versions of Gandoria 2023 by capture: whether each is the unedited text."""
    with watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        versions = unit.versions.all(view.report)[::-1]
    return ["credible reports of" in "|".join(each.reading.blocks) for each in versions]


def warc(*records: tuple[str, str, bytes]) -> bytes:
    """Return a WARC file of (date, URL, body)."""
    return b"".join(packed(_response(*each)) for each in records)


def _response(date: str, url: str, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


class LaterReader(SampleReports):
    """The same source after its reader was mended: it reads a word that was overlooked."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        mended = (
            replace(each, reading=replace(each.reading, blocks=(*each.reading.blocks, "Mended.")))
            for each in page.reports
        )
        return replace(page, reports=tuple(mended))


def test_bytes_that_are_held_and_that_a_newer_reader_reads_otherwise_are_no_edit(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_bytes(page(watch, "2023/XAG"))
    bring(watch, tmp_path / "a.html")
    monkeypatch.setattr("services.history.import_pages.source_named", lambda _name: LaterReader())
    again = bring(watch, tmp_path / "a.html")
    assert counts(again.run) == {"checked": 1, "unchanged": 1}
    with watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        (held,) = unit.versions.all(view.report)
    assert held.reading.blocks[-1] == "Mended."


def test_a_folder_of_pages_becomes_reports_and_no_news(watch: Watch, tmp_path: Path) -> None:
    watch.subscribe()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes(page(watch, "2023/XAG"))
    (tmp_path / "pages" / "b.html.gz").write_bytes(packed(page(watch, "2023/XAB")))
    (tmp_path / "pages" / "c.html").write_bytes(page(watch, "2022/XAD/lower-sarn"))
    report = bring(watch, tmp_path / "pages")
    assert counts(report.run) == {"checked": 3, "published": 3}
    assert [(Path(each["file"]).name, each["report"], each["how"]) for each in report.files] == [
        ("a.html", GANDORIA, "heading"),
        ("b.html.gz", "sample-hrr/2023/XAB", "heading"),
        ("c.html", "sample-hrr/2022/XAD/lower-sarn", "heading"),
    ]
    assert watch.alerts() == []


def test_importing_again_changes_nothing(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(watch, "2023/XAG"))
    bring(watch, tmp_path / "a.html")
    report = bring(watch, tmp_path / "a.html")
    assert counts(report.run) == {"checked": 1, "unchanged": 1}
    assert texts(watch) == [True]


def test_what_cannot_be_read_is_a_failure_and_stops_nothing(watch: Watch, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html.gz").write_bytes(b"no gzip")
    (folder / "b.html").write_bytes(b"%PDF-1.7")
    (folder / "c.html").write_bytes(b"<html><h1>Access Denied</h1></html>")
    (folder / "d.html").write_bytes(page(watch, "2023/XAG"))
    report = bring(watch, folder)
    assert counts(report.run) == {"checked": 4, "published": 1, "blocked": 1, "unreadable": 2}
    assert len(report.run.failures) == 3
    with watch.parts.store.read() as unit:
        assert unit.runs.latest()[0].state == "done"


@pytest.mark.usefixtures("seen")
def test_an_older_page_is_put_before_what_is_known(watch: Watch, tmp_path: Path) -> None:
    watch.at(2)
    watch.subscribe()
    (tmp_path / "old.html").write_bytes(page(watch, "2023/XAG", step=2))
    bring(watch, tmp_path / "old.html", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert texts(watch) == [False, True, False]
    assert told(watch.at(2)) == {}
    assert watch.alerts() == []


def test_an_archive_with_several_captures_of_a_page_is_a_history(
    each_watch: Watch, tmp_path: Path
) -> None:
    """In whatever order they lie in the archive."""
    url = each_watch.site.url("2023/XAG")
    before, after = page(each_watch, "2023/XAG"), page(each_watch, "2023/XAG", step=2)
    (tmp_path / "all.warc.gz").write_bytes(
        warc(
            ("2025-03-01T00:00:00Z", url, before),
            ("2025-01-01T00:00:00Z", url, before),
            ("2025-02-01T00:00:00Z", url, after),
        )
    )
    report = bring(each_watch, tmp_path / "all.warc.gz")
    assert [each["report"] for each in report.files] == [GANDORIA] * 3
    assert texts(each_watch) == [True, False, True]
    assert "edited" not in told(each_watch.at(3))


def test_the_site_as_it_stands_is_compared_with_what_was_imported(
    watch: Watch, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_bytes(page(watch, "2023/XAG"))
    bring(watch, tmp_path / "a.html", retrieved_at=START - timedelta(days=30))
    watch.at(0)
    watch.subscribe()
    assert told(watch.at(2)) == {"edited": ("2023/XAG",)}
    assert texts(watch) == [True, False]


def test_the_operator_decides_what_a_page_does_not_say(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(watch, "2023/XAG"))
    report = bring(watch, tmp_path / "a.html", country="Belvaria", edition="2022")
    assert [(each["report"], each["how"]) for each in report.files] == [
        ("sample-hrr/2022/XAB", "operator")
    ]


@pytest.mark.usefixtures("seen")
def test_a_text_that_a_report_has_is_recognised(watch: Watch, tmp_path: Path) -> None:
    watch.subscribe()
    with watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        blocks = unit.versions.latest(view.report).reading.blocks
    (tmp_path / "copy.txt").write_text("EXECUTIVE SUMMARY\n\n" + "\n\n".join(blocks))
    report = bring(watch, tmp_path / "copy.txt")
    assert [(each["report"], each["how"]) for each in report.files] == [(GANDORIA, "text_match")]
    assert counts(report.run) == {"checked": 1, "duplicate": 1}
    assert texts(watch) == [True]


def test_an_unknown_text_waits_for_review_until_its_page_is_seen(
    each_watch: Watch, tmp_path: Path
) -> None:
    each_watch.at(0)
    with each_watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        blocks = unit.versions.latest(view.report).reading.blocks
    (tmp_path / "copy.txt").write_text("EXECUTIVE SUMMARY\n\n" + "\n\n".join(blocks) + " More.")
    report = bring(each_watch, tmp_path / "copy.txt")
    assert counts(report.run) == {"checked": 1, "unidentified": 1}
    with each_watch.parts.store.read() as unit:
        assert len(unit.reviews(SOURCE).open()) == 1
    last = " ".join(blocks[-1].split()[-8:])
    each_watch.site.edit("2023/XAG", last, f"{last} More.")
    each_watch.run()
    with each_watch.parts.store.read() as unit:
        assert unit.reviews(SOURCE).open() == []


def test_an_unknown_country_is_refused(watch: Watch, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="Atlantis"):
        bring(watch, tmp_path, country="Atlantis")
    assert watch.parts.store.is_free(f"source-{SOURCE}")


def test_an_import_waits_its_turn(watch: Watch, tmp_path: Path) -> None:
    held = watch.parts.store.lock(f"source-{SOURCE}")
    with pytest.raises(RunRefused):
        bring(watch, tmp_path)
    held.release()
