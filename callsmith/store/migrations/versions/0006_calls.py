"""Which tools were called in each exchange, and whether the arguments were valid; the sums of what exchanges used count
both."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callsmith.store import call_verdicts, usage_tally

revision = "0006"
down_revision = "0005"

_TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning", "audio_in", "audio_out", "total", "hour_write")
_REPORTED = ("with_input", "with_output", "with_cache_read", "with_reasoning", "with_total")
_SUMS = ("exchanges", "calls", *_TOKENS, *_REPORTED)


def upgrade() -> None:
    for table in ("usage_kinds", "usage_hours", "usage_sessions", "usage_times"):
        op.drop_table(table, if_exists=True)
    op.create_table(
        "exchange_calls",
        sa.Column("exchange_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("valid", sa.Boolean()),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name="fk_exchange_calls_exchange_id"),
        sa.PrimaryKeyConstraint("exchange_id", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_kinds",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("connection", "url", "model", "wire", "plays")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("tools", sa.JSON(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _sums("usage_hours", _SUMS, kind=sa.BigInteger(), hour=sa.BigInteger())
    _sums("usage_days", _SUMS, kind=sa.BigInteger(), day=sa.BigInteger())
    _sums("usage_sessions", _SUMS, conversation_id=sa.Text(), kind=sa.BigInteger(), day=sa.BigInteger())
    day: dict[str, Any] = {"who": sa.BigInteger(), "day": sa.BigInteger()}
    _sums("usage_times", ("exchanges",), **day, mark=sa.Text(), bucket=sa.BigInteger())
    _sums("usage_tools", ("exchanges", "calls", "valid", "invalid"), **day, tool=sa.Text())
    call_verdicts.judge_all(op.get_bind())
    usage_tally.count_all(op.get_bind())


def _sums(table: str, sums: tuple[str, ...], **keys: sa.types.TypeEngine[Any]) -> None:
    op.create_table(
        table,
        *(sa.Column(name, kind, autoincrement=False, nullable=False) for name, kind in keys.items()),
        sa.Column("owner", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint(*keys),
        sqlite_with_rowid=False,
    )
