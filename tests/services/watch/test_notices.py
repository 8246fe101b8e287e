"""Notices around a report: told of one page alone, and never of the frame that all pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from frame_changes import FRAME_CHANGES
from received import mails
from walk_stage import SOURCE, SiteResponse, Watch, key, told

from alerts.sink import Sink
from reports.watch.outcome import Outcome
from services.runs.run import RunReport, Trigger
from storage.database.tables import frame_part, location, payload, surroundings

KEY = "2023/XAC"
NOTICE = "<p>WITHDRAWN: this report is no longer valid.</p>"
WORDS = "WITHDRAWN: this report is no longer valid."
BANNER = "<div class='strip'><p>The lamp office is on strike.</p></div>"

PLACES = {
    "at the top of the page": (rb"(<body[^>]*>)", rb"\1@"),
    "before the heading": (rb"(<h1)", rb"@\1"),
    "between heading and text": (rb"(</h1>)", rb"\1@"),
    "behind the text": (rb"(</main>)", rb"@\1"),
    "between main part and footer": (rb"(<footer)", rb"@\1"),
    "at the end of the page": (rb"(</body>)", rb"@\1"),
    "behind its end": (rb"(</html>)", rb"\1@"),
}
END = PLACES["at the end of the page"]


def with_markup(answer: SiteResponse, markup: str, place: tuple[bytes, bytes]) -> SiteResponse:
    if answer.status != 200:  # a redirect from an address without its last slash
        return answer
    where, how = place
    body, count = re.subn(where, how.replace(b"@", markup.encode()), answer.body, count=1)
    assert count == 1
    headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
    return SiteResponse(answer.status, headers, body)


def put(
    watch: Watch, reports: Iterable[str], markup: str, place: tuple[bytes, bytes] = END
) -> None:
    """Let pages of reports show some markup; ``NAME`` in it is the report's own."""
    for each in reports:
        report = watch.site.report(each)
        own = markup.replace("NAME", each)
        watch.site.alter(report.path, lambda answer, own=own: with_markup(answer, own, place))


def everywhere(watch: Watch) -> list[str]:
    return [each.key for scene in watch.site.editions for each in scene.reports]


def newest(watch: Watch) -> list[str]:
    return [each for each in everywhere(watch) if each.startswith("2023/")]


def noted(report: RunReport) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [
        (key(each.report), each.notes_added, each.notes_removed)
        for each in report.changes
        if each.kind == "noted"
    ]


def frame_lines(report: RunReport) -> list[str]:
    return [each for each in report.notes if each.startswith("the frame")]


def standing(watch: Watch) -> dict[str, tuple[str, ...]]:
    with watch.parts.store.read() as unit:
        found = {
            key(each.report): unit.reports.notices(each.report) for each in unit.reports.find()
        }
    return {name: notices for name, notices in found.items() if notices}


def forget(watch: Watch, *tables: Any) -> None:
    with watch.parts.store.write() as unit:
        for table in tables:
            unit._connection.execute(table.delete())
        unit.commit()


def rows(watch: Watch, table: Any) -> int:
    with watch.parts.store.read() as unit:
        return len(unit._connection.execute(table.select()).all())


@pytest.mark.on_both
def test_a_notice_on_one_page_is_mailed_with_its_words(each_watch: Watch, sink: Sink) -> None:
    watch = each_watch
    watch.set(smtp_url=sink.url)
    watch.run()
    watch.subscribe()
    put(watch, [KEY], NOTICE)
    report = watch.run()
    assert noted(report) == [(KEY, (WORDS,), ())]
    watch.deliver()
    [mail] = mails(sink)
    body = mail.get_body(("plain",))
    assert body is not None
    assert WORDS in body.get_content()
    assert "Côte d’Ambre 2023" in mail["Subject"]
    assert told(watch.run()) == {}


@pytest.mark.usefixtures("seen")
def test_a_notice_is_told_on_the_run_that_sees_it_wherever_it_stands(watch: Watch) -> None:
    """Each place on a report of its own, in words of its own."""
    pages = newest(watch)[: len(PLACES)]
    texts = {each: f"{WORDS} Ask office {each}." for each in pages}
    for (each, text), place in zip(texts.items(), PLACES.values(), strict=True):
        put(watch, [each], f"<p>{text}</p>", place)
    report = watch.run()
    assert sorted(noted(report)) == sorted((each, (text,), ()) for each, text in texts.items())
    assert told(report) == {"noted": tuple(sorted(pages))}
    assert frame_lines(report) == []
    watch.site.altered.clear()
    gone = noted(watch.run())
    assert sorted(gone) == sorted((each, (), (text,)) for each, text in texts.items())
    assert told(watch.run()) == {}


@pytest.mark.usefixtures("seen")
def test_a_notice_stands_with_its_report_while_it_stands_on_its_page(watch: Watch) -> None:
    put(watch, [KEY], NOTICE)
    watch.run()
    assert standing(watch) == {KEY: (WORDS,)}
    put(watch, everywhere(watch), BANNER)
    put(watch, [KEY], BANNER + NOTICE)
    watch.run()
    assert standing(watch) == {KEY: (WORDS,)}
    watch.site.altered.clear()
    watch.run()
    assert standing(watch) == {}


@pytest.mark.usefixtures("seen")
def test_a_page_asked_for_alone_tells_its_notice(watch: Watch) -> None:
    put(watch, [KEY], NOTICE)
    assert noted(watch.run(urls=(watch.site.url(KEY),))) == [(KEY, (WORDS,), ())]


@pytest.mark.usefixtures("seen")
def test_a_banner_on_all_pages_is_one_line_for_the_operator(
    watch: Watch, subtests: pytest.Subtests
) -> None:
    """Wherever it stands; each gives way to the next, which stands elsewhere."""
    pages = everywhere(watch)
    before = ""
    for name, place in PLACES.items():
        said = f"The lamp office is on strike {name}."
        put(watch, pages, f"<div class='strip'><p>{said}</p></div>", place)
        report = watch.run()
        with subtests.test(place=name):
            assert report.changes == ()
            [line] = frame_lines(report)
            assert f"“{said}” came" in line
            assert f"{len(pages)} pages" in line
            assert not before or f"“{before}” went" in line
        before = said
    assert frame_lines(watch.run()) == []
    watch.site.altered.clear()
    report = watch.run()
    assert report.changes == ()
    [line] = frame_lines(report)
    assert line.endswith(f"“{before}” went")


@pytest.mark.usefixtures("seen")
def test_a_notice_that_comes_with_a_banner_is_told(watch: Watch) -> None:
    put(watch, everywhere(watch), BANNER)
    put(watch, [KEY], NOTICE + BANNER)
    assert noted(watch.run()) == [(KEY, (WORDS,), ())]


@pytest.mark.usefixtures("seen")
def test_a_change_of_the_frame_on_all_pages_is_told_of_none(
    watch: Watch, subtests: pytest.Subtests
) -> None:
    """Each comes and goes, and what was learnt of the frame is forgotten before the next."""
    for name, markup in FRAME_CHANGES.items():
        put(watch, newest(watch), markup)
        report = watch.run(editions=("2023",))
        with subtests.test(frame=name):
            assert report.changes == ()
            assert len(frame_lines(report)) <= 1
            watch.site.altered.clear()
            assert watch.run(editions=("2023",)).changes == ()
        forget(watch, frame_part)


def test_there_are_forty_changes_of_the_frame() -> None:
    assert len(FRAME_CHANGES) >= 40


@pytest.mark.usefixtures("seen")
def test_the_page_of_a_notice_is_kept(watch: Watch) -> None:
    before = rows(watch, payload)
    put(watch, [KEY], NOTICE)
    watch.run()
    assert rows(watch, payload) == before + 1
    with watch.parts.store.read() as unit:
        [known] = unit.locations(SOURCE).by_url([watch.site.url(KEY)]).values()
        assert WORDS.encode() in unit.versions.payloads.get(known.payload_sha256)


@pytest.mark.usefixtures("seen")
def test_noise_keeps_no_page(watch: Watch) -> None:
    before = rows(watch, payload)
    watch.run()
    assert rows(watch, payload) == before


@pytest.mark.usefixtures("seen")
def test_a_run_that_breaks_off_is_concluded_on_with_the_next(watch: Watch) -> None:
    """Half the pages have been seen with the banner when it dies: that is no notice on each."""
    put(watch, everywhere(watch), BANNER)
    put(watch, [KEY], NOTICE + BANNER)
    _break_off(watch)
    report = watch.run()
    assert noted(report) == [(KEY, (WORDS,), ())]
    assert len(frame_lines(report)) == 1


def _break_off(watch: Watch) -> None:
    from services.runs.run import IngestRequest
    from services.watch.walk import Walk

    walk = Walk.open(watch.parts, IngestRequest(SOURCE))
    targets = walk.discover()
    walk.visit(targets[: len(targets) // 2])
    walk.fail(RuntimeError("out of power"))


@pytest.mark.usefixtures("seen")
def test_a_page_not_looked_at_until_later_tells_nothing_of_the_frame(watch: Watch) -> None:
    put(watch, everywhere(watch), BANNER)
    others = [watch.site.url(each) for each in everywhere(watch) if each != KEY]
    assert watch.run(urls=tuple(others)).changes == ()
    assert watch.run(urls=(watch.site.url(KEY),)).changes == ()


@pytest.mark.usefixtures("seen")
def test_the_first_run_of_a_database_that_knew_no_surroundings_tells_nothing(watch: Watch) -> None:
    with watch.parts.store.write() as unit:
        for table in (surroundings, frame_part):
            unit._connection.execute(table.delete())
        unit._connection.execute(location.update().values(surroundings_sha256=""))
        unit.commit()
    put(watch, [KEY], NOTICE)
    report = watch.run()
    assert (report.changes, frame_lines(report)) == ((), [])
    watch.site.altered.clear()
    assert noted(watch.run()) == [(KEY, (), (WORDS,))]


def test_pages_with_the_same_bytes_are_looked_at_once_by_a_database_that_knew_none(
    quiet_watch: Watch,
) -> None:
    watch = quiet_watch
    watch.run()
    with watch.parts.store.write() as unit:
        unit._connection.execute(surroundings.delete())
        unit._connection.execute(location.update().values(surroundings_sha256=""))
        unit.commit()
    watch.run()
    put(watch, [KEY], NOTICE)
    assert noted(watch.run()) == [(KEY, (WORDS,), ())]


@pytest.mark.usefixtures("seen")
def test_a_notice_that_comes_and_goes_within_a_day_is_held_from_the_third_time_on(
    watch: Watch,
) -> None:
    held = []
    for turn in range(4):
        watch.site.altered.clear()
        if turn % 2 == 0:
            put(watch, [KEY], NOTICE)
        held += [each.is_held for each in watch.run().changes]
    assert held == [False, False, True, True]


@pytest.mark.usefixtures("seen")
def test_a_notice_on_a_second_page_of_a_report_is_not_told(watch: Watch) -> None:
    copy = "/reports/copy-of-it/"
    watch.site.copy(copy, KEY)
    url = watch.site.url(KEY).replace(watch.site.report(KEY).path, copy)
    watch.run(urls=(url,))
    watch.site.alter(
        copy, lambda _: with_markup(watch.site.render(watch.site.report(KEY).path), NOTICE, END)
    )
    assert watch.run(urls=(url,)).changes == ()


@pytest.mark.usefixtures("seen")
def test_a_planned_run_tells_a_notice_too(watch: Watch) -> None:
    put(watch, [KEY], NOTICE)
    watch.now += timedelta(days=40)  # every page is due again
    report = watch.run(trigger=Trigger.SCHEDULED)
    assert noted(report) == [(KEY, (WORDS,), ())]
    assert watch.outcomes(report)[watch.site.url(KEY)] == Outcome.UNCHANGED
