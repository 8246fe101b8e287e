"""Every command explains itself, and prints for programs exactly what the contracts promise."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from command import child, ended, environment, reportwatch

from cli.app import app
from documents.changes import ChangeDocument
from documents.citation import CitationDocument
from documents.diff import DiffDocument
from documents.document import JsonDocument
from documents.notices import (
    AlertDocument,
    Revived,
    SubscriptionAdded,
    SubscriptionDocument,
    Unsubscribed,
)
from documents.operations import (
    BackedUp,
    Exported,
    ExportedTables,
    ExportedWarc,
    PasswordHash,
    PayloadsMoved,
    Pruned,
    Released,
    SchemaRevision,
    Stats,
    Verified,
)
from documents.reports import ReportDocument, VersionDocument
from documents.show import ShowDocument
from documents.sources import SourceDocument
from documents.topics import TopicsDocument
from reports.model.identity import ReportId
from reports.watch.outcome import Outcome

Words = tuple[str, ...]


def name(words: Words) -> str:
    return " ".join(words)


def named(table: Sequence[tuple[Words, Any]]) -> list[Any]:
    return [pytest.param(*row, id=name(row[0])) for row in table]


def every_command() -> Iterator[tuple[Words, Any]]:
    def below(command: Any, words: Words) -> Iterator[tuple[Words, Any]]:
        yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    yield from below(typer.main.get_command(app), ())


COMMANDS = [(words, command) for words, command in every_command() if words]
WITHOUT_OPTIONS = {("db",), ("access",), ("transparency",), ("witness",)}
WITHOUT_RESULT = {*WITHOUT_OPTIONS, ("up",), ("monitor",), ("serve-pages",), ("replay",)}
RESULTS = [words for words, command in COMMANDS if words not in WITHOUT_RESULT]


@pytest.mark.parametrize(("words", "command"), named(COMMANDS))
def test_help_tells_every_option_and_argument(words: Words, command: Any) -> None:
    ran = reportwatch(*words, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: reportwatch {name(words)}" in ran.out
    assert len(command.params) >= (words not in WITHOUT_OPTIONS)
    for parameter in command.params:
        assert parameter.help, parameter.name
        shown = parameter.opts[-1] if parameter.param_type_name == "option" else parameter.metavar
        assert shown in ran.out, parameter.name
        assert parameter.help.split()[0] in ran.out


def test_help_lists_every_command_in_whole_sentences() -> None:
    ran = reportwatch("--help")
    names = [words[0] for words, each in COMMANDS if len(words) == 1 and not each.hidden]
    assert len(names) >= 20
    for name in names:
        (line,) = [each for each in ran.out.splitlines() if each.startswith(f"  {name} ")]
        assert line.endswith("."), line
        assert not line.endswith("..."), line


@pytest.mark.parametrize("words", [(), *sorted(WITHOUT_OPTIONS)])
def test_no_command_shows_the_help_and_is_wrong_usage(words: Words) -> None:
    ran = reportwatch(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ("Commands:" if words else "Bring reports in:") in ran.err


@pytest.mark.parametrize("words", RESULTS, ids=name)
def test_json_is_an_option_of_every_command(words: Words) -> None:
    assert "--json" in reportwatch(*words, "--help").out


COUNTS = {"checked", *(outcome.value for outcome in Outcome)}
RUN = {"run_id", "source", "counts", "failures", "seconds"}
REPORT = {
    *("report", "source", "edition", "country", "part", "title", "state", "versions"),
    *("locations", "latest"),
}
SHOW = {
    *("report", "version", "title", "published_on", "heading", "blocks", "notes", "text_sha256"),
    *("payload_sha256", "reader_revision", "sections", "issues", "locations", "captured_at"),
}
SHOW_MORE = {"note_details", "notices", "facts", "taxonomy"}
CHANGE = {
    *("change", "kind", "report", "from_version", "to_version", "detected_at", "words_added"),
    *("words_removed", "issues_added", "issues_removed", "summary_line"),
}
CHANGE_MORE = {"notes_added", "notes_removed", "topic", "returned_to", "url"}
CHANGE_MORE |= {"issues_reworded", "is_baseline", "is_held"}
CHANGE_MORE |= {"corroborated", "corroborated_by", "issues_unmatched", "unread_lists"}
CHANGE_MORE |= {"appearance", "follows"}
CHANGE_MORE |= {"lists_added", "lists_removed"}
ALERT = {
    *("alert", "change", "report", "address", "channel", "state", "attempts", "due_at"),
    *("message_id", "last_error", "summary_line"),
}
SUBSCRIPTION = {
    *("subscription", "address", "channel", "countries", "sources", "topics", "kinds", "every"),
    *("state", "regions", "editions", "sections", "least", "time_zone", "digest_hour"),
    *("quiet_hours", "set_aside_why", "passage"),
}
SOURCE = {
    *("source", "publisher", "reader_revision", "editions", "reports", "last_ok_at", "state"),
    *("alarms", "left_alone_until"),
}
VERSION = {
    *("version", "captured_at", "last_seen_at", "title", "text_sha256", "payload_sha256"),
    *("report_sha256", "reader_revision", "words", "url"),
}
DIFF = {
    *("report", "from_version", "to_version", "words_added", "words_removed", "issues_added"),
    *("issues_removed", "issues_reworded", "words_moved", "moves", "stock_sentences"),
    *("summary", "sections", "issues_unmatched", "unread_lists", "lists_added", "lists_removed"),
}
TOPICS = {
    *("source", "countries", "editions", "topics", "comparisons", "vanished", "new", "notice"),
}
STATS = {
    *("reports", "versions", "changes", "payloads", "payload_bytes", "payload_bytes_as_received"),
    *("reading_bytes", "runs", "captures", "database_bytes", "places", "tables"),
}

CITATION = {
    *("report", "version", "title", "section", "name", "paragraph", "anchor", "published_on"),
    *("captured_at", "url", "permalink", "memento", "sha256", "citations"),
}
DATA_SET = {"path", "format", "as_of", "tables"}

MOVED = {"to", "is_dry_run", "payloads", "bytes", "removed", "faults", "places"}

DOCUMENTS: list[tuple[Words, set[str], type[JsonDocument]]] = [
    (("reports",), REPORT, ReportDocument),
    (("show", "Gandoria", "2023"), SHOW | SHOW_MORE, ShowDocument),
    (("log", "Gandoria", "2023"), VERSION, VersionDocument),
    (("cite", "Gandoria", "2023"), CITATION, CitationDocument),
    (("changes",), CHANGE | CHANGE_MORE, ChangeDocument),
    (("diff", "Gandoria", "2023"), DIFF, DiffDocument),
    (("diff", "Gandoria", "2023", "--format", "json"), DIFF, DiffDocument),
    (("topics", "--source", "sample-hrr"), TOPICS, TopicsDocument),
    (("sources",), SOURCE, SourceDocument),
    (("alerts",), ALERT, AlertDocument),
    (("alerts", "retry"), {"revived"}, Revived),
    (("subscribe", "a@example.org"), {*SUBSCRIPTION, "secret"}, SubscriptionAdded),
    (("subscribers",), SUBSCRIPTION, SubscriptionDocument),
    (("unsubscribe", "reader@example.org"), {"address", "removed"}, Unsubscribed),
    (("verify",), {"payloads", "readings", "faults"}, Verified),
    (("export", "out.jsonl"), {"path", "format", "versions"}, Exported),
    (
        ("export", "--format", "warc", "out.warc.gz"),
        {"path", "format", "captures", "revisits", "without_body", "misses"},
        ExportedWarc,
    ),
    (("export", "--format", "csv", "out"), DATA_SET, ExportedTables),
    (("export", "--format", "csv", "--table", "issues", "out.csv"), DATA_SET, ExportedTables),
    (("release", "first"), {*DATA_SET, "release", "sha256"}, Released),
    (("access", "hash", "--password", "x"), {"hash"}, PasswordHash),
    (("db", "upgrade"), {"revision"}, SchemaRevision),
    (("db", "stats"), STATS, Stats),
    (("db", "prune", "--dry-run"), {"before", "is_dry_run", "tables"}, Pruned),
    (("db", "backup", "copy.sqlite"), {"path", "not_in_it"}, BackedUp),
    (("db", "payloads", "--to", "pages"), MOVED, PayloadsMoved),
]


@pytest.mark.parametrize(("words", "keys", "model"), named(DOCUMENTS))
def test_a_document_has_exactly_the_keys_of_the_contract_and_is_its_models(
    words: Words, keys: set[str], model: type[JsonDocument], sample: Path
) -> None:
    ran = reportwatch(*words, "--json")
    assert ran.code == 0, ran.err
    documents = ran.document if isinstance(ran.document, list) else [ran.document]
    assert documents
    for document in documents:
        assert set(document) == keys
        assert json.dumps(document) == json.dumps(model.model_validate(document).as_json())


def test_the_inner_documents_have_the_keys_of_the_contract(sample: Path) -> None:
    latest = reportwatch("reports", "--json").document[0]["latest"]
    assert set(latest) == {"number", "text_sha256", "first_seen_at", "last_seen_at"}
    shown = reportwatch("show", "Gandoria", "2023", "--json").document
    assert set(shown["issues"]) == {"status", "items", "reason", "leads", "unread"}
    assert set(shown["issues"]["items"][0]) >= {"text", "topics"}
    section = {"number", "heading", "blocks", "words", "section_sha256", "subheadings"}
    assert len(shown["sections"]) == 6
    assert all(set(each) == section for each in shown["sections"])


def test_lists_that_hold_nothing_are_empty_lists(blank: Path) -> None:
    for words in ("reports", "changes", "alerts", "subscribers", "review", "access tokens"):
        ran = reportwatch(*words.split(), "--json")
        assert (ran.code, ran.document) == (0, [])


def test_names_and_times_have_the_form_of_the_contract(sample: Path) -> None:
    rows = reportwatch("reports", "--json").document
    assert len(rows) == 24
    for row in rows:
        parsed = ReportId.parse(row["report"])
        assert (parsed.source, parsed.edition) == (row["source"], row["edition"])
        assert (parsed.country, parsed.part) == (row["country"], row["part"])
        assert row["latest"]["last_seen_at"].endswith("Z")
    last = [each["last_ok_at"] for each in reportwatch("sources", "--json").document]
    assert last[0].endswith("Z") and len(last[0]) == len("2025-08-12T14:00:00Z")
    assert last[1] is None


def test_an_ingest_prints_its_run_and_an_import_its_files_too(
    site: tuple[Any, str], blank: Path
) -> None:
    run = reportwatch("ingest", "sample-hrr", "--via", site[1], "--edition", "2023", "--json")
    assert run.code == 0, run.err
    assert set(run.document) == RUN
    assert set(run.document["counts"]) == COUNTS
    counts = run.document["counts"]
    assert counts["checked"] == counts["published"] == 13
    assert sum(counts.values()) == 2 * counts["checked"]
    imported = reportwatch("import", "nothing.html", "--json")
    assert imported.code == 1
    assert set(imported.document) == RUN | {"files"}
    (failure,) = imported.document["failures"]
    assert set(failure) == {"url", "outcome", "reason"}
    assert imported.document["files"] == [{"file": "nothing.html", "report": "", "how": "none"}]


WRONG_USAGE: list[tuple[Words, str]] = [
    (("frobnicate",), "frobnicate"),
    (("reports", "--frob"), "--frob"),
    (("show",), "COUNTRY"),
    (("show", "KAZ", "2021", "--version", "0"), "--version"),
    (("diff", "KAZ", "2021", "first"), "'A'"),
    (("changes", "--kind", "edit"), "country_dropped"),
    (("changes", "--since", "yesterday"), "2025-08-12T14:00:00Z"),
    (("changes", "--since", "0001-01-01T00:00:00+23:00"), "is no time"),
    (("reports", "--state", "gone"), "removed"),
    (("alerts", "--state", "lost"), "dead"),
    (("subscribe", "no address"), "name@example.org"),
    (("subscribe", "a\x1b[2J@example.org"), "name@example.org"),
    (("subscribe", "a@example.org", "--every", "hour"), "week"),
    (("ingest", "--delay=-1"), "--delay"),
    (("ingest", "--delay", "4000"), "--delay"),
    (("ingest", "--via", "example.org"), "--via"),
    (("ingest", "--via", "http://example.org/a/path"), "--via"),
    (("import", "x.html", "--retrieved-at", "2999-01-01"), "future"),
    (("import",), "PATH"),
    (("replay", "x", "--port", "65536"), "--port"),
    (("export", "-"), "standard output"),
    (("export", "--table", "weather", "out.jsonl"), "there are: versions, sections"),
    (("export", "--as-of", "2026-01-01", "out.jsonl"), "--table"),
    (("export", "--as-of", "yesterday", "--format", "csv", "out"), "'yesterday' is no time"),
    (("up", "--once"), "--sample"),
]


@pytest.mark.parametrize(("words", "told"), named(WRONG_USAGE))
def test_wrong_usage_is_told_and_ends_with_2(words: Words, told: str, blank: Path) -> None:
    ran = reportwatch(*words, "--json")
    assert ran.code == 2, ran.err
    assert set(ran.document) == {"error"}
    assert told in ran.document["error"]
    assert ran.err == f"reportwatch: {ran.document['error']}\n"


UNKNOWN: list[tuple[Words, str]] = [
    (("show", "Narnia", "2021"), "'Narnia' is no country known"),
    (("show", "Gandoria", "1999"), "`reportwatch reports` lists what is"),
    (("show", "Gandoria", "2023", "--version", "99"), "has no version 99"),
    (("show", "Gandoria", "2023", "--part", "atlantis"), "atlantis"),
    (("show", "Gandoria", "2023", "--source", "nowhere"), "there are: sample-hrr"),
    (("log", "Gandoria", "1999"), "no report sample-hrr/1999/XAG is held"),
    (("diff", "Aldermark", "2023"), "one version only"),
    (("reports", "--country", "Narnia"), "'Narnia' is no country known"),
    (("reports", "--source", "nowhere"), "there are: sample-hrr"),
    (("ingest", "nowhere"), "there are: sample-hrr"),
    (("ingest", "--edition", "20222"), "give a year such as 2024"),
    (("ingest", "--edition", "../.."), "give a year such as 2024"),
    (("ingest", "--country", "Narnia"), "'Narnia' is no country known"),
    (("import", "x.html", "--source", "nowhere"), "there are: sample-hrr"),
    (("import", "x.html", "--edition", "20222"), "give a year such as 2024"),
    (("import", "x.html", "--country", "Narnia"), "'Narnia' is no country known"),
    (("subscribe", "a@example.org", "--country", "Narnia"), "'Narnia' is no country known"),
    (("subscribe", "a@example.org", "--source", "nowhere"), "there are: sample-hrr"),
    (("subscribe", "a@example.org", "--topic", "weather"), "torture_cidt"),
    (("subscribe", "a@example.org", "--region", "narnia"), "there are: africa"),
    (("subscribers", "revive", "nobody@example.org"), "is not set aside"),
    (("alerts", "replay", "nobody@example.org"), "nobody has this address"),
    (("unsubscribe", "nobody@example.org"), "`reportwatch subscribers` lists"),
    (("replay", "nowhere"), "no saved page"),
    (("export", "nowhere/out.jsonl"), "a folder that exists"),
    (("export", "."), "name a file"),
    (("export", "--format", "csv", "--as-of", "2999-01-01", "out"), "yet to come"),
    (("export", "--format", "csv", "."), "which is of no export"),
    (("export", "--format", "csv", "nowhere/out"), "in one that exists"),
    (("export", "--format", "csv", "--table", "issues", "nowhere/out"), "a folder that exists"),
    (("release", "../first"), "cannot name a release"),
    (("release", "first", "--out", "nowhere"), "there is no folder nowhere"),
    (("db", "backup", "nowhere/copy.sqlite"), "a folder that exists"),
    (("db", "backup", "."), "name a new file"),
    (("db", "restore", "nowhere.sqlite"), "there is no file nowhere.sqlite"),
]


def _code(command: Any) -> Any:
    return inspect.unwrap(command.callback).__code__


EARLIER_NAMES = {("replay",): ("serve-pages",), ("alerts", "replay"): ("alerts", "resend")}


def test_a_command_that_was_renamed_keeps_its_earlier_name_out_of_the_help() -> None:
    known = dict(COMMANDS)
    assert {words for words, command in COMMANDS if command.hidden} == set(EARLIER_NAMES)
    for earlier, now in EARLIER_NAMES.items():
        assert _code(known[earlier]) is _code(known[now])


@pytest.mark.parametrize("words", [("--version",), ("show", "-h"), ("db", "stats", "-h")])
def test_what_every_program_answers_is_answered(words: Words) -> None:
    ran = reportwatch(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(("reportwatch 0.", "Usage: reportwatch"))


@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("reportwatch sho", ["show"]),
        ("reportwatch show Côte-di", ["Côte-divoire"]),
        ("reportwatch show kazakhstan 201", ["2019", "2018", "2017", "2016"]),
        ("reportwatch changes --source us-state-i", ["us-state-irf"]),
    ],
)
def test_a_shell_is_told_how_to_go_on(
    line: str, proposed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_REPORTWATCH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    assert reportwatch().out.split() == proposed


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Kazakstan", "did you mean Kazakhstan?"),
        ("Gandorai", "did you mean Gandoria?"),
        ("Nigera", "did you mean Niger or Nigeria?"),
        ("Narnia", "give its name, key or alpha-3 code"),
    ],
)
def test_a_slip_of_the_pen_is_met_with_what_was_meant(asked: str, told: str, blank: Path) -> None:
    for words in (("show", asked, "2021"), ("changes", "--country", asked)):
        assert told in reportwatch(*words).err


def test_a_report_that_is_not_held_is_named_for_every_source_that_may_have_it(blank: Path) -> None:
    error = reportwatch("show", "Kazakhstan", "2021", "--json").document["error"]
    assert "no report us-state-hrr/2021/KAZ or us-state-irf/2021/KAZ is held" in error
    assert "`reportwatch ingest us-state-hrr --edition 2021 --country KAZ`" in error


def test_changes_for_people_are_news_and_few(site: tuple[Any, str], sample: Path) -> None:
    every = reportwatch("changes", "--json").document
    recorded = [each for each in every if each["is_baseline"]]
    told = reportwatch("changes")
    assert len(told.out.splitlines()) == 1 + len(every) - len(recorded)
    assert len(every) > len(recorded) > 20
    assert f"{len(recorded)} recorded by first readings" in told.err
    folded = reportwatch("changes", "--baseline")
    assert "reports of 2023 published" in folded.out
    assert "recorded by" not in folded.err
    one = reportwatch("changes", "--baseline", "--limit", "1").err
    assert f"1 of {len(every)} changes; --limit {len(every)}" in one
    some = reportwatch("changes", "--json", "--limit", "3", "--country", "Gandoria").document
    assert {each["report"].split("/")[2] for each in some} == {"XAG"}
    assert len(some) <= 3


@pytest.mark.parametrize(("words", "told"), named(UNKNOWN))
def test_what_is_unknown_or_refused_is_told_and_ends_with_1(
    words: Words, told: str, sample: Path
) -> None:
    held = reportwatch("db", "stats", "--json").document
    ran = reportwatch(*words, "--json")
    assert ran.code == 1, ran.err
    assert set(ran.document) == {"error"}
    assert told in ran.document["error"]
    assert reportwatch("db", "stats", "--json").document == held
    assert "Traceback" not in ran.err


def test_json_may_stand_before_a_subcommand(blank: Path) -> None:
    ran = reportwatch("alerts", "--json", "retry")
    assert (ran.code, ran.document) == (0, {"revived": 0})


def test_an_alert_that_was_not_given_up_is_not_sent_again(blank: Path) -> None:
    ran = reportwatch("alerts", "retry", "99", "--json")
    assert (ran.code, ran.document) == (1, {"revived": 0})
    assert "none of these was given up" in ran.err


def test_people_see_progress_and_remarks_on_standard_error_only(
    site: tuple[Any, str], sample: Path
) -> None:
    site[0].advance(2)
    ran = reportwatch("ingest", "sample-hrr", "--via", site[1], "--json")
    assert ran.code == 0
    assert ran.err.startswith("Gandoria 2023: ")
    assert ran.document["counts"]["edited"] == 1


SERVING = (
    "prefect",
    "alembic",
    "fastapi",
    "uvicorn",
    "starlette",
    "resvg_py",
    "apprise",
    "psycopg",
)
ASKING = (
    "requests",
    "urllib3",
    "protego",
    "warcio",
    "wayback",
    "smtplib",
    "yaml",
    "jinja2",
    "argon2",
)
PARSING = ("bs4", "lxml", "rapidfuzz")
DRAWING = ("rich",)
STORING = ("sqlalchemy", "pydantic_settings", "zstandard")
READS = (*SERVING, *ASKING)
NAMES_NOTHING = (*READS, *PARSING, *DRAWING)
"""For a command that prints its document and is told no country and no source."""

HEAVY: list[tuple[Words, Collection[str]]] = [
    (("--help",), (*NAMES_NOTHING, *STORING)),
    (("reports", "--help"), (*NAMES_NOTHING, *STORING)),
    (("ingest", "--help"), (*NAMES_NOTHING, *STORING)),
    (("reports", "--json"), NAMES_NOTHING),
    (("changes", "--json"), NAMES_NOTHING),
    (("search", "Gandoria", "--json"), NAMES_NOTHING),
    (("subscribers", "--json"), NAMES_NOTHING),
    (("alerts", "--json"), (*READS, *DRAWING)),
    (("reports",), READS),
    (("show", "Gandoria", "2023"), READS),
    (("log", "Gandoria", "2023"), READS),
    (("diff", "Gandoria", "2023"), READS),
    (("compare", "Gandoria", "2022", "2023", "--json"), READS),
    (("compare", "Gandoria", "2022", "2023"), {*READS} - {"jinja2"}),  # its text is a template
    (("topics", "--source", "sample-hrr"), READS),
    (("sources",), READS),
    (("plan", "sample-hrr"), READS),
    (("deliver",), SERVING),
]

PROBE = """
import sys
from cli.app import main
try:
    main()
finally:
    print(sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(("words", "absent"), named(HEAVY))
def test_a_command_imports_no_more_than_it_needs(
    words: Words, absent: Collection[str], sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_SMTP_URL", "smtp://127.0.0.1:1")
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(json.loads(ran.stderr.splitlines()[-1].replace("'", '"')))
    assert ran.returncode < 2, ran.stderr  # 1: there is no mail server to deliver to
    assert "typer" in loaded
    assert not loaded & set(absent)


def test_the_monitor_is_a_program_of_its_own_that_refuses_in_the_same_form(blank: Path) -> None:
    ran = ended(child("monitor", "--host", "0.0.0.0", "--json"))
    assert ran.code == 3
    assert set(ran.document) == {"error"}
    assert "REPORTWATCH_ADMIN_PASSWORD" in ran.document["error"]
    assert ran.err == f"monitor: {ran.document['error']}\n"


def test_it_runs_as_a_module_from_any_folder(sample: Path) -> None:
    ran = ended(child("reports", "--edition", "2023", "--json"))
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.document) == 13


def test_json_survives_an_output_that_takes_no_unicode(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ran = ended(child("reports", "--country", "Cote d'Ambre", "--json"))
    assert ran.code == 0, ran.err
    assert "Côte d\u2019Ambre" in ran.document[0]["title"]
