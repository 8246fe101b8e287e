"""Pages of notes, as browsers and the Internet Archive keep them, are read as the data behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from api_stage import CHAD, FIJI, PILOTS, SOURCE, ApiWatch, api_watching
from content_api import SITE, identity
from databases import Database
from wayback_site import WaybackSite, wayback_site

from reports.model.identity import ReportId
from reports.model.values import VersionView
from services.history.backfill import BackfillReport, BackfillRequest, backfill
from services.history.import_pages import ImportRequest, import_saved

SAID = "River pilots are licensed and seldom stopped."
OLDER = "River pilots are licensed and never stopped."


@pytest.fixture
def watch(database: Database) -> Iterator[ApiWatch]:
    with api_watching(database) as watch:
        yield watch


@pytest.fixture
def web() -> Iterator[WaybackSite]:
    with wayback_site() as site:
        yield site


def page(watch: ApiWatch, said: str, *, has_identity: bool = True, end: str = "</html>") -> bytes:
    """Return the page of the note on pilots as people are served it."""
    named = f'<meta name="govuk:content-id" content="{identity(11)}">' if has_identity else ""
    address = f"{SITE}{watch.chad.path}/{watch.pilots.path}"
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{watch.pilots.title} - GOV.UK</title>{named}'
        f'<link rel="canonical" href="{address}"></head>'
        "<body><header>GOV.UK <nav>Menu</nav></header>"
        f'<main><div class="gem-c-notice"><div class="govspeak"><p>A notice.</p></div></div>'
        f"<h1>{watch.pilots.title}</h1>"
        '<div class="gem-c-govspeak govuk-govspeak"><div class="govspeak">'
        f'<h2 id="executive-summary">Executive summary</h2><p>{said}</p>'
        "<h2>Assessment</h2><p>Eleven clerks were asked.</p></div></div>"
        f"<p>Is this page useful?</p></main><footer>Crown copyright</footer></body>{end}"
    ).encode()


def versions(watch: ApiWatch, name: str = PILOTS) -> list[VersionView]:
    with watch.parts.store.read() as unit:
        return unit.versions.all(ReportId.parse(name))[::-1]


def bring(watch: ApiWatch, web: WaybackSite) -> BackfillReport:
    watch.set(wayback_url=web.origin)
    return backfill(watch.parts, BackfillRequest(SOURCE))


@pytest.mark.parametrize("has_identity", [True, False])
def test_backfill_asks_for_the_pages_of_notes_and_reads_their_text(
    watch: ApiWatch, web: WaybackSite, has_identity: bool
) -> None:
    watch.run()
    address = f"{SITE}{watch.chad.path}/{watch.pilots.path}"
    for days, said in ((90, OLDER), (30, SAID)):
        body = page(watch, said, has_identity=has_identity)
        web.hold(watch.now - timedelta(days=days), address, body)
    report = bring(watch, web)
    assert report.run.counts["unreadable"] == 0
    assert [each.reading.blocks for each in versions(watch)] == [(OLDER,), (SAID,)]
    with watch.parts.store.read() as unit:
        assert {str(each.report) for each in unit.reports.find()} >= {CHAD, FIJI, PILOTS}
        assert len(unit.reports.find()) == 4


def test_page_of_a_note_is_imported_as_the_note(watch: ApiWatch, tmp_path: Path) -> None:
    watch.run()
    (tmp_path / "note.html").write_bytes(page(watch, OLDER))
    moment = watch.now - timedelta(days=90)
    request = ImportRequest((tmp_path / "note.html",), SOURCE, retrieved_at=moment)
    [file] = import_saved(watch.parts, request).files
    assert file["report"] == PILOTS
    assert [each.reading.blocks for each in versions(watch)] == [(OLDER,), (SAID,)]
    assert versions(watch)[0].url == versions(watch)[1].url


@pytest.mark.parametrize(
    "body",
    [
        b"<html><h1>Chad</h1></html>",
        b"<html><title>Access Denied</title><h1>Access Denied</h1></html>",
    ],
)
def test_other_pages_are_no_notes(watch: ApiWatch, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "page.html").write_bytes(body)
    report = import_saved(watch.parts, ImportRequest((tmp_path / "page.html",), SOURCE))
    assert report.run.counts["published"] == 0
    assert report.run.counts["unreadable"] == 1


def test_page_that_is_cut_off_is_no_note(watch: ApiWatch, tmp_path: Path) -> None:
    whole = page(watch, SAID)
    (tmp_path / "page.html").write_bytes(whole[: whole.index(b"Eleven")])
    report = import_saved(watch.parts, ImportRequest((tmp_path / "page.html",), SOURCE))
    assert report.run.counts["unreadable"] == 1
