"""Whatever edits, failures, hints, budgets and runs come in which order: every edit is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk_stage import HTML, SiteResponse, Watch, told, watching

from services.runs.run import Trigger

PAGES = ("2023/XAG", "2023/XAA", "2022/XAB")
KINDS = ("/wp-json", "/sitemap", "/wp-json /sitemap", "")
EDITIONS = ("2022", "2023")

STEPS = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(PAGES), st.booleans()),
    st.tuples(st.just("break"), st.sampled_from(PAGES), st.sampled_from([403, 404, 500])),
    st.tuples(st.just("mend"), st.sampled_from(PAGES), st.none()),
    st.tuples(st.just("refuse"), st.sampled_from(KINDS), st.none()),
    st.tuples(st.just("touch"), st.sampled_from(PAGES), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 26, 200]), st.none()),
    st.tuples(st.just("plan"), st.sampled_from([0, 3, 6, 9, 2500]), st.none()),
    st.tuples(st.just("run"), st.sampled_from(["all", "country", "url", "edition"]), st.none()),
    st.tuples(st.just("crash"), st.sampled_from([Trigger.MANUAL, Trigger.SCHEDULED]), st.none()),
)


class Course:
    """A watch, what was written into its pages, and what was told of them."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.edits = dict.fromkeys(PAGES, 0)
        self.untold: set[str] = set()
        self.broken: dict[str, int] = {}
        self.refused: tuple[str, ...] = ()
        self.changes: list[tuple[str, str]] = []
        watch.site.has_hints = True
        render = watch.site.render

        def weathered(path: str) -> SiteResponse:
            if self.refused and path.startswith(self.refused):
                return SiteResponse(403, HTML, b"<h1>Access Denied</h1>")
            for key in PAGES:
                if path.rstrip("/") == watch.site.report(key).path.rstrip("/"):
                    return self.page(key, render(path))
            return render(path)

        watch.site.render = weathered  # type: ignore[method-assign]

    def page(self, key: str, plain: SiteResponse) -> SiteResponse:
        if key in self.broken:
            return SiteResponse(self.broken[key], HTML, b"<h1>No</h1>")
        if not self.edits[key]:
            return plain
        end = plain.body.rfind(b"</p>", 0, plain.body.rfind(b"</section>"))
        text = f"</p><p>Sentence number {self.edits[key]} was inserted here.".encode()
        return SiteResponse(plain.status, HTML, plain.body[:end] + text + plain.body[end:])

    def run(self, **request: Any) -> None:
        report = self.watch.run(**request)
        for kind, names in told(report).items():
            self.changes += [(kind, name) for name in names]

    def take(self, step: tuple[str, Any, Any]) -> None:
        kind, what, how = step
        getattr(self, f"_{kind}")(what, how)

    def _edit(self, key: str, is_told: bool) -> None:
        self.edits[key] += 1
        if is_told:
            self._touch(key, None)
        else:
            self.untold.add(key)

    def _break(self, key: str, status: int) -> None:
        self.broken[key] = status

    def _mend(self, key: str, _how: None) -> None:
        self.broken.pop(key, None)

    def _refuse(self, paths: str, _how: None) -> None:
        self.refused = tuple(paths.split())

    def _touch(self, key: str, _how: None) -> None:
        self.watch.site.modified[key] = self.watch.now
        self.untold.discard(key)

    def _wait(self, hours: int, _how: None) -> None:
        self.watch.now += timedelta(hours=hours)

    def _plan(self, requests: int, _how: None) -> None:
        with self.watch.parts.store.read() as unit:
            asked = unit.hosts.asked_on(self.watch.now).values()
        self.watch.set(daily_requests=sum(each.requests for each in asked) + requests)
        self.run(trigger=Trigger.SCHEDULED)

    def _run(self, scope: str, _how: None) -> None:
        asked: dict[str, dict[str, Any]] = {
            "all": {},
            "country": {"countries": ("XAG",)},
            "url": {"urls": (self.watch.site.url("2023/XAG"),)},
            "edition": {"editions": ("2022",)},
        }
        self.run(**asked[scope])

    def _crash(self, trigger: Trigger, _how: None) -> None:
        """Have a run die once it knows what to look at."""
        with (
            patch("services.watch.walk.Walk.visit", side_effect=ZeroDivisionError),
            suppress(ZeroDivisionError),
        ):
            self.run(trigger=trigger)

    def heal(self) -> None:
        """Mend everything, and look in the usual ways for a day."""
        self.broken.clear()
        self.refused = ()
        self.watch.set(daily_requests=2500)
        self.run(editions=EDITIONS)
        self.watch.now += timedelta(hours=27)
        self.run(editions=EDITIONS)


@given(st.lists(STEPS, max_size=10))
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
def test_every_edit_is_found_and_nothing_else_is_told(steps: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as name, watching(f"sqlite:///{name}/db.sqlite", Path(name)) as watch:
        course = Course(watch)
        course.run()
        course.changes.clear()
        for step in steps:
            course.take(step)
        course.heal()
        by_hints = list(course.changes)
        course.run(full=True, editions=EDITIONS)
        found_late = {key for _, key in course.changes[len(by_hints) :]}
        assert found_late <= course.untold
        for key, edits in course.edits.items():
            kinds = [kind for kind, each in course.changes if each == key]
            assert kinds.count("edited") <= edits
            assert not edits or {"edited", "restored"} & set(kinds)
            assert kinds.count("removed") == kinds.count("restored")
        assert {key for _, key in course.changes} <= course.edits.keys()
        told_before = len(course.changes)
        course.run(full=True, editions=EDITIONS)
        assert len(course.changes) == told_before
