"""Every call of the demo model fits its tool's schema, over published tool sets."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsmith.demo.dialect import readable
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import violations
from callsmith.types.tool import Tool
from tests.demo.kit import Client, user


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def bfcl(shared: Path) -> Iterator[tuple[str, list[Any], list[Tool]]]:
    for row in rows(shared / "schemas" / "bfcl-dev.jsonl.gz"):
        tools = [_tool(item, number, "parameters") for number, item in enumerate(row["function"])]
        yield row["id"], row["question"][0], tools
        if len(tools) > 1:
            yield from ((row["id"], row["question"][0], [tool]) for tool in tools)


def mcp(shared: Path) -> Iterator[tuple[str, list[Any], list[Tool]]]:
    for row in rows(shared / "schemas" / "mcp-tools-dev.jsonl.gz"):
        yield row["name"], [user(row.get("description") or row["name"])], [_tool(row, 0, "inputSchema")]


def _tool(item: dict[str, Any], number: int, key: str) -> Tool:
    """Names as a client makes them for this API: nothing but letters, digits, _ and -."""
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", item["name"])[:55]
    return Tool(f"{name}_{number}", item.get("description") or "", item[key])


def check(where: str, messages: list[Any], tools: list[Tool]) -> int:
    schemas = {tool.name: {"type": "object", **readable(tool.parameters)} for tool in tools}
    made = 0
    for choice in ("auto", "required"):
        calls = Client().calls(messages, tools, tool_choice=choice)
        for name, arguments in calls:
            assert violations(schemas[name], arguments) == (), (where, name, arguments)
        if choice == "required" and not calls:
            assert any(_has_no_value(schema) for schema in schemas.values()), where
        made += len(calls)
    return made


def _has_no_value(schema: dict[str, Any]) -> bool:
    """A published schema may contradict itself: an array that must be one of three strings."""
    try:
        sample(schema, optional=False)
    except CannotSample:
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("source", [bfcl, mcp])
def test_calls_fit_the_whole_corpora(shared: Path, source: Any) -> None:
    assert sum(check(*entry) for entry in source(shared) if entry[2]) > 900
