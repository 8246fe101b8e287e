"""Asking a program whether it lives, as health checks do."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alerts.sink import Sink
from deployments import probe


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["http://{}/200"], 0),
        (["http://{}/204"], 0),
        (["http://{}/503"], 1),
        (["--any", "http://{}/503"], 0),
        (["tcp://{}"], 0),
        (["--any", "http://127.0.0.1:1/200"], 1),
        (["tcp://127.0.0.1:1"], 1),
        (["nonsense"], 1),
    ],
)
def test_what_answers_is_told_from_what_does_not(
    words: list[str], code: int, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe.main([each.format(address) for each in words]) == code
    assert bool(capsys.readouterr().err) == bool(code)


def test_a_proxy_of_the_environment_is_not_asked(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert probe.main([f"http://{address}/200"]) == 0


def test_the_probe_imports_nothing_that_is_slow() -> None:
    shown = "import sys, deployments.probe; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, check=True
    )
    modules = set(loaded.stdout.split())
    assert "deployments.probe" in modules and len(modules) >= 50
    assert not modules & {"prefect", "requests", "bs4", "sqlalchemy", "fastapi", "pydantic"}


def test_the_sink_listens_where_it_is_told_to(tmp_path: Path) -> None:
    with Sink(tmp_path / "mails", host="127.0.0.2") as sink:
        assert sink.url == f"smtp://127.0.0.2:{sink.port}"
        with smtplib.SMTP("127.0.0.2", sink.port) as dialogue:
            assert dialogue.noop()[0] == 250
        assert probe.answers(f"tcp://127.0.0.1:{sink.port}", of_any_kind=False) != ""
