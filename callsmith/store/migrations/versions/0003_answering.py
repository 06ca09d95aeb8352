"""Tools say who answers; exchanges in which a model plays a tool; conversations that are tries of others."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("tools", sa.Column("answering", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("exchanges", sa.Column("plays", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("conversations", sa.Column("forked_from", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
