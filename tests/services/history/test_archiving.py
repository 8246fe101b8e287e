"""Pages that are news are kept by Save Page Now, where that is wanted, and no run is held up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from walk_stage import SOURCE, Watch
from wayback_site import WaybackSite, wayback_site

from flows.courier import save_when_due
from reports.model.values import VersionView
from reports.wording.citation import cite
from services.history.save_pages import SaveCounts, save_pages
from services.settings import BadSetting, load_settings
from storage.watch.archive import SaveState

KEYS = "access:secret"
STAMP = "20260501110000"


@pytest.fixture
def web() -> Iterator[WaybackSite]:
    with wayback_site() as site:
        yield site


@pytest.fixture
def saving(each_watch: Watch, web: WaybackSite) -> Watch:
    """A watch that has a silent edit of Gandoria 2023 to be kept."""
    return begin(each_watch, web)


def begin(watch: Watch, web: WaybackSite) -> Watch:
    watch.set(wayback_url=web.origin, wayback_save=True, wayback_keys=KEYS)
    watch.at(0)
    watch.at(2)
    return watch


def requests(watch: Watch) -> list[tuple[str, SaveState, str, str]]:
    with watch.parts.store.read() as unit:
        return unit.archive.save_requests()


def later(watch: Watch, **waits: float) -> SaveCounts:
    watch.now += timedelta(**waits)
    return save_pages(watch.parts)


def latest(watch: Watch) -> VersionView:
    with watch.parts.store.read() as unit:
        (view,) = unit.reports.find(edition="2023", country="XAG")
        found = unit.versions.latest(view.report)
    assert found
    return found


def success(watch: Watch, **facts: Any) -> dict[str, Any]:
    url = watch.site.url("2023/XAG")
    return {"status": "success", "timestamp": STAMP, "original_url": url, **facts}


def test_only_news_is_queued_and_the_baseline_is_not(saving: Watch) -> None:
    with saving.parts.store.read() as unit:
        news = [
            each.url
            for each in unit.changes.find(kinds=["edited", "noted", "published", "restored"])
            if not each.is_baseline
        ]
    assert [url for url, *_ in requests(saving)] == news[::-1]
    assert saving.site.url("2023/XAG") in news


def test_nothing_is_queued_or_asked_where_it_is_not_wanted(watch: Watch, web: WaybackSite) -> None:
    watch.set(wayback_url=web.origin, wayback_keys=KEYS)
    watch.at(0)
    watch.at(2)
    assert requests(watch) == []
    assert save_pages(watch.parts) == SaveCounts()
    assert (web.asked, web.saved) == ([], [])


def test_a_page_is_asked_for_and_its_memento_is_cited(saving: Watch, web: WaybackSite) -> None:
    url = saving.site.url("2023/XAG")
    assert save_pages(saving.parts).asked == len(requests(saving)) == 1
    (sent,) = web.saved
    assert {name: sent[name] for name in ("url", "capture_all", "skip_first_archive")} == {
        "url": url,
        "capture_all": "0",
        "skip_first_archive": "1",
    }
    assert sent["headers"]["authorization"] == f"LOW {KEYS}"
    web.jobs["spn2-1"] = [{"status": "pending"}, success(saving)]
    assert save_pages(saving.parts) == SaveCounts()  # not yet
    assert later(saving, seconds=30) == SaveCounts()
    assert later(saving, seconds=30) == SaveCounts(saved=1)
    memento = f"https://web.archive.org/web/{STAMP}/{url}"
    assert requests(saving) == [(url, SaveState.SAVED, memento, "")]
    assert latest(saving).memento_url == memento
    assert cite(latest(saving), "Bureau").endswith(f"archived at {memento}.")
    assert later(saving, days=9) == SaveCounts()


REFUSED = (200, {}, b'{"message": "You cannot make new captures: \\u001b[2J too many"}')


@pytest.mark.parametrize(
    ("canned", "why"),
    [
        (REFUSED, "named no job"),
        ((200, {}, b'{"job_id": "../../etc/passwd"}'), "named no job"),
        ((200, {}, b"<html>oops</html>"), "named no job"),
        ((200, {}, b"[1]"), "named no job"),
        ((401, {}, b"{}"), "REPORTWATCH_WAYBACK_KEYS"),
        ((429, {}, b'{"message": "slow down"}'), "status 429: slow down"),
        ((503, {}, b""), "status 503"),
        ((302, {"Location": "http://10.0.0.1/"}, b""), "status 302"),
    ],
)
def test_a_refusal_is_tried_again_after_waits_that_grow_and_then_given_up(
    watch: Watch, web: WaybackSite, canned: Any, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    begin(watch, web)
    web.instead["POST /save"] = [canned]
    waits = [0, 1, 5, 15, 60, 240, 720, 1440]
    for number, minutes in enumerate(waits, start=1):
        if minutes:
            assert later(watch, minutes=minutes - 0.5) == SaveCounts()
            assert len(web.saved) == number - 1
        later(watch, minutes=0.5 if minutes else 0)
        assert len(web.saved) == number
    ((_, state, memento, error),) = requests(watch)
    assert (state, memento) == (SaveState.FAILED, "")
    assert why in error
    assert "\x1b" not in error
    assert "secret" not in caplog.text
    later(watch, days=30)
    assert len(web.saved) == len(waits)


@pytest.mark.parametrize(
    "told",
    [
        {"status": "error", "message": "The page could not be captured"},
        {"status": "success", "timestamp": "<script>"},
        {"status": "success"},
        {},
    ],
)
def test_a_job_that_fails_is_begun_again(
    watch: Watch, web: WaybackSite, told: dict[str, Any]
) -> None:
    begin(watch, web)
    web.jobs["spn2-1"] = [told]
    web.jobs["spn2-2"] = [success(watch)]
    save_pages(watch.parts)
    later(watch, seconds=30)
    assert requests(watch)[0][1] is SaveState.DUE
    assert later(watch, minutes=1).asked == 1
    assert later(watch, minutes=1).saved == 1


def test_a_job_that_never_ends_is_taken_for_lost(watch: Watch, web: WaybackSite) -> None:
    begin(watch, web)
    web.jobs["spn2-1"] = [{"status": "pending"}]
    save_pages(watch.parts)
    later(watch, minutes=29)
    assert requests(watch)[0][1] is SaveState.ASKED
    later(watch, minutes=2)
    assert requests(watch)[0][1:] == (SaveState.DUE, "", "the job did not end")


def test_another_pages_address_is_not_believed(watch: Watch, web: WaybackSite) -> None:
    begin(watch, web)
    web.jobs["spn2-1"] = [success(watch, original_url="https://evil.example/")]
    save_pages(watch.parts)
    later(watch, seconds=30)
    url = watch.site.url("2023/XAG")
    assert requests(watch)[0][2] == f"https://web.archive.org/web/{STAMP}/{url}"


def test_at_most_three_jobs_run_at_once(watch: Watch, web: WaybackSite) -> None:
    watch.set(wayback_url=web.origin, wayback_save=True, wayback_keys=KEYS)
    watch.at(0)
    for key in ("2023/XAG", "2023/XAB", "2023/XAC", "2023/XAE"):
        last = watch.site.report(key).paragraphs[-1].split(". ")[-1]
        watch.site.edit(key, last, f"{last} More.")
    watch.run(editions=("2023",))
    waiting = len(requests(watch))
    assert waiting >= 4
    for number in range(1, waiting + 1):
        web.jobs[f"spn2-{number}"] = [success(watch)]
    assert save_pages(watch.parts).asked == 3
    assert save_pages(watch.parts).asked == 0
    assert later(watch, seconds=30) == SaveCounts(asked=min(3, waiting - 3), saved=3)


def test_an_archive_that_cannot_be_reached_holds_nothing_up(watch: Watch) -> None:
    watch.set(wayback_url="http://127.0.0.1:9", wayback_save=True, wayback_keys=KEYS)
    watch.at(0)
    assert watch.at(2).is_clean
    assert save_pages(watch.parts) == SaveCounts()
    assert requests(watch)[0][1] is SaveState.DUE


def test_imports_are_not_asked_to_be_kept(watch: Watch, web: WaybackSite) -> None:
    from services.runs.reread import RereadRequest, reread

    watch.set(wayback_url=web.origin, wayback_save=True, wayback_keys=KEYS)
    watch.at(0)
    reread(watch.parts, RereadRequest(SOURCE))
    assert requests(watch) == []


def test_the_courier_asks_while_it_runs_and_only_where_it_is_wanted(
    watch: Watch, web: WaybackSite
) -> None:
    begin(watch, web)

    async def work() -> None:
        stop = asyncio.Event()
        keeping = asyncio.create_task(save_when_due(watch.parts, stop))
        async with asyncio.timeout(20):
            while not web.saved:
                await asyncio.sleep(0.02)
        stop.set()
        await keeping
        watch.set(wayback_save=False)
        await save_when_due(watch.parts, asyncio.Event())

    asyncio.run(work())
    assert requests(watch)[0][1] is SaveState.ASKED


def test_saving_needs_the_keys_of_an_account() -> None:
    with pytest.raises(BadSetting, match="REPORTWATCH_WAYBACK_KEYS: must be set"):
        load_settings(wayback_save=True)
