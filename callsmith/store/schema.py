"""The tables. A change here needs a migration beside it (``migrations/versions``); a test compares them.

Times are Unix seconds. JSON is written in ASCII, so lone surrogates that a provider sent survive in it.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from callsmith.types.halves import has_half

_ESCAPED = "\x01"


class AnyText(sa.types.TypeDecorator[str]):
    """Text from outside: lone surrogates and NUL, which no database takes, are kept as escaped JSON."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or _is_plain(value):
            return value
        return _ESCAPED + json.dumps(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> str | None:
        if value is None or not value.startswith(_ESCAPED):
            return value
        return str(json.loads(value[1:]))


def _is_plain(value: str) -> bool:
    return not value.startswith(_ESCAPED) and "\0" not in value and not has_half(value)


metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s"}
)


def _owner() -> sa.Column[str]:
    return sa.Column("owner", sa.Text, nullable=False)


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", AnyText, primary_key=True),
    _owner(),
    sa.Column("title", AnyText, nullable=False),
    sa.Column("setup", sa.JSON, nullable=False),
    sa.Column("head", AnyText),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Column("deleted_at", sa.Double),
    # A copy made to try something: which conversation it began as, and whether the lists leave it out.
    sa.Column("forked_from", AnyText),
    sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("tags", sa.JSON, nullable=False, server_default=sa.text("'[]'")),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "owner", "updated_at"),
)

# What was said in a conversation and which tools were called, folded for search (``words.py``).
conversation_words = sa.Table(
    "conversation_words",
    metadata,
    sa.Column("conversation_id", AnyText, sa.ForeignKey("conversations.id"), primary_key=True),
    _owner(),
    sa.Column("said", AnyText, nullable=False),
    sa.Column("tools", AnyText, nullable=False),
)

nodes = sa.Table(
    "nodes",
    metadata,
    sa.Column("conversation_id", AnyText, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("id", AnyText, primary_key=True),
    _owner(),
    sa.Column("parent", AnyText),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("message", sa.JSON, nullable=False),
    sa.ForeignKeyConstraint(["conversation_id", "parent"], ["nodes.conversation_id", "nodes.id"]),
    sa.Index(None, "conversation_id", "position"),
)

exchanges = sa.Table(
    "exchanges",
    metadata,
    sa.Column("id", AnyText, primary_key=True),
    _owner(),
    sa.Column("conversation_id", AnyText, sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("parent_id", AnyText),
    sa.Column("node_id", AnyText),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("connection", AnyText, nullable=False),
    sa.Column("wire", AnyText, nullable=False),
    sa.Column("model", AnyText, nullable=False),
    sa.Column("stream", sa.Boolean, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("attempts", sa.JSON, nullable=False),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("finish", AnyText),
    sa.Column("problem", sa.JSON(none_as_null=True)),
    sa.Column("input_tokens", sa.BigInteger),
    sa.Column("output_tokens", sa.BigInteger),
    sa.Column("cache_read_tokens", sa.BigInteger),
    sa.Column("cache_write_tokens", sa.BigInteger),
    sa.Column("reasoning_tokens", sa.BigInteger),
    sa.Column("audio_in_tokens", sa.BigInteger),
    sa.Column("audio_out_tokens", sa.BigInteger),
    sa.Column("total_tokens", sa.BigInteger),
    sa.Column("usage_raw", sa.JSON(none_as_null=True)),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("heartbeat", sa.Double, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.JSON, nullable=False),
    # The tool that a model played in this exchange; empty for a turn of the conversation.
    sa.Column("plays", AnyText, nullable=False, server_default=sa.text("''")),
    # The bytes come last: SQLite reads a row from its start and skips what it is not asked for.
    sa.Column("request_method", AnyText, nullable=False),
    sa.Column("request_url", AnyText, nullable=False),
    sa.Column("request_headers", sa.JSON, nullable=False),
    sa.Column("request_body", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index(None, "conversation_id", "started_at"),
    sa.Index(None, "owner", "started_at"),
    sa.Index(None, "state"),
)

exchange_chunks = sa.Table(
    "exchange_chunks",
    metadata,
    sa.Column("exchange_id", AnyText, sa.ForeignKey("exchanges.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

tools = sa.Table(
    "tools",
    metadata,
    sa.Column("id", AnyText, primary_key=True),
    _owner(),
    sa.Column("tool", sa.JSON, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Column("deleted_at", sa.Double),
    sa.Column("tags", sa.JSON, nullable=False, server_default=sa.text("'[]'")),
    sa.Column("folder", AnyText, nullable=False, server_default=sa.text("''")),
    # A copy for one conversation only: which one, and of which tool.
    sa.Column("conversation_id", AnyText),
    sa.Column("copy_of", AnyText),
    sa.Column("answering", sa.JSON, nullable=False, server_default=sa.text("'{}'")),
    sa.Index(None, "owner", "position"),
)

tool_versions = sa.Table(
    "tool_versions",
    metadata,
    sa.Column("tool_id", AnyText, sa.ForeignKey("tools.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("tool", sa.JSON, nullable=False),
    sa.Column("name", AnyText, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)

connections = sa.Table(
    "connections",
    metadata,
    _owner(),
    sa.Column("id", AnyText),
    sa.Column("connection", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("deleted_at", sa.Double),
    sa.PrimaryKeyConstraint("owner", "id"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    _owner(),
    sa.Column("scope", AnyText),
    sa.Column("key", AnyText),
    sa.Column("value", sa.JSON, nullable=False),
    sa.PrimaryKeyConstraint("owner", "scope", "key"),
)

preferences = sa.Table(
    "preferences",
    metadata,
    _owner(),
    sa.Column("key", AnyText),
    sa.Column("value", sa.JSON, nullable=False),
    sa.PrimaryKeyConstraint("owner", "key"),
)
