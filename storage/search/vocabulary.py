"""The words that reports use, for suggesting one in the place of a word that none has.

They are those of the newest versions: to ask an index for all of its words takes seconds in a large
database, and nobody looks for a word that the newest reports do not have as often as for a typing
error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from reports.search.folding import folded_text
from storage.database.tables import report, version
from storage.texts.readings import Readings

MOST_VERSIONS = 24
"""Versions whose words are known: some 150,000 words, of which 10,000 differ."""


def newest_words(connection: Connection, within: Sequence[ColumnElement[bool]]) -> Counter[str]:
    """Return how often the newest versions of reports write each folded word."""
    query = (
        select(version.c.id)
        .join(report, report.c.id == version.c.report_id)
        .where(*within)
        .order_by(version.c.id.desc())
        .limit(MOST_VERSIONS)
    )
    readings = Readings(connection)
    words: Counter[str] = Counter()
    for number in connection.execute(query).scalars().all():
        reading, _ = readings.get(number)
        names = (each.name for each in reading.sections)
        words.update(folded_text(" ".join((*reading.all_blocks, *names))).split())
    return words
