"""Values to JSON and back."""

import json

import pytest

from callsmith.results import Draft
from callsmith.types.codec import from_json, to_json
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.exchange import Attempt, Marks
from callsmith.types.message import Message, Origin
from callsmith.types.options import Limits, Options
from callsmith.types.parts import Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool, ToolChoice
from callsmith.types.usage import Usage

VALUES = [
    Message(
        "assistant",
        (Thinking("hm", "reasoning"), Text("x"), Refusal("no"), ToolCall("a", "f", "{", extra={"s": [1]})),
        Origin("e", "c", "w", "m"),
        finish="stop",
        cut=True,
        extra={"reasoning_details": [{"a": None}]},
    ),
    Message("tool", (ToolResult("a", "1", is_error=True, name="f"),)),
    Setup("c", model="m", system="s", tools=(ToolUse("t", on=False),), options=Options(ToolChoice("named", "f"))),
    Options(temperature=0.0, stop=("a",), extra_body={"x": {"y": 1}}, limits=Limits(connect=1), stream=False),
    Connection("i", "n", "u", key=KeyRef("environment", "K"), headers={"a": "b"}),
    Tool("f", parameters={"type": "object", "required": ["b"], "properties": {"b": {}, "a": {}}}, strict=False),
    Usage(input=0, raw={"a": 1}),
    Attempt(0.5, 429, Problem("http", "m", 429, retryable=True), 1.0),
    Marks(1.0, sent=0.0),
    Draft("x", "Text", True),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_there_and_back(value: object) -> None:
    text = json.dumps(to_json(value))
    assert from_json(type(value), json.loads(text)) == value


def test_defaults_are_not_written() -> None:
    assert to_json(Usage()) == {}
    assert to_json(Text("x")) == {"text": "x", "kind": "text"}


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    assert from_json(Draft, {"text": "x", "later": 1}) == Draft("x")


@pytest.mark.parametrize("data", [[], "x", {"parts": [{"kind": "unheard-of"}], "role": "user"}, {}])
def test_a_shape_that_is_not_its_own_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="."):
        from_json(Message, data)
