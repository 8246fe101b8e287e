"""The documentation against the program: what it names is there, and nothing is left out."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from doc_pages import (
    ALARMS,
    COMMANDS,
    FRESHNESS,
    MONITOR,
    PAGES,
    ROOT,
    SETTINGS,
    Block,
    anchors,
    blocks,
    codes,
    command_sections,
    links,
    page_name,
    prose,
    rows,
    sections,
)
from every_route import every_route

from cli.app import GROUPS, app
from monitor.app import create_app
from monitor.doors.rights import right_needed
from reports.watch.alarm import AlarmKind
from reports.watch.outcome import Outcome
from scrapers.registry import all_sources
from services.access import Right
from services.assembly import open_parts
from services.health.state import check_health
from services.settings import PREFIX, Settings
from storage.database.tables import metadata

PROGRAM = typer.main.get_command(app)
GROUPS_WITH_A_COMMAND_OF_THEIR_OWN = {"alarms", "alerts", "subscribers"}
EXAMPLE = ROOT / "deployments" / "env.example"


def _leaves(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if command.hidden:  # an earlier name, which still works
            continue
        full = f"{path} {name}".strip()
        if not hasattr(command, "commands") or full in GROUPS_WITH_A_COMMAND_OF_THEIR_OWN:
            yield full, command
        if hasattr(command, "commands"):
            yield from _leaves(command, full)


LEAVES = dict(_leaves(PROGRAM))
FEWEST_COMMANDS = 39


def _options(command: Any) -> set[str]:
    return {
        name
        for each in command.params
        if each.param_type_name == "option"
        for name in each.opts
        if name not in ("-h", "--help")
    }


ALL_OPTIONS = set().union(*map(_options, LEAVES.values()))


def test_every_command_has_its_section_and_no_other_has() -> None:
    assert set(command_sections()) == set(LEAVES)


def test_index_of_commands_lists_them_under_the_headings_of_the_help() -> None:
    index = sections(COMMANDS)
    real: dict[str, set[str]] = {}
    for name in LEAVES:
        top = PROGRAM.commands[name.split()[0]]  # type: ignore[attr-defined]
        real.setdefault(top.rich_help_panel, set()).add(name)
    assert len(real) == len(GROUPS)
    named = {heading: set(re.findall(r"\[`([a-z -]+)`\]", index[heading])) for heading in real}
    assert named == real


def test_section_lists_exactly_the_options_of_its_command(subtests: pytest.Subtests) -> None:
    assert len(LEAVES) >= FEWEST_COMMANDS
    for name, command in LEAVES.items():
        with subtests.test(name=name):
            named = {code for row in rows(command_sections()[name]) for code in codes(row[0])}
            assert named == _options(command)


def test_section_begins_with_how_its_command_is_called(subtests: pytest.Subtests) -> None:
    assert len(LEAVES) >= FEWEST_COMMANDS
    for name, command in LEAVES.items():
        with subtests.test(name=name):
            usage = codes(command_sections()[name])[0]
            wanted = [
                (each.metavar or each.name).strip("[].").upper()
                for each in command.params
                if each.param_type_name == "argument"
            ]
            assert usage.startswith(f"reportwatch {name}")
            given = usage.removeprefix(f"reportwatch {name}").split()
            assert [word.strip("[]….") for word in given] == wanted


def test_command_explains_itself(
    capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
) -> None:
    assert len(LEAVES) >= FEWEST_COMMANDS
    for name in LEAVES:
        with subtests.test(name=name):
            with pytest.raises(typer.Exit) as end:
                _context(f"reportwatch {name} --help")
            assert end.value.exit_code == 0
            assert f"Usage: reportwatch {name}" in capsys.readouterr().out


def _context(line: str) -> Any:
    """Parse a command line as the program would, without running it."""
    words = shlex.split(line)
    command, path, rest = PROGRAM, [words[0]], words[1:]
    while rest and rest[0] in getattr(command, "commands", {}):
        command, path, rest = command.commands[rest[0]], [*path, rest[0]], rest[1:]
    assert command is not PROGRAM, f"no such command: {line}"
    return command.make_context(" ".join(path), list(rest))


SHELL = [
    pytest.param(block, id=f"{block.page}-{number}")
    for path in PAGES
    for number, block in enumerate(blocks(path, "sh"), start=1)
]


@pytest.mark.parametrize("block", SHELL)
def test_shell_block_names_what_exists(block: Block) -> None:
    whole = block.text.replace("\\\n", " ").splitlines()
    lines = [words for line in whole if (words := shlex.split(_alone(line), comments=True))]
    assert len(lines) >= 1
    for words in lines:
        _check_line(words)


def _alone(line: str) -> str:
    """Return a command without what its shell does: where output goes, and the background."""
    return re.sub(r" (>|2>&1|&$)( ?[\w./-]+)?", "", line)


OF_ANY_SHELL = (
    *(
        "cd",
        "curl",
        "datasette",
        "docker",
        "install",
        "journalctl",
        "kill",
        "kubectl",
        "mkdir",
        "pip",
        "promtool",
    ),
    *("set", "systemctl", "systemd-sysusers", "uv"),
)
"""Programs that are not ours; the tutorial's are run by its own test."""

SECRETS_SCRIPT = ROOT / "deployments" / "compose" / "new-secrets.sh"


def _check_line(words: list[str]) -> None:
    program, *rest = words
    if program in OF_ANY_SHELL or _is_of_deployments(program, rest):
        return
    if words[1:] == ["--version"]:
        assert program == "reportwatch"
    elif program in ("reportwatch", ".venv/bin/reportwatch"):
        _context(shlex.join(["reportwatch", *rest]))
    elif program == "make":
        assert set(rest) <= _targets()
    elif program == ".venv/bin/python":
        assert rest[0] == "-m"
        assert find_spec(rest[1])
    elif program == "prefect":
        assert {word for word in rest if "=" not in word} <= _typed_at_prefect()
    elif program == "export":
        Settings(
            **{_field(name): value for name, _, value in (each.partition("=") for each in rest)}
        )
    else:
        assert words == ["alias", "reportwatch=.venv/bin/reportwatch"]


def _is_of_deployments(program: str, rest: list[str]) -> bool:
    """Return whether a line starts what deployments/ has, or a worker under OpenTelemetry."""
    if program == ".venv/bin/opentelemetry-instrument":
        return rest[:3] == [".venv/bin/prefect", "worker", "start"]
    return program == f"./{SECRETS_SCRIPT.name}" or ROOT / program == SECRETS_SCRIPT


def _typed_at_prefect() -> set[str]:
    """Return the words that a test types at Prefect's own command."""
    typed = (ROOT / "tests" / "flows" / "test_own_prefect_server.py").read_text("utf-8")
    words = set(re.findall(r'"([^"\s]+)"', typed))
    assert len(words) >= 20
    return words


FEWEST_CODES = 1
"""So many pieces of code every page has at least."""

WITHOUT_LINKS = ("topics.md",)
BENCH_OPTIONS = {
    option
    for program in sorted((ROOT / "bench").rglob("*.py"))
    for option in re.findall(r'"(--[a-z-]+)"', program.read_text("utf-8"))
}


def _field(name: str) -> str:
    assert name.startswith(PREFIX)
    return name.removeprefix(PREFIX).lower()


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.M))


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_page_names_only_commands_options_targets_and_modules_that_exist(path: Path) -> None:
    found = codes(prose(path))
    assert len(found) >= FEWEST_CODES, path
    for code in found:
        words = code.split()
        if words[0] == "reportwatch" and re.match("[a-z]", words[1] if words[1:] else ""):
            assert words[1] in PROGRAM.commands, code  # type: ignore[attr-defined]
        if words[0] == "make" and len(words) > 1:
            assert words[1] in _targets(), code
        if words[:2] == [".venv/bin/python", "-m"]:
            assert find_spec(words[2]), code
        named = set(re.findall(r"(?<!\S)--[a-z-]+", code))
        if words[0] == "reportwatch" or words[0].startswith("--"):
            assert named <= ALL_OPTIONS | _options(PROGRAM) | BENCH_OPTIONS | {"--help"}, code


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_page_names_only_files_that_exist(path: Path) -> None:
    folders = {each.name for each in ROOT.iterdir() if each.is_dir() and each.name[0] != "."}
    found = codes(prose(path))
    assert len(found) >= FEWEST_CODES, path
    for code in found:
        is_example = re.search(r"/[A-Z]+(/|$)", code)
        if re.fullmatch(r"[a-z_]+(/[\w.]*)+", code) and code.split("/")[0] in folders:
            assert is_example or (ROOT / code).exists(), code


def _documented_settings() -> dict[str, str]:
    found = rows(sections(SETTINGS)["Settings"])
    return {codes(name)[0]: default.strip("`") for name, default, *_ in found}


def _default(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "empty"


def test_settings_table_has_every_setting_with_its_default() -> None:
    real = {
        PREFIX + name.upper(): _default(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert _documented_settings() == real


def _descriptions() -> dict[str, str]:
    (settings,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(settings, ast.ClassDef)
    found = {
        PREFIX + field.target.id.upper(): " ".join(said.value.value.split())
        for field, said in pairwise(settings.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    }
    assert len(found) == len(Settings.model_fields)
    return found


def test_settings_table_says_what_each_field_says() -> None:
    remark = re.compile(r" \(\[[^]]*\]\([^)]*\)\)")
    link = re.compile(r"\[([^]]*)\]\([^)]*\)")
    table = rows(sections(SETTINGS)["Settings"])
    said = {codes(name)[0]: link.sub(r"\1", remark.sub("", meaning)) for name, _, meaning in table}
    assert said == _descriptions()


def test_example_environment_says_what_each_field_says() -> None:
    comments = rf"((?:^# .*\n)+)({PREFIX}[A-Z_]+)="
    found = re.findall(comments, EXAMPLE.read_text("utf-8"), re.M)
    said = {name: " ".join(comment.replace("# ", "").split()) for comment, name in found}
    assert said == _descriptions()


def test_example_environment_has_exactly_the_settings() -> None:
    named = re.findall(rf"^\s*#?\s*({PREFIX}[A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.M)
    assert sorted(named) == sorted(_documented_settings())


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_page_names_only_settings_that_exist(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text("utf-8")))
    assert named <= {*_documented_settings(), "REPORTWATCH_CORPUS"}


def test_table_of_pages_has_every_route_and_no_other(tmp_path: Path) -> None:
    with open_parts(Settings(home=tmp_path)) as parts:
        monitor = create_app(parts)
        described = set(monitor.openapi()["paths"])
        real = {each.path for each in every_route(monitor)}
    assert described < real
    documented = [path for row in pages_of_the_monitor() for path in codes(row[0])]
    assert sorted(documented) == sorted(real)


def test_table_of_pages_says_who_may_see_each(tmp_path: Path) -> None:
    with open_parts(Settings(home=tmp_path)) as parts:
        routes = every_route(create_app(parts))
    documented = {path: row[1] for row in pages_of_the_monitor() for path in codes(row[0])}
    names = {Right.NONE: "all", Right.READ: "readers", Right.OPERATE: "operators"}
    by_reading_last = sorted(routes, key=lambda each: each.method == "GET")
    assert documented == {
        each.path: names[right_needed(each.method, each.filled())] for each in by_reading_last
    }


def pages_of_the_monitor() -> list[list[str]]:
    """Return the table of pages: paths, who may see them, and what they show."""
    found = rows(sections(MONITOR)["The monitor"].partition("###")[0])
    assert len(found) >= 40
    return found


def test_health_document_is_shown_with_the_keys_it_has(tmp_path: Path) -> None:
    with open_parts(Settings(home=tmp_path)) as parts:
        with parts.store.write() as unit:
            unit.sources.mark_read(
                "us-state-hrr", datetime(2025, 1, 1, tzinfo=UTC), is_baseline=True
            )
            unit.commit()
        real = check_health(parts).document.as_json()
    (shown,) = (json.loads(each.text) for each in blocks(FRESHNESS, "json"))
    assert {name: type(each) for name, each in shown.items()} == {
        name: type(each) for name, each in real.items()
    }
    assert set(shown["sources"][0]) == set(real["sources"][0])
    assert set(shown["scheduler"]) == set(real["scheduler"])
    assert shown["findings"] == real["findings"]
    assert set(shown["alarms"]) <= set(AlarmKind)


def test_every_kind_of_alarm_is_described() -> None:
    text = ALARMS.read_text("utf-8") + FRESHNESS.read_text("utf-8")
    assert all(f"| `{kind}` |" in text for kind in AlarmKind)


def test_pages_hold_what_is_looked_at() -> None:
    assert len(PAGES) >= 15 and len(SHELL) >= 16
    assert sum(len(codes(prose(path))) for path in PAGES) >= 1700
    assert sum(len(links(path)) for path in PAGES) >= 220


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_links_lead_somewhere(path: Path) -> None:
    found = links(path)
    assert len(found) >= (path.name not in WITHOUT_LINKS), path
    for link in found:
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_vocabulary_defines_every_outcome() -> None:
    text = sections(ROOT / "docs" / "vocabulary.md")["Outcomes"]
    assert {codes(row[0])[0] for row in rows(text)} == {each.value for each in Outcome}


def test_sources_are_described() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    sources = all_sources()
    assert len(sources) >= 4
    assert all(f"`{name}`" in text for name in sources)


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_page_speaks_of_the_project_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.findall(r"(?<![\w.}])/(?:work|tmp|home|root|mnt|Users)/\S*", text)
    assert not re.findall(r"\.\./\w+|\bshared/", re.sub(r"\]\((\.\./)+", "](", text))


def test_page_of_tables_has_every_table_with_its_columns() -> None:
    page = (ROOT / "docs" / "tables.md").read_text("utf-8").partition("\n## Views\n")[0]
    text = " ".join(page.split())
    entries = re.findall(r"- \*\*`(\w+)`\*\*: .*? Columns: (.*?)\.(?= - | ## |$)", text)
    documented = {name: re.findall(r"`(\w+)`(?: → `(\w+)`)?", columns) for name, columns in entries}
    real = {
        table.name: [
            (column.name, next((key.column.table.name for key in column.foreign_keys), ""))
            for column in table.columns
        ]
        for table in metadata.sorted_tables
    }
    assert len(real) >= 40
    assert documented == real
