"""What stands around a report on its page, and the frame that pages share"""

import sqlalchemy as sa
from alembic import op

from storage.database.tables.columns import UtcTime


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'surroundings',
        sa.Column('location_id', sa.Integer(), nullable=False),
        sa.Column('texts', sa.JSON(), nullable=False),
        sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('before_at', UtcTime(timezone=True), nullable=True),
        sa.Column('changed_since', UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_surroundings_location_id_location')),
        sa.PrimaryKeyConstraint('location_id', name=op.f('pk_surroundings')),
    )
    op.create_table(
        'frame_part',
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('edition', sa.String(length=32), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('since', UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('source', 'edition', 'key', name=op.f('pk_frame_part')),
    )
    with op.batch_alter_table('location', schema=None) as batch_op:
        batch_op.add_column(sa.Column('surroundings_sha256', sa.String(length=64), server_default='', nullable=False))


def downgrade() -> None:
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    op.drop_column('location', 'surroundings_sha256')
    op.drop_table('frame_part')
    op.drop_table('surroundings')
