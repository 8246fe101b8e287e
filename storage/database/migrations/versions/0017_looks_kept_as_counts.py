"""Captures that stand for others like them"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('capture', schema=None) as batch_op:
        batch_op.add_column(sa.Column('capture_count', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    op.drop_column('capture', 'capture_count')
