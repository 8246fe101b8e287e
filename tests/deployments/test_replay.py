"""How saved pages are served in the publisher's place."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from packing import packed, record, write_warc

from deployments.replay import Replay, plain_list
from deployments.sample_site import SiteResponse, serve
from scrapers.registry import source_named
from scrapers.source import Link

SOURCE = source_named("us-state-hrr")
INDEX = SOURCE.index_url("2021")
PATH = urlsplit(INDEX).path
Open = Callable[..., str]


def page(name: str, url: str = "", text: str = "Fog.", title: str = "") -> bytes:
    head = f'<link rel="canonical" href="{url}">' if url else ""
    heading = title or f"2021 Country Reports on Human Rights Practices: {name}"
    return (
        f"<html><head>{head}</head><body><h1> {heading}\n</h1><p>{text}</p></body></html>".encode()
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2021").mkdir()
    (tmp_path / "2021" / "iceland.html.gz").write_bytes(packed(page("Iceland", f"{INDEX}iceland/")))
    (tmp_path / "2021" / "norway.html").write_bytes(page("Norway", f"{INDEX}norway"))
    (tmp_path / "2021" / "malta.html").write_bytes(page("Malta"))
    return tmp_path


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opened(folder: Path, told: list[str]) -> Iterator[Open]:
    """Serve a folder or files, the test's own folder if none; returns the origin."""
    with ExitStack() as stack:
        yield lambda *paths: stack.enter_context(
            serve(Replay(paths or (folder,), [SOURCE], told.append))
        )


def get(url: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.headers["Accept-Encoding"] = "identity"
        return session.get(url, headers=headers, allow_redirects=False, timeout=5)


@pytest.mark.parametrize("path", ["iceland/", "iceland", "iceland/?utm=1", "%69celand/", "norway/"])
def test_page_is_served_with_and_without_trailing_slash(opened: Open, path: str) -> None:
    response = get(f"{opened()}{PATH}{path}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert ("Iceland" if "celand" in path else "Norway") in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/robots.txt",
        "/",
        "/reports/",
        f"{PATH}Iceland/",
        f"{PATH}iceland/more/",
        f"{PATH}../../../../etc/passwd",
        f"{PATH}%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        urlsplit(SOURCE.index_url("2022")).path,
        "//[broken",
    ],
)
def test_everything_else_is_a_404(opened: Open, path: str) -> None:
    parts = urlsplit(opened())
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"<h1>Page not found</h1>" in answer


def test_page_without_an_address_is_served_under_its_file_name(opened: Open) -> None:
    assert "Malta" in get(f"{opened()}{PATH}malta/").text


def test_index_lists_every_page_held_by_its_name(opened: Open) -> None:
    response = get(opened() + PATH)
    links = SOURCE.read_index(response.content, "2021")
    assert [(link.url, link.label) for link in links] == [
        (f"{INDEX}iceland/", "Iceland"),
        (f"{INDEX}malta/", "Malta"),
        (f"{INDEX}norway", "Norway"),
    ]


def test_collection_lists_the_editions_held(opened: Open, folder: Path) -> None:
    (folder / "2019").mkdir()
    (folder / "2019" / "fiji.html").write_bytes(page("Fiji", title="Fiji"))
    response = get(opened() + urlsplit(SOURCE.collection_url).path)
    assert SOURCE.read_collection(response.content) == ("2019", "2021")


def test_label_is_the_path_where_there_is_no_heading(opened: Open, folder: Path) -> None:
    (folder / "2021" / "iceland.html.gz").unlink()
    (folder / "2021" / "norway.html").unlink()
    (folder / "2021" / "malta.html").unlink()
    (folder / "2021" / "south-sudan.html").write_bytes(b"<html><p>Fog.</p></html>")
    [link] = SOURCE.read_index(get(opened() + PATH).content, "2021")
    assert link.label == "South Sudan"


def test_hostile_heading_is_escaped_in_the_listing(opened: Open, folder: Path) -> None:
    hostile = "&lt;/option&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    (folder / "2021" / "malta.html").write_bytes(page(hostile))
    assert "<script>" not in get(opened() + PATH).text


def test_hostile_address_is_escaped_in_a_list() -> None:
    hostile = Link(f'{INDEX}"><script>x/', "</a><script>alert(1)</script>")
    assert b"<script>" not in plain_list("2021", [hostile])


def test_unchanged_page_is_not_sent_again(opened: Open) -> None:
    url = f"{opened()}{PATH}iceland/"
    first = get(url)
    etag = first.headers["ETag"]
    assert etag == f'"{hashlib.sha256(first.content).hexdigest()[:32]}"'
    for wanted in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = get(url, **{"If-None-Match": wanted})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert get(url, **{"If-None-Match": '"other"'}).status_code == 200


def test_edited_file_is_an_edited_page(opened: Open, folder: Path) -> None:
    url = f"{opened()}{PATH}norway/"
    etag = get(url).headers["ETag"]
    (folder / "2021" / "norway.html").write_bytes(page("Norway", text="Fog and rain."))
    again = get(url, **{"If-None-Match": etag})
    assert again.status_code == 200
    assert "Fog and rain." in again.text


def test_deleted_file_is_a_missing_page(opened: Open, folder: Path) -> None:
    url = f"{opened()}{PATH}norway/"
    assert get(url).status_code == 200
    (folder / "2021" / "norway.html").unlink()
    assert get(url).status_code == 404


def test_head_answers_without_a_body(opened: Open) -> None:
    url = f"{opened()}{PATH}iceland/"
    response = requests.head(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(get(url).content))


def test_connection_is_kept_alive(opened: Open) -> None:
    origin = urlsplit(opened())
    request = f"GET {PATH}iceland/ HTTP/1.1\r\nHost: www.state.gov\r\n\r\n".encode()
    with socket.create_connection((origin.hostname, origin.port), timeout=5) as raw:
        for _ in range(3):
            raw.sendall(request)
            answer = b""
            while not answer.endswith(b"</html>"):
                answer += raw.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK")


def test_many_readers_are_served_at_once(opened: Open) -> None:
    url = f"{opened()}{PATH}iceland/"
    statuses: list[int] = []
    readers = [
        threading.Thread(target=lambda: statuses.append(get(url).status_code)) for _ in range(16)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert statuses == [200] * 16


def test_later_of_two_pages_with_one_address_wins_and_it_is_said(
    opened: Open, folder: Path, told: list[str]
) -> None:
    (folder / "2021" / "z.html").write_bytes(page("Iceland", f"{INDEX}iceland/", "Later."))
    assert "Later." in get(f"{opened()}{PATH}iceland/").text
    [said] = told
    assert "z.html" in said
    assert "iceland.html.gz, which is left out" in said


def test_what_cannot_be_served_is_said(opened: Open, folder: Path, told: list[str]) -> None:
    (folder / "a.txt").write_text("Executive Summary")
    (folder / "b.html").write_bytes(page("Fiji"))
    (folder / "c.html.gz").write_bytes(b"no gzip")
    opened()
    expected = [
        "a.txt: saved as text",
        "b.html: neither the page nor its name",
        "c.html.gz: broken",
    ]
    assert len(told) == len(expected)
    assert all(words in said for words, said in zip(expected, told, strict=True))


def test_warc_is_served_by_the_addresses_of_its_records(opened: Open, folder: Path) -> None:
    archive = write_warc(
        folder / "pages.warc.gz",
        [
            record(f"{INDEX}fiji/", page("Fiji")),
            record(f"{INDEX}peru/", page("Peru", text="Snow.")),
        ],
    )
    origin = opened(archive)
    assert "Fiji" in get(f"{origin}{PATH}fiji/").text
    assert "Snow." in get(f"{origin}{PATH}peru/").text
    assert len(SOURCE.read_index(get(origin + PATH).content, "2021")) == 2


def test_archive_hosts_share_the_paths_of_the_canonical_host(opened: Open, folder: Path) -> None:
    moved = INDEX.replace("www", "2021-2025")
    (folder / "2021" / "malta.html").write_bytes(page("Malta", f"{moved}malta/"))
    origin = opened()
    assert get(f"{origin}{PATH}malta/").status_code == 200
    assert f"{moved}malta/" in get(origin + PATH).text


def test_it_serves_until_it_is_told_to_stop(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from scrapers.registry import all_sources;"
        "from deployments.replay import Replay; from deployments.sample_site.server import run;"
        "replay = Replay([Path(sys.argv[1])], all_sources().values(), print);"
        "run(replay, 0, lambda origin: print(origin, flush=True)); print('stopped')"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        origin = child.stdout.readline().strip()
        assert get(f"{origin}{PATH}iceland/").status_code == 200
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read().strip() == "stopped"
    assert child.returncode == 0


def test_port_in_use_is_an_error() -> None:
    site = SimpleNamespace(render=lambda _: SiteResponse(404, {}, b""))
    with serve(site) as origin, pytest.raises(OSError, match=r"in use"):
        serve(site, urlsplit(origin).port or 0).__enter__()


def test_asked_for_hints_it_tells_when_files_were_modified(folder: Path, told: list[str]) -> None:
    os.utime(folder / "2021" / "malta.html", (1_700_000_000, 1_700_000_000))
    collection = f"{urlsplit(SOURCE.rest_url).path}?_fields=link,modified_gmt"
    with serve(Replay((folder,), [SOURCE], told.append, has_hints=True)) as origin:
        entries = {each["link"]: each["modified_gmt"] for each in get(origin + collection).json()}
        assert len(entries) == 3
        assert entries[f"{INDEX}malta/"] == "2023-11-14T22:13:20"
        (folder / "2021" / "malta.html").unlink()
        assert len(get(origin + collection).json()) == 2
        assert f"{INDEX}norway" in get(f"{origin}/state_report-sitemap.xml").text
    with serve(Replay((folder,), [SOURCE], told.append)) as origin:
        assert get(origin + collection).status_code == 404
