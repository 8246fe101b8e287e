"""A home filled by the sample site's whole timeline, and the monitor served over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from databases import TEMPLATE
from in_process import served_in_process
from monitor_stage import SUBSCRIBER, Clock, Open, monitor_over, settings_for, subscribe
from postgres import PostgresServer
from products import Products

from deployments.sample_site import SampleSite
from services.assembly import Parts, open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest


@pytest.fixture(scope="session")
def filled_home(products: Products, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that saw the sample site's whole timeline, one step a day; no test writes to it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(products.get("filled-home", _fill), home)
    return home


@pytest.fixture(scope="session")
def filled_postgresql(
    migrated_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a database of PostgreSQL that saw the same; no test writes to it."""
    name = migrated_postgres.create(TEMPLATE)
    _fill(tmp_path_factory.mktemp("filled-pg"), database_url=migrated_postgres.url(name))
    return name


def _fill(home: Path, **settings: object) -> None:
    clock = Clock()
    site = SampleSite()
    facts = settings_for(home, **settings)
    with served_in_process(site) as origin, open_parts(facts, now=clock) as parts:
        subscribe(parts, SUBSCRIBER)
        for step in range(len(site.timeline.steps)):
            site.advance(step)
            ingest(parts, IngestRequest("sample-hrr", via=origin))
            clock.now += timedelta(days=1)


@pytest.fixture(scope="session")
def last_read_at(filled_home: Path) -> datetime:
    with open_parts(settings_for(filled_home)) as parts, parts.store.read() as unit:
        return unit.sources.last_ok()["sample-hrr"]


@pytest.fixture(scope="session")
def origin(filled_home: Path, last_read_at: datetime) -> Iterator[str]:
    clock = Clock(last_read_at + timedelta(hours=1))
    with monitor_over(filled_home, clock) as (client, _):
        yield str(client.base_url)


@pytest.fixture
def client(origin: str) -> Iterator[httpx.Client]:
    """A stranger in front of the filled monitor, which no test may change."""
    with httpx.Client(base_url=origin) as made:
        yield made


@pytest.fixture
def open_monitor(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open a monitor of one's own: over a copy of the filled home, or over an empty one."""
    with ExitStack() as opened:

        def opener(
            *, is_filled: bool = False, clock: Clock | None = None, **settings: object
        ) -> tuple[httpx.Client, Parts]:
            home = tmp_path / "home"
            if is_filled:
                shutil.copytree(request.getfixturevalue("filled_home"), home)
            elif not home.exists():
                home.mkdir()
                shutil.copy(request.getfixturevalue("migrated_sqlite"), home)
            made = monitor_over(home, clock, **settings)
            return opened.enter_context(made)

        yield opener


@pytest.fixture(params=["sqlite", "postgresql"])
def open_filled(
    request: pytest.FixtureRequest, open_monitor: Open, last_read_at: datetime
) -> Iterator[Open]:
    """Open a monitor over what the sample site left in a database of each kind."""
    clock = Clock(last_read_at + timedelta(hours=1))
    if request.param == "sqlite":
        yield lambda **settings: open_monitor(is_filled=True, clock=clock, **settings)
        return
    server: PostgresServer = request.getfixturevalue("migrated_postgres")
    name = server.create(request.getfixturevalue("filled_postgresql"))
    address = {"database_url": server.url(name)}
    yield lambda **settings: open_monitor(clock=clock, **address, **settings)
    server.drop(name)
