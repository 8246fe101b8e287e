"""The variables Prefect is started with: all known to it, complete, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings

from flows.deployments_file import BUNDLED
from flows.environment import FORMATTER, LOGGING, client_environment, prefect_environment
from services.settings import PREFIX, Settings, load_settings

EXAMPLE = BUNDLED.parent / "env.example"
ROOT = BUNDLED.parents[1]
OUTSIDE = {"reports", "documents", "exhibits", "monitor", "cli", "deployments", "tests", "bench"}
"""Folders that log nothing in a run, or are no part of one."""

SECRETS = {
    "secret": "s1gning",
    "admin_password": "0pen-sesame",
    "smtp_url": "smtp://user:p4ssword@mail.example:587",
    "database_url": "postgresql://user:p4ssword@db.example/reports",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path, **SECRETS)


def test_every_variable_is_one_that_prefect_knows(settings: Settings) -> None:
    # A variable may also replace a value of the file of logging, by its place in it.
    in_file = yaml.safe_load(LOGGING.read_text())["handlers"]["console"]["formatter"]
    assert in_file == settings.log_format
    known = {*_get_settings_fields(PrefectSettings), "DO_NOT_TRACK", FORMATTER}
    assert set(prefect_environment(settings, 4200)) <= known
    assert set(client_environment(settings, "http://127.0.0.1:4200/api", "")) <= known


def test_no_secret_is_among_them(settings: Settings) -> None:
    for environment in (
        prefect_environment(settings, 4200),
        client_environment(settings, "http://127.0.0.1:4200/api", ""),
    ):
        told = " ".join(environment.values())
        assert not any(secret in told for secret in (*SECRETS.values(), "p4ssword"))


def test_lines_of_every_folder_that_a_run_enters_appear_beside_it(settings: Settings) -> None:
    shown = prefect_environment(settings, 4200)["PREFECT_LOGGING_EXTRA_LOGGERS"].split(",")
    assert {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - OUTSIDE == {*shown}


def test_everything_of_prefects_lives_in_the_home_folder(settings: Settings) -> None:
    environment = prefect_environment(settings, 4200)
    assert environment["PREFECT_HOME"] == str(settings.home / "prefect")
    assert not any("DATABASE" in name for name in environment)


def test_server_and_clients_agree_on_a_loopback_address(settings: Settings) -> None:
    environment = prefect_environment(settings, 4321)
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert environment["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert environment["PREFECT_SERVER_API_PORT"] == "4321"
    assert "*" not in environment["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"]


def test_nothing_is_told_to_anybody_outside(settings: Settings) -> None:
    environment = prefect_environment(settings, 4200)
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_UI_V2_ENABLED"] == "false"


def test_the_example_names_every_setting_with_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = EXAMPLE.read_text().splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(named) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unset = load_settings()
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == unset
