"""Search: passages of reports, and the words of each in the database's own search engine"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables
from storage.database.full_text import CREATE, DROP


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('passage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('part_number', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('first_block', sa.Integer(), nullable=False),
    sa.Column('block_count', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('from_version', sa.Integer(), nullable=False),
    sa.Column('until_version', sa.Integer(), nullable=True),
    sa.Column('from_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('until_at', storage.database.tables.UtcTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_passage_report_id_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passage')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passage_report_id'), ['report_id'], unique=False)
        batch_op.create_index('ix_passage_stay', ['until_at', 'from_at'], unique=False)

    op.create_table('report_index',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('version_count', sa.Integer(), nullable=False),
    sa.Column('reading_id', sa.Integer(), nullable=False),
    sa.Column('rules', sa.String(length=8), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_index_report_id_report')),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_report_index'))
    )
    for statement in CREATE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute(DROP)
    op.drop_table('report_index')
    op.drop_table('passage')
