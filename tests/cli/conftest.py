"""A clean environment and a home folder for each test; databases that are made once and copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import reportwatch

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
    return home


@pytest.fixture
def sample(home: Path, sample_home: Path) -> Path:
    """A home folder that saw the sample site, an edit of one report and its reversal."""
    shutil.copytree(sample_home, home)
    return home


@pytest.fixture
def site() -> Iterator[tuple[SampleSite, str]]:
    """The sample site at step 0, and its origin."""
    site = SampleSite()
    with serve(site) as origin:
        yield site, origin


@pytest.fixture(scope="session")
def blank_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("blank") / "home"
    with pytest.MonkeyPatch.context() as patch:
        _clear(patch)
        patch.setenv("REPORTWATCH_HOME", str(folder))
        assert reportwatch("db", "upgrade").code == 0
    yield folder


@pytest.fixture(scope="session")
def sample_home(blank_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sample") / "home"
    shutil.copytree(blank_home, folder)
    site = SampleSite()
    with pytest.MonkeyPatch.context() as patch, serve(site) as origin:
        _clear(patch)
        patch.setenv("REPORTWATCH_HOME", str(folder))
        assert reportwatch("subscribe", READER, "--country", "Gandoria").code == 0
        for step in (0, 2, 3):
            site.advance(step)
            assert reportwatch("ingest", "sample-hrr", "--via", origin).code == 0
    yield folder


def _clear(patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        patch.delenv(name)
    patch.setenv("REPORTWATCH_DELAY", "0")
