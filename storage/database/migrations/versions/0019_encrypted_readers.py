"""Addresses and secrets of webhooks and chat rooms are encrypted"""

import sqlalchemy as sa
from alembic import context, op

from storage.database.encryption import ADDRESS, MARK, SECRET

revision = '0019'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_file = op.get_bind().dialect.name == 'sqlite'
    if is_file:  # else the old bytes stay in the file, in space that no row uses
        op.execute('PRAGMA secure_delete = ON')
    _resize(1024, 256)
    _encrypt()
    if is_file:
        op.execute('PRAGMA secure_delete = OFF')


def _encrypt() -> None:
    cipher, connection = context.config.attributes['cipher'], op.get_bind()
    held = sa.table('subscriber', *map(sa.column, ('id', 'channel', 'address', 'secret')))
    for row in connection.execute(sa.select(held).where(held.c.channel != 'email')).all():
        if row.address.startswith(MARK):
            continue
        values = {'address': cipher.encrypt(ADDRESS, row.address)}
        if row.secret:
            values['secret'] = cipher.encrypt(SECRET, row.secret)
        connection.execute(sa.update(held).where(held.c.id == row.id).values(**values))


def downgrade() -> None:
    # What is encrypted stays so. SQLite keeps no lengths, and would make the table anew, to whose
    # rows other tables refer.
    if op.get_bind().dialect.name != 'sqlite':
        _resize(512, 128)


def _resize(address: int, secret: int) -> None:
    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.alter_column('address', type_=sa.String(length=address), existing_nullable=False)
        batch_op.alter_column('secret', type_=sa.String(length=secret), existing_nullable=False,
                              existing_server_default='')
