"""Readers: what each wants and when, whether an address may be used, and leases of messages"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.String(length=16), server_default='active', nullable=False))
        # Whoever is there already was added by the operator's command.
        batch_op.add_column(sa.Column('is_vouched', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('confirmed_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('heard_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('asked_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), server_default='UTC', nullable=False))
        batch_op.add_column(sa.Column('digest_hour', sa.Integer(), server_default='6', nullable=False))
        batch_op.add_column(sa.Column('quiet_hours', sa.String(length=11), server_default='', nullable=False))
        batch_op.add_column(sa.Column('owner', sa.String(length=320), server_default='', nullable=False))
        batch_op.add_column(sa.Column('secret', sa.String(length=128), server_default='', nullable=False))
        batch_op.add_column(sa.Column('failing_since', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('failure_count', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('set_aside_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('set_aside_why', sa.Text(), server_default='', nullable=False))

    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.add_column(sa.Column('regions', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('editions', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('sections', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('least', sa.String(length=8), server_default='minor', nullable=False))

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=16), server_default='news', nullable=False))
        batch_op.add_column(sa.Column('recipient', sa.String(length=512), server_default='', nullable=False))
        batch_op.add_column(sa.Column('detail', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('claimed_by', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('leased_until', storage.database.tables.UtcTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, columns in {
        'message': ('leased_until', 'claimed_by', 'detail', 'recipient', 'kind'),
        'subscription': ('least', 'sections', 'editions', 'regions'),
        'subscriber': (
            'set_aside_why', 'set_aside_at', 'failure_count', 'failing_since', 'secret', 'owner',
            'quiet_hours', 'digest_hour', 'time_zone', 'asked_at', 'heard_at', 'confirmed_at',
            'is_vouched', 'state',
        ),
    }.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
