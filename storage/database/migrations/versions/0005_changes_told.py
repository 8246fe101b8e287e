"""Changes told: which changes were news, the topics they touch, and whose news it is"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# Runs of these kinds told nobody; of a review it is not known any more.
SILENT = ('import', 'backfill', 'reread', 'review')


def upgrade() -> None:
    made = op.create_table('installation',
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('made_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('uuid', name=op.f('pk_installation'))
    )
    op.create_table('change_topic',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['change.id'], name=op.f('fk_change_topic_change_id_change')),
    sa.PrimaryKeyConstraint('change_id', 'topic', name=op.f('pk_change_topic'))
    )
    with op.batch_alter_table('change_topic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_topic_topic'), ['topic'], unique=False)

    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_told', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_change_told', ['is_told', 'detected_at'], unique=False)

    op.bulk_insert(made, [{'uuid': str(uuid.uuid4()), 'made_at': datetime.now(UTC)}])
    change = sa.table('change', *map(sa.column, ('run_id', 'is_told', 'is_baseline', 'is_held')))
    run = sa.table('run', sa.column('id'), sa.column('trigger'))
    silent = sa.select(run.c.id).where(run.c.trigger.in_(SILENT))
    news = (change.c.is_baseline == sa.false(), change.c.is_held == sa.false(), change.c.run_id.not_in(silent))
    op.execute(change.update().where(*news).values(is_told=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index('ix_change_told')
        batch_op.drop_column('is_told')

    op.drop_table('change_topic')
    op.drop_table('installation')
