"""The log of real programs: each line is a JSON object, or a line of text, and names its run."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from command import child, ended, environment
from patience import wait_for

from cli.up.supervisor import free_port, is_answering
from deployments.sample_site import SampleSite

FORGED = "2026-11-29T12:00:00.000Z ERROR cli [run 9 forged] forged"
BREAKS = f"""
from scrapers.registry import source_named
def broken(self, body, url):
    raise ValueError("broken\\n{FORGED}\\x1b[31m")
type(source_named("sample-hrr")).read = broken
"""


def _json_lines(text: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(each) for each in lines)
    return lines


def test_a_run_by_hand_logs_json_with_its_run_and_page(
    site: tuple[SampleSite, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_LOG_FORMAT", "json")
    monkeypatch.setenv("REPORTWATCH_DELAY", "0")
    asked = ("ingest", "sample-hrr", "--via", site[1], "--edition", "2023")
    ran = ended(child(*asked, prelude=BREAKS))
    assert ran.code == 1
    lines = _json_lines(ran.err)
    failed = [each for each in lines if each["logger"] == "services.watch.read_location"]
    assert len(failed) >= 3
    assert {each["run_id"] for each in failed} == {1}
    assert {each["source"] for each in failed} == {"sample-hrr"}
    assert {each["edition"] for each in failed} == {"2023"}
    assert all(each["url"].startswith("https://") for each in failed)
    assert all(FORGED in each["exception"] for each in failed)


def test_a_run_by_hand_logs_text_that_nothing_forges(
    site: tuple[SampleSite, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_DELAY", "0")
    asked = ("ingest", "sample-hrr", "--via", site[1], "--edition", "2023")
    ran = ended(child(*asked, prelude=BREAKS))
    assert "\x1b" not in ran.err
    lines = ran.err.splitlines()
    assert len([each for each in lines if " [run 1 sample-hrr/2023 https://" in each]) >= 3
    assert not [each for each in lines if each.startswith(FORGED[:24])]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("show", "Nowhere", "2023"), 1, "Nowhere"),
        (("ingest", "--no-such-option"), 2, "--no-such-option"),
        (("ingest", "no-such-source\n\x1b[31m"), 2, "no-such-source"),
    ],
)
def test_a_refusal_is_one_object_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, says: str
) -> None:
    monkeypatch.setenv("REPORTWATCH_LOG_FORMAT", "json")
    ran = ended(child(*arguments))
    (line,) = _json_lines(ran.err)
    assert ran.code in (1, code)
    assert line["level"] == "ERROR"
    assert says in line["message"]


def test_the_monitor_logs_answers_with_fields_and_no_query(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_LOG_FORMAT", "json")
    port = free_port(0, "the monitor")
    program = subprocess.Popen(
        [sys.executable, "-m", "monitor", "--port", str(port)],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_answering(url), "the monitor does not answer")
        with suppress(HTTPError):
            urlopen(f"{url}/no%0Asuch%1B%5B31mpage?token=s3cret").read()
    finally:
        program.terminate()
        _, err = program.communicate(timeout=60)
    lines = _json_lines(err)
    (answered,) = [each for each in lines if "such" in each.get("path", "")]
    assert answered["logger"] == "monitor.access"
    assert (answered["status"], answered["method"]) == (404, "GET")
    assert answered["path"] == "/no%0Asuch%1B%5B31mpage"
    assert "s3cret" not in err
