"""Views: what is stored under plain names, for whoever asks the database directly.

They show what stands in columns; texts of reports are packed, and an export has them. They are made
anew whenever the schema was brought up to date, and are away while it is: SQLite makes no table
anew that a view looks at.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_NAME = (
    "report.source || '/' || report.edition || '/' || report.country "
    "|| CASE WHEN report.part = '' THEN '' ELSE '/' || report.part END"
)
_OF_REPORT = f"{_NAME} AS report, report.source, report.edition, report.country, report.part"

_REMOVED_AT = (
    "CASE WHEN report.state = 'removed' THEN (SELECT max(gone.detected_at) FROM change AS gone "
    "WHERE gone.report_id = report.id AND gone.kind = 'removed') END"
)
_NEWEST_READING = (
    "reading.id = (SELECT newest.id FROM reading AS newest WHERE newest.version_id = version.id "
    "ORDER BY newest.reader_revision DESC LIMIT 1)"
)

_VERSIONS = f"""
    SELECT {_OF_REPORT}, version.number AS version,
      coalesce(nullif(version.own_title, ''), report.title) AS title,
      version.first_seen_at AS valid_from,
      coalesce(lead(version.first_seen_at) OVER in_time, {_REMOVED_AT}) AS valid_to,
      CASE WHEN lead(version.id) OVER in_time IS NOT NULL OR report.state = 'removed'
        THEN version.last_seen_at END AS last_seen_at,
      version.recorded_at AS known_since, version.captured_at, location.url,
      version.payload_sha256, reading.text_sha256, reading.words_sha256, reading.report_sha256,
      reading.reader_revision
    FROM version
    JOIN report ON report.id = version.report_id
    JOIN location ON location.id = version.location_id
    JOIN reading ON {_NEWEST_READING}
    WINDOW in_time AS (
      PARTITION BY version.report_id ORDER BY version.captured_at, version.number
    )
"""  # noqa: S608

_CHANGES = f"""
    SELECT change.id AS change, coalesce({_NAME}, '') AS report,
      coalesce(report.source, change.source) AS source,
      coalesce(report.edition, change.edition) AS edition,
      coalesce(report.country, '') AS country, coalesce(report.part, '') AS part, change.subject,
      change.kind, change.from_version, change.to_version, change.detected_at,
      change.recorded_at AS known_since, change.words_added, change.words_removed,
      change.returned_to, change.is_baseline, change.is_held, change.is_told,
      change.is_corroborated, change.summary_line, change.url
    FROM change LEFT JOIN report ON report.id = change.report_id
"""  # noqa: S608

_TOPICS = f"""
    SELECT {_OF_REPORT}, report_topic.topic, report_topic.issue_count
    FROM report_topic JOIN report ON report.id = report_topic.report_id
"""  # noqa: S608

_COVERAGE = f"""
    SELECT {_OF_REPORT}, report.title, report.state, report.published_on,
      count(version.id) AS version_count, min(version.first_seen_at) AS valid_from,
      {_REMOVED_AT} AS valid_to, report_facts.issue_status, report_facts.issue_count,
      report_facts.section_count, report_facts.summary_word_count, report_facts.report_word_count
    FROM report
    JOIN version ON version.report_id = report.id
    LEFT JOIN report_facts ON report_facts.report_id = report.id
    GROUP BY report.id, report.source, report.edition, report.country, report.part, report.title,
      report.state, report.published_on, report_facts.issue_status, report_facts.issue_count,
      report_facts.section_count, report_facts.summary_word_count, report_facts.report_word_count
"""  # noqa: S608

_ISSUES = {
    "sqlite": f"""
    SELECT {_OF_REPORT}, version.number AS version, each.key AS position,
      json_extract(each.value, '$[0]') AS text, json_extract(each.value, '$[1]') AS topics
    FROM report_facts
    JOIN report ON report.id = report_facts.report_id
    JOIN version ON version.id = report_facts.version_id
    JOIN json_each(report_facts.issues) AS each
""",  # noqa: S608
    "postgresql": f"""
    SELECT {_OF_REPORT}, version.number AS version, each.place - 1 AS position,
      each.value ->> 0 AS text, each.value ->> 1 AS topics
    FROM report_facts
    JOIN report ON report.id = report_facts.report_id
    JOIN version ON version.id = report_facts.version_id
    CROSS JOIN LATERAL json_array_elements(report_facts.issues)
      WITH ORDINALITY AS each(value, place)
""",  # noqa: S608
}

VIEWS = ("versions", "issues", "topics", "changes", "coverage")
"""The views, in the order of the documentation."""


def make_views(connection: Connection) -> None:
    """Make every view; none is there."""
    selects = (_VERSIONS, _ISSUES[connection.dialect.name], _TOPICS, _CHANGES, _COVERAGE)
    for name, select in zip(VIEWS, selects, strict=True):
        connection.execute(text(f"CREATE VIEW {name} AS {select}"))


def drop_views(connection: Connection) -> None:
    """Take every view away that is there."""
    for name in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
