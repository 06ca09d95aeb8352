"""Conversations get tags, a pin and an archive; what is said in them can be searched."""

import sqlalchemy as sa
from alembic import op

from callsmith.store.words import entry

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("tags", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("conversations", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    words = op.create_table(
        "conversation_words",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("tools", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_conversation_words_conversation_id"
        ),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    connection = op.get_bind()
    conversations = connection.execute(sa.text("SELECT id, owner FROM conversations")).all()
    messages = sa.text("SELECT message FROM nodes WHERE conversation_id = :id ORDER BY position").columns(
        message=sa.JSON()
    )
    for row in conversations:
        said, tools = entry(message for (message,) in connection.execute(messages, {"id": row.id}))
        connection.execute(sa.insert(words).values(conversation_id=row.id, owner=row.owner, said=said, tools=tools))
