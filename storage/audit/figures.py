"""Whether the figures of reports are those of their texts: issues, topics, sections."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from storage.audit.texts import UNREADABLE
from storage.database.seals import row_key
from storage.database.tables import report_facts, report_topic
from storage.texts.readings import Readings


def figure_faults(connection: Connection) -> Iterator[str]:
    """Name reports whose figures do not follow from the reading that they were taken from.

    Not the numbers of words: how these are counted may change with the program.
    """
    store = Readings(connection)
    topics: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for report_id, topic, count in connection.execute(select(report_topic)):
        topics[report_id][topic] = count
    for row in connection.execute(select(report_facts)).all():
        try:
            value, _ = store.get(row.version_id, row.reader_revision)
        except UNREADABLE as error:
            yield f"report_facts {row.report_id}: its text cannot be read ({error})"
            continue
        issues = [[each.text, list(each.topics)] for each in value.issues.items]
        stored = (row.issue_status, row.issue_count, row.section_count, row.issues)
        if stored != (value.issues.status.value, len(issues), len(value.sections), issues):
            yield f"report_facts {row.report_id}: its figures are not those of its text"
        filed = Counter(topic for _, each in issues for topic in each)
        for topic in {*filed, *topics[row.report_id]}:
            if filed[topic] != topics[row.report_id].get(topic, 0):
                name = row_key(row.report_id, topic)
                yield f"report_topic {name}: its text names that topic {filed[topic]} times"
