"""What is read of a page that a browser saved as a single file."""

from __future__ import annotations

import base64
import contextlib
import quopri
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packing import PAGE, URL

from scrapers.saved.files import read_saved, reread
from scrapers.saved.mhtml import read_mhtml
from scrapers.saved.page import WEB_TYPES, BadFile, SavedPage

PICTURE = b"\x89PNG\r\n\x1a\n"


def part(body: bytes, media_type: str = "text/html", encoding: str = "", url: str = URL) -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Location: {url}\r\n"
    if encoding == "base64":
        body = base64.encodebytes(body)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(body)
    head += f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
    return head.encode() + b"\r\n" + body + b"\r\n"


def saved(
    *parts: bytes, date: str = "Mon, 12 Apr 2021 13:14:15 -0000", boundary: str = "--b--"
) -> bytes:
    head = (
        f"From: <Saved by a browser>\r\nSnapshot-Content-Location: {URL}\r\nDate: {date}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        f'\tboundary="{boundary}"\r\n\r\n'
    )
    border = f"--{boundary}".encode()
    return head.encode() + b"".join(border + b"\r\n" + each for each in parts) + border + b"--\r\n"


def nested(depth: int) -> bytes:
    found = part(PAGE)
    for each in range(depth):
        found = saved(found, boundary=f"b{each}")
    return found


@pytest.mark.parametrize("encoding", ["", "quoted-printable", "base64"])
@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "A.MHTML"])
def test_page_saved_as_one_file_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    page = PAGE.replace(b"Fog", "Fög = mist".encode())
    path = tmp_path / name
    path.write_bytes(saved(part(PICTURE, "image/png", "base64"), part(page, encoding=encoding)))
    [found] = read_saved([path])
    assert isinstance(found, SavedPage)
    assert (found.file, found.body.strip(), found.url) == (str(path), page, URL)
    assert reread(str(path)) == found.body


def test_page_inside_other_parts_is_found() -> None:
    assert read_mhtml(nested(5), WEB_TYPES)[0].strip() == PAGE


def test_file_without_parts_is_a_page_if_it_says_so() -> None:
    assert read_mhtml(part(PAGE), WEB_TYPES)[0].strip() == PAGE


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Mon, 12 Apr 2021 13:14:15 +0200", datetime(2021, 4, 12, 11, 14, 15, tzinfo=UTC)),
        ("Mon, 12 Apr 2021 13:14:15 -0000", datetime(2021, 4, 12, 13, 14, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Apr 2021 13:14:15 +0200", None),
    ],
)
def test_time_of_saving_is_the_files_own(date: str, moment: datetime | None) -> None:
    assert read_mhtml(saved(part(PAGE), date=date), WEB_TYPES)[2] == moment


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (saved(part(PICTURE, "image/png", "base64")), "holds no web page"),
        (saved(), "holds no web page"),
        (saved(part(b"")), "the file is empty"),
        (saved(part(PICTURE + bytes(20), encoding="base64")), "a binary file"),
        (nested(6), "holds no web page"),
    ],
)
def test_file_without_a_page_is_refused(contents: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        read_mhtml(contents, WEB_TYPES)


@given(noise=st.binary(max_size=300), at=st.integers(0, 400))
@example(noise=b"Content-Type: multipart/mixed; boundary=b\r\n" * 5, at=0)
def test_no_noise_breaks_the_reader(noise: bytes, at: int) -> None:
    whole = saved(part(PAGE, encoding="quoted-printable"))
    with contextlib.suppress(BadFile):
        read_mhtml(whole[:at] + noise + whole[at:], WEB_TYPES)


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x00", "\x7f"])
def test_an_address_with_control_characters_is_refused(sign: str) -> None:
    with pytest.raises(BadFile, match="characters that no address has"):
        read_mhtml(saved(part(PAGE, url=URL + sign)), WEB_TYPES)
