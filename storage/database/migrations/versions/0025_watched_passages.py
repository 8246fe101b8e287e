"""Subscribers watch passages of reports"""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('alert', sa.Column('passages', sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table('subscription', schema=None) as batch_op:  # nothing refers to it
        batch_op.add_column(sa.Column('report_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('anchor', sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_subscription_report_id_report'), 'report',
                                    ['report_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_subscription_report_id'), ['report_id'])


def downgrade() -> None:
    op.execute('DELETE FROM subscription WHERE report_id IS NOT NULL')  # no older version follows them
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_subscription_report_id'))
        batch_op.drop_constraint(batch_op.f('fk_subscription_report_id_report'), type_='foreignkey')
        batch_op.drop_column('report_id')
        batch_op.drop_column('anchor')
    op.drop_column('alert', 'passages')
