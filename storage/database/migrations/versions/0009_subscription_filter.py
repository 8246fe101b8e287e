"""What a subscription asks for is one value, in one column"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LISTS = ('countries', 'sources', 'topics', 'kinds', 'regions', 'editions', 'sections')
WORDS = ('least', 'every')

subscription = sa.table(
    'subscription',
    sa.column('id', sa.Integer),
    sa.column('filter', sa.JSON),
    *(sa.column(name, sa.JSON) for name in LISTS),
    *(sa.column(name, sa.String) for name in WORDS),
)


def upgrade() -> None:
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.add_column(sa.Column('filter', sa.JSON(), nullable=True))

    columns = [subscription.c[name] for name in (*LISTS, *WORDS)]
    held = op.get_bind().execute(sa.select(subscription.c.id, *columns)).mappings().all()
    _change([
        {'number': row['id'], 'filter': {name: row[name] for name in (*LISTS, *WORDS)}}
        for row in held
    ])
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.alter_column('filter', existing_type=sa.JSON(), nullable=False)
        for name in (*LISTS, *WORDS):
            batch_op.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        for name in LISTS:
            batch_op.add_column(sa.Column(name, sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('least', sa.String(length=8), server_default='minor', nullable=False))
        batch_op.add_column(sa.Column('every', sa.String(length=8), server_default='now', nullable=False))

    held = op.get_bind().execute(sa.select(subscription.c.id, subscription.c.filter)).all()
    _change([{'number': row.id, **row.filter} for row in held])
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.drop_column('filter')


def _change(rows: list[dict[str, object]]) -> None:
    """Set columns of subscriptions; ``number`` is a row's id."""
    if rows:
        wanted = subscription.c.id == sa.bindparam('number')
        op.get_bind().execute(sa.update(subscription).where(wanted), rows)
