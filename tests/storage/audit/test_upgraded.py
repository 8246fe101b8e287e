"""A database that comes from an older schema, or was put to other uses, leaves nothing to find."""

from __future__ import annotations

import pytest
from audit_stage import faults_of
from databases import Database
from old_schemas import taken_back

from storage.store import open_store


@pytest.mark.parametrize("revision", ["0014", "0016"])
def test_an_upgrade_leaves_nothing_to_find(filled_sqlite: Database, revision: str) -> None:
    taken_back(filled_sqlite.url, revision)
    open_store(filled_sqlite.url, filled_sqlite.home).close()
    assert faults_of(filled_sqlite.url) == []
