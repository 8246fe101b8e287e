"""A property: whatever happened, pruning is unseen in all that is shown, cited and told of it."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import SQLITE_NAME, sqlite_url
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from test_pruned_walks import DAY, everything, rows
from walk_stage import Watch, told, watching

from alerts.sink import Sink
from deployments.sample_site import SiteResponse
from services.history.import_pages import ImportRequest, import_saved
from services.prune import prune, surplus

NOTICE = b"<p>This report is under review by the Department until further notice.</p></body>"
ASKED = {"editions": ("2022",)}

Event = tuple[str, int, int]
"""What happens on a day, to which report, and a number that says how."""

EVENTS = (
    "quiet",
    "edit",
    "gone",
    "blocked",
    "broken",
    "back",
    "notice",
    "copy",
    "import",
    "import other words",
)
HISTORY = some.lists(
    some.tuples(some.sampled_from(EVENTS), some.integers(0, 3), some.integers(0, 9)),
    min_size=4,
    max_size=24,
)
ALL_OF_IT: list[Event] = [
    *[("quiet", 0, 0)] * 3,
    ("edit", 0, 1),
    ("notice", 1, 0),
    ("quiet", 0, 0),
    ("gone", 2, 0),
    *[("quiet", 0, 0)] * 3,
    ("back", 2, 0),
    ("copy", 3, 1),
    ("import", 0, 5),
    ("import other words", 1, 6),
    ("back", 1, 0),
    ("blocked", 0, 0),
    *[("quiet", 0, 0)] * 2,
    ("back", 0, 0),
    ("broken", 1, 0),
    *[("quiet", 0, 0)] * 3,
]


def happen(watch: Watch, event: Event, folder: Path) -> None:
    """Let one thing happen at the site, or be imported."""
    what, which, number = event
    edition = next(each for each in watch.site.editions if each.year == 2022)
    chosen = edition.reports[which]
    word = chosen.paragraphs[0].split(" ")[0]
    path = chosen.path.rstrip("/")
    match what:
        case "edit":
            watch.site.edit(chosen.key, f"{word} ", f"Word{number} ")
        case "back":
            watch.site.altered.pop(path, None)
        case "notice":
            watch.site.alter(path, noted)
        case "copy":
            watch.site.copy(chosen.path, edition.reports[(which + 1) % 4].key)
        case "import" | "import other words":
            body = watch.site.render(chosen.path).body
            if what == "import other words":
                body = body.replace(f"{word} ".encode(), b"Formerly ")
            file = folder / f"{number}.html"
            file.write_bytes(body)
            when = watch.now - (number + 0.5) * DAY
            import_saved(watch.parts, ImportRequest((file,), "sample-hrr", retrieved_at=when))
        case "gone" | "blocked" | "broken":
            watch.site.fail(chosen.key, {"gone": 404, "blocked": 403, "broken": 503}[what])


def noted(answer: SiteResponse) -> SiteResponse:
    headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
    return SiteResponse(answer.status, headers, answer.body.replace(b"</body>", NOTICE))


def live(watch: Watch, history: list[Event], folder: Path) -> None:
    """Look at the site once a day and deliver; each day something happens before."""
    watch.run(**ASKED)
    for event in history:
        happen(watch, event, folder)
        watch.run(**ASKED)
        watch.deliver()
        watch.now += DAY - timedelta(hours=1)


def all_of_it(watch: Watch) -> dict[str, Any]:
    """Return all that is shown, and what was told to whom and when."""
    with watch.parts.store.read() as unit:
        alerts = unit.alerts.all()
    kept = ("alert", "message", "change", "version", "reading", "payload", "review", "carries")
    return everything(watch) | {"alerts": alerts, **{name: rows(watch, name) for name in kept}}


@contextmanager
def watched(migrated: Path) -> Iterator[tuple[Watch, Path]]:
    """Give a watch of its own over the sample site, with a reader who wants everything."""
    with tempfile.TemporaryDirectory() as scratch, Sink(Path(scratch) / "mail") as sink:
        folder = Path(scratch)
        shutil.copy(migrated, folder / SQLITE_NAME)
        with watching(sqlite_url(folder), folder) as watch:
            watch.set(smtp_url=sink.url)
            watch.subscribe()
            yield watch, folder


def check_that_pruning_is_unseen(migrated: Path, history: list[Event], keep: int) -> Counter[str]:
    with watched(migrated) as (watch, folder):
        live(watch, history, folder)
        watch.set(keep_days=keep)
        before = all_of_it(watch)
        promised = surplus(watch.parts)
        assert prune(watch.parts) == promised
        after = all_of_it(watch)
        assert [name for name in before if before[name] != after[name]] == []
        assert sum(prune(watch.parts).values()) == 0
        with watch.parts.store.read() as unit:
            assert unit.audit.check()["faults"] == []
            kinds = Counter(each.kind.value for each in unit.changes.find())
        watch.site.altered.clear()
        watch.run(**ASKED)  # all that was gone or other comes back
        assert told(watch.run(**ASKED)) == {}
        return Counter(promised) + kinds


@pytest.fixture
def migrated(migrated_sqlite: Path) -> Path:
    return migrated_sqlite


def test_pruning_is_unseen_after_one_of_everything(migrated: Path) -> None:
    found = check_that_pruning_is_unseen(migrated, ALL_OF_IT, 1)
    assert {"published", "edited", "removed", "restored", "noted"} <= set(found)
    assert found["capture"] > 20
    assert found["run_outcome"] > 20


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, keep=some.integers(1, 12))
@example(history=ALL_OF_IT, keep=3)
def test_pruning_is_unseen_after_any_history_of_a_site(
    migrated: Path, history: list[Event], keep: int
) -> None:
    check_that_pruning_is_unseen(migrated, history, keep)
