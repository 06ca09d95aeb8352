"""Imported from a shape and exported to it again: the same definition."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from callsmith.exporting import export
from callsmith.importing import read
from callsmith.types.tool import Grammar, Tool

SCHEMA = {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer", "default": 1.0}}}
OUTER = {"cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize("shape", ["openai-chat", "openai-responses", "anthropic", "gemini", "mcp", "json"])
@pytest.mark.parametrize("tool", [Tool("get_it", "Gets it", SCHEMA), Tool("b", "x", SCHEMA, strict=True)])
def test_what_was_exported_comes_back(shape: str, tool: Tool) -> None:
    text = export(tool, shape).text
    (candidate,) = read(text).candidates
    assert export(candidate.tool, shape).text == text
    if shape not in ("json", "mcp"):
        more = json.dumps({**json.loads(text), **OUTER})
        (candidate,) = read(more).candidates
        assert json.loads(export(candidate.tool, shape).text) == json.loads(more)


@pytest.mark.parametrize("shape", ["openai-chat", "openai-responses", "json"])
def test_free_text_comes_back(shape: str) -> None:
    text = export(Tool("sql", "Runs it", type="custom", grammar=Grammar("lark", "start: /a+/")), shape).text
    (candidate,) = read(text).candidates
    assert export(candidate.tool, shape).text == text


@pytest.mark.slow
def test_mcp_tools_of_real_servers(shared: Path) -> None:
    with gzip.open(shared / "schemas" / "mcp-tools-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        tools = [json.loads(line) for line in lines]
    for tool in tools:
        (candidate,) = read(json.dumps({"tools": [tool]})).candidates
        back = json.loads(export(candidate.tool, "mcp").text)
        # A tool has no way to say an empty description.
        assert back == {key: value for key, value in tool.items() if key != "description" or value}, tool["name"]
