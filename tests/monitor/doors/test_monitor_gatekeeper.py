"""Who may speak to the monitor: our own host names, and those who know the password."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from monitor_stage import listening, monitor_over, settings_for

from monitor.__main__ import main
from monitor.app import app_from_environment
from monitor.doors.authentication import Reception
from services.access import Right
from services.assembly import open_parts

PASSWORD = "p\u00e4ssword: with colon"
ANYWHERE = ("/", "/healthz", "/unsubscribe", "/static/style.css", "/api/v1/reports", "/nowhere")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A monitor with a public name."""
    home = tmp_path_factory.mktemp("named")
    settings = {"public_url": "https://watch.example/", "open_reading": True}
    with monitor_over(home, **settings) as (client, _):
        yield client


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A monitor with a password."""
    home = tmp_path_factory.mktemp("guarded")
    with monitor_over(home, admin_password=PASSWORD) as (client, _):
        yield client


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:9999", 200),
        ("localhost:80", 200),
        ("LOCALHOST", 200),
        ("[::1]:8080", 200),
        ("watch.example", 200),
        ("watch.example:8443", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("watch.example.evil.example", 400),
        ("localhost.evil.example", 400),
        ("192.168.1.9", 400),
        ("0.0.0.0", 400),
        ("", 400),
        ("[", 400),
        ("<script>", 400),
    ],
)
def test_only_our_own_host_names_are_answered(named: httpx.Client, host: str, status: int) -> None:
    answer = named.get("/", headers={"Host": host})
    assert answer.status_code == status
    if status == 400:
        assert "REPORTWATCH_PUBLIC_URL" in answer.text
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ANYWHERE)
def test_a_foreign_host_name_reaches_nothing(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        ("/healthz", True),
        ("/unsubscribe", True),
        ("/static/style.css", True),
        ("/", False),
        ("/reports", False),
        ("/alerts", False),
        ("/nowhere", False),
        ("/api/v1/reports", False),
        ("/api/v1/openapi.json", False),
        ("/healthz/", False),
        ("/unsubscribe/x", False),
        ("/statics", False),
    ],
)
def test_a_password_guards_all_but_what_needs_none(
    guarded: httpx.Client, path: str, is_open: bool
) -> None:
    stranger = guarded.get(path)
    assert (stranger.status_code != 401) == is_open
    if not is_open:
        assert stranger.headers["www-authenticate"].startswith("Basic ")
    known = guarded.get(path, auth=httpx.BasicAuth("anybody", PASSWORD))
    assert known.status_code != 401


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !!!", "Basic YTp3cm9uZw==", "Bearer x", "Basic YTo=", "basic", "Basic äö"],
)
def test_a_wrong_password_opens_nothing(guarded: httpx.Client, authorization: str) -> None:
    headers = {"Authorization": authorization.encode()}
    assert guarded.get("/", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("server", "host", "more", "right"),
    [
        (("10.1.2.3", 8080), "localhost", (), Right.NONE),
        (("127.0.0.1", 8080), "localhost", (), Right.OPERATE),
        (("::1", 8080), "[::1]:8080", (), Right.OPERATE),
        (("/run/monitor.sock", None), "localhost", (), Right.OPERATE),
        (("127.0.0.1", 8080), "watch.example", (), Right.NONE),
        (("127.0.0.1", 8080), "localhost", ((b"x-forwarded-for", b"10.1.2.3"),), Right.NONE),
        (("127.0.0.1", 8080), "localhost", ((b"forwarded", b"for=10.1.2.3"),), Right.NONE),
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_without_a_password_only_this_machine_may_do_anything(
    tmp_path: Path,
    server: tuple[str, int | None],
    host: str,
    more: tuple[tuple[bytes, bytes], ...],
    right: Right,
    is_open: bool,
) -> None:
    scope = {"type": "http", "headers": [(b"host", host.encode()), *more], "server": server}
    with open_parts(settings_for(tmp_path, open_reading=is_open)) as parts:
        who = Reception(parts).recognize(scope)
    assert who.right == max(right, Right.READ if is_open else Right.NONE)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "watch.example"])
def test_it_is_not_bound_to_the_world_without_a_password(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTWATCH_HOME", str(tmp_path / "home"))
    assert main(["--host", host]) == 3
    assert "REPORTWATCH_ADMIN_PASSWORD" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_database_that_cannot_be_used_is_said_and_ends_with_3(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "reportwatch.sqlite").write_text("this is no database, whatever its name says" * 99)
    ended = subprocess.run(
        [sys.executable, "-m", "monitor"],
        env={**os.environ, "REPORTWATCH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 3
    assert ended.stderr.startswith("monitor: ")
    assert "Traceback" not in ended.stderr


def test_the_factory_opens_and_closes_its_own_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTWATCH_HOME", str(tmp_path / "home"))
    with listening(app_from_environment()) as address:
        assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
