"""The real corpora: every entry comes in, with a valid schema and nothing changed in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.importing import read
from callsmith.schema.validate import check_schema

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "schemas"
pytestmark = pytest.mark.slow


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress((SCHEMAS / name).read_bytes()).splitlines()]


def test_every_leaderboard_entry_becomes_valid_json_schema() -> None:
    found = read((SCHEMAS / "bfcl-dev.jsonl.gz").read_bytes(), "bfcl-dev.jsonl.gz")
    real = [tool for entry in lines("bfcl-dev.jsonl.gz") for tool in entry["function"]]
    assert len(found.candidates) == len(real)
    for candidate, tool in zip(found.candidates, real, strict=True):
        assert not candidate.refused
        assert candidate.tool.parameters is not None
        assert check_schema(candidate.tool.parameters) is None
        assert candidate.source == tool["parameters"]
        original = (candidate.tool.origin.name if candidate.tool.origin else "") or candidate.tool.name
        assert original == tool["name"]
        assert candidate.changes


def test_every_mcp_tool_is_kept_to_the_byte() -> None:
    found = read((SCHEMAS / "mcp-tools-dev.jsonl.gz").read_bytes(), "mcp-tools-dev.jsonl.gz")
    real = lines("mcp-tools-dev.jsonl.gz")
    assert len(found.candidates) == len(real) == 481
    for candidate, tool in zip(found.candidates, real, strict=True):
        assert not candidate.refused
        assert json.dumps(candidate.tool.parameters) == json.dumps(tool["inputSchema"])
        assert candidate.tool.origin is not None
        assert candidate.tool.origin.extra["annotations"] == tool["annotations"]
        assert candidate.group == tool["server"]
