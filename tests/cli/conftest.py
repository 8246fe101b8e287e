"""A clean environment and a home folder for each test; databases that are made once and copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import reportwatch
from products import Products

from deployments.sample_site import SampleSite, serve

READER = "reader@example.org"
OURS = ("REPORTWATCH_", "PREFECT_")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder inside the working directory, and no settings but those for speed."""
    _clear(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTWATCH_HOME", "home")
    return tmp_path / "home"


@pytest.fixture
def blank(home: Path, blank_home: Path) -> Path:
    """A home folder whose database has the newest schema and holds nothing."""
    shutil.copytree(blank_home, home)
    home.chmod(0o700)  # as the command makes it
    return home


@pytest.fixture
def sample(home: Path, sample_home: Path) -> Path:
    """A home folder that saw the sample site, an edit of one report and its reversal."""
    shutil.copytree(sample_home, home)
    home.chmod(0o700)
    return home


@pytest.fixture
def site() -> Iterator[tuple[SampleSite, str]]:
    """The sample site at step 0, and its origin."""
    site = SampleSite()
    with serve(site) as origin:
        yield site, origin


@pytest.fixture(scope="session")
def blank_home(products: Products) -> Path:
    def upgrade(folder: Path) -> None:
        with _settings_of(folder):
            assert reportwatch("db", "upgrade").code == 0

    return products.get("blank-home", upgrade)


@pytest.fixture(scope="session")
def sample_home(products: Products, blank_home: Path) -> Path:
    """Filled at the time it is made, so made anew every hour: nothing in it is late."""

    def fill(folder: Path) -> None:
        shutil.copytree(blank_home, folder, dirs_exist_ok=True)
        site = SampleSite()
        with _settings_of(folder), serve(site) as origin:
            assert reportwatch("subscribe", READER, "--country", "Gandoria").code == 0
            for step in (0, 2, 3):
                site.advance(step)
                assert reportwatch("ingest", "sample-hrr", "--via", origin).code == 0

    return products.get(f"sample-home-{datetime.now(UTC):%Y%m%d%H}", fill)


@contextmanager
def _settings_of(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        _clear(patch)
        patch.setenv("REPORTWATCH_HOME", str(folder))
        yield


def _clear(patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        patch.delenv(name)
    patch.setenv("REPORTWATCH_DELAY", "0")
