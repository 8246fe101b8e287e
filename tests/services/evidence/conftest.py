"""A true log and a forger, made once for the tests of bundles."""

from __future__ import annotations

import pytest

from tests.services.evidence.bundle_stage import Stage, made_in


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return the stage."""
    return made_in(tmp_path_factory.mktemp("authorities"))
