"""A release is whole, says how to check and cite it, and is never written twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from databases import sqlite_url
from walk_stage import Watch, watching

from services.exports.dataset import NotToExport, export_table, replacing_folder, settled
from services.exports.release import Release, release
from services.exports.tables import TABLES, VERSIONS
from services.exports.writers import TableFormat

FILES = {f"{table.name}.csv" for table in TABLES}
BESIDE = {"datapackage.json", "README.md", "CITATION.cff"}


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    home = tmp_path_factory.mktemp("home")
    with watching(sqlite_url(home), home) as found:
        found.run(editions=("2023",))
        yield found


def made(watch: Watch, folder: Path, name: str = "first") -> Release:
    as_of = settled(watch.parts, watch.now)
    return release(watch.parts, name, folder, TableFormat.CSV, as_of)


def test_a_release_has_a_checksum_of_every_file(watch: Watch, tmp_path: Path) -> None:
    folder = made(watch, tmp_path).folder
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    said = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(said) == FILES | BESIDE
    for name, digest in said.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_same_release_is_the_same_bytes(watch: Watch, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert made(watch, one).sha256 == made(watch, other).sha256


def test_a_release_is_never_overwritten(watch: Watch, tmp_path: Path) -> None:
    first = made(watch, tmp_path)
    with pytest.raises(NotToExport, match="never overwritten"):
        made(watch, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["first"]
    assert len(list(first.folder.iterdir())) == len(FILES | BESIDE) + 1


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "First", "-x", "a" * 65, "a b", "a\n"])
def test_a_name_that_is_no_folders_is_refused(watch: Watch, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotToExport, match="cannot name a release"):
        made(watch, tmp_path, name)


def test_the_citation_and_the_description_say_as_of_when(watch: Watch, tmp_path: Path) -> None:
    folder = made(watch, tmp_path).folder
    as_of = f"{watch.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    cited = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert as_of in cited["title"]
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert described["as_of"] == as_of
    read_me = (folder / "README.md").read_text("utf-8")
    fields = [field for each in described["resources"] for field in each["schema"]["fields"]]
    assert len(fields) >= 100
    assert [each["name"] for each in fields if f"`{each['name']}`" not in read_me] == []
    assert [each["name"] for each in fields if not each["description"]] == []


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("years of work")
    with (
        pytest.raises(NotToExport, match=r"thesis\.txt"),
        replacing_folder(tmp_path / "data") as _,
    ):
        pass
    assert (tmp_path / "data" / "thesis.txt").read_text() == "years of work"


def test_an_export_that_breaks_leaves_the_earlier_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with replacing_folder(data) as folder:
        (folder / "versions.csv").write_text("whole")
    with pytest.raises(ZeroDivisionError), replacing_folder(data) as folder:
        (folder / "versions.csv").write_text("half")
        raise ZeroDivisionError
    assert (data / "versions.csv").read_text() == "whole"
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


def test_one_table_is_that_of_the_data_set(watch: Watch, tmp_path: Path) -> None:
    folder = made(watch, tmp_path).folder
    alone = tmp_path / "alone.csv"
    as_of = settled(watch.parts, watch.now)
    assert export_table(watch.parts, VERSIONS, TableFormat.CSV, alone, as_of) >= 10
    assert alone.read_bytes() == (folder / "versions.csv").read_bytes()
