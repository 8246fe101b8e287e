"""A desk that makes changes, and a mail server that keeps what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from alerts.sink import Sink


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "mail") as listening:
        yield listening
