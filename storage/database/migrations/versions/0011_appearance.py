"""The form that a report's page had when it was last read: what people see beside the words"""

import sqlalchemy as sa
from alembic import op
import storage.database.tables


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('form',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=False),
    sa.Column('reader_revision', sa.Integer(), nullable=False),
    sa.Column('words_sha256', sa.String(length=64), nullable=False),
    sa.Column('form_sha256', sa.String(length=64), nullable=False),
    sa.Column('payload_sha256', sa.String(length=64), nullable=False),
    sa.Column('seen_at', storage.database.tables.UtcTime(timezone=True), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_form_location_id_location')),
    sa.ForeignKeyConstraint(['payload_sha256'], ['payload.sha256'], name=op.f('fk_form_payload_sha256_payload')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_form_report_id_report')),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_form'))
    )


def downgrade() -> None:
    op.drop_table('form')
