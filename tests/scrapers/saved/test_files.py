"""What is read of saved files and folders, and what is said of those that cannot be."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import PAGE, packed, record

from scrapers.saved import files, page, warc
from scrapers.saved.files import read_saved, reread
from scrapers.saved.page import SavedFault, SavedPage

KINDS = ".html, .txt, .mhtml, .warc, .wacz, each also .gz"


def write(path: Path, body: bytes = PAGE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(body) if path.name.lower().endswith(".gz") else body)
    return path


def pages(*paths: Path) -> list[SavedPage]:
    found = list(read_saved(paths))
    assert all(isinstance(each, SavedPage) for each in found), found
    return [each for each in found if isinstance(each, SavedPage)]


def allow_a_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, page, warc):
        monkeypatch.setattr(module, "LARGEST_PAGE", 1024**2)


def fault(*paths: Path) -> SavedFault:
    [found] = read_saved(paths)
    assert isinstance(found, SavedFault)
    return found


@pytest.mark.parametrize(
    ("name", "is_text"),
    [
        ("a.html", False),
        ("a.htm", False),
        ("a.html.gz", False),
        ("a.htm.gz", False),
        ("A.HTML", False),
        ("A.Htm.GZ", False),
        ("a.txt", True),
        ("a.txt.gz", True),
    ],
)
def test_saved_page_is_read_by_its_name(tmp_path: Path, name: str, is_text: bool) -> None:
    path = write(tmp_path / name)
    assert pages(path) == [SavedPage(str(path), PAGE, is_text=is_text)]
    assert reread(str(path)) == PAGE


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_page_in_utf_16_is_read_as_utf_8(tmp_path: Path, mark: bytes) -> None:
    order = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    path = write(tmp_path / "a.html", mark + PAGE.decode().encode(order))
    assert pages(path)[0].body == PAGE == reread(str(path))


def test_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "saved" / "2021" / "a.html")
    write(tmp_path / "b.html")
    monkeypatch.chdir(tmp_path)
    given_paths = [Path("b.html"), Path("saved"), Path("./saved/2021/a.html")]
    assert [page.file for page in pages(*given_paths)] == [
        "b.html",
        "saved/2021/a.html",
        "saved/2021/a.html",
    ]


def test_folder_is_read_recursively_and_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b.html", "a/z.html", "a/b/y.txt", "c/x.htm.gz", "a.html"):
        write(tmp_path / name)
    for name in ("EXPECTED.tsv", "README.md", "a/notes.json", "b.html.bak", "picture.png"):
        write(tmp_path / name)
    assert [Path(page.file).relative_to(tmp_path).as_posix() for page in pages(tmp_path)] == [
        "a/b/y.txt",
        "a/z.html",
        "a.html",
        "b.html",
        "c/x.htm.gz",
    ]


def test_only_one_page_is_read_at_a_time(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.html"), write(tmp_path / "b.html")
    found = read_saved([tmp_path])
    assert next(found) == SavedPage(str(first), PAGE)
    second.unlink()
    assert isinstance(next(found), SavedFault)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.html", b"", "the file is empty"),
        ("a.html", b" \n", "the file is empty"),
        ("a.html.gz", packed(b""), "the file is empty"),
        ("a.html", b"%PDF-1.7", "a binary file"),
        ("a.html", packed(PAGE), "a binary file"),
        ("a.txt", b"text\x00text", "a binary file"),
        ("a.html.gz", PAGE, "broken gzip file"),
        ("a.html.gz", packed(PAGE)[:-4], "broken gzip file"),
        ("a.html.gz", packed(PAGE)[:15], "broken gzip file"),
        ("a.html.gz", packed(PAGE) + b"garbage", "broken gzip file"),
        ("a.html.gz", packed(PAGE)[:20] + b"\xff" * 20, "broken gzip file"),
        ("a.html.gz", b"", "the file is empty"),
        (
            "a.pdf",
            b"%PDF-1.7",
            f"not a saved page ({KINDS})",
        ),
        ("a", PAGE, "not a saved page"),
        ("a.gz", packed(PAGE), "not a saved page"),
        ("a.mhtml", b"", "the file is empty"),
        ("a.mhtml", PAGE, "holds no web page"),
        ("a.mht", packed(PAGE), "a binary file"),
        ("a.warc", b"", "holds no web page"),
        ("a.warc", b"hello", "broken WARC file"),
        ("a.warc.gz", b"hello", "broken"),
    ],
)
def test_file_that_cannot_be_read_is_a_fault(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = fault(path)
    assert found.file == str(path)
    assert reason in found.reason


def test_gzip_file_of_several_members_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(packed(PAGE[:20]) + packed(PAGE[20:]))
    assert pages(path)[0].body == PAGE


@pytest.mark.parametrize("name", ["a.html", "a.html.gz", "a.txt.gz"])
def test_bomb_is_a_fault(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    allow_a_mebibyte(monkeypatch)
    path = write(tmp_path / name, b"a" * (1024**2 + 1))
    assert "larger than 1 MiB" in fault(path).reason


def test_missing_path_is_a_fault(tmp_path: Path) -> None:
    for path in (tmp_path / "a.html", tmp_path / "folder"):
        assert fault(path) in (
            SavedFault(str(path), "there is no such file or folder"),
            SavedFault(str(path), "cannot be read: No such file or directory"),
        )


def test_folder_without_pages_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path / "2021" / "README.md")
    assert f"no saved pages ({KINDS})" in fault(tmp_path).reason


def test_faults_do_not_end_the_reading(tmp_path: Path) -> None:
    write(tmp_path / "a.html")
    (tmp_path / "b.html.gz").write_bytes(b"no gzip")
    write(tmp_path / "c.html")
    kinds = [type(found) for found in read_saved([tmp_path, tmp_path / "d.html"])]
    assert kinds == [SavedPage, SavedFault, SavedPage, SavedFault]


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.html")
    folder = tmp_path / "folder"
    inside = write(folder / "a" / "page.html")
    (folder / "b.html").symlink_to(outside)
    (folder / "c").symlink_to(outside.parent)
    (folder / "d.html").symlink_to(inside)
    (folder / "e").symlink_to(folder)
    (folder / "f.html").symlink_to(tmp_path / "nowhere.html")
    (folder / "g").symlink_to("/etc/hostname")
    found = {Path(each.file).relative_to(folder).as_posix(): each for each in read_saved([folder])}
    refused = {name for name, each in found.items() if isinstance(each, SavedFault)}
    assert set(found) == {"a/page.html", "b.html", "c", "d.html", "f.html"}
    assert refused == {"b.html", "c", "f.html"}
    assert "leads out of the folder" in str(found["b.html"])


def test_link_that_the_operator_names_is_followed(tmp_path: Path) -> None:
    page = write(tmp_path / "page.html")
    link = tmp_path / "link.html"
    link.symlink_to(page)
    assert pages(link)[0].body == PAGE


def test_pipe_is_a_fault_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.html")
    assert "not a regular file" in fault(tmp_path).reason


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_file_without_permission_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html")
    path.chmod(0)
    assert "Permission denied" in fault(path).reason


def test_page_read_again_after_its_file_broke_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html.gz")
    path.write_bytes(b"no gzip")
    with pytest.raises(ValueError, match=r"broken gzip file"):
        reread(str(path))
    with pytest.raises(OSError, match=r"No such file"):
        reread(str(tmp_path / "b.html"))


@pytest.mark.parametrize("name", ["a.html", "a.html.gz", "a.txt", "a.warc", "a.warc.gz"])
@pytest.mark.parametrize("start", [b"", record(), packed(record())])
@settings(max_examples=25)
@given(content=st.binary(max_size=200), cut=st.integers(0, 500))
def test_any_bytes_give_pages_or_faults(
    tmp_path_factory: pytest.TempPathFactory, name: str, start: bytes, content: bytes, cut: int
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(start[:cut] + content)
    assert list(read_saved([path]))
