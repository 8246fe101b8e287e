"""The code of the how-to pages: Python runs against a real monitor, R too if R is there."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from doc_pages import ROOT, blocks
from in_process import served_in_process
from typer.testing import CliRunner

from cli.app import app
from deployments.sample_site import SampleSite
from monitor.app import create_app
from services.assembly import Parts, open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest
from services.settings import Settings

PROGRAMS = ROOT / "docs" / "how-to" / "programs.md"
CITE = ROOT / "docs" / "how-to" / "cite.md"
SILENT_EDIT = 2
TOKEN = "READER_TOKEN"
FEWEST_BLOCKS = 7


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that saw the sample site before and after an edit."""
    made = tmp_path_factory.mktemp("programs") / "home"
    site = SampleSite()
    with served_in_process(site) as origin, open_parts(_settings(made)) as parts:
        for step in (0, SILENT_EDIT):
            site.advance(step)
            ingest(parts, IngestRequest("sample-hrr", via=origin))
    return made


def _settings(home: Path) -> Settings:
    return Settings(home=home, delay=0, admin_password="correct horse")  # type: ignore[arg-type]


@contextmanager
def _listening(parts: Parts) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(create_app(parts), log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _token(home: Path, name: str) -> str:
    words = ["access", "token", name, "--json"]
    said = CliRunner().invoke(app, words, env={"REPORTWATCH_HOME": str(home)})
    return str(json.loads(said.stdout)["token"])


def test_python_of_the_page_for_programmers_runs_against_a_monitor(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = blocks(PROGRAMS, "python")
    assert len(code) >= FEWEST_BLOCKS
    names: dict[str, Any] = {}
    with open_parts(_settings(home)) as parts, _listening(parts) as address:
        monkeypatch.setenv(TOKEN, _token(home, "notebook"))
        for each in code:
            exec(each.text.replace("http://127.0.0.1:8080", address), names)
    assert [change["report"] for change in names["edited"]] == ["sample-hrr/2023/XAG"]
    assert len(names["reports"]) == len(names["lengths"]) == 24
    assert all(words and issues >= 0 for words, issues in names["lengths"].values())
    assert names["header"].startswith("change,")
    assert len(names["lines"]) == 25


def test_python_that_checks_a_citation_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTWATCH_HOME", str(home))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    (code,) = blocks(CITE, "python")
    names: dict[str, Any] = {}
    exec(code.text, names)
    assert names["report"]["report"] == "sample-hrr/2023/XAG"


def test_r_of_the_page_for_programmers_runs_against_a_monitor(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = blocks(PROGRAMS, "r")
    assert len(code) == 1
    program = shutil.which("Rscript")
    packages = "library(httr2); library(jsonlite)"
    if program is None or subprocess.call([program, "-e", packages], stderr=subprocess.DEVNULL):
        pytest.skip("no Rscript with httr2 and jsonlite: the R code of the documents was not run")
    with open_parts(_settings(home)) as parts, _listening(parts) as address:
        monkeypatch.setenv(TOKEN, _token(home, "console"))
        text = code[0].text.replace("http://127.0.0.1:8080", address)
        ran = subprocess.run(
            [program, "-e", text], capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 0, ran.stderr
    assert "sample-hrr/2023/XAG" in ran.stdout
    assert "mistreatment by members of the Federal Gendarmerie" in ran.stdout
