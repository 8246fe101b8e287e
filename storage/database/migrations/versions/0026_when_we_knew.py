"""When versions, readings and changes came to be known, and what rows said before they were revised

Older rows get the best time that the database has: the end of the run that recorded a change, else
the time of the capture. What was revised before is not known any more.
"""

import sqlalchemy as sa
import storage.database.tables
from alembic import op
from storage.database.views import drop_views


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

TABLES = ('version', 'reading', 'change')
RUN_OF_CHANGE = """
    UPDATE change SET recorded_at = (
        SELECT coalesce(run.ended_at, run.started_at) FROM run WHERE run.id = change.run_id
    )
"""
CHANGE_OF_VERSION = """
    UPDATE version SET recorded_at = coalesce((
        SELECT min(change.recorded_at) FROM change
        WHERE change.report_id = version.report_id AND change.to_version = version.number
    ), captured_at)
"""
FIRST_READING = """
    UPDATE reading SET recorded_at = (
        SELECT version.recorded_at FROM version WHERE version.id = reading.version_id
    )
    WHERE NOT EXISTS (
        SELECT 1 FROM reading AS earlier
        WHERE earlier.version_id = reading.version_id AND earlier.id < reading.id
    )
"""
LATER_READINGS = """
    UPDATE reading SET recorded_at = coalesce((
        SELECT max(run.ended_at) FROM run
        JOIN version ON version.id = reading.version_id
        JOIN report ON report.id = version.report_id
        WHERE run.source = report.source AND run.ended_at >= version.recorded_at
    ), (SELECT version.recorded_at FROM version WHERE version.id = reading.version_id))
    WHERE recorded_at IS NULL
"""


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('recorded_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('exported_until', storage.database.tables.UtcTime(timezone=True), nullable=True))
    op.create_table('former_value',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('table_name', sa.String(length=32), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('until_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_value'))
    )
    op.create_index('ix_former_value_row', 'former_value', ['table_name', 'row_id'], unique=False)
    for statement in (RUN_OF_CHANGE, CHANGE_OF_VERSION, FIRST_READING, LATER_READINGS):
        op.execute(statement)


def downgrade() -> None:
    # made whenever a schema was brought up to date, by the program and not by a script
    drop_views(op.get_bind())
    op.drop_table('former_value')
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    op.drop_column('installation', 'exported_until')
    for table in reversed(TABLES):
        op.drop_column(table, 'recorded_at')
