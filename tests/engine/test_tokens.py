"""About how many tokens: the estimate, the bill of a definition, and what reported usage teaches."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.schema.tokens import Ratio, about, bill, grouped, ratio, words_for

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a place, now and for the days to come, in the unit that was asked for",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "City, e.g. Paris"},
                "name": {"type": "string", "enum": ["a", "b"]},
                "stops": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"a/b": {"description": "Where"}}},
                },
            },
            "required": ["place"],
        },
    },
}


def minified(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("The quick brown fox jumps over the lazy dog.", 9, 12),
        ("1234567890", 4, 4),
        ('{"type":"object","properties":{"city":{"type":"string"}}}', 14, 22),
        ("今天天气很好", 4, 6),
        ("مرحبا بالعالم", 3, 6),
        ("   \n   \n", 1, 3),
    ],
)
def test_words_and_symbols_are_counted(text: str, least: int, most: int) -> None:
    assert least <= about(text) <= most


def test_the_parts_of_a_bill_are_its_total_with_the_heaviest_first() -> None:
    made = bill(TOOL)
    assert made.total == about(minified(TOOL)) == sum(line.tokens for line in made.lines)
    assert [line.tokens for line in made.lines] == sorted((line.tokens for line in made.lines), reverse=True)
    paths = {line.path: line.words for line in made.lines}
    assert paths["/function/description"] == "description"
    assert paths["/function/parameters/properties/place/description"] == "place: description"
    assert paths["/function/parameters/properties/name/enum"] == "name: allowed values"
    assert (
        paths["/function/parameters/properties/stops/items/properties/a~1b/description"] == "stops › a/b: description"
    )


def test_a_property_called_like_a_keyword_is_a_property() -> None:
    assert words_for("/parameters/properties/description") == "description"
    assert words_for("/parameters/properties/description/description") == "description: description"
    assert words_for("/parameters/properties/properties/properties/enum") == "properties › enum"


def test_small_parts_are_put_together_without_loss() -> None:
    made = grouped(bill(TOOL), 4)
    assert len(made.lines) == 4 and sum(line.tokens for line in made.lines) == made.total


def test_a_ratio_is_learned_from_what_was_reported() -> None:
    assert ratio([]) is None
    assert ratio([(0, 5), (5, 0)]) is None
    assert ratio([(100, 120), (100, 120), (100, 9_000)]) == Ratio(1.2, 3)
    plain, learned = bill(TOOL), bill(TOOL, Ratio(2.0, 3))
    assert learned.total == 2 * plain.total


@pytest.mark.slow
def test_every_real_tool_has_a_bill_that_adds_up(shared: Path) -> None:
    with gzip.open(shared / "schemas" / "mcp-tools-dev.jsonl.gz", "rt") as rows:
        for row in map(json.loads, rows):
            made = bill(row)
            assert made.total == about(minified(row)) == sum(line.tokens for line in made.lines)
