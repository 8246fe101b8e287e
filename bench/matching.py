"""Measure matching: changes against many subscriptions, until their alerts are queued."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

from reports.model.identity import ReportId
from reports.model.regions import regions
from reports.model.values import Change, ChangeKind
from reports.notices.importance import Importance
from reports.notices.subscription import Channel, Every, SubscriptionFilter
from reports.topics.classify import taxonomy
from scrapers.registry import source_named
from storage.store import open_store
from storage.unit import Unit

SOURCE = "us-state-hrr"
SUBSCRIPTIONS = 10_000
CHANGES = 200
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


def seconds_to_match(folder: Path) -> dict[str, float]:
    """Return the seconds that 200 changes take with 10,000 subscriptions, and how many alerts.

    Most readers follow a few countries or a region, some a topic, and one in a hundred everything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{folder / 'matching.sqlite'}", folder)
    chance = random.Random(5)
    codes = sorted({place.country for place in source_named(SOURCE).countries})
    with store.write() as unit:
        for number in range(SUBSCRIPTIONS):
            _subscribe(unit, f"reader{number}@example.org", codes, chance)
        run_id = unit.runs.start(
            SOURCE,
            trigger="scheduled",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=NOW,
        )
        unit.commit()
    topics = [each.id for each in taxonomy().topics]
    began = time.perf_counter()
    with store.write() as unit:
        for number in range(CHANGES):
            change = _change(codes[number % len(codes)], chance)
            touched = frozenset(chance.sample(topics, 2))
            unit.changes.add(None, run_id, change, topics=touched, is_silent=False)
        unit.commit()
    seconds = time.perf_counter() - began
    with store.read() as unit:
        alerts = sum(unit.alerts.counts().values())
    store.close()
    return {"seconds": round(seconds, 2), "alerts": float(alerts)}


def _subscribe(unit: Unit, address: str, codes: list[str], chance: random.Random) -> None:
    roll = chance.random()
    asked: dict[str, tuple[str, ...]] = {"countries": tuple(chance.sample(codes, 3))}
    if roll < 0.2:
        asked = {"regions": (chance.choice(regions()).id,)}
    elif roll < 0.3:
        asked["topics"] = (chance.choice(taxonomy().topics).id,)
    elif roll > 0.99:
        asked = {}
    unit.subscriptions.add(
        address,
        Channel.EMAIL,
        SubscriptionFilter(
            **asked,
            least=chance.choice(list(Importance)),
            every=chance.choice(list(Every)),
        ),
        NOW,
    )


def _change(country: str, chance: random.Random) -> Change:
    return Change(
        0,
        ChangeKind.EDITED,
        ReportId(SOURCE, "2024", country),
        f"2024 Country Reports: {country}",
        1,
        2,
        NOW,
        words_removed=chance.randint(1, 200),
        sections=("Executive Summary",),
        summary_line=f"{country}: edited",
    )


def main() -> None:
    """Measure once in a folder of its own."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        print(seconds_to_match(Path(folder)))


if __name__ == "__main__":
    main()
