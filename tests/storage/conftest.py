"""An archive over each kind of database."""

from __future__ import annotations

import pytest
from archive import Archive

from storage.store import Store


@pytest.fixture
def archive(store: Store) -> Archive:
    return Archive(store)
