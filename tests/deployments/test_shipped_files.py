"""The files for other machines name what is there: settings, commands, files, and no secret."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import stat
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from prefect.cli._app import _app as prefects_command
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings
from prefect_redis.client import RedisMessagingSettings
from shipped import (
    BASE,
    COMPOSE,
    FOLDER,
    KUBERNETES,
    ROOT,
    SYSTEMD,
    TRIAL,
    WORKLOADS,
    Shipped,
    boxes_of,
    compose,
    environment_files,
    every_command,
    manifests,
    of_systemd,
    pod_of,
    variables_of,
)

from cli.app import app
from flows.environment import (
    BATCHED_RECORDER,
    KEPT_SECONDS,
    LOGGERS,
    QUIET,
    SLOT_WAIT_SECONDS,
)
from services.settings import PREFIX, Settings

FEWEST_COMMANDS = 40
OF_OTHERS = {"POSTGRES_USER", "PGDATA", "DO_NOT_TRACK"}
OTHER_PROGRAMS = {"postgres", "pg_isready", "redis-server", "redis-cli", "nginx", "curl"}
"""Programs of other images: the walk of the compose file runs them with the very words."""

SECRET_FILES = {"postgres.env", "prefect.env", "watch.env", "monitor.env"}


class Parsed(Exception):
    """A command line was understood; nothing more is wanted."""


def known_variables() -> set[str]:
    of_redis = {f"PREFECT_REDIS_MESSAGING_{name.upper()}" for name in _fields()}
    ours = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return {*_get_settings_fields(PrefectSettings), *of_redis, *ours, *OF_OTHERS}


def _fields() -> list[str]:
    return list(RedisMessagingSettings.model_fields)


def test_every_variable_is_a_setting() -> None:
    known = known_variables()
    by_place = {each.place: set(each.variables) for each in every_command()}
    by_place |= {str(each): set(variables_of(each)) for each in environment_files()}
    assert len(by_place) >= FEWEST_COMMANDS
    assert sum(map(len, by_place.values())) >= 150
    assert {place: found - known for place, found in by_place.items() if found - known} == {}


def test_a_variable_that_is_no_setting_is_found() -> None:
    assert "REPORTWATCH_HOME" in known_variables()
    assert not {"REPORTWATCH_NOTHING", "PREFECT_SERVER_NOTHING"} & known_variables()


@pytest.mark.parametrize("shipped", every_command(), ids=lambda each: each.place)
def test_every_command_line_is_understood(
    shipped: Shipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    _understand(shipped.command, monkeypatch)


@pytest.mark.parametrize(
    "command",
    [
        ("prefect", "worker", "start", "--pole", "reportwatch"),
        ("reportwatch", "ingest", "--no-such-option"),
        ("python", "-m", "monitor", "--door", "8080"),
    ],
)
def test_a_command_line_that_is_not_understood_is_found(
    command: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises((Exception, SystemExit), match=r"(?i)pole|no-such-option|door|2"):
        _understand(command, monkeypatch)


def _understand(command: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    match command:
        case ["prefect", *words]:
            prefects_command.parse_args(words, exit_on_error=False, print_error=False)
        case ["reportwatch", *words]:
            _understand_ours(words)
        case ["python", "-m", module, *words]:
            _understand_module(module, words, monkeypatch)
        case _:
            assert command[0] in OTHER_PROGRAMS


def _understand_ours(words: Sequence[str]) -> None:
    group: Any = typer.main.get_command(app)
    words = list(words)
    while hasattr(group, "commands") and words:
        group = group.commands[words.pop(0)]
    group.make_context(group.name, words, resilient_parsing=False)


def _understand_module(module: str, words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parse = argparse.ArgumentParser.parse_args

    def parse_only(self: argparse.ArgumentParser, *given: Any) -> argparse.Namespace:
        parse(self, *given)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_only)
    name = module if module == "alerts.sink" or "." in module else f"{module}.__main__"
    with pytest.raises(Parsed):
        importlib.import_module(name).main(list(words))


def _servers() -> Iterator[tuple[str, dict[str, str]]]:
    yield "compose", compose()["x-prefect-server"]
    yield "kubernetes", variables_of(BASE / "prefect-server.env")
    yield from ((e.place, dict(e.variables)) for e in of_systemd() if "prefect.service" in e.place)


def test_prefects_servers_have_the_settings_that_up_gives_to_its_own() -> None:
    servers = dict(_servers())
    assert len(servers) == 3
    for place, found in servers.items():
        wanted = {
            **QUIET,
            **BATCHED_RECORDER,
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEPT_SECONDS),
            "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": str(SLOT_WAIT_SECONDS),
        }
        assert {k: v for k, v in found.items() if k in wanted} == wanted, place
    assert variables_of(BASE / "prefect-server.env") == compose()["x-prefect-server"]
    assert variables_of(BASE / "prefect-client.env") == compose()["x-prefect-client"]
    assert compose()["x-prefect-client"]["PREFECT_LOGGING_EXTRA_LOGGERS"] == LOGGERS


def test_every_service_of_the_compose_file_is_confined() -> None:
    services = compose()["services"]
    assert len(services) == 11
    ports = [port for each in services.values() for port in each.get("ports", [])]
    assert len(ports) >= 1
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    for name, each in services.items():
        assert each["read_only"] is True, name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert int(each["user"].split(":")[0]) > 0, name
        assert each["logging"]["options"]["max-size"], name
        assert each["restart"] in {"unless-stopped", "no"}, name
        assert "healthcheck" in each or each["restart"] == "no", name
        assert "latest" not in each["image"] and ":" in each["image"], name
    declared = compose()
    for kind in ("networks", "volumes"):
        used = {
            entry.split(":")[0]
            for each in services.values()
            for entry in each.get(kind, [])
            if not entry.startswith("./")
        }
        assert used == set(declared[kind]), kind


def test_no_secret_is_in_a_shipped_file_and_the_script_makes_all(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = [subprocess.run([COMPOSE / "new-secrets.sh", folder], check=True) for _ in range(2)]
    assert len(made) == 2  # the second leaves what is there
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    values = set[str]()
    for name in SECRET_FILES:
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        found = variables_of(folder / name)
        assert set(found) <= known_variables() | {
            *("POSTGRES_PASSWORD", "REPORTWATCH_PASSWORD", "PREFECT_PASSWORD")
        }
        values |= set(found.values())
    assert len(values) >= 9
    used = {
        Path(file).name
        for each in compose()["services"].values()
        for file in each.get("env_file", [])
        if file.startswith("secrets/")
    }
    assert used == SECRET_FILES
    secret = re.compile(r"(PASSWORD|SECRET|AUTH_STRING|CONNECTION_URL|DATABASE_URL|_KEYS)=\S")
    shipped = [each for each in FOLDER.rglob("*") if each.is_file() and "secrets" not in each.parts]
    assert len(shipped) >= 60
    for each in shipped:
        if each.suffix in {".yaml", ".env", ".service", ".conf"}:
            assert not secret.search(each.read_text()), each
    made_in = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
    assert "deployments/compose/secrets" in made_in


def test_pods_are_confined_and_have_what_their_variables_name() -> None:
    workloads = [each for each in manifests() if each["kind"] in WORKLOADS]
    assert len(workloads) == 10
    found = {each["kind"] for each in workloads if not pod_of(each).get("securityContext")}
    patched = {each.stem.replace("-", "") for each in (BASE / "confined").glob("*.yaml")}
    assert {each.lower() for each in found} == patched
    boxes = [(each, box) for each in workloads for box in boxes_of(pod_of(each))]
    assert len(boxes) >= 10
    for each, box in boxes:
        name = each["metadata"]["name"]
        assert box["resources"]["requests"]["memory"], name
        assert box["resources"]["limits"]["memory"], name
        mounted = {one["name"] for one in box["volumeMounts"]}
        claimed = {"data"} if each["kind"] == "StatefulSet" else set()
        there = {one["name"] for one in pod_of(each).get("volumes", [])}
        assert mounted <= there | claimed, name
    sources = [source for _, box in boxes for source in box.get("envFrom", [])]
    assert len(sources) >= 10
    script = (COMPOSE / "new-secrets.sh").read_text()
    for source in sources:
        (kind,) = source
        told = source[kind]["name"]
        is_there = f"> {told.removeprefix('secrets-')}.env" in script
        assert is_there if kind == "secretRef" else (BASE / f"{told}.env").exists(), told
    same = [each / "databases.sh" for each in (COMPOSE, TRIAL)]
    assert same[0].read_bytes() == same[1].read_bytes()
    assert os.access(same[0], os.X_OK)


def test_the_image_holds_the_packages_of_the_wheel_and_no_secret() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert {each[1:-1] for each in lines if re.fullmatch(r"!\w+/", each)} == packages
    for kept_out in ("*", "**/*.env", "deployments/compose/secrets/", "deployments/kubernetes/"):
        assert kept_out in lines
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    assert len(bases) == 2 and len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])


def test_units_are_hardened_alike_and_name_their_environment() -> None:
    units = sorted(SYSTEMD.glob("*.service"))
    assert len(units) == 5
    blocks = {
        each.read_text().split("# What it may touch")[1].split("TasksMax")[0] for each in units
    }
    assert len(blocks) == 1
    assert KUBERNETES.is_dir()
    for each in units:
        files = re.findall(r"^EnvironmentFile=-?/etc/reportwatch/(\S+)$", each.read_text(), re.M)
        assert {*files} <= {*SECRET_FILES, "reportwatch.env"}
        assert files, each
