from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_args

import pytest

from callsmith.answering.faults import FAULTS, HUGE, canary, make
from callsmith.answering.words import SENTENCES
from callsmith.schema.validate import violations
from callsmith.types.answering import Fault, FaultKind
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool
from tests.engine.answering.test_samples import WEATHER, real_schemas

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
CALL = ToolCall("c1", "weather", '{"city": "Paris"}')
WITH, WITHOUT = Tool("weather", output_schema=WEATHER), Tool("weather")


def content(kind: FaultKind, tool: Tool = WITH, number: int = 1, call: ToolCall = CALL) -> str:
    return make(Fault(kind), tool, call, number).content


def test_each_kind_has_a_label_and_a_line() -> None:
    assert tuple(FAULTS) == KINDS
    assert all(label and line.endswith(".") for label, line in FAULTS.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tool", [WITH, WITHOUT, Tool("weather", output_schema={"type": "nonsense"})])
def test_the_same_call_has_the_same_fault(kind: FaultKind, tool: Tool) -> None:
    one = make(Fault(kind), tool, CALL, 1)
    assert one == make(Fault(kind), tool, CALL, 1)
    assert one.words.endswith(".")
    assert one.is_error is (kind in ("error", "timeout"))
    assert (one.delay > 0) is (kind == "timeout")


def test_errors() -> None:
    assert "503" in content("error")
    assert make(Fault("error", text="Quota used up"), WITH, CALL, 1).content == "Quota used up"
    slow = make(Fault("timeout", seconds=1.5), WITH, CALL, 1)
    assert slow.delay == 1.5 and "within 1.5 seconds" in slow.content
    assert make(Fault("timeout", seconds=math.inf), WITH, CALL, 1).delay == 0
    assert make(Fault("timeout", seconds=1e9), WITH, CALL, 1).delay == 600


@pytest.mark.parametrize("tool", [WITH, WITHOUT])
def test_nothing_null_and_cut(tool: Tool) -> None:
    assert content("empty", tool) == ""
    assert content("null", tool) == "null"
    assert content("truncated", tool).startswith("{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(content("truncated", tool))


def test_the_wrong_type_breaks_the_schema_in_one_field() -> None:
    wrong = make(Fault("wrong_type"), WITH, CALL, 1)
    [violation] = violations(WEATHER, json.loads(wrong.content))
    assert violation.keyword == "type"
    assert wrong.words == "city is 12345, which is not what the output schema promises."
    half_free = {
        "type": "object",
        "properties": {"free": {}, "n": {"type": "integer"}},
        "required": ["free", "n"],
    }
    [violation] = violations(half_free, json.loads(content("wrong_type", Tool("x", output_schema=half_free))))
    assert violation.path == "/n"
    anything = make(Fault("wrong_type"), Tool("x", output_schema={}), CALL, 1)
    assert json.loads(anything.content) == [None, True, 7] and "No output schema forbids it" in anything.words


@pytest.mark.parametrize("tool", [WITH, WITHOUT])
def test_huge_is_valid_and_of_the_same_shape(tool: Tool) -> None:
    huge = content("huge", tool)
    assert HUGE <= len(huge.encode()) < HUGE * 1.1
    made = json.loads(huge)
    assert made.keys() >= {"city"}
    strict = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}
    assert len(json.loads(content("huge", Tool("x", output_schema=strict)))["results"]) > 1_000


def test_huge_keeps_the_schema_where_it_can() -> None:
    free = {"type": "object", "properties": {"rows": {"type": "array", "items": {"type": "integer"}}}}
    made = make(Fault("huge"), Tool("x", output_schema=free), CALL, 1)
    assert violations(free, json.loads(made.content)) == ()
    assert made.words.startswith("rows has ") and made.words.endswith("100 KB.")


def test_an_unexpected_language_differs_from_call_to_call() -> None:
    made = [json.loads(content("language", number=number)) for number in range(1, len(SENTENCES) + 1)]
    assert all(violations({**WEATHER}, one) == () for one in made)
    notes = {one["note"] for one in made}
    assert len(notes) == len(SENTENCES) and notes <= {text for _, texts in SENTENCES for text in texts}
    number = {"type": "integer"}
    assert json.loads(content("language", Tool("x", output_schema=number))) == " ".join(SENTENCES[0][1])


@pytest.mark.parametrize("tool", [WITH, WITHOUT])
def test_an_injected_instruction_carries_the_canary_of_its_call(tool: Tool) -> None:
    word = canary(CALL)
    injected = content("injection", tool)
    assert injected.count(word) == 1
    assert tool.output_schema is None or violations(tool.output_schema, json.loads(injected)) == ()
    assert canary(ToolCall("c2", CALL.name, CALL.arguments)) != word
    assert word not in content("language", tool)


HOSTILE = (
    "",
    "{",
    "[" * 900 + "]" * 900,
    '{"city": "\\ud800", "a": "{{x}}"}',
    '"\ud800"',
    "9" * 5_000,
    '{"a":' * 5_000,
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("arguments", HOSTILE)
def test_hostile_arguments_break_nothing(kind: FaultKind, arguments: str) -> None:
    for tool in (WITH, WITHOUT):
        made = make(Fault(kind), tool, ToolCall("c1", "weather", arguments), 1)
        made.content.encode()
        made.words.encode()


@pytest.mark.slow
def test_real_schemas(shared: Path) -> None:
    """Each fault is what its label says on schemas of real tools, read as if they were of results."""
    kept: dict[str, int] = {}
    count = 0
    for where, schema in real_schemas(shared, 5):
        tool = Tool("x", output_schema=schema)
        count += 1
        made: dict[str, Any] = {kind: json.loads(content(kind, tool)) for kind in KINDS[5:]}
        with pytest.raises(json.JSONDecodeError):
            json.loads(content("truncated", tool))
        assert len(content("huge", tool).encode()) >= HUGE, where
        assert canary(CALL) in content("injection", tool), where
        for kind, value in made.items():
            kept[kind] = kept.get(kind, 0) + (violations(schema, value) == ())
    assert count > 100
    assert kept["wrong_type"] < count / 20
    assert min(kept["huge"], kept["language"], kept["injection"]) > count / 2
