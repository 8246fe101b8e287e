"""Asking what changed instead of fetching every page: few requests, and nothing missed by them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from walk_stage import SOURCE, START, AlteredSite, SiteResponse, Watch, counts, told, watching

from deployments.sample_site import serve
from services.watch.hints import ASK_AGAIN
from storage.watch.sources import HintState

REST = "/wp-json/wp/v2/state_report"
EDIT = ("2023/XAG", "Federal Gendarmerie", "Federal Guard")
LATER = START + timedelta(days=1)


@pytest.fixture
def watch(watch: Watch) -> Watch:
    """A watch over a site that tells what it modified."""
    watch.site.has_hints = True
    return watch


def pages_asked(watch: Watch) -> list[str]:
    """Return the report pages asked for since the last call."""
    asked = {f"{path.rstrip('/')}/": None for path in watch.site.asked if "/reports/" in path}
    watch.site.asked.clear()
    return [path for path in asked if path.count("/") > 3]


def states(watch: Watch) -> dict[str, HintState]:
    with watch.parts.store.read() as unit:
        return unit.sources.hints(SOURCE)


def test_what_hints_call_unmodified_is_not_fetched_and_counts_as_unchanged(watch: Watch) -> None:
    assert counts(watch.run()) == {"checked": 24, "published": 24}
    pages_asked(watch)
    report = watch.run()
    assert counts(report) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []
    reasons = {each.reason for each in outcomes(watch, report.run_id)}
    assert reasons == {"not asked: the publisher's rest hints call it unmodified"}


def outcomes(watch: Watch, run_id: int) -> list[object]:
    with watch.parts.store.read() as unit:
        return list(unit.runs.outcomes(run_id))


def test_what_was_not_asked_was_not_seen(watch: Watch) -> None:
    watch.run()
    before = seen_at(watch)
    watch.run()
    watch.run()
    assert seen_at(watch) == before


def seen_at(watch: Watch) -> dict[str, datetime | None]:
    with watch.parts.store.read() as unit:
        return {each.url: each.seen_at for each in unit.locations(SOURCE).all()}


def test_what_was_modified_is_fetched_and_nothing_else(watch: Watch) -> None:
    watch.run()
    watch.site.edit(*EDIT, at=LATER)
    pages_asked(watch)
    report = watch.run()
    assert told(report) == {"edited": ("2023/XAG",)}
    assert pages_asked(watch) == [watch.site.report("2023/XAG").path]
    assert counts(report) == {"checked": 24, "edited": 1, "unchanged": 23}
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []


def test_an_unchanged_watch_costs_a_handful_of_requests(watch: Watch) -> None:
    watch.run()
    watch.site.asked.clear()
    watch.run()
    assert [path.partition("&_fields")[0] for path in watch.site.asked] == [
        "/robots.txt",
        "/country-reports-on-civic-conditions/",
        "/reports/2024-country-reports-on-civic-conditions/",
        "/reports/2022-country-reports-on-civic-conditions/",
        "/reports/2023-country-reports-on-civic-conditions/",
        f"{REST}?per_page=1",
        f"{REST}?per_page=100&page=1",
    ]


def test_without_hints_every_page_is_fetched(watch: Watch) -> None:
    watch.set(hints="none")
    watch.run()
    watch.site.edit(*EDIT, at=LATER)
    watch.site.asked.clear()
    assert told(watch.run()) == {"edited": ("2023/XAG",)}
    assert len(watch.site.asked) == 30
    assert not [path for path in watch.site.asked if path.startswith(REST)]
    assert len(pages_asked(watch)) == 24


def test_a_touch_of_every_page_is_no_change(watch: Watch) -> None:
    watch.run()
    watch.subscribe()
    for each in [each for scene in watch.site.editions for each in scene.reports]:
        watch.site.modified[each.key] = LATER
    pages_asked(watch)
    report = watch.run()
    assert counts(report) == {"checked": 24, "unchanged": 24}
    assert len(pages_asked(watch)) == 24
    assert watch.alerts() == []
    watch.run()
    assert pages_asked(watch) == []


def test_a_page_that_hints_name_no_longer_is_looked_at(watch: Watch) -> None:
    watch.run()
    watch.site.trashed.add("2023/XAC")
    watch.site.fail("2023/XAC", 404)
    pages_asked(watch)
    assert counts(watch.run()) == {"checked": 24, "suspected": 1, "unchanged": 23}
    assert len(pages_asked(watch)) == 1
    assert told(watch.run()) == {"removed": ("2023/XAC",)}
    watch.site.trashed.clear()
    watch.site.altered.clear()
    assert told(watch.run()) == {"restored": ("2023/XAC",)}


def test_a_page_that_failed_is_looked_at_again_whatever_hints_say(watch: Watch) -> None:
    watch.run()
    watch.site.edit(*EDIT, at=LATER)
    edited = watch.site.altered[watch.site.report("2023/XAG").path.rstrip("/")]
    watch.site.fail("2023/XAG", 503)
    assert counts(watch.run()) == {"checked": 24, "error": 1, "unchanged": 23}
    watch.site.alter(watch.site.report("2023/XAG").path, edited)
    assert told(watch.run()) == {"edited": ("2023/XAG",)}


@pytest.mark.parametrize(
    "answer",
    [
        SiteResponse(404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>"),
        SiteResponse(404, {"Content-Type": "application/json"}, b'{"code":"rest_no_route"}'),
        SiteResponse(401, {"Content-Type": "application/json"}, b'{"code":"rest_forbidden"}'),
    ],
    ids=["404", "no route", "forbidden"],
)
def test_a_site_without_the_collection_is_asked_by_its_site_map(
    watch: Watch, answer: SiteResponse
) -> None:
    missing(watch, answer)
    watch.run()
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert {kind: each.state for kind, each in states(watch).items()} == {
        "editions": "works",
        "rest": "absent",
        "sitemap": "works",
    }
    watch.site.edit(*EDIT, at=LATER)
    watch.site.asked.clear()
    assert told(watch.run()) == {"edited": ("2023/XAG",)}
    assert len(watch.site.asked) == 8
    assert not [path for path in watch.site.asked if path.startswith(REST)]
    assert len(pages_asked(watch)) == 1


def missing(watch: Watch, answer: SiteResponse) -> None:
    render = watch.site.render

    def without(path: str) -> SiteResponse:
        if path.startswith(REST):
            watch.site.asked.append(path)
            return answer
        return render(path)

    watch.site.render = without  # type: ignore[method-assign]


def test_what_is_absent_is_tried_again_after_a_month(watch: Watch) -> None:
    watch.site.has_hints = False
    watch.run()
    watch.run()
    assert {kind: each.state for kind, each in states(watch).items()} == {
        "editions": "works",
        "rest": "absent",
        "sitemap": "absent",
    }
    watch.site.has_hints = True
    watch.run()
    assert states(watch)["rest"].state == "absent"
    watch.now += ASK_AGAIN
    watch.run()
    assert states(watch)["rest"].state == "works"


def test_a_way_that_fails_for_a_while_costs_no_second_crawl(watch: Watch) -> None:
    """Site maps stand in, and the collection is read whole once it answers again."""
    watch.run()
    render = watch.site.render
    missing(watch, SiteResponse(503, {"Content-Type": "text/html"}, b"<h1>Unavailable</h1>"))
    pages_asked(watch)
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []
    watch.site.render = render  # type: ignore[method-assign]
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []


def test_what_one_origin_told_says_nothing_of_another(watch: Watch) -> None:
    watch.site.has_hints = False
    watch.run()
    assert states(watch)["rest"].state == "absent"
    watch.site.has_hints = True
    other = AlteredSite()
    other.has_hints = True
    with serve(other) as origin:
        watch.run(via=origin)
        assert states(watch)["rest"].state == "works"
        other.edit("2023/XAG", "Federal Gendarmerie", "Federal Guard")
    pages_asked(watch)
    watch.run()
    assert states(watch)["rest"].state == "works"


def test_hints_that_fail_leave_the_watch_as_it_was_without_them(watch: Watch) -> None:
    watch.run()
    missing(watch, SiteResponse(403, {"Content-Type": "text/html"}, b"<h1>Access Denied</h1>"))
    watch.site.edit(*EDIT)
    watch.set(hints="rest")
    pages_asked(watch)
    assert told(watch.run()) == {"edited": ("2023/XAG",)}
    assert len(pages_asked(watch)) == 24
    assert states(watch)["rest"].state == "failing"


def test_hints_are_put_to_the_test_when_a_page_is_due_all_the_same(watch: Watch) -> None:
    watch.run()
    watch.site.edit(*EDIT)  # of which the site does not tell
    assert told(watch.run()) == {}
    watch.now += timedelta(days=40)
    report = watch.run()
    assert told(report) == {"edited": ("2023/XAG",)}
    assert report.notes[-1] == (
        "hints had called 1 of 24 pages unmodified whose words have changed"
    )
    rest = states(watch)["rest"]
    assert (rest.vouched_count, rest.missed_count) == (24, 1)


def test_a_full_run_looks_at_everything_and_grades_the_hints(watch: Watch) -> None:
    watch.run()
    watch.site.edit(*EDIT)
    pages_asked(watch)
    assert told(watch.run(full=True)) == {"edited": ("2023/XAG",)}
    assert len(pages_asked(watch)) == 24
    rest = states(watch)["rest"]
    assert (rest.vouched_count, rest.missed_count) == (24, 1)


def test_a_run_that_breaks_off_forgets_no_hint(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.run()
    watch.site.edit(*EDIT, at=LATER)
    with monkeypatch.context() as broken:
        broken.setattr("services.watch.walk.Walk.visit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watch.run()
    assert told(watch.run()) == {"edited": ("2023/XAG",)}


def test_an_archive_from_before_hints_needs_no_second_crawl(watch: Watch) -> None:
    watch.set(hints="none")
    watch.run()
    watch.set(hints="rest")
    pages_asked(watch)
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []


def test_a_child_area_that_only_hints_name_is_found(watch: Watch) -> None:
    watch.run()
    assert watch.site.url("2023/XAD/lower-sarn") in watch.locations()


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Watch]:
    """A watch over a site whose collection takes no notice of what is asked."""

    class Deaf(AlteredSite):
        def render(self, path: str) -> SiteResponse:
            head, _, query = path.partition("?")
            asked = "&".join(each for each in query.split("&") if "modified" not in each)
            return super().render(f"{head}?{asked}" if query else path)

    with watching(f"sqlite:///{tmp_path / 'db.sqlite'}", tmp_path) as opened:
        opened.site.__class__ = Deaf
        opened.site.has_hints = True
        yield opened


def test_a_collection_that_ignores_the_question_is_read_whole(lying: Watch) -> None:
    lying.run()
    lying.site.edit(*EDIT, at=LATER)
    lying.run()
    pages_asked(lying)
    lying.site.edit("2023/XAA", "abuses", "wrongs", at=LATER + timedelta(hours=2))
    assert told(lying.run()) == {"edited": ("2023/XAA",)}
    assert len(pages_asked(lying)) == 1


def test_hints_are_remembered_on_every_kind_of_database(each_watch: Watch) -> None:
    test_what_was_modified_is_fetched_and_nothing_else(watch_with_hints(each_watch))


def watch_with_hints(each_watch: Watch) -> Watch:
    each_watch.site.has_hints = True
    return each_watch
