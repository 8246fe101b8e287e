"""Who may enter, and how many pages a run is to look at"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('may_operate', sa.Boolean(), nullable=False),
    sa.Column('key_sha256', sa.String(length=64), nullable=False),
    sa.Column('password_sha256', sa.String(length=64), nullable=False),
    sa.Column('made_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('expires_at', storage.database.tables.UtcTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_key')),
    sa.UniqueConstraint('key_sha256', name=op.f('uq_access_key_key_sha256'))
    )
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.create_index('ix_access_key_kind_name', ['kind', 'name'], unique=False)

    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('planned_count', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_column('planned_count')
    op.drop_table('access_key')
