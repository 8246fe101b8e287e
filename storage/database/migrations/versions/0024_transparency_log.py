"""The transparency log: leaves, tiles, checkpoints, keys, logs that are witnessed"""

import sqlalchemy as sa
import storage.database.tables
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

UTC = storage.database.tables.UtcTime(timezone=True)
TABLES = ('leaf', 'tile', 'signing_key', 'time_stamp', 'checkpoint', 'transparency_log', 'witnessed_log', 'log_fork')


def upgrade() -> None:
    op.create_table('leaf',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('change_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['change.id'], name=op.f('fk_leaf_change_id_change')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_leaf_version_id_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leaf')),
    sa.UniqueConstraint('change_id', name=op.f('uq_leaf_change_id')),
    sa.UniqueConstraint('position', name=op.f('uq_leaf_position')),
    sa.UniqueConstraint('version_id', name=op.f('uq_leaf_version_id'))
    )
    op.create_table('tile',
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hashes', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'number', name=op.f('pk_tile')),
    sqlite_with_rowid=False
    )
    op.create_table('signing_key',
    sa.Column('vkey', sa.String(length=400), nullable=False),
    sa.Column('is_witness', sa.Boolean(), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('made_at', UTC, nullable=False),
    sa.PrimaryKeyConstraint('vkey', name=op.f('pk_signing_key'))
    )
    op.create_table('transparency_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('vkey', sa.String(length=400), nullable=False),
    sa.Column('began_at', UTC, nullable=False),
    sa.Column('ended_at', UTC, nullable=True),
    sa.Column('why_ended', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transparency_log')),
    sa.UniqueConstraint('origin', name=op.f('uq_transparency_log_origin'))
    )
    op.create_table('checkpoint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('signed_at', UTC, nullable=False),
    sa.Column('published_at', UTC, nullable=True),
    sa.ForeignKeyConstraint(['log_id'], ['transparency_log.id'], name=op.f('fk_checkpoint_log_id_transparency_log')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkpoint')),
    sa.UniqueConstraint('log_id', 'size', name=op.f('uq_checkpoint_log_id_size'))
    )
    op.create_table('time_stamp',
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('authority', sa.String(length=255), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=False),
    sa.Column('stamped_at', UTC, nullable=False),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['checkpoint.id'], name=op.f('fk_time_stamp_checkpoint_id_checkpoint')),
    sa.PrimaryKeyConstraint('checkpoint_id', 'authority', name=op.f('pk_time_stamp'))
    )
    op.create_table('witnessed_log',
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('vkey', sa.String(length=400), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('cosigned_at', UTC, nullable=True),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_witnessed_log'))
    )
    op.create_table('log_fork',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('found_at', UTC, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('kept', sa.Text(), nullable=False),
    sa.Column('given', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_fork'))
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
