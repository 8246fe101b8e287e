"""Pruning: once a day by itself, beside runs, and unseen in anything that is read."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from walk_stage import SOURCE, Watch, told

from documents.show import ExportedVersion
from monitor.app import create_app
from services.prune import LOCK, prune, prune_if_due, surplus
from services.runs.run import Trigger
from storage.database.errors import DatabaseUnusable

DAY = timedelta(days=1)
ASKED = {"editions": ("2022",)}
PAGES = 11
ALWAYS = {3: "edit", 6: "gone"}
EVENTS = ("edit", "gone", "blocked", "broken", "back", "back", "back")


def rows(watch: Watch, table: str) -> int:
    with watch.parts.store.read() as unit:
        found = unit._connection.execute(text(f"SELECT count(*) FROM {table}"))
        return int(found.scalar_one())


def live(watch: Watch, days: int, seed: int | None = None) -> list[str]:
    """Look at the site once a day; each day something happens if there is a seed. Return it."""
    chance = random.Random(seed)
    done = []
    for day in range(days):
        if seed is not None:
            event = ALWAYS.get(day) or chance.choice(EVENTS)
            done.append(event)
            _happen(watch, chance, event)
        watch.run(**ASKED)
        watch.now += DAY - timedelta(hours=1)
    return done


def _happen(watch: Watch, chance: random.Random, event: str) -> None:
    edition = next(each for each in watch.site.editions if each.year == 2022)
    chosen = chance.choice(edition.reports[:4])
    path = chosen.path.rstrip("/")
    if event == "edit":
        word = chosen.paragraphs[0].split(" ")[0]
        watch.site.edit(chosen.key, f"{word} ", f"Word{chance.randrange(9)} ")
    elif event == "back":
        watch.site.altered.pop(path, None)
    else:
        watch.site.fail(chosen.key, {"gone": 404, "blocked": 403, "broken": 503}[event])


def everything(watch: Watch) -> dict[str, Any]:
    """Return all that readers, programs and the next run are shown of what is stored."""
    parts = watch.parts
    with parts.store.read() as unit:
        views = {view.report: view for view in unit.reports.find()}
        versions = list(unit.versions.every())
        changes = unit.changes.find()
        known = [each.id for each in unit.locations(SOURCE).all()]
        triggers = [each.value for each in Trigger]
        found: dict[str, Any] = {
            "export": [
                json.dumps(
                    ExportedVersion.of(
                        each, views[each.report], unit.reports.notices(each.report)
                    ).as_json()
                )
                for each in versions
            ],
            "evidence": [unit.versions.evidence(each.report, each.number) for each in versions],
            "changes": changes,
            "notified": [unit.versions.of_change_then(each) for each in changes],
            "locations": unit.locations(SOURCE).all(),
            "quality": unit.read_quality(SOURCE).editions("2000"),
            "shapes": unit.read_quality(SOURCE).shapes(),
            "turned": unit.read_quality(SOURCE).turned(unit.runs.latest(1)[0].id),
            "watched": unit.archive.watched(known, triggers),
            "seen": unit.archive.last_seen(known),
            "listings": unit.listings.reads(SOURCE),
            "poor": unit.listings.poor(),
            "good": unit.listings.last_good_count(SOURCE, "2022"),
            "last": unit.sources.last_run(SOURCE, triggers),
            "ledger": unit.runs.latest(1000),
            "captures": unit.sizes.captures(),
        }
    asked = ["/", "/reports", "/changes", "/sources", f"/sources/{SOURCE}", "/runs", "/alerts"]
    asked += ["/reviews", "/search?q=government", "/api/v1/changes", "/api/v1/runs"]
    asked += ["/api/v1/sources", f"/api/v1/sources/{SOURCE}/plan", "/feeds/changes.atom"]
    for each in versions:
        asked += [f"/reports/{each.report}", f"/reports/{each.report}/v/{each.number}"]
        asked.append(f"/api/v1/reports/{each.report}/v/{each.number}")
    asked += [
        f"/reports/{each.report}/diff/{each.from_version}..{each.to_version}"
        for each in changes
        if each.from_version and each.to_version and each.from_version != each.to_version
    ]
    return found | pages(watch, *asked)


def pages(watch: Watch, *paths: str) -> dict[str, str]:
    """Return what the monitor shows at some addresses."""
    served = httpx.ASGITransport(create_app(watch.parts))

    async def ask() -> dict[str, str]:
        found = {}
        async with httpx.AsyncClient(transport=served, base_url="http://127.0.0.1") as client:
            for path in dict.fromkeys(paths):
                answer = await client.get(path)
                assert answer.status_code in (200, 404), (path, answer.status_code)
                found[path] = answer.text
        return found

    return asyncio.run(ask())


def equal_before_and_after(watch: Watch, seed: int, days: int) -> None:
    happened = live(watch, days, seed)
    assert {"edit", "gone"} <= set(happened)
    watch.set(keep_days=2)
    before = everything(watch)
    promised = surplus(watch.parts)
    assert prune(watch.parts) == promised
    assert promised["capture"] > days
    assert promised["run_outcome"] > days
    assert everything(watch) == before
    assert sum(prune(watch.parts).values()) == 0
    with watch.parts.store.read() as unit:
        assert unit.audit.check()["faults"] == []
    watch.site.altered.clear()
    watch.run(**ASKED)  # what was gone comes back
    assert told(watch.run(**ASKED)) == {}


def test_pruning_is_unseen_in_all_that_is_read(watch: Watch) -> None:
    equal_before_and_after(watch, seed=3, days=16)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_pruning_is_unseen_after_any_history(each_watch: Watch, seed: int) -> None:
    equal_before_and_after(each_watch, seed, days=40)


def test_pruning_comes_once_a_day_by_itself(watch: Watch) -> None:
    live(watch, 6)
    watch.set(keep_days=1)
    left = []
    for _ in range(3 * 4):
        prune_if_due(watch.parts)
        left.append(rows(watch, "capture"))
        watch.now += DAY / 4
    assert len(set(left)) == len(set(left[::4])) == 2
    assert left[0] > left[-1] == 3 * PAGES


def test_nothing_goes_if_everything_is_to_be_kept(watch: Watch) -> None:
    live(watch, 5)
    watch.set(keep_days=0)
    watch.now += 1000 * DAY
    assert sum(surplus(watch.parts).values()) == sum(prune(watch.parts).values()) == 0
    assert rows(watch, "capture") == 5 * PAGES


def test_pruning_goes_on_beside_a_run(watch: Watch) -> None:
    live(watch, 5)
    watch.set(keep_days=1)
    lock = watch.parts.store.lock(f"source-{SOURCE}")
    assert lock
    assert prune(watch.parts)["capture"] > 0
    lock.release()


def test_only_one_prunes_at_a_time(watch: Watch) -> None:
    lock = watch.parts.store.lock(LOCK)
    assert lock
    with pytest.raises(DatabaseUnusable, match="another pruning is under way"):
        prune(watch.parts)
    prune_if_due(watch.parts)
    lock.release()


def test_runs_that_had_nothing_to_ask_go_but_the_newest(watch: Watch) -> None:
    watch.run(**ASKED)
    with watch.parts.store.write() as unit:
        for _ in range(60):
            idle = unit.runs.start(
                SOURCE,
                trigger=Trigger.SCHEDULED,
                orchestrator="direct",
                flow_run="",
                parameters={},
                now=watch.now,
            )
            unit.runs.end(idle, "done", now=watch.now, seconds=1.0)
        unit.commit()
    watch.set(keep_days=1)
    watch.now += 3 * DAY
    assert prune(watch.parts)["run"] == 60 - 50
    assert prune(watch.parts)["run"] == 0
    assert rows(watch, "run") == 1 + 50


def test_an_old_run_says_how_many_pages_it_lists_no_more(watch: Watch) -> None:
    live(watch, 6)
    watch.set(keep_days=1)
    prune(watch.parts)
    old, new = "/runs/3?outcome=unchanged", "/runs/6?outcome=unchanged"
    shown = pages(watch, old, new)
    assert f"{PAGES} unchanged" in shown[old]
    assert f"{PAGES} pages that came to the same before and after this run are" in shown[old]
    assert "not listed any more" not in shown[new]


@pytest.mark.slow
def test_after_the_days_kept_only_edits_make_the_database_grow(watch: Watch) -> None:
    watch.set(keep_days=10)
    sizes: dict[int, dict[str, int]] = {}
    for day in range(1, 61):
        live(watch, 1)
        prune_if_due(watch.parts)
        with watch.parts.store.read() as unit:
            sizes[day] = {each.table: each.rows for each in unit.sizes.all()}
    grown = {
        name: count - sizes[30][name]
        for name, count in sizes[60].items()
        if count != sizes[30][name]
    }
    assert grown == {"run": 30, "row_seal": 30}
    file = bytes_in_use(watch)
    live(watch, 10)
    prune_if_due(watch.parts)
    assert bytes_in_use(watch) - file <= 3 * 4096


def bytes_in_use(watch: Watch) -> int:
    """Return the bytes in use of the database's file."""
    with watch.parts.store.read() as unit:
        free = unit._connection.execute(text("PRAGMA freelist_count")).scalar_one()
        return int(unit.sizes.database_bytes() - 4096 * free)
