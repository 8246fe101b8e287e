"""What was asked and answered at each capture, at each listing, and at the misses of a removal"""

import sqlalchemy as sa
import storage.database.tables
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

PACKED = (('record', sa.LargeBinary()), ('record_base_id', sa.Integer()))


def upgrade() -> None:
    op.create_table('record_base',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_base'))
    )
    op.create_index(op.f('ix_record_base_host'), 'record_base', ['host'])
    for table in ('capture', 'listing'):
        for name, kind in PACKED:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table('miss',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('missed_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('record', sa.LargeBinary(), nullable=True),
    sa.Column('record_base_id', sa.Integer(), nullable=True),
    sa.Column('change_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['change_id'], ['change.id'], name=op.f('fk_miss_change_id_change')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_miss_location_id_location')),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_miss_run_id_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_miss'))
    )
    op.create_index(op.f('ix_miss_location_id'), 'miss', ['location_id'])
    op.create_index(op.f('ix_miss_change_id'), 'miss', ['change_id'])


def downgrade() -> None:
    op.drop_table('miss')
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    for table in ('listing', 'capture'):
        for name, _ in reversed(PACKED):
            op.drop_column(table, name)
    op.drop_table('record_base')
