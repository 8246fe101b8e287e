"""A history filled from the Internet Archive, and changes that its captures bear out."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_url
from products import Products
from walk_stage import SOURCE, START, Watch, counts, told, watching
from warcio.archiveiterator import ArchiveIterator
from wayback_site import Row, WaybackSite, digest_of, wayback_site

from reports.model.identity import ReportId
from reports.model.values import Change
from scrapers.archive.host import ORIGIN
from scrapers.registry import source_named
from services.exports.warc import write_warc
from services.history.backfill import BackfillReport, BackfillRequest, backfill
from services.runs.run import BadRequest, RunRefused
from storage.read.captured_pages import CaptureScope

KEY = "2023/XAG"
GANDORIA = "sample-hrr/2023/XAG"
BLOCKED = b"<html><title>Access Denied</title><h1>Access Denied</h1></html>"


@pytest.fixture
def web() -> Iterator[WaybackSite]:
    with wayback_site() as site:
        yield site


def page(watch: Watch, step: int = 0, key: str = KEY) -> bytes:
    """Return a report's page as it stands at a step, with fresh noise each time."""
    here = watch.site.step
    watch.site.advance(step)
    try:
        return watch.site.render(watch.site.report(key).path).body
    finally:
        watch.site.advance(here)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def look(watch: Watch, number: float, step: int) -> Any:
    """Look at the newest editions on a day."""
    watch.now = day(number)
    return watch.at(step)


def bring(watch: Watch, web: WaybackSite, **asked: Any) -> BackfillReport:
    watch.set(wayback_url=web.origin)
    asked = {"countries": ("Gandoria",), "editions": ("2023",), **asked}
    try:
        return backfill(watch.parts, BackfillRequest(SOURCE, **asked))
    finally:
        watch.now += timedelta(hours=1)


def history(watch: Watch) -> list[tuple[str, float, float]]:
    """Return (text, first day, last day) of the stays of Gandoria 2023, in order."""
    with watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        versions = unit.versions.all(view.report)[::-1]
    return [
        (
            "A" if "credible reports of" in "|".join(each.reading.blocks) else "B",
            round((each.captured_at - START) / timedelta(days=1), 1),
            round((each.last_seen_at - START) / timedelta(days=1), 1),
        )
        for each in versions
    ]


def edit(watch: Watch) -> Change:
    with watch.parts.store.read() as unit:
        found = [
            each
            for each in unit.changes.find(kinds=["edited"])
            if str(each.report) == GANDORIA and not each.is_baseline
        ]
    (change,) = found
    return change


def tally(report: BackfillReport) -> tuple[int, int, int, int]:
    """Return listed, known, fetched, skipped."""
    captures = report.document.as_json()["captures"]
    return tuple(captures[name] for name in ("listed", "known_digest", "fetched", "skipped"))


@pytest.fixture
def seen_an_edit(products: Products, home: Path) -> None:
    """Let ``watch`` have seen an edit."""

    def look_on(folder: Path) -> None:
        with watching(sqlite_url(folder), folder) as first:
            see_an_edit(first)

    shutil.copytree(products.get("seen-an-edit", look_on), home, dirs_exist_ok=True)


@pytest.fixture
def edited(seen_an_edit: None, watch: Watch) -> Watch:
    watch.site.was_asked_before()
    watch.site.advance(2)
    watch.now = day(11)
    return watch


def see_an_edit(watch: Watch) -> Watch:
    """Gandoria was seen as A on day 0, edited to B by day 5, and still B on day 10."""
    look(watch, 0, 0)
    look(watch, 5, 2)
    look(watch, 10, 2)
    watch.subscribe()
    watch.now = day(11)
    return watch


@pytest.fixture
def url(edited: Watch) -> str:
    return edited.site.url(KEY)


def test_captures_from_before_and_after_bear_an_edit_out(
    each_watch: Watch, web: WaybackSite
) -> None:
    watch = see_an_edit(each_watch)
    url = watch.site.url(KEY)
    web.hold(day(2), url, page(watch, 0))
    web.hold(day(7), url, page(watch, 2))
    report = bring(watch, web)
    assert tally(report) == (2, 0, 2, 0)
    assert (report.corroborated, report.run.failures) == (1, ())
    assert counts(report.run) == {"checked": 1, "unchanged": 1}
    change = edit(watch)
    assert change.is_corroborated
    assert [each.captured_at for each in change.witnesses] == [day(2), day(7)]
    assert change.witnesses[0].url == f"{ORIGIN}/web/20260503090000/{url}"
    assert [text for text, *_ in history(watch)] == ["A", "B"]
    assert watch.alerts() == []


A, B = 0, 2


@pytest.mark.parametrize(
    ("held", "is_borne_out"),
    [
        ([(2, A), (7, B)], True),
        ([(-30, A), (2, A), (7, B), (9, B)], True),
        ([(2, A), (4, B)], True),  # the archive saw it before we did
        ([(2, A)], False),
        ([(7, B)], False),
        ([(2, B), (7, B)], False),  # they say that it was B all along
        ([(2, A), (7, A)], False),  # they say that it stayed A
        ([(2, A), (3, B), (4, A)], False),  # nothing after the edit we saw
        ([(2, B), (3, A), (7, B)], False),  # there was more than the one edit we saw
    ],
)
def test_only_captures_in_the_same_order_bear_an_edit_out(
    edited: Watch, web: WaybackSite, url: str, held: list[tuple[int, int]], is_borne_out: bool
) -> None:
    for number, step in held:
        web.hold(day(number), url, page(edited, step))
    bring(edited, web)
    assert edit(edited).is_corroborated is is_borne_out


def test_what_is_borne_out_is_judged_anew_each_time(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(2), url, page(edited, A))
    web.hold(day(7), url, page(edited, B))
    assert bring(edited, web).corroborated == 1
    web.hold(day(6), url, page(edited, A))
    assert bring(edited, web).corroborated == 0
    assert not edit(edited).is_corroborated


def test_a_history_from_before_we_watched_is_brought(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(-20), url, page(edited, B))
    web.hold(day(-10), url, page(edited, A))
    report = bring(edited, web)
    assert counts(report.run) == {"checked": 1, "published": 1}
    assert history(edited) == [("B", -20, -20), ("A", 0, 0), ("B", 5, 10)]
    with edited.parts.store.read() as unit:
        (run,) = [each for each in unit.runs.latest() if each.trigger == "backfill"]
        held = unit.archive.mementos(unit.locations(SOURCE).by_url([url])[url].id)
    assert run.state == "done"
    assert [each.captured_at for each in held] == [day(-20), day(-10)]
    assert {each.retrieved_at for each in held} == {day(11)}
    assert edited.alerts() == []
    assert told(look(edited, 12, 2)) == {}


TOOLBAR = """<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base"><div id="wm-ipp">
<p>14 captures</p><form><input name="url"></form><a href="/web/">Web</a></div></div>
<!-- END WAYBACK TOOLBAR INSERT -->"""
TAGS = """<div class="report__tags"><div class="related-tags">
<p class="related-tags__label">Tags</p>
<div class="related-tags__pills"><a class="button">Bureau of Civic Reporting</a>
<a class="button">Gandoria</a></div></div></div>"""
OTHERWISE_FRAMED = {
    "the Archive's toolbar": (b'<div id="page"', f'{TOOLBAR}<div id="page"'.encode()),
    "links led through the Archive": (
        b'href="https://',
        b'href="https://web.archive.org/web/2026/https://',
    ),
    "tags at the foot of the text": (
        b'<div class="report__side',
        f'{TAGS}<div class="report__side'.encode(),
    ),
    "an older menu": (b"<header", b"<header><nav><a href=/a/>Visas</a></nav></header><header"),
    "an older banner": (b"<main>", b"<div class=banner><p>Read our appeal of May.</p></div><main>"),
    "an older footer": (b"</footer>", b"<p>Printed by the old office</p></footer>"),
    "characters that nobody sees": (b"Gandoria is", "Gan\u00addoria\u200e is".encode()),
}


@pytest.mark.parametrize(("old", "new"), OTHERWISE_FRAMED.values(), ids=OTHERWISE_FRAMED)
def test_captures_in_another_frame_are_no_edit(
    edited: Watch, web: WaybackSite, url: str, old: bytes, new: bytes
) -> None:
    for number, step in ((-20, A), (2, A), (7, B)):
        body = page(edited, step)
        head, found, rest = body.rpartition(old) if old == b"</footer>" else body.partition(old)
        assert found
        web.hold(day(number), url, head + new + rest)
    report = bring(edited, web)
    assert counts(report.run) == {"checked": 1, "unchanged": 1}
    assert history(edited) == [("A", 0, 2), ("B", 5, 10)]
    assert edit(edited).is_corroborated
    assert edited.alerts() == []
    assert told(look(edited, 12, 2)) == {}


def test_running_it_again_fetches_nothing(edited: Watch, web: WaybackSite, url: str) -> None:
    for number in range(4):
        web.hold(day(number), url, page(edited, A))
    assert tally(bring(edited, web)) == (4, 0, 4, 0)
    before = history(edited)
    web.asked.clear()
    assert tally(bring(edited, web)) == (4, 4, 0, 0)
    assert web.played == []
    assert history(edited) == before


def test_bytes_we_hold_are_known_by_their_digest(quiet_watch: Watch, web: WaybackSite) -> None:
    """The quiet site gives everybody the same bytes."""
    look(quiet_watch, 0, 0)
    look(quiet_watch, 5, 2)
    look(quiet_watch, 10, 2)
    url = quiet_watch.site.url(KEY)
    web.hold(day(2), url, page(quiet_watch, A))
    web.hold(day(7), url, page(quiet_watch, B))
    report = bring(quiet_watch, web)
    assert tally(report) == (2, 2, 0, 0)
    assert web.played == []
    assert report.corroborated == 1


def test_a_revisit_proves_that_an_earlier_text_stood(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    """It brings no bytes, and returns of a text are seen all the same."""
    first, second = page(edited, A), page(edited, B)
    web.hold(day(-20), url, first)
    web.hold(day(-15), url, second)
    for number, body in ((-18, first), (-12, first)):
        revisit = {"status": "-", "media_type": "warc/revisit", "digest": digest_of(body)}
        web.hold(day(number), url, **revisit)
    report = bring(edited, web)
    assert tally(report) == (4, 2, 2, 0)
    texts = history(edited)
    assert [text for text, *_ in texts] == ["A", "B", "A", "B"]
    assert texts[0] == ("A", -20, -18)


def test_a_revisit_of_unknown_bytes_is_left_out(edited: Watch, web: WaybackSite, url: str) -> None:
    web.hold(day(2), url, status="-", media_type="warc/revisit", digest="A" * 32)
    assert tally(bring(edited, web)) == (1, 0, 0, 1)


def test_redirects_misses_and_other_types_are_left_out(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, status="301")
    web.hold(day(2), url, status="-")
    web.hold(day(3), url, status="503")
    web.hold(day(4), url, b"%PDF-1.7", media_type="application/pdf")
    web.hold(day(5), url, status="404")
    report = bring(edited, web)
    assert tally(report) == (5, 0, 0, 5)
    assert (counts(report.run), web.played) == ({}, [])


def test_a_capture_newer_than_our_last_look_is_left_to_the_watch(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    """A silent run would swallow what is news."""
    web.hold(day(10.5), url, page(edited, A))
    assert tally(bring(edited, web)) == (1, 0, 0, 1)
    assert [text for text, *_ in history(edited)] == ["A", "B"]
    look(edited, 12, 2)
    assert tally(bring(edited, web)) == (1, 0, 1, 0)


def test_a_captured_block_page_is_no_version_and_not_fetched_again(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, BLOCKED)
    web.hold(day(2), url, page(edited, A))
    web.hold(day(3), url, status="-", media_type="warc/revisit", digest=digest_of(BLOCKED))
    report = bring(edited, web)
    assert tally(report) == (3, 1, 2, 0)
    assert counts(report.run) == {"checked": 1, "unchanged": 1}
    assert report.run.failures == ()
    assert tally(bring(edited, web)) == (3, 3, 0, 0)
    assert [text for text, *_ in history(edited)] == ["A", "B"]


def test_a_location_of_which_nothing_good_was_captured_is_a_failure(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, BLOCKED)
    report = bring(edited, web)
    assert counts(report.run) == {"checked": 1, "blocked": 1}
    assert [each["url"] for each in report.run.failures] == [url]


def test_a_page_of_another_family_is_no_version(edited: Watch, web: WaybackSite, url: str) -> None:
    body = (
        b"<html><main><h1>Gandoria: Annual Bulletin of Weights</h1><p>So be it.</p></main></html>"
    )
    web.hold(day(1), url, body)
    report = bring(edited, web)
    assert counts(report.run) == {"checked": 1, "unreadable": 1}
    assert [text for text, *_ in history(edited)] == ["A", "B"]


def test_a_page_of_another_report_is_put_where_its_heading_says(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, page(edited, A, key="2023/XAB"))
    bring(edited, web)
    assert [text for text, *_ in history(edited)] == ["A", "B"]


def test_a_broken_capture_is_a_failure_once_and_stops_nothing(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, page(edited, A))
    web.hold(day(2), url, page(edited, A))
    web.instead["/web/20260502090000id_"] = [
        (404, {"X-Archive-Wayback-Runtime-Error": "ResourceNotAvailable"}, b"")
    ]
    report = bring(edited, web)
    assert tally(report) == (2, 0, 1, 1)
    (failure,) = report.run.failures
    assert failure["outcome"] == "unreadable"
    assert "ResourceNotAvailable" in failure["reason"]
    again = bring(edited, web)
    assert (tally(again), again.run.failures) == ((2, 1, 0, 1), ())
    web.instead.clear()
    assert tally(bring(edited, web)) == (2, 1, 1, 0)
    assert tally(bring(edited, web)) == (2, 2, 0, 0)


def test_a_redirect_into_a_private_network_is_refused(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(1), url, page(edited, A))
    web.instead["/web/"] = [(302, {"Location": "http://10.1.2.3/metadata"}, b"")]
    (failure,) = bring(edited, web).run.failures
    assert "not on the public internet" in failure["reason"]


@pytest.mark.parametrize(
    "line", ["nonsense", "a b c d e f g", "\x00\x1b]0;x\x07 20260501000000", "x" * 100_000]
)
def test_a_hostile_list_is_a_failure_and_what_came_before_is_kept(
    edited: Watch, web: WaybackSite, url: str, line: str
) -> None:
    web.lines = [Row(day(-3), url, page(edited, A)).line, line]
    web.rows = [Row(day(-3), url, page(edited, A))]
    report = bring(edited, web)
    assert [each["outcome"] for each in report.run.failures] == ["error"]
    assert len(report.run.failures[0]["reason"]) < 500
    assert tally(report) == (1, 0, 1, 0)
    assert counts(report.run)["checked"] == 1


def test_a_capture_from_the_future_is_none(edited: Watch, web: WaybackSite, url: str) -> None:
    web.hold(day(9000), url, page(edited, A))
    assert tally(bring(edited, web)) == (1, 0, 0, 1)


def test_only_the_time_asked_for_is_brought(edited: Watch, web: WaybackSite, url: str) -> None:
    for number in range(5):
        web.hold(day(number), url, page(edited, A))
    report = bring(edited, web, since=day(1), until=day(2))
    assert tally(report) == (2, 0, 2, 0)


def test_a_limit_ends_the_run_and_the_next_goes_on(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    for number in range(5):
        web.hold(day(number), url, page(edited, A))
    assert tally(bring(edited, web, limit=2)) == (2, 0, 2, 0)
    assert tally(bring(edited, web, limit=9)) == (5, 2, 3, 0)


def test_an_archive_that_stops_answering_ends_the_run_and_keeps_what_came(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    for number in range(9):
        web.hold(day(number), url, page(edited, A))
    busy = (503, {}, b"")
    for number in range(2, 9):
        web.instead[f"/web/{day(number):%Y%m%d}"] = [busy]
    report = bring(edited, web)
    assert report.captures.fetched == 2
    assert "run it again to go on" in report.run.failures[-1]["reason"]
    assert len(report.run.failures) == 3
    with edited.parts.store.read() as unit:
        run = unit.runs.latest()[0]
    assert (run.state, "status 503" in run.error) == ("failed", True)
    web.instead.clear()
    web.asked.clear()
    assert tally(bring(edited, web)) == (9, 2, 7, 0)


def test_a_pause_longer_than_we_wait_ends_the_run_at_once(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.instead["/cdx"] = [(429, {"Retry-After": "86400"}, b"")]
    report = bring(edited, web)
    assert len(web.searches) == 1
    assert "86400 s" in report.run.failures[0]["reason"]


def test_a_short_pause_is_waited_for(edited: Watch, web: WaybackSite, url: str) -> None:
    row = web.hold(day(2), url, page(edited, A))
    web.instead["/web/"] = [
        (429, {}, b""),
        (503, {"Retry-After": "2"}, b""),
        web._play(f"/web/20260503090000id_/{row.url}"),
    ]
    report = bring(edited, web)
    assert (tally(report), report.run.failures) == ((1, 0, 1, 0), ())


def test_a_run_that_is_broken_off_goes_on_where_it_stopped(
    edited: Watch, web: WaybackSite, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(60):
        web.hold(day(hour / 24), url, page(edited, A))
    answer, read = web.answer, edited.parts.store.read

    def break_off(target: str) -> Any:
        if len(web.played) == 40:
            monkeypatch.setattr(edited.parts.store, "read", _interrupted)
        return answer(target)

    monkeypatch.setattr(web, "answer", break_off)
    with pytest.raises(KeyboardInterrupt):
        bring(edited, web)
    monkeypatch.setattr(edited.parts.store, "read", read)
    web.asked.clear()
    report = bring(edited, web)
    listed, known, fetched, skipped = tally(report)
    assert (listed, skipped) == (60, 0)
    assert known >= 25
    assert known + fetched == 60


def _interrupted() -> Any:
    raise KeyboardInterrupt


def test_bytes_known_longer_than_they_are_at_hand_are_known_by_their_words(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    """A page captured often, each time with other noise, and then a revisit of the first."""
    first = page(edited, A)
    for hour in range(40):
        web.hold(day(hour / 24), url, first if hour == 0 else page(edited, A))
    revisit = {"status": "-", "media_type": "warc/revisit", "digest": digest_of(first)}
    web.hold(day(3), url, **revisit)
    assert tally(bring(edited, web)) == (41, 1, 40, 0)


def test_every_listed_page_is_asked_for_within_the_scope(edited: Watch, web: WaybackSite) -> None:
    bring(edited, web, countries=(), editions=("2022",))
    with edited.parts.store.read() as unit:
        held = unit.locations(SOURCE).all(["2022"])
    assert len(web.searches) == len(held) > 5


def test_what_an_older_reader_read_is_read_again_first(
    edited: Watch, web: WaybackSite, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a better reader would look like a text of its own."""
    newer = source_named(SOURCE).reader_revision + 1
    monkeypatch.setattr(type(source_named(SOURCE)), "reader_revision", newer)
    web.hold(day(2), url, page(edited, A))
    bring(edited, web)
    with edited.parts.store.read() as unit:
        assert unit.stale_readings(SOURCE, newer).count(["2023"]) == 0
        assert [each.trigger for each in unit.runs.latest(2)] == ["backfill", "reread"]
    assert [text for text, *_ in history(edited)] == ["A", "B"]


def test_a_copy_is_not_asked_for(watch: Watch, web: WaybackSite) -> None:
    """What a second location says is no version of the report."""
    watch.site.copy("/copies/gandoria/", KEY)
    look(watch, 0, 0)
    copy = "https://sample.reportwatch.example/copies/gandoria/"
    watch.run(urls=(copy,))
    bring(watch, web)
    assert len(web.searches) == 1
    assert "copies" not in web.searches[0]


def test_what_is_unknown_is_refused(edited: Watch, web: WaybackSite) -> None:
    with pytest.raises(BadRequest, match="Atlantis"):
        bring(edited, web, countries=("Atlantis",))


def test_another_run_of_the_source_refuses_it(edited: Watch, web: WaybackSite) -> None:
    lock = edited.parts.store.lock(f"source-{SOURCE}")
    try:
        with pytest.raises(RunRefused):
            bring(edited, web)
    finally:
        lock.release()


def test_a_capture_of_the_archive_says_what_the_archive_was_asked_and_answered(
    edited: Watch, web: WaybackSite, url: str
) -> None:
    web.hold(day(2), url, page(edited).replace(b"credible reports of", b"few words of"))
    bring(edited, web)
    with edited.parts.store.read() as unit:
        found = list(unit.captured_pages.every(CaptureScope(report=ReportId.parse(GANDORIA))))
        stream = io.BytesIO()
        write_warc(edited.parts.store, stream, CaptureScope(report=ReportId.parse(GANDORIA)))
    (brought,) = [
        each.stored.record for each in found if each.stored.record.document["origin"] == "archive"
    ]
    about = brought.document["about"]
    assert (about["page_url"], about["is_fetched"]) == (url, True)
    assert brought.last.status == 200
    assert "/web/" in brought.last.url
    assert brought.last.header("memento-datetime")
    kinds = [
        (each.rec_type, each.rec_headers.get_header("WARC-Target-URI"))
        for each in ArchiveIterator(io.BytesIO(stream.getvalue()))
    ]
    assert ("resource", url) in kinds
