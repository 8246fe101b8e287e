"""Alarms that were seen, removals that wait for a decision, and who decided"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gist', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('acknowledged_at', storage.database.tables.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('acknowledged_by', sa.String(length=128), server_default='', nullable=False))
    op.execute("UPDATE alarm SET gist = text")

    op.create_table('operator_action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('done_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('who', sa.String(length=128), nullable=False),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator_action'))
    )
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.alter_column('payload_sha256', existing_type=sa.String(length=64), nullable=True)
    op.create_table('held_removal',
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_held_removal_report_id_report')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_held_removal_review_id_review')),
    sa.PrimaryKeyConstraint('review_id', 'report_id', name=op.f('pk_held_removal'))
    )


def downgrade() -> None:
    op.drop_table('held_removal')
    op.execute("DELETE FROM review WHERE payload_sha256 IS NULL")
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.alter_column('payload_sha256', existing_type=sa.String(length=64), nullable=False)
    op.drop_table('operator_action')
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.drop_column('acknowledged_by')
        batch_op.drop_column('acknowledged_at')
        batch_op.drop_column('gist')
