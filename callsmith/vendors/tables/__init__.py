"""One file a family of vendors; ``ALL`` has the tables in the order in which they are shown."""

from __future__ import annotations

from callsmith.vendors.rules import Table
from callsmith.vendors.tables.anthropic import ANTHROPIC, ANTHROPIC_STRICT, GATEWAY
from callsmith.vendors.tables.gemini import GEMINI_JSON_SCHEMA, GEMINI_SCHEMA
from callsmith.vendors.tables.mcp import MCP
from callsmith.vendors.tables.openai import DEEPSEEK, OPENAI
from callsmith.vendors.tables.openai_strict import DEEPSEEK_STRICT, OPENAI_STRICT

ALL: tuple[Table, ...] = (
    *(OPENAI, OPENAI_STRICT, ANTHROPIC, ANTHROPIC_STRICT, GEMINI_JSON_SCHEMA, GEMINI_SCHEMA),
    *(DEEPSEEK, DEEPSEEK_STRICT, GATEWAY, MCP),
)
