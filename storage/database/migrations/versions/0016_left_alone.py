"""Hosts that asked to be left alone, and looks that did not see a page"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host_rest',
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('via', sa.String(length=255), nullable=False),
    sa.Column('asked_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('until_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('host', 'via', name=op.f('pk_host_rest'))
    )
    with op.batch_alter_table('location', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unseen_count', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    op.drop_column('location', 'unseen_count')
    op.drop_table('host_rest')
