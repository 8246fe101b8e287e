"""No other user of the machine can read what the program writes, whatever the shell's umask is."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command import child, ended, reportwatch

from deployments.sample_site import SampleSite

Site = tuple[SampleSite, str]
WHOLE_WAY = (
    ("db", "upgrade"),
    ("subscribe", "reader@example.org", "--country", "Gandoria"),
    ("ingest", "sample-hrr", "--via", "{site}"),
    ("reports",),
    ("search", "prison"),
    ("deliver",),
    ("access", "token", "robot"),
    ("export", "versions.jsonl"),
    ("export", "home/versions.jsonl"),
    ("export", "--format", "csv", "home/data"),
    ("release", "first"),
    ("db", "backup", "copy.sqlite"),
    ("db", "backup", "home/copy.sqlite"),
    ("doctor",),
    ("verify",),
)


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    """A shell whose files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """Return what other users could get into, with its mode."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
    return {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077}


def test_after_every_command_files_are_600_and_folders_700(
    home: Path, site: Site, tmp_path: Path
) -> None:
    for words in WHOLE_WAY:
        os.umask(0)
        arguments = [word.format(site=site[1]) for word in words]
        assert reportwatch(*arguments).code in (0, 1, 3), words
        with closing(sqlite3.connect(home / "reportwatch.sqlite")) as other:
            other.execute("SELECT count(*) FROM payload").fetchone()  # there are -wal and -shm now
            assert (home / "reportwatch.sqlite-wal").exists()
            assert open_to_others(home) == {}, words
    assert oct(stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode)) == "0o600"
    assert oct(stat.S_IMODE((tmp_path / "versions.jsonl").stat().st_mode)) == "0o600"


def test_a_program_of_its_own_writes_privately_too(home: Path, site: Site) -> None:
    words = ("ingest", "sample-hrr", "--via", site[1])
    assert ended(child(*words, umask=0)).code == 0
    assert open_to_others(home) == {}


def test_what_an_earlier_version_left_open_is_taken_back(sample: Path) -> None:
    (sample / "secret").write_text("word")
    (sample / "logs").mkdir(exist_ok=True)
    notes = sample / "notes.txt"
    notes.write_text("somebody else's")
    for path in (sample, *sample.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert reportwatch("reports").code == 0
    left = {Path(path).name for path in open_to_others(sample) if Path(path).parent == sample}
    assert left == {"notes.txt"}, "what is not ours stays as it is"


def test_doctor_warns_of_a_home_that_others_can_enter_until_it_is_mended(sample: Path) -> None:
    sample.chmod(0o755)
    checks = {each["name"]: each for each in reportwatch("doctor", "--json").document["checks"]}
    assert checks["modes"]["status"] == "warn"
    assert "mode 755" in checks["modes"]["says"]
    assert checks["modes"]["remedy"] == f"`chmod go= {sample.absolute()}`"
    os.system(checks["modes"]["remedy"].strip("`"))
    checks = {each["name"]: each for each in reportwatch("doctor", "--json").document["checks"]}
    assert "modes" not in checks
