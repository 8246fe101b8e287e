"""Payloads may lie in a folder or a bucket"""

import sqlalchemy as sa
import storage.database.tables
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

COLUMNS = (('place_id', sa.Integer()), ('object_name', sa.String(length=80)), ('object_size', sa.Integer()))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column('payload', sa.Column(name, kind, nullable=True))
    op.create_table('payload_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payload_place')),
    sa.UniqueConstraint('address', name=op.f('uq_payload_place_address'))
    )
    op.create_table('stray_object',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('noted_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('is_going', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['payload_place.id'], name=op.f('fk_stray_object_place_id_payload_place')),
    sa.PrimaryKeyConstraint('place_id', 'name', name=op.f('pk_stray_object'))
    )


def downgrade() -> None:
    outside = op.get_bind().execute(sa.text('SELECT count(*) FROM payload WHERE place_id IS NOT NULL')).scalar()
    if outside:
        raise RuntimeError(f'{outside} payloads lie outside the database: `reportwatch db payloads --to database` first')
    op.drop_table('stray_object')
    op.drop_table('payload_place')
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    for name, _ in reversed(COLUMNS):
        op.drop_column('payload', name)
