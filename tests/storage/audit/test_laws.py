"""What our own code would write wrongly is found by the laws of the model, and named."""

from __future__ import annotations

import pytest
from audit_stage import faults_of, the_program
from databases import Database
from sqlalchemy import text

EDITED = "(SELECT min(id) FROM change WHERE kind = 'edited')"
TWO_VERSIONS = "(SELECT min(report_id) FROM version WHERE number > 1)"

BROKEN = {
    "a report without versions": (
        "INSERT INTO report (source, edition, country, part, title, state, published_on) "
        "VALUES ('a', '2020', 'AAA', '', 'A', 'present', '')",
        "report {}: it has no version",
        "SELECT max(id) FROM report",
    ),
    "numbers of versions with a gap": (
        f"UPDATE version SET number = 9 WHERE number > 1 AND report_id = {TWO_VERSIONS}",
        "report {}: its versions are not numbered from 1 on without a gap",
        f"SELECT {TWO_VERSIONS}",
    ),
    "two primary locations": (
        "INSERT INTO carries SELECT (SELECT max(id) FROM location), report_id, true, words_sha256, "
        "how FROM carries WHERE is_primary AND report_id = 1",
        "report {}: it has more than one primary location",
        "SELECT 1",
    ),
    "a version seen first after it was captured": (
        "UPDATE version SET first_seen_at = '2030-01-01 00:00:00.000000' WHERE id = 2",
        "version {}: the times at which it was seen are not in order",
        "SELECT 2",
    ),
    "a version without a reading": (
        "INSERT INTO version SELECT 9999, report_id, 2, location_id, payload_sha256, captured_at, "
        "first_seen_at, last_seen_at, notes, own_title, recorded_at FROM version WHERE id = 2",
        "version {}: nothing says how it reads",
        "SELECT 9999",
    ),
    "a payload whose object nobody knows": (
        "UPDATE payload SET place_id = 77 WHERE sha256 = (SELECT min(sha256) FROM payload)",
        "payload {}: its bytes are neither in the database nor in one object of a known place",
        "SELECT row_key(min(sha256)) FROM payload",
    ),
    "a payload whose object is to be removed": (
        "UPDATE payload SET place_id = 1, object_name = (SELECT min(name) FROM stray_object WHERE "
        "place_id = 1) WHERE sha256 = (SELECT min(sha256) FROM payload)",
        "payload {}: its object is noted as one that no payload names, and would be removed",
        "SELECT row_key(min(sha256)) FROM payload",
    ),
    "a reading against that of another report": (
        "UPDATE reading SET base_id = 1 WHERE base_id IS NOT NULL",
        "reading {}: it is stored against a reading of another report",
        "SELECT max(id) FROM reading WHERE base_id IS NOT NULL",
    ),
    "figures of another report": (
        "UPDATE report_facts SET version_id = 1 WHERE report_id = 3",
        "report_facts {}: its figures are those of another report's version",
        "SELECT 3",
    ),
    "a change to a version that is not there": (
        f"UPDATE change SET to_version = 77 WHERE id = {EDITED}",
        "change {}: it names a version that its report does not have",
        f"SELECT {EDITED}",
    ),
    "an edit from a version to itself": (
        f"UPDATE change SET to_version = from_version WHERE id = {EDITED}",
        "change {}: words changed, and it does not lead from one version to another",
        f"SELECT {EDITED}",
    ),
    "a change of a report and of an edition": (
        f"UPDATE change SET source = 'sample-hrr' WHERE id = {EDITED}",
        "change {}: it is of no report and of no edition, or of both",
        f"SELECT {EDITED}",
    ),
    "a baseline that was told": (
        "UPDATE change SET is_told = true WHERE is_baseline",
        "change {}: it was told although it is held or what was there before",
        "SELECT min(id) FROM change WHERE is_baseline",
    ),
    "an alert of what was not told": (
        f"UPDATE change SET is_told = false WHERE id = {EDITED}",
        "alert {}: it is of a change that nobody was to be told",
        f"SELECT min(id) FROM alert WHERE change_id = {EDITED}",
    ),
    "an alert in another reader's message": (
        "UPDATE alert SET message_id = (SELECT id FROM message WHERE message.subscriber_id "
        "<> alert.subscriber_id ORDER BY id LIMIT 1) "
        "WHERE id = (SELECT min(id) FROM alert)",
        "alert {}: its message is another reader's",
        "SELECT min(id) FROM alert",
    ),
    "a passage that stands nowhere": (
        "UPDATE subscription SET report_id = (SELECT min(id) FROM report) "
        "WHERE id = (SELECT min(id) FROM subscription)",
        "subscription {}: it names the report of a passage and not where that stands, or the "
        "reverse",
        "SELECT min(id) FROM subscription",
    ),
    "a message sent at no time": (
        "UPDATE message SET state = 'sent', sent_at = NULL WHERE id = 1",
        "message {}: it was sent, and nothing says when",
        "SELECT 1",
    ),
    "a run that is under way and has ended": (
        "UPDATE run SET state = 'running' WHERE id = 1",
        "run {}: it is under way and has ended, or neither",
        "SELECT 1",
    ),
    "a run with more pages than it counted": (
        "INSERT INTO run_outcome VALUES (1, 'https://a.example/', 'removed', '')",
        "run {}: it has more pages than it counted",
        "SELECT 1",
    ),
    "figures that are not those of the text": (
        "UPDATE report_facts SET issue_count = issue_count + 1 WHERE report_id = 2",
        "report_facts {}: its figures are not those of its text",
        "SELECT 2",
    ),
    "a topic that the text does not name": (
        "INSERT INTO report_topic VALUES (2, 'forged', 3)",
        "report_topic {}: its text names that topic 0 times",
        "SELECT '2 forged'",
    ),
    "a payload of another length": (
        "UPDATE payload SET size = 3 WHERE sha256 = (SELECT min(sha256) FROM payload)",
        "payload {}: it has ",
        "SELECT min(sha256) FROM payload",
    ),
    "a database of two names": (
        "INSERT INTO installation VALUES ('second', '2026-01-01 00:00:00.000000', NULL)",
        "installation: the database has 2 names, and not one",
        "SELECT 1",
    ),
    "a passage that the report does not say": (
        "UPDATE passage SET sha256 = 'forged' WHERE id = 3",
        "passage {}: report ",
        "SELECT 3",
    ),
    "a passage that ends too early": (
        "UPDATE passage SET until_version = 5 WHERE id = 3",
        "passage {}: it does not end with the version that its report's text says",
        "SELECT 3",
    ),
    "a passage that cannot be searched": (
        "DELETE FROM passage WHERE id = 3",
        "report_index {}: a passage cannot be searched",
        "SELECT report_id FROM passage WHERE id = 4",
    ),
}


def test_what_our_own_code_writes_wrongly_is_named(
    filled_sqlite: Database, subtests: pytest.Subtests
) -> None:
    assert len(BROKEN) == 26
    whole = filled_sqlite.file.read_bytes()
    for name, (statement, says, key) in BROKEN.items():
        with subtests.test(name):
            filled_sqlite.file.write_bytes(whole)
            with the_program(filled_sqlite.url) as connection:
                connection.execute(text(statement))
                named = connection.execute(text(key)).scalar_one()
            faults = faults_of(filled_sqlite.url)
            assert any(each.startswith(says.format(named)) for each in faults), faults
            assert not [each for each in faults if "reportwatch" in each]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "alembic_version 0001: the schema is"),
        ("UPDATE sqlite_sequence SET seq = 1", "passage "),
    ],
)
def test_what_belongs_to_no_table_of_ours_is_looked_at(
    filled_sqlite: Database, statement: str, says: str
) -> None:
    with the_program(filled_sqlite.url) as connection:
        connection.execute(text(statement))
    assert any(each.startswith(says) for each in faults_of(filled_sqlite.url))
