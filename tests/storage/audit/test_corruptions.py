"""Every kind of damage to every column is found, and named with its row; sound ones are silent."""

from __future__ import annotations

import random
import sys

import pytest
from audit_stage import another_program, faults_of, missed
from corruptions import Corruption, corruptions
from databases import Database
from sqlalchemy import text
from walk_stage import watching

from storage.database.tables import metadata

LEAST = 300
SHARE = 0.95
FEW = 16
COLUMNS = 280


def table_of(database: Database) -> list[Corruption]:
    with another_program(database.url) as connection:
        return list(corruptions(connection))


def test_every_column_of_every_table_is_damaged_in_some_way(filled_sqlite: Database) -> None:
    table = table_of(filled_sqlite)
    damaged = {each.name.split()[0].rstrip(":") for each in table}
    every = {f"{each.name}.{column.name}" for each in metadata.sorted_tables for column in each.c}
    assert len(every) >= COLUMNS
    assert every - damaged == set()
    assert len(table) >= LEAST


def test_some_of_the_damages_are_named_with_their_rows(filled: Database) -> None:
    table = table_of(filled)
    of_search = [each for each in table if each.name.startswith("passage_words")]
    some = random.Random(5).sample(table, FEW)
    unnamed, done = missed(filled, [*some, *of_search])
    assert done >= FEW
    assert unnamed == []


@pytest.mark.slow
def test_damages_are_named_with_their_rows(filled: Database) -> None:
    table = table_of(filled)
    unnamed, done = missed(filled, table)
    counts = f"{done} damages, {len(table) - done} refused by the database, {len(unnamed)} missed"
    sys.stderr.write("\n".join(["", counts, *unnamed, ""]))
    assert done >= LEAST
    assert len(unnamed) <= (1 - SHARE) * done


def test_a_table_that_is_gone_is_said_and_the_others_are_looked_at(filled: Database) -> None:
    with another_program(filled.url) as connection:
        connection.execute(text("DROP TABLE host_day"))
        connection.execute(text("UPDATE report SET title = 'forged' WHERE id = 1"))
        connection.commit()
    faults = faults_of(filled.url)
    assert any(each.startswith("host_day: cannot be read") for each in faults)
    assert "report 1: it is not what reportwatch wrote" in faults


def test_a_walk_leaves_nothing_to_find(database: Database) -> None:
    with watching(database.url, database.home) as watch:
        watch.subscribe()
        for step in range(3):
            watch.at(step)
            assert faults_of(database.url) == []


@pytest.mark.slow
def test_no_step_of_a_walk_leaves_anything_to_find(database: Database) -> None:
    with watching(database.url, database.home) as watch:
        watch.subscribe()
        steps = len(watch.site.timeline.steps)
        assert steps >= 10
        for step in range(steps):
            watch.at(step)
            assert faults_of(database.url) == []


def test_rows_in_every_table_leave_nothing_to_find(filled: Database) -> None:
    assert faults_of(filled.url) == []
