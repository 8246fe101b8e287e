"""454 real pages through the command: imported, matched with saved texts, replayed as a site.

The pages stay outside the project; ``REPORTWATCH_CORPUS`` names their folder.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import ROOT, child, ended, reportwatch
from postgres import PostgresServer
from test_command_copy import rows

CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
SEEDS = sorted((CORPUS.parent / "seeds").glob("*.txt"))
PAGES = 454
EDITIONS = ("2017", "2021")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not ((CORPUS / "EXPECTED.tsv").is_file() and SEEDS),
        reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
    ),
]

Documents = dict[str, Any]


@pytest.fixture(scope="module")
def imported(
    blank_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Documents]]:
    """A home folder that was given the two saved texts, then every page, then the texts again."""
    folder = tmp_path_factory.mktemp("corpus") / "home"
    shutil.copytree(blank_home, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTWATCH_HOME", str(folder))
        reportwatch("subscribe", "reader@example.org")
        found: Documents = {
            "texts first": reportwatch("import", *SEEDS, "--json").document,
            "review before": reportwatch("review", "--json").document,
            "pages": reportwatch("import", CORPUS, "--json").document,
            "review after": reportwatch("review", "--json").document,
            "texts again": reportwatch("import", *SEEDS, "--json").document,
        }
    yield folder, found


@pytest.fixture
def archive(home: Path, imported: tuple[Path, Documents]) -> Documents:
    """The imported pages in this test's home, and what each import said."""
    shutil.copytree(imported[0], home)
    return imported[1]


def expected() -> dict[str, str]:
    """Return the digest of each file's executive summary."""
    with (CORPUS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        return {row["file"]: row["sha256"] for row in csv.DictReader(table, delimiter="\t")}


def test_every_page_is_read_as_two_independent_readers_agreed(archive: Documents) -> None:
    run = archive["pages"]
    assert run["counts"]["checked"] == PAGES
    assert run["failures"] == []
    digests = {
        each["report"]: each["latest"]["text_sha256"]
        for each in reportwatch("reports", "--json").document
    }
    assert len(digests) == PAGES
    read = {
        str(Path(each["file"]).relative_to(CORPUS)): digests[each["report"]]
        for each in run["files"]
    }
    otherwise = {file for file, digest in expected().items() if read[file] != digest}
    assert otherwise == {"2017/south-sudan.html.gz"}  # whose table row holds a mark of direction


def test_a_text_without_its_page_waits_with_a_guess_and_the_page_resolves_it(
    archive: Documents,
) -> None:
    assert archive["texts first"]["counts"]["unidentified"] == 2
    waiting = archive["review before"]
    assert [each["edition"] for each in waiting] == ["2021", "2017"]
    assert waiting[1]["country"] == "KAZ"
    assert all(each["why"] for each in waiting)
    assert archive["review after"] == []


def test_a_text_whose_page_is_held_is_a_second_place_of_that_report(archive: Documents) -> None:
    again = archive["texts again"]
    assert again["counts"] == {**again["counts"], "checked": 2, "duplicate": 2}
    assert [(each["report"], each["how"]) for each in again["files"]] == [
        ("us-state-hrr/2021/KAZ", "text_match"),
        ("us-state-hrr/2017/KAZ", "text_match"),
    ]
    for edition in EDITIONS:
        (report,) = reportwatch(
            "reports", "--country", "KAZ", "--edition", edition, "--json"
        ).document
        assert report["versions"] == 1
        assert len(report["locations"]) == 2
    assert reportwatch("alerts", "--json").document == []


def test_a_copy_on_a_server_and_one_back_hold_what_was_imported(
    archive: Documents, home: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, said = rows(home / "reportwatch.sqlite"), reportwatch("export", "-").out
    there, back = postgres.url(postgres.create()), f"sqlite:///{home / 'back.sqlite'}"
    for source, target in (("", there), (there, back)):
        monkeypatch.setenv("REPORTWATCH_DATABASE_URL", source)
        assert reportwatch("db", "copy", target).code == 0
        monkeypatch.setenv("REPORTWATCH_DATABASE_URL", target)
        assert reportwatch("verify", "--json").document["faults"] == []
        assert reportwatch("export", "-").out == said
    assert len(before["report"]) == PAGES
    assert rows(home / "back.sqlite") == before


def test_a_second_import_finds_everything_unchanged(archive: Documents) -> None:
    ran = reportwatch("import", CORPUS / "2021", "--json")
    assert ran.code == 0
    counts = ran.document["counts"]
    assert counts["checked"] == counts["unchanged"] == 50
    assert len(reportwatch("reports", "--json").document) == PAGES


def test_a_replay_of_the_pages_is_read_as_the_site_was(
    archive: Documents, home: Path, blank_home: Path
) -> None:
    imported = _texts(EDITIONS)
    shutil.rmtree(home)
    shutil.copytree(blank_home, home)
    reportwatch("subscribe", "reader@example.org")
    replay = child("replay", CORPUS, "--port", "0", "--json")
    try:
        words = ("ingest", "--via", _origin(replay), "--edition", "2017", "--edition", "2021")
        first = reportwatch(*words, "--json")
        second = reportwatch(*words, "--json")
    finally:
        replay.send_signal(signal.SIGINT)
        left = ended(replay)
    assert left.code == 0, left.err
    assert (first.code, second.code) == (0, 0), first.err
    assert first.document["counts"]["published"] == len(imported) == 101
    counts = second.document["counts"]
    assert counts["checked"] == counts["unchanged"] == len(imported)
    assert _texts(EDITIONS) == imported
    assert reportwatch("alerts", "--json").document == []


def _texts(editions: tuple[str, ...]) -> dict[str, str]:
    return {
        each["report"]: each["latest"]["text_sha256"]
        for edition in editions
        for each in reportwatch("reports", "--edition", edition, "--json").document
    }


def _origin(replay: Any) -> str:
    """Return where a replay serves, from the document it prints once it answers."""
    text = ""
    while not text.endswith("}\n"):
        line = replay.stdout.readline()
        assert line, replay.stderr.read()
        text += line
    origin = json.loads(text)["origin"]
    assert isinstance(origin, str)
    return origin
