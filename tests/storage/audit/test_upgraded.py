"""A database that comes from an older schema, or was put to other uses, leaves nothing to find."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from audit_stage import faults_of
from databases import Database

from storage.database.engine import open_engine
from storage.store import open_store


def taken_back(url: str, revision: str) -> None:
    """Give a database the schema of an older version, with what it holds."""
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize("revision", ["0014", "0016"])
def test_an_upgrade_leaves_nothing_to_find(filled_sqlite: Database, revision: str) -> None:
    taken_back(filled_sqlite.url, revision)
    open_store(filled_sqlite.url, filled_sqlite.home).close()
    assert faults_of(filled_sqlite.url) == []
