"""The settings that were agreed upon for this database, by name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage.database.tables import agreed_setting


class AgreedSettings:
    """The agreed settings on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, str]:
        """Return the value of each by its name; none if nothing was ever agreed."""
        rows = self._connection.execute(select(agreed_setting).order_by(agreed_setting.c.name))
        return {row.name: row.value for row in rows}

    def replace(self, values: Mapping[str, str]) -> None:
        """Put these values in the place of all that were agreed."""
        self._connection.execute(agreed_setting.delete())
        rows = [{"name": name, "value": value} for name, value in values.items()]
        self._connection.execute(agreed_setting.insert(), rows)
