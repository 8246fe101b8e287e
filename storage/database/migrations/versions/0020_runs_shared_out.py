"""Batches of runs that several programs read, and the turns that programs take at a host"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('run_batch',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('left', sa.Text(), nullable=False),
    sa.Column('progress', sa.Text(), nullable=False),
    sa.Column('is_done', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_run_batch_run_id_run')),
    sa.PrimaryKeyConstraint('run_id', 'number', name=op.f('pk_run_batch'))
    )
    op.create_table('host_turn',
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('taken_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_host_turn'))
    )


def downgrade() -> None:
    op.drop_table('host_turn')
    op.drop_table('run_batch')
