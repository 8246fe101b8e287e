"""A seal for each row, which shows that it is as the program wrote it

Rows are sealed after every migration (storage/database/migrate.py), so that those made before are
sealed too.
"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('row_seal',
    sa.Column('table_name', sa.String(length=32), nullable=False),
    sa.Column('row_key', sa.String(length=64), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('table_name', 'row_key', name=op.f('pk_row_seal')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION IF EXISTS row_seal_keep() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS row_seal_key(json, text[])")
        op.execute("DROP FUNCTION IF EXISTS row_seal_digest(json)")
    op.drop_table('row_seal')
