"""Editions of one document have identifiers and titles of their own"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('report_alias',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=128), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_alias_report_id_report')),
    sa.PrimaryKeyConstraint('report_id', 'part', name=op.f('pk_report_alias'))
    )
    with op.batch_alter_table('report_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_alias_part'), ['part'], unique=False)

    with op.batch_alter_table('version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('own_title', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    # not as a batch: SQLite would make the table anew, and other tables refer to its rows
    op.drop_column('version', 'own_title')
    with op.batch_alter_table('report_alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_alias_part'))
    op.drop_table('report_alias')
