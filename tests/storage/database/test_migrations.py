"""The schema: made, brought up to date, waited for, and refused where it is not ours."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from archive import Archive, sections
from databases import Database
from old_schemas import taken_back
from sqlalchemy import Engine, inspect, text

from reports.notices.importance import Importance
from reports.notices.subscription import Channel, Every, SubscriptionFilter
from storage.database import migrate
from storage.database.engine import open_engine
from storage.database.errors import DatabaseUnusable
from storage.database.full_text import is_engine_table
from storage.database.migrate import current_revision, upgrade
from storage.database.migrations import HEAD
from storage.database.tables import metadata
from storage.store import open_store

OPEN = """
import sys
from pathlib import Path
from storage.store import open_store
sys.stdin.readline()
open_store(sys.argv[1], Path(sys.argv[2])).close()
"""


def execute(url: str, *statements: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def downgraded(database: Database, revision: str) -> Engine:
    """Take a database back to an older schema."""
    taken_back(database.url, revision)
    return open_engine(database.url)


def test_a_blank_database_gets_every_table(blank_database: Database) -> None:
    open_store(blank_database.url, blank_database.home).close()
    engine = open_engine(blank_database.url)
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
    engine.dispose()
    assert {each for each in tables if not is_engine_table(each)} == {
        *metadata.tables,
        "alembic_version",
    }
    assert any(map(is_engine_table, tables))
    assert not list(blank_database.home.glob("*.before-*"))


def test_the_schema_is_what_the_tables_say(database: Database) -> None:
    engine = open_engine(database.url)
    with engine.connect() as connection:
        options = {
            "include_name": lambda name, kind, _: kind != "table" or not is_engine_table(name)
        }
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert found == []


def test_the_newest_revision_is_the_scripts_own() -> None:
    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_again_changes_nothing(database: Database) -> None:
    before = database.file.read_bytes() if database.is_sqlite else b""
    said: list[str] = []
    open_store(database.url, database.home, said.append).close()
    assert said == []
    assert before == (database.file.read_bytes() if database.is_sqlite else b"")


def test_processes_that_start_at_once_wait_for_one_migration(blank_database: Database) -> None:
    command = [sys.executable, "-c", OPEN, blank_database.url, str(blank_database.home)]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    results = [(child.communicate(timeout=60)[1], child.returncode) for child in children]
    assert results == [("", 0)] * 2
    engine = open_engine(blank_database.url)
    assert current_revision(engine) == HEAD
    engine.dispose()


def test_a_database_from_a_newer_version_is_left_alone(database: Database) -> None:
    execute(database.url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match=r"newer version of reportwatch \(schema 9999"):
        open_store(database.url, database.home)
    engine = open_engine(database.url)
    assert current_revision(engine) == "9999"
    engine.dispose()
    assert not list(database.home.glob("*.before-*"))


@pytest.mark.parametrize(
    "table",
    ["CREATE TABLE invoice (id INTEGER)", "CREATE TABLE alembic_version (version_num TEXT)"],
)
def test_another_programs_database_is_left_alone(blank_database: Database, table: str) -> None:
    blank_database.home.mkdir(exist_ok=True)
    execute(blank_database.url, table)
    with pytest.raises(DatabaseUnusable, match="tables of another program"):
        open_store(blank_database.url, blank_database.home)
    engine = open_engine(blank_database.url)
    with engine.connect() as connection:
        assert len(inspect(connection).get_table_names()) == 1
    engine.dispose()


@pytest.fixture
def two_revisions(
    database: Database, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pretend that a second revision exists: it adds a table. The database is made before."""
    folder = tmp_path_factory.mktemp("scripts") / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    (folder / "versions" / "next.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = 'next', '{HEAD}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE later (id INTEGER)')\n"
    )
    monkeypatch.setattr(migrate, "HEAD", "next")
    keep = Config.set_main_option

    def elsewhere(self: Config, name: str, value: str) -> None:
        keep(self, name, str(folder) if name == "script_location" else value)

    monkeypatch.setattr(Config, "set_main_option", elsewhere)


@pytest.mark.usefixtures("two_revisions")
def test_a_file_is_backed_up_before_its_schema_changes(database: Database) -> None:
    said: list[str] = []
    engine = open_engine(database.url)
    upgrade(engine, database.home, said.append)
    assert current_revision(engine) == "next"
    engine.dispose()
    kept = list(database.home.glob("*.before-next-from-*"))
    if not database.is_sqlite:
        assert (kept, said) == ([], [])
        return
    (backup,) = kept
    assert said == [f"database backed up to {backup} before its schema is updated"]
    with sqlite3.connect(backup) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert old.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    old.close()


@pytest.mark.usefixtures("two_revisions")
def test_a_migration_that_fails_leaves_the_schema_as_it_was(database: Database) -> None:
    execute(database.url, "CREATE TABLE later (id INTEGER)")
    engine = open_engine(database.url)
    with pytest.raises(DatabaseUnusable, match="already exists"):
        upgrade(engine, database.home, lambda line: None)
    assert current_revision(engine) == HEAD
    engine.dispose()


def test_changes_of_an_older_schema_are_told_unless_their_run_was_silent(
    database: Database,
) -> None:
    engine = downgraded(database, "0004")
    runs = {1: "scheduled", 2: "import", 3: "reread", 4: "review", 5: "backfill", 6: "manual"}
    changes = [*((run, False, False) for run in runs), (1, True, False), (1, False, True)]
    with engine.begin() as connection:
        for number, trigger in runs.items():
            connection.execute(
                text(
                    "INSERT INTO run (id, source, trigger, orchestrator, flow_run, state,"
                    " parameters, counts, error, started_at) VALUES (:id, 's', :trigger, 'direct',"
                    " '', 'done', '{}', '{}', '', '2026-05-01 09:00:00')"
                ),
                {"id": number, "trigger": trigger},
            )
        for run, is_baseline, is_held in changes:
            connection.execute(
                text(
                    "INSERT INTO change (run_id, kind, detected_at, words_added, words_removed,"
                    " returned_to, is_baseline, is_held, url, summary_line, detail) VALUES (:run,"
                    " 'edited', '2026-05-01 09:00:00', 0, 0, 0, :baseline, :held, '', '', '{}')"
                ),
                {"run": run, "baseline": is_baseline, "held": is_held},
            )
    upgrade(engine, database.home, lambda line: None)
    with engine.connect() as connection:
        told = connection.execute(text("SELECT run_id FROM change WHERE is_told ORDER BY id"))
        assert told.scalars().all() == [1, 6]
        assert connection.execute(text("SELECT count(*) FROM installation")).scalar() == 1
    engine.dispose()


FILTERS = (
    SubscriptionFilter(),
    SubscriptionFilter(("CHN/tibet", "KAZ"), ("central-asia",), ("us-state-hrr",), ("2023",)),
    SubscriptionFilter(topics=("torture",), sections=("2", "summary"), kinds=("edited",)),
    SubscriptionFilter(least=Importance.MAJOR, every=Every.WEEK),
)


def test_subscriptions_keep_their_filters_through_the_older_schema(database: Database) -> None:
    with closing(open_store(database.url, database.home)) as store, store.write() as unit:
        for each in FILTERS:
            unit.subscriptions.add("ann@law.example", Channel.EMAIL, each, datetime.now(UTC))
        unit.commit()
    engine = downgraded(database, "0008")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM subscription ORDER BY id")).mappings().all()
    assert [row["least"] for row in rows] == ["minor", "minor", "minor", "major"]
    upgrade(engine, database.home, lambda line: None)
    engine.dispose()
    with closing(open_store(database.url, database.home)) as store, store.read() as unit:
        assert tuple(each.filter for each in unit.subscriptions.all()) == FILTERS


def test_a_subscription_of_the_first_schema_asks_for_what_it_asked_for(database: Database) -> None:
    engine = downgraded(database, "0005")
    engine.dispose()
    execute(
        database.url,
        "INSERT INTO subscriber (id, address, channel, created_at)"
        " VALUES (7, 'ann@law.example', 'email', '2026-05-01 09:00:00')",
        "INSERT INTO subscription (id, subscriber_id, countries, sources, topics, kinds, every)"
        """ VALUES (3, 7, '["KAZ"]', '[]', '[]', '["edited", "removed"]', 'day')""",
    )
    with closing(open_store(database.url, database.home)) as store, store.read() as unit:
        (held,) = unit.subscriptions.all()
    assert (held.id, held.address) == (3, "ann@law.example")
    asked = SubscriptionFilter(("KAZ",), kinds=("edited", "removed"), every=Every.DAY)
    assert held.filter == asked


FIGURES = "SELECT report_id, issue_count, section_count, issues FROM report_facts"


def test_the_figures_of_reports_outlive_the_values_of_their_facts(database: Database) -> None:
    with closing(open_store(database.url, database.home)) as store:
        archive = Archive(store)
        archive.run(archive.sees("[killings] and [corruption]", parts=sections("Kings.")))
    engine = open_engine(database.url)
    with engine.connect() as connection:
        before = connection.execute(text(FIGURES)).all()
    engine.dispose()
    engine = downgraded(database, "0009")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT facts FROM report_facts")).all()
        connection.execute(text("""UPDATE report_facts SET facts = '{"trend": "improved"}'"""))
    upgrade(engine, database.home, lambda line: None)
    with engine.connect() as connection:
        assert len(before) == 1
        assert connection.execute(text(FIGURES)).all() == before
    assert "facts" not in {each["name"] for each in inspect(engine).get_columns("report_facts")}
    engine.dispose()
