"""What hints told stays marked until the page was looked at, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from walk_stage import HTML, SOURCE, START, SiteResponse, Watch, counts, told

from reports.watch.outcome import Outcome
from services.runs.run import Trigger
from services.watch.hints import RunHints, is_marked
from storage.watch.locations import MARK, LocationView

REST = "/wp-json/wp/v2/state_report"
EDIT = ("2023/XAG", "Federal Gendarmerie", "Federal Guard")
REFUSED = SiteResponse(403, HTML, b"<h1>Access Denied</h1>")
READ = START - timedelta(days=10)
LONG_BEFORE = "2026-01-05T12:00:00Z"
KNOWN = LocationView(1, "https://a.example/x", "a.example/x", "2023", seen_at=READ)
KNOWN = replace(KNOWN, outcome=Outcome.UNCHANGED.value)


@pytest.fixture
def watch(watch: Watch) -> Watch:
    """A watch over a site that tells what it modified."""
    watch.site.has_hints = True
    return watch


def pages_asked(watch: Watch) -> list[str]:
    """Return the report pages asked for since the last call."""
    asked = {path.rstrip("/"): None for path in watch.site.asked if "/reports/" in path}
    watch.site.asked.clear()
    return [path for path in asked if path.count("/") > 2]


def refuse(watch: Watch, monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    """Have the site refuse what begins with some paths."""
    render = watch.site.render

    def refusing(path: str) -> SiteResponse:
        return REFUSED if path.startswith(paths) else render(path)

    monkeypatch.setattr(watch.site, "render", refusing)


def held(watch: Watch, key: str) -> LocationView:
    url = watch.site.url(key)
    with watch.parts.store.read() as unit:
        return unit.locations(SOURCE).by_url([url])[url]


@pytest.mark.parametrize(
    "mark", [MARK, f"{MARK}rest:2026-04-22T00:00:00Z", f"{MARK}rest:"], ids=["bare", "told", "gone"]
)
@pytest.mark.parametrize("kind", ["rest", "sitemap"])
def test_a_mark_is_not_taken_away_by_what_another_kind_of_hint_says(mark: str, kind: str) -> None:
    hints = RunHints(kind, {KNOWN.key: LONG_BEFORE}, is_whole=True)
    assert is_marked(replace(KNOWN, hint=hints.mark(replace(KNOWN, hint=mark))))


@pytest.mark.parametrize("outcome", ["", "error", "blocked", "suspected", "removed"])
def test_what_was_not_well_when_looked_at_last_is_not_called_read(outcome: str) -> None:
    hints = RunHints("rest", {KNOWN.key: LONG_BEFORE}, is_whole=True)
    assert hints.mark(replace(KNOWN, outcome=outcome)).startswith(MARK)


def test_a_page_read_without_hints_is_marked_no_more(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.run()
    watch.site.edit(*EDIT, at=watch.now)
    watch.site.fail("2023/XAG", 503)
    watch.run()
    assert is_marked(held(watch, "2023/XAG"))
    watch.site.altered.clear()
    refuse(watch, monkeypatch, "/wp-json", "/sitemap")
    watch.now += timedelta(hours=12)
    pages_asked(watch)
    watch.run(trigger=Trigger.SCHEDULED)
    assert len(pages_asked(watch)) == 1
    watch.run(trigger=Trigger.SCHEDULED)
    assert pages_asked(watch) == []


def test_a_removed_page_is_not_asked_by_every_planned_run(watch: Watch) -> None:
    watch.run()
    watch.site.fail("2023/XAC", 404)
    watch.site.trashed.add("2023/XAC")
    watch.run()
    assert told(watch.run()) == {"removed": ("2023/XAC",)}
    assert looks(watch) in (2, 3)  # of a dozen runs in three days

    watch.site.trashed.clear()  # hints name it again, and it is away all the same
    assert looks(watch) in (2, 3)
    watch.site.altered.clear()
    watch.now += timedelta(days=1)
    assert told(watch.run(trigger=Trigger.SCHEDULED)) == {"restored": ("2023/XAC",)}


def test_a_page_read_from_an_old_cache_is_read_again_within_a_day(watch: Watch) -> None:
    watch.run()
    watch.site.modified["2023/XAG"] = watch.now - timedelta(minutes=5)
    assert told(watch.run()) == {}
    watch.site.edit(*EDIT)
    assert told(watch.run()) == {}
    watch.now += timedelta(days=1, hours=3)
    pages_asked(watch)
    assert told(watch.run(trigger=Trigger.SCHEDULED)) == {"edited": ("2023/XAG",)}
    assert len(pages_asked(watch)) == 1


@pytest.mark.parametrize("moment", ["\ud800", "\x00", "0001-01-01T00:00:00+14:00", "9999-12-31"])
def test_a_hostile_moment_breaks_no_run(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(
        "deployments.sample_site.wordpress.Post.as_json",
        lambda post: {"id": post.number, "link": post.url, "modified_gmt": moment},
    )
    watch.run()
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert counts(watch.run(trigger=Trigger.SCHEDULED)) == {}


def looks(watch: Watch) -> int:
    """Count the planned runs of three days, one every six hours, that asked for a page."""
    count = 0
    for _ in range(12):
        pages_asked(watch)
        watch.run(trigger=Trigger.SCHEDULED)
        count += bool(pages_asked(watch))
        watch.now += timedelta(hours=5)
    return count


def test_hints_of_another_kind_for_one_run_leave_no_page_unvouched(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.site.modified["2023/XAA"] = READ  # the newest modification told
    watch.run()
    with monkeypatch.context() as failing:
        refuse(watch, failing, REST)
        assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    watch.run()
    pages_asked(watch)
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert pages_asked(watch) == []


def test_a_page_taken_away_while_another_kind_of_hint_stood_in_is_looked_at(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.site.modified["2023/XAA"] = READ  # the newest modification told
    watch.run()
    with monkeypatch.context() as failing:
        refuse(watch, failing, REST)
        watch.run()
    watch.site.trashed.add("2023/XAC")
    watch.site.fail("2023/XAC", 404)
    watch.run()
    assert told(watch.run(trigger=Trigger.SCHEDULED)) == {"removed": ("2023/XAC",)}
