"""Tools get tags, a set, copies for one conversation, and versions; what is there becomes version 1."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("tools", sa.Column("tags", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("tools", sa.Column("folder", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("tools", sa.Column("conversation_id", sa.Text(), nullable=True))
    op.add_column("tools", sa.Column("copy_of", sa.Text(), nullable=True))
    op.create_table(
        "tool_versions",
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("tool", sa.JSON(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["tool_id"], ["tools.id"], name="fk_tool_versions_tool_id"),
        sa.PrimaryKeyConstraint("tool_id", "number"),
    )
    op.execute(
        "INSERT INTO tool_versions (tool_id, number, owner, tool, name, how, created_at) "
        "SELECT id, 1, owner, tool, '', 'created', updated_at FROM tools"
    )
