"""A disk that is full ends a command in a sentence; with room again all goes on, nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import reportwatch

from deployments.sample_site import SampleSite

Site = tuple[SampleSite, str]
UNUSABLE = 3
BALLAST = "ballast"


@pytest.fixture
def small(sample: Path) -> Iterator[Path]:
    """The sample home on a disk of 100 MB."""
    copy = sample.with_name("copy")
    sample.rename(copy)
    sample.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m,mode=700", "tmpfs", str(sample)]
    is_root = os.geteuid() == 0
    mounted = subprocess.run(mount, capture_output=True, check=False) if is_root else None
    if mounted is None or mounted.returncode:
        pytest.skip("only root can mount a file system, if at all")
    try:
        shutil.copytree(copy, sample, dirs_exist_ok=True)
        yield sample
    finally:
        subprocess.run(["umount", "-l", str(sample)], check=True)


def fill(disk: Path, but: int) -> None:
    """Leave so many bytes free."""
    room = os.statvfs(disk)
    size = room.f_bavail * room.f_frsize - but
    with (disk / BALLAST).open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))


def held() -> list[Any]:
    """Return what is known of reports and changes, but for numbers and times."""
    asked = (("reports",), ("changes",))
    documents = [reportwatch(*words, "--json").document for words in asked]
    return [sorted(_timeless(each) for each in one) for one in documents]


def _timeless(row: dict[str, Any]) -> str:
    kept = {name: each for name, each in row.items() if name not in ("change", "run_id")}
    return re.sub(r"'\d{4}-\d\d-\d\dT[^']*Z'", "", repr(kept))


SLOW = pytest.mark.slow
FREE = [(0,), pytest.param((8_192, 65_536, 200_000, 400_000, 800_000), marks=SLOW)]


@pytest.mark.parametrize("frees", FREE)
def test_runs_on_a_full_disk_end_in_a_sentence_and_go_on_once_there_is_room(
    small: Path, site: Site, frees: tuple[int, ...]
) -> None:
    base = (small / "reportwatch.sqlite").read_bytes()
    site[0].advance(8)
    look = ("ingest", "sample-hrr", "--via", site[1], "--json")
    assert reportwatch(*look).code == 0
    undisturbed = held()
    ended = []
    for free in frees:
        for name in ("", "-wal", "-shm"):
            (small / f"reportwatch.sqlite{name}").unlink(missing_ok=True)
        (small / "reportwatch.sqlite").write_bytes(base)
        fill(small, but=free)
        ran = reportwatch(*look)
        ended.append(ran.code)
        if ran.code:
            assert ran.code == UNUSABLE, ran.err
            assert "disk" in ran.document["error"], ran.err
            assert "Traceback" not in ran.err
        (small / BALLAST).unlink()
        with closing(sqlite3.connect(small / "reportwatch.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert reportwatch(*look).code == 0
        assert held() == undisturbed
        assert reportwatch("verify").code == 0
    assert UNUSABLE in ended
    assert len(ended) == len(frees)


def test_up_does_not_start_on_a_full_disk_and_says_why(small: Path) -> None:
    fill(small, but=0)
    ran = reportwatch("up", "--json")
    assert ran.code == UNUSABLE
    assert ran.document["error"].startswith("the disk is full; free some space")
    assert not (small / "prefect").exists()


def test_a_backup_on_a_full_disk_is_refused_and_leaves_nothing(small: Path) -> None:
    for free in (0, 65_536, 300_000):
        fill(small, but=free)
        for path in ([], [small / "mine.sqlite"]):
            ran = reportwatch("db", "backup", *path, "--json")
            assert ran.code == UNUSABLE, ran.err
            assert "disk" in ran.document["error"].lower() or "space" in ran.document["error"]
            assert not list(small.glob("backups/*.sqlite*"))
            assert not list(small.glob("mine*"))
        (small / BALLAST).unlink()
    assert reportwatch("db", "backup").code == 0
