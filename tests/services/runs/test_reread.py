"""Stored pages are read again by a newer reader: listed, kept beside, and nobody is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from snapshot import snapshot
from walk_stage import SOURCE, Watch, counts, told

from deployments.sample_site import SiteResponse
from reports.model.values import Page, VersionView
from scrapers.sources.sample_hrr import SampleReports
from services.runs.reread import RereadRequest, reread
from services.runs.run import RunRefused

Switch = Callable[[type[SampleReports]], None]


class SameReader(SampleReports):
    """A new revision that reads everything as before."""

    reader_revision = SampleReports.reader_revision + 1


class LaterReader(SampleReports):
    """The same source after its reader was mended: it reads a word that was overlooked."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        mended = [
            replace(each, reading=replace(each.reading, blocks=(*each.reading.blocks, "Mended.")))
            for each in page.reports
            if each.report.country == "XAG"
        ]
        others = [each for each in page.reports if each.report.country != "XAG"]
        return replace(page, reports=(*mended, *others))


class WorseReader(SampleReports):
    """A new revision that finds nothing on any page."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        return Page()


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    def change(kind: type[SampleReports]) -> None:
        for module in ("services.runs.reread", "services.watch.walk"):
            monkeypatch.setattr(f"{module}.source_named", lambda name: kind())

    return change


def again(watch: Watch, **asked: object) -> dict[str, object]:
    return reread(watch.parts, RereadRequest(SOURCE, **asked)).document.as_json()


def readings(watch: Watch) -> set[int]:
    """Return the revisions under which the latest versions are read."""
    with watch.parts.store.read() as unit:
        return {unit.versions.latest(one.report).reader_revision for one in unit.reports.find()}


def test_what_reads_differently_is_listed_and_nobody_is_told(
    each_watch: Watch, switch: Switch
) -> None:
    each_watch.at(0)
    each_watch.subscribe()
    switch(LaterReader)
    report = again(each_watch)
    assert report["counts"] == {"checked": 24, "same": 22, "different": 2, "unreadable": 0}
    assert report["different"] == [
        {
            "report": f"{SOURCE}/{edition}/XAG",
            "version": 1,
            "parts": ["summary"],
            "words_added": 1,
            "words_removed": 0,
        }
        for edition in ("2022", "2023")
    ]
    assert each_watch.alerts() == []
    assert readings(each_watch) == {LaterReader.reader_revision}
    assert told(each_watch.run()) == {}


@pytest.mark.usefixtures("seen")
def test_every_version_is_read_again_and_not_the_latest_alone(watch: Watch, switch: Switch) -> None:
    watch.at(2)  # an edit of 2023/XAG
    switch(LaterReader)
    versions = [(each["report"], each["version"]) for each in again(watch)["different"]]
    assert (f"{SOURCE}/2023/XAG", 1) in versions
    assert (f"{SOURCE}/2023/XAG", 2) in versions


@pytest.mark.usefixtures("seen")
def test_a_second_time_there_is_nothing_left_to_read(watch: Watch, switch: Switch) -> None:
    switch(LaterReader)
    again(watch)
    assert again(watch)["counts"] == {"checked": 0, "same": 0, "different": 0, "unreadable": 0}


@pytest.mark.usefixtures("seen")
def test_a_trial_lists_and_stores_nothing(watch: Watch, switch: Switch) -> None:
    switch(LaterReader)
    first = again(watch, is_trial=True)
    assert first["run_id"] is None
    assert readings(watch) == {SampleReports.reader_revision}
    assert again(watch)["different"] == first["different"]


@pytest.mark.usefixtures("seen")
def test_an_edition_can_be_read_again_by_itself(watch: Watch, switch: Switch) -> None:
    switch(LaterReader)
    assert again(watch, editions=("2022",))["counts"]["checked"] == 11
    assert again(watch)["counts"]["checked"] == 13


@pytest.mark.usefixtures("seen")
def test_a_broken_off_run_goes_on_where_it_stopped(
    watch: Watch, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(LaterReader)
    monkeypatch.setattr("services.runs.reread.BATCH", 10)

    def stop(done: int, total: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reread(watch.parts, RereadRequest(SOURCE), stop)
    assert again(watch)["counts"]["checked"] == 14
    with watch.parts.store.read() as unit:
        assert [run.state for run in unit.runs.latest(2)] == ["done", "failed"]


@pytest.mark.usefixtures("seen")
def test_a_page_that_no_longer_reads_as_its_report_keeps_its_reading(
    watch: Watch, switch: Switch
) -> None:
    switch(WorseReader)
    report = again(watch)
    assert report["counts"]["unreadable"] == 24
    reasons = {each["reason"] for each in report["unreadable"]}
    assert reasons == {"the page is now read as holding no report"}
    assert readings(watch) == {SampleReports.reader_revision}


@pytest.mark.usefixtures("seen")
def test_pages_read_again_need_not_be_read_a_third_time_when_looked_at(
    watch: Watch, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(SameReader)
    again(watch)
    monkeypatch.setattr(SameReader, "read", lambda self, body, url: pytest.fail("read again"))
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}


def test_it_waits_its_turn(watch: Watch) -> None:
    held = watch.parts.store.lock(f"source-{SOURCE}")
    with pytest.raises(RunRefused):
        again(watch)
    held.release()


CONTENT_END = re.compile(r"(?=</div>\s*</section>\s*<div class=\"report__side)")
TAGS = '<div class="report__tags"><p>Tags</p><a>Bureau of Lamps</a><a>Alderan</a></div>'


def latest(watch: Watch) -> VersionView:
    with watch.parts.store.read() as unit:
        (found,) = unit.reports.find(country="XAG", edition="2023")
        return unit.versions.latest(found.report)


def test_a_database_of_an_older_reader_tells_no_edit_when_words_are_read_otherwise(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def altered(answer: SiteResponse) -> SiteResponse:
        head, begin, body = answer.body.decode().partition('id="report_content"')
        body = body.replace(" the ", " t\u00adhe ", 3).replace(" of ", " <del>off</del> of ", 1)
        body = body.replace("</p>", '<sup><a href="#fn1">1</a></sup></p>', 2)
        body, found = CONTENT_END.subn(TAGS, body)
        assert found == 1
        return answer._replace(body=f"{head}{begin}{body}".encode())

    page = watch.site.report("2023/XAG").path
    watch.site.alter(page, altered)
    with monkeypatch.context() as before:
        before.setattr(SampleReports, "reader_revision", SampleReports.reader_revision - 1)
        before.setattr("scrapers.read.page.canonical_block", lambda text: " ".join(text.split()))
        before.setattr("scrapers.read.page.furniture", lambda root: frozenset())
        before.setattr("scrapers.read.page.is_marker", lambda element: False)
        before.setattr("scrapers.read.page.telling_in", lambda root: frozenset())
        watch.at(0)
    old = latest(watch)
    assert "t\u00adhe" in " ".join(old.reading.all_blocks)
    watch.subscribe()
    assert told(watch.run()) == {}
    new = latest(watch)
    assert "\u00ad" not in " ".join(new.reading.all_blocks)
    assert (new.number, new.reader_revision) == (old.number, old.reader_revision + 1)
    assert new.reading.words_sha256 != old.reading.words_sha256
    assert watch.alerts() == []
    kept = {value for row in snapshot(watch.parts.store)["readings"] for value in row}
    assert {each.reading.words_sha256 for each in (old, new)} <= kept
    assert {each.reading.report_sha256 for each in (old, new)} <= kept
