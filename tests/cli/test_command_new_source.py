"""``new-source``: what it writes, from which pages, and what it refuses."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from command import ROOT, reportwatch
from content_api import answer

from cli.commands import new_source
from deployments.sample_site import SiteResponse, serve
from scrapers.engines.wordpress_state import WordPressState
from scrapers.source import Source

EXAMPLES = ROOT / "tests" / "examples"
WORDPRESS = EXAMPLES / "us-state-irf" / "plain-2023.html"
JSON = EXAMPLES / "uk-cpin" / "publication-chad.page.json"
URL = "https://www.state.gov/reports/2023-report-on-international-religious-freedom/iceland/"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    page = tmp_path / "other.html"
    page.write_text("<html><body><h1>Chad</h1><p>The lake fell.</p></body></html>")
    return page


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source_in(folder: Path, module: str) -> Source:
    made = loaded(folder / "scrapers" / "sources" / f"{module}.py")
    [found] = [
        each
        for _, each in inspect.getmembers(made, inspect.isclass)
        if each.__module__ == made.__name__ and issubclass(each, Source)
    ]
    return found()


def written_test(folder: Path, module: str) -> Any:
    """Return the test that was written, with the new source in place of those registered."""
    test = loaded(folder / "tests" / "scrapers" / f"test_{module}.py")
    made = source_in(folder, module)
    test.source_named = lambda name: {made.name: made}[name]  # type: ignore[attr-defined]
    test.ROOT = folder  # type: ignore[attr-defined]
    return test


def test_page_of_a_known_engine_makes_a_module_that_reads_it(tmp_path: Path) -> None:
    into = tmp_path / "trial"
    ran = reportwatch("new-source", "us-state-xyz", WORDPRESS, "--into", into, "--json")
    assert ran.code == 0, ran.err
    assert ran.document["engine"] == "wordpress_state"
    files = [Path(each).relative_to(into).as_posix() for each in ran.document["files"]]
    assert files == [
        "scrapers/sources/us_state_xyz.py",
        "tests/examples/us-state-xyz/first.html",
        "tests/scrapers/test_us_state_xyz.py",
    ]
    source = source_in(into, "us_state_xyz")
    assert isinstance(source, WordPressState)
    assert (source.name, source.editions, source.hosts) == (
        "us-state-xyz",
        ("2023",),
        ("www.state.gov",),
    )
    body = (into / files[1]).read_bytes()
    assert body == WORDPRESS.read_bytes()
    [found] = source.read(body, source.page_url(body)).reports
    assert str(found.report) == "us-state-xyz/2023/ISL"


def test_its_test_fails_until_nothing_is_left_to_fill_in(tmp_path: Path) -> None:
    reportwatch("new-source", "us-state-xyz", WORDPRESS, "--into", tmp_path)
    module = tmp_path / "scrapers" / "sources" / "us_state_xyz.py"
    with pytest.raises(AssertionError, match="FILL IN in 4 places: write what belongs there"):
        written_test(tmp_path, "us_state_xyz").test_nothing_is_left_to_fill_in()
    module.write_text(module.read_text().replace("FILL IN", "Something"))
    test = written_test(tmp_path, "us_state_xyz")
    test.test_nothing_is_left_to_fill_in()
    test.test_first_example_page_is_read_as_a_report()


@pytest.mark.parametrize("kind", ["html", "json"])
def test_any_other_page_makes_a_module_whose_test_says_what_to_write(
    tmp_path: Path, other: Path, kind: str
) -> None:
    into = tmp_path / "trial"
    page = JSON if kind == "json" else other
    ran = reportwatch("new-source", "un-note", page, "--into", into, "--json")
    assert ran.document["engine"] == ""
    source = source_in(into, "un_note")
    assert not isinstance(source, WordPressState)
    assert source.media_types == (("application/json",) if kind == "json" else ("text/html",))
    ends = {"html": "first.html", "json": "first.page.json"}
    assert (into / "tests" / "examples" / "un-note" / ends[kind]).read_bytes() == page.read_bytes()
    assert source.edition_of(source.index_url("2024")) == "2024"
    test = written_test(into, "un_note")
    with pytest.raises(AssertionError, match=r"it finds no report there\. Write the reader"):
        test.test_first_example_page_is_read_as_a_report()


def test_what_it_writes_passes_the_checks_of_style(tmp_path: Path, other: Path) -> None:
    into = tmp_path / "trial"
    reportwatch("new-source", "us-state-xyz", WORDPRESS, "--into", into)
    reportwatch("new-source", "un-note", other, "--into", into)
    checks = ("check", "--no-cache", "--per-file-ignores", "**/tests/**:D")
    for words in (checks, ("format", "--check", "--no-cache")):
        config = ("--config", ROOT / "pyproject.toml")
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *words, *config, into],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout


def test_page_is_fetched_through_the_gate(tmp_path: Path) -> None:
    body = WORDPRESS.read_bytes()
    asked = []

    def site(target: str) -> SiteResponse:
        asked.append(target)
        return answer(200, body) if target.endswith("/iceland/") else answer(404, b"")

    with serve(SimpleNamespace(render=site)) as origin:
        ran = reportwatch("new-source", "us-state-xyz", URL, "--via", origin, "--into", tmp_path)
    assert ran.code == 0, ran.err
    assert asked == ["/robots.txt", URL.removeprefix("https://www.state.gov")]
    assert "on the engine wordpress_state" in ran.out
    assert "1. Write what scrapers/sources/us_state_xyz.py leaves to FILL IN" in ran.out


def test_page_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    with serve(SimpleNamespace(render=lambda _: answer(404, b"none"))) as origin:
        ran = reportwatch("new-source", "us-state-xyz", URL, "--via", origin, "--into", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert "answers with status 404" in ran.err


def test_private_address_is_refused_as_in_every_fetch(tmp_path: Path) -> None:
    ran = reportwatch("new-source", "un-note", "http://127.0.0.1:1/", "--into", tmp_path)
    assert ran.code == 1
    assert "private" in ran.err or "loopback" in ran.err


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("Us-State", 2, "is not a name for a source"),
        ("us_state", 2, "is not a name for a source"),
        ("-x", 2, "o"),
        ("us--state", 2, "is not a name for a source"),
        ("../x", 2, "is not a name for a source"),
        ("class", 2, "is not a name for a source"),
        ("x" * 41, 2, "is not a name for a source"),
        ("us-state-hrr", 1, "there is a source 'us-state-hrr' already"),
    ],
)
def test_name_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, code: int, says: str
) -> None:
    ran = reportwatch("new-source", name, WORDPRESS, "--into", tmp_path / "trial")
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert not (tmp_path / "trial").exists()


def test_file_that_is_no_page_is_refused(tmp_path: Path) -> None:
    for page, says in (
        (tmp_path / "none.html", "No such file"),
        (ROOT / "Makefile", "not a saved"),
    ):
        ran = reportwatch("new-source", "un-note", page, "--into", tmp_path)
        assert ran.code == 1
        assert says in ran.err


def test_nothing_is_written_over(tmp_path: Path, other: Path) -> None:
    test = tmp_path / "tests" / "scrapers" / "test_un_note.py"
    test.parent.mkdir(parents=True)
    test.write_text("mine")
    ran = reportwatch("new-source", "un-note", other, "--into", tmp_path)
    assert ran.code == 1
    assert "is there already; nothing was written" in ran.err
    assert test.read_text() == "mine"
    assert not (tmp_path / "scrapers").exists()


def test_what_is_no_checkout_is_refused(
    tmp_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_source, "ROOT", tmp_path / "installed")
    ran = reportwatch("new-source", "un-note", other)
    assert ran.code == 1
    assert "is not a development checkout (pyproject.toml is missing)" in ran.err
    assert "--into" in ran.err


@pytest.mark.parametrize(
    "heading",
    [
        '2023 "); import os; os.abort() # Report: X',
        "2023 Report\\N{BULLET} 'of' Tests: X",
        "2023 " + "Very Long Report Title " * 20 + ": X",
        "",
    ],
)
def test_hostile_heading_stays_a_text(tmp_path: Path, heading: str) -> None:
    page = tmp_path / "page.html"
    body = WORDPRESS.read_text().replace(
        "2023 Report on International Religious Freedom: Iceland", heading
    )
    page.write_text(body)
    ran = reportwatch("new-source", "us-state-xyz", page, "--into", tmp_path)
    assert ran.code == 0, ran.err
    family = source_in(tmp_path, "us_state_xyz").family
    assert len(family) <= 60
    assert not set(family) & set('"\\;#')
