"""Places of payloads: what is put comes back, what is not there is left out, faults are told."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database.errors import PlaceFailed
from storage.texts import buckets
from storage.texts.markers import MARKER
from storage.texts.places import Place, address_of, place_at, shown

BODIES = {"aa-1": b"", "aa-2": b"\x00\xff" * 5000, "b0-3": b"of another folder"}


@pytest.fixture(params=["folder", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return address_of(str(tmp_path / "pages of ours, ünd %20"))
    return address_of(request.getfixturevalue("bucket"))


@pytest.fixture
def place(address: str) -> Place:
    made = place_at(address)
    made.prepare()
    return made


def test_what_is_put_comes_back(place: Place) -> None:
    place.put(BODIES)
    assert place.get(list(BODIES)) == BODIES
    assert place.get(["aa-2"]) == {"aa-2": BODIES["aa-2"]}
    assert place.get([]) == {}


def test_what_is_not_there_is_left_out(place: Place) -> None:
    place.put(BODIES)
    assert place.get(["aa-9", "cc-1", "aa-1"]) == {"aa-1": b""}


def test_what_is_removed_is_gone_and_the_rest_stays(place: Place) -> None:
    place.put(BODIES)
    place.remove(["aa-1", "never-there"])
    place.remove(["aa-1"])
    assert place.get(list(BODIES)) == {name: BODIES[name] for name in ("aa-2", "b0-3")}


def test_a_place_that_is_prepared_again_keeps_what_it_has(place: Place) -> None:
    place.put(BODIES)
    place.prepare()
    assert place.get(list(BODIES)) == BODIES


def test_many_objects_are_read_and_written_at_once(place: Place) -> None:
    many = {f"{number:02x}-{number}": os.urandom(2000) for number in range(100)}
    place.put(many)
    assert place.get(list(many)) == many


def test_one_address_is_one_place(address: str) -> None:
    assert place_at(address) is place_at(address)


@pytest.mark.parametrize(
    ("named", "address", "told"),
    [
        ("", "", "database"),
        ("database", "", "database"),
        ("/srv/pages", "file:///srv/pages", "/srv/pages"),
        ("/srv/my pages", "file:///srv/my%20pages", "/srv/my pages"),
        ("file:///srv/my%20pages", "file:///srv/my%20pages", "/srv/my pages"),
        ("s3://bucket", "s3://bucket", "s3://bucket"),
        ("S3://bucket/in/here/", "s3://bucket/in/here", "s3://bucket/in/here"),
        ("gs://bucket/in", "gs://bucket/in", "gs://bucket/in"),
    ],
)
def test_a_place_is_named_in_words_that_people_use(named: str, address: str, told: str) -> None:
    assert address_of(named) == address
    assert shown(address) == told
    assert address_of(shown(address)) == address


def test_a_folder_that_is_named_without_its_root_is_one_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert address_of("pages") == f"file://{tmp_path}/pages"


@pytest.mark.parametrize(
    "named",
    [
        "s3://AKIAKEY:hush@bucket/x",
        "s3://hush@bucket",
        "s3://bucket:9000/hush",
        "s3://bucket/x?secret=hush",
        "s3://bucket/x#hush",
        "s3://",
        "s3:///hush",
        "https://bucket.example/hush",
        "memory://hush",
        "sftp://hush@host/x",
    ],
)
def test_what_is_no_place_is_refused_without_telling_its_keys(named: str) -> None:
    with pytest.raises(ValueError, match=r"must|no place") as refused:
        address_of(named)
    assert "hush" not in str(refused.value)


def test_a_folder_whose_disk_is_not_mounted_is_not_written_to(tmp_path: Path) -> None:
    folder = place_at(address_of(str(tmp_path / "pages")))
    folder.prepare()
    folder.put(BODIES)
    (tmp_path / "pages").rename(tmp_path / "elsewhere")
    (tmp_path / "pages").mkdir()
    for work in (
        lambda: folder.put({"aa-4": b"lost"}),
        lambda: folder.get(["aa-2"]),
        lambda: folder.remove(["aa-2"]),
    ):
        with pytest.raises(PlaceFailed, match=r"Is its disk mounted\? Nothing was lost"):
            work()
    assert not list((tmp_path / "pages").iterdir())


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_folder_that_takes_no_more_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    folder = place_at(address_of(str(tmp_path / "pages")))
    folder.prepare()

    def fail(*_: object) -> int:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr("storage.texts.places.os.write", fail)
    with pytest.raises(PlaceFailed, match=os.strerror(fault)):
        folder.put({"aa-4": b"much"})


def test_a_folder_in_no_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(PlaceFailed, match="No such file"):
        place_at(address_of(str(tmp_path / "none" / "pages"))).prepare()


def test_nobody_else_reads_a_folders_files(tmp_path: Path) -> None:
    folder = place_at(address_of(str(tmp_path / "pages")))
    folder.prepare()
    folder.put(BODIES)
    found = [tmp_path / "pages", *(tmp_path / "pages").rglob("*")]
    assert len(found) == 1 + len(BODIES) + 1 + 2  # with the mark, in two folders
    assert not any(stat.S_IMODE(each.stat().st_mode) & 0o077 for each in found)
    assert (tmp_path / "pages" / MARKER).is_file()


@pytest.fixture
def silent() -> Iterator[str]:
    """The origin of a server that takes every connection and answers nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_bucket_that_does_not_answer_is_given_up(
    bucket: str, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    monkeypatch.setattr(buckets, "SECONDS", 1.0)
    place = place_at(f"{bucket}/silent")
    for work in (
        place.prepare,
        lambda: place.put({"aa-1": b"x"}),
        lambda: place.get(["aa-1"]),
        lambda: place.remove(["aa-1"]),
    ):
        with pytest.raises(PlaceFailed, match="did not answer in time"):
            work()


def test_a_bucket_that_failed_is_left_alone_for_a_moment(
    bucket: str, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row of an audit would wait for it otherwise."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    monkeypatch.setattr(buckets, "SECONDS", 1.0)
    place = place_at(f"{bucket}/resting")
    for _ in range(1000):  # a second each would be told by whoever waits for this test
        with pytest.raises(PlaceFailed, match="did not answer in time"):
            place.get(["aa-1"])


def test_a_bucket_that_cannot_be_reached_says_so_without_its_keys(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(PlaceFailed, match="Could not connect") as failed:
        place_at(f"{bucket}/nowhere").prepare()
    assert "of-the-test" not in str(failed.value)


def test_a_bucket_that_is_there_again_is_used_again(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "REST_SECONDS", 0.0)
    place = place_at(bucket)
    good = place._files._call_s3

    async def fail(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(place._files, "_call_s3", fail)
    with pytest.raises(PlaceFailed, match="Access Denied"):
        place.put({"aa-1": b"x"})
    monkeypatch.setattr(place._files, "_call_s3", good)
    place.put({"aa-2": b"x"})
    assert place.get(["aa-1", "aa-2"]) == {"aa-2": b"x"}


def test_a_bucket_that_is_not_there_is_not_taken_for_an_empty_one(bucket: str) -> None:
    place = place_at("s3://never-made/captured")
    for work in (place.prepare, lambda: place.get(["aa-1"]), lambda: place.put({"aa-1": b""})):
        with pytest.raises(PlaceFailed, match="bucket does not exist"):
            work()


def test_a_bucket_without_keys_says_what_is_missing(
    bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(PlaceFailed, match="credentials"):
        place_at(f"{bucket}/keyless").prepare()


def test_a_bucket_whose_library_is_not_installed_names_the_extra() -> None:
    with pytest.raises(PlaceFailed, match=r"reportwatch\[bucket\]"):
        place_at("gs://bucket/x")
