"""Databases with the schema of an older version."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from storage.database.engine import open_engine


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
