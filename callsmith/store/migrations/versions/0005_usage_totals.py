"""What exchanges used, summed as they end; those that have ended are summed once, here."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callsmith.store import usage_totals
from callsmith.store.usage_totals import SUMS

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "usage_kinds",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("connection", "url", "model", "wire", "plays")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _sums("usage_hours", {"kind": sa.BigInteger(), "hour": sa.Integer()}, SUMS)
    _sums("usage_sessions", {"conversation_id": sa.Text(), "kind": sa.BigInteger(), "day": sa.Integer()}, SUMS)
    _sums(
        "usage_times",
        {"kind": sa.BigInteger(), "day": sa.Integer(), "mark": sa.Text(), "bucket": sa.Integer()},
        ("exchanges",),
    )
    usage_totals.count_all(op.get_bind())


def _sums(table: str, keys: dict[str, sa.types.TypeEngine[Any]], sums: tuple[str, ...]) -> None:
    op.create_table(
        table,
        *(sa.Column(name, kind, autoincrement=False, nullable=False) for name, kind in keys.items()),
        sa.Column("owner", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint(*keys),
    )
