"""Prefect's interface is there also if its server may not write beside its own sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings

from cli.up.variables import interface_environment


@pytest.mark.parametrize("may_write", [True, False])
def test_the_interface_is_kept_in_the_home_only_if_prefects_folder_cannot_be_written(
    may_write: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def access(path: Path, mode: int) -> bool:
        asked.append(path)
        return may_write

    monkeypatch.setattr(os, "access", access)
    found = interface_environment(tmp_path)
    assert asked[0].parts[-2:] == ("prefect", "server") and (asked[0] / "api").is_dir()
    kept = str(tmp_path / "prefect" / "interface")
    assert list(found.values()) == ([] if may_write else [kept])
    assert set(found) <= set(_get_settings_fields(PrefectSettings))
