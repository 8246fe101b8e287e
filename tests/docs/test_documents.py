"""Every JSON document that docs/commands/ shows has the keys that the command really prints."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from doc_pages import ROOT, command_sections
from wayback_site import wayback_site

from alerts.sink import Sink
from cli.app import app
from deployments.sample_site import SampleSite, serve
from documents.operations import ChangedDeployment, DeployedDocument
from reports.watch.alarm import AlarmKind, Finding
from services.assembly import open_parts
from services.settings import load_settings
from storage.transparency.witnessed import LogFork

SERVE_FOREVER = {"serve-pages", "up", "monitor", "attend"}
SILENT_EDIT, BLOCK_PAGE = 2, 4
LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)
GANDORIA = (
    "https://sample.reportwatch.example/reports/2023-country-reports-on-civic-conditions/gandoria/"
)
UNDECIDED = ROOT / "tests" / "examples" / "us-state-hrr" / "builder-without-name.html"


DEPLOYED = DeployedDocument(
    prefect="",
    pool="",
    dry_run=False,
    is_pool_new=False,
    new=[],
    changed=[ChangedDeployment(name="", what=[""])],
    unchanged=[""],
    removed=[""],
    settings=[""],
)
"""What `deploy` prints: it needs a Prefect server, and is run in tests/flows."""


def _shown() -> dict[str, Any]:
    """Return the documents of docs/commands/ by command."""
    found = {}
    for name, text in command_sections().items():
        _, fence, rest = text.partition("```json\n")
        if fence:
            found[name] = json.loads(rest.partition("```")[0])
    return found


SHOWN = _shown()


@dataclass
class Session:
    """Runs commands and keeps the last document of each, and what was exported."""

    documents: dict[str, Any] = field(default_factory=dict)
    exported: list[dict[str, Any]] = field(default_factory=list)

    def run(self, name: str, *arguments: str) -> None:
        printed = io.StringIO()
        words = [*name.split(), *arguments, "--json"]
        with redirect_stdout(printed):
            command = typer.main.get_command(app)
            with command.make_context("reportwatch", words) as context:
                command.invoke(context)
        self.documents[name] = json.loads(printed.getvalue())


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Every command, run on a database in which everything has happened."""
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        sink = stack.enter_context(Sink(home / "mail"))
        settings = stack.enter_context(pytest.MonkeyPatch.context())
        settings.setenv("REPORTWATCH_HOME", str(home))
        settings.setenv("REPORTWATCH_SMTP_URL", sink.url)
        settings.setenv("REPORTWATCH_DELAY", "0")
        site = SampleSite(0)
        origin = stack.enter_context(serve(site, 0))
        web = stack.enter_context(wayback_site())
        settings.setenv("REPORTWATCH_WAYBACK_URL", web.origin)
        web.hold(LONG_AGO, GANDORIA, b"<html>Access Denied</html>")
        session = Session()
        _live(session, site.advance, origin, home)
        yield session


def _set_aside(home: Path, address: str) -> None:
    with open_parts(load_settings(home=home)) as parts, parts.store.write() as unit:
        reader = unit.subscribers.named(address)
        assert reader
        unit.subscribers.change(reader.id, state="set_aside")
        unit.commit()


def _raise_alarm(home: Path) -> None:
    drift = Finding(
        AlarmKind.DRIFT_SUMMARY, "2023", "Edition 2023 reads badly.", ("a page",), "Look."
    )
    with open_parts(load_settings(home=home)) as parts, parts.store.write() as unit:
        unit.alarms.see("sample-hrr", drift, None, parts.now())
        unit.commit()


def _live(session: Session, advance: Callable[[int], None], origin: str, home: Path) -> None:
    look = ("sample-hrr", "--via", origin)
    session.run("ingest", *look)
    session.run("subscribe", "reader@example.org", "--country", "Gandoria")
    session.run("subscribers")
    for step in (SILENT_EDIT, BLOCK_PAGE):
        advance(step)
        session.run("ingest", *look)
    _raise_alarm(home)
    for name in ("deliver", "alerts", "alerts retry", "sources", "alarms", "doctor"):
        session.run(name)
    session.run("alarms seen", "1")
    session.run("alerts drop", "1")
    session.run("alerts resend", "reader@example.org")
    session.run("alerts hold")
    session.run("alerts release")
    session.run("subscribe", "https://example.org/hook")
    _set_aside(home, "https://example.org/hook")
    session.run("subscribers revive", "https://example.org/hook")
    session.run("import", str(UNDECIDED))
    for name in ("review", "reports", "changes", "verify", "db stats", "db upgrade"):
        session.run(name)
    session.run("plan", "sample-hrr")
    session.run("reread", "sample-hrr")
    session.run("backfill", "sample-hrr", "--country", "Gandoria", "--edition", "2023")
    session.run("topics", "--source", "sample-hrr")
    session.run("search", '"federal gendarmerie"', "--edition", "2023")
    for name in ("show", "log", "cite", "diff"):
        session.run(name, "Gandoria", "2023")
    session.run("compare", "Gandoria", "2022", "2023")
    session.run("changes", "--kind", "edited")
    session.run("export", str(home / "versions.jsonl"))
    lines = (home / "versions.jsonl").read_text("utf-8").splitlines()
    session.exported = [json.loads(line) for line in lines]
    session.run("release", "first")
    session.run("db prune", "--dry-run")
    session.run("db copy", f"sqlite:///{home / 'copy.sqlite'}")
    session.run("db payloads", "--to", str(home / "pages"))
    session.run("db backup", str(home / "backup.sqlite"))
    session.run("db restore", str(home / "backup.sqlite"))
    session.run("access token", "notebook", "--days", "90")
    session.run("access tokens")
    session.run("access revoke", "notebook")
    session.run("access hash", "--password", "correct horse")
    session.run("unsubscribe", "reader@example.org")
    _prove(session, home)
    session.run("new-source", "un-note", str(UNDECIDED), "--into", str(home / "trial"))
    session.documents["deploy"] = DEPLOYED.as_json()


def _prove(session: Session, home: Path) -> None:
    session.run("transparency checkpoint")
    session.run("evidence", "Gandoria", "2023", "--out", str(home / "gandoria.wacz"))
    session.run("transparency status")
    session.run("transparency proof", "0", "--out", str(home / "leaf.tlog-proof"))
    origin = session.documents["transparency status"]["origin"]
    key = session.documents["transparency status"]["key"]
    session.run("witness key")
    session.run("witness add", key, "--fetch", "http://127.0.0.1:9/log")
    session.run("witness list")
    session.run("witness look")
    with open_parts(load_settings(home=home)) as parts, parts.store.write() as unit:
        unit.witnessed.add_fork(LogFork(origin, parts.now(), "two roots", "one", "another"))
        unit.commit()
    session.run("witness forks")
    session.run("witness forget", origin)
    session.run("transparency anew", "--why", "to see how it reads")


def test_every_command_that_ends_has_its_document_shown(session: Session) -> None:
    assert set(SHOWN) == set(session.documents)
    assert set(command_sections()) - set(SHOWN) == SERVE_FOREVER


def test_document_is_shown_as_it_is_printed(session: Session, subtests: pytest.Subtests) -> None:
    assert len(SHOWN) >= 36
    for name in SHOWN:
        with subtests.test(name=name):
            _compare(SHOWN[name], session.documents[name], name)


def test_exported_lines_have_the_keys_of_show_and_the_name_in_parts(session: Session) -> None:
    keys = {*SHOWN["show"], "source", "edition", "country", "part", "url"}
    assert session.exported
    assert all(set(line) == keys for line in session.exported)


def _compare(shown: Any, real: Any, where: str) -> None:
    """Hold keys and kinds of values against each other; lists by their first entry."""
    if isinstance(real, dict):
        assert isinstance(shown, dict), where
        assert set(shown) == set(real), where
        for key in real:
            _compare(shown[key], real[key], f"{where}.{key}")
    elif isinstance(real, list):
        assert isinstance(shown, list), where
        for one, other in zip(shown[:1], real[:1], strict=False):
            _compare(one, other, f"{where}[0]")
    else:
        assert type(shown) is type(real), where
