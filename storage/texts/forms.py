"""Forms: what people see of a report's page beside its words, as it was when last read well."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from reports.model.form import Form
from storage.database.tables import form
from storage.texts.compression import compress, decompress


@dataclass(frozen=True)
class StoredForm:
    """The form of a report's page: where and by which reader it was read, and with which words.

    ``payload_sha256`` is a stored payload that shows it, ``seen_at`` when it was first seen.
    """

    location_id: int
    reader_revision: int
    words_sha256: str
    form_sha256: str
    payload_sha256: str
    seen_at: datetime

    def is_like(self, other: StoredForm) -> bool:
        """Tell whether two forms can be compared: one page's, one reader's, with the same words."""
        return (self.location_id, self.reader_revision, self.words_sha256) == (
            other.location_id,
            other.reader_revision,
            other.words_sha256,
        )


class Forms:
    """The forms of one connection: the latest one of each report."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, report_id: int) -> StoredForm | None:
        """Return a report's form, None if none was read yet."""
        row = self._connection.execute(select(form).where(form.c.report_id == report_id)).first()
        if row is None:
            return None
        return StoredForm(**{name: getattr(row, name) for name in StoredForm.__dataclass_fields__})

    def parts(self, report_id: int) -> Form:
        """Return what a report's form consists of."""
        query = select(form.c.body).where(form.c.report_id == report_id)
        return Form.of(json.loads(decompress(self._connection.execute(query).scalar_one())))

    def put(self, report_id: int, value: Form, stored: StoredForm) -> None:
        """Store a form in place of the last one; its payload has to be stored."""
        self._connection.execute(delete(form).where(form.c.report_id == report_id))
        columns = {name: getattr(stored, name) for name in StoredForm.__dataclass_fields__}
        body = compress(json.dumps(value.as_rows()).encode())
        self._connection.execute(form.insert(), {"report_id": report_id, "body": body, **columns})
