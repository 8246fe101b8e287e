"""The machine's clock jumps between runs and in the middle of one: no edit is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from walk_stage import SOURCE, Watch, told

from scrapers.registry import source_named
from services.health.freshness import check
from services.runs.run import Trigger
from services.watch.plan import read_plan

KEY, WORDS = "2023/XAG", "Federal Gendarmerie"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS: dict[str, Callable[[datetime], datetime]] = {
    "hours back": lambda now: now - 3 * HOUR,
    "a day ahead": lambda now: now + DAY,
    "2099": lambda now: now.replace(year=2099),
}


def _told_of_an_edit(watch: Watch, words: str) -> tuple[str, ...]:
    watch.site.altered.clear()
    watch.site.edit(KEY, WORDS, words)
    report = watch.run()
    return told(report).get("edited", ())


def _jump_in_mid_run(watch: Watch, jump: Callable[[datetime], datetime]) -> None:
    start, looks = watch.now, iter(range(100_000))
    watch.parts = replace(watch.parts, now=lambda: start if next(looks) < 30 else jump(start))


@pytest.mark.parametrize("name", JUMPS)
@pytest.mark.parametrize("is_between", [True, False], ids=["between runs", "in mid-run"])
def test_every_edit_is_told_once_whatever_the_clock_does(
    watch: Watch, name: str, *, is_between: bool
) -> None:
    watch.subscribe()
    watch.run()
    right = watch.now
    if is_between:
        watch.now = JUMPS[name](watch.now)
    else:
        _jump_in_mid_run(watch, JUMPS[name])
    found = [_told_of_an_edit(watch, "Federal Guard")]
    watch.parts = replace(watch.parts, now=lambda: watch.now)
    for number, words in enumerate(("River Guard", "Hill Guard"), start=2):
        watch.now = right + number * HOUR
        found.append(_told_of_an_edit(watch, words))
    assert found == [(KEY,)] * 3
    assert watch.alerts() == [f"edited {KEY}"] * 3
    watch.now += 2 * DAY
    with watch.parts.store.write() as unit:
        unit.outbox.bind(watch.now, 100, "watch.example")
        assert len(unit.outbox.due(watch.now)) == 3


def test_a_schedule_and_promises_go_on_after_a_clock_was_decades_ahead(watch: Watch) -> None:
    watch.run()
    right, watch.now = watch.now, watch.now.replace(year=2099)
    watch.run()
    watch.now = right
    assert "freshness" in check(watch.parts).counted()
    plan = read_plan(watch.parts, source_named(SOURCE))
    due = [each.is_due(watch.now) for each in plan.entries]
    assert due.count(True) == len(plan.entries) > 5
    assert watch.run(trigger=Trigger.SCHEDULED).is_clean
    assert check(watch.parts).counted() == {}
    plan = read_plan(watch.parts, source_named(SOURCE))
    pages = [each for each in plan.entries if each.edition]  # new ones are looked for every hour
    assert len(pages) > 5
    assert [each for each in pages if each.is_due(watch.now)] == []
