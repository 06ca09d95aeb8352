from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsmith.answering.samples import NoSchema, answer_of
from callsmith.schema.sample import CannotSample
from callsmith.schema.validate import check_schema, violations
from callsmith.types.answering import Samples
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool
from tests.engine.schema_kit import PARAMETERS, real_tools

WEATHER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 1, "maxLength": 20},
        "temp_c": {"type": "number", "minimum": -50, "maximum": 60},
        "unit": {"enum": ["c", "f"]},
        "days": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "high": {"type": "integer", "exclusiveMaximum": 45}},
                "required": ["high"],
            },
        },
        "note": {"type": "string"},
    },
    "required": ["city", "temp_c", "days"],
}


def tool(schema: Any) -> Tool:
    return Tool("weather", output_schema=schema)


def call(arguments: Any = None) -> ToolCall:
    return ToolCall("c1", "weather", arguments if isinstance(arguments, str) else json.dumps(arguments or {}))


PLAIN = Samples()


def value(schema: Any, samples: Samples = PLAIN, arguments: Any = None, number: int = 1) -> Any:
    content, _ = answer_of(tool(schema), samples, call(arguments), number)
    return json.loads(content)


def test_the_same_call_gets_the_same_and_the_next_another() -> None:
    assert value(WEATHER) == value(WEATHER)
    assert len({json.dumps(value(WEATHER, number=number)) for number in range(1, 9)}) == 8
    assert value(WEATHER, Samples(seed=1)) != value(WEATHER)
    assert violations(WEATHER, value(WEATHER)) == ()


def test_arguments_are_said_back_where_they_fit() -> None:
    made = value(WEATHER, arguments={"City": "Narvik", "tempC": 21.5, "unit": "f", "days": 3, "high": "x"})
    assert (made["city"], made["temp_c"], made["unit"]) == ("Narvik", 21.5, "f")
    assert "Narvik" not in [day["city"] for day in made["days"]], "the city of the result, not of every day"
    assert value(WEATHER, arguments={"city": "x" * 21})["city"] != "x" * 21
    assert value(WEATHER, arguments={"unit": "kelvin"})["unit"] in ("c", "f")
    assert value(WEATHER, arguments={"temp_c": True})["temp_c"] is not True
    found = {"type": "array", "minItems": 2, "items": {"type": "object", "properties": {"city": {"type": "string"}}}}
    assert {item["city"] for item in value(found, arguments={"city": "Rome"})} == {"Rome"}


def test_edges_are_the_limits() -> None:
    least = value(WEATHER, Samples(edges=True), number=1)
    assert len(least["city"]) == 1 and least["temp_c"] == -50 and list(least) == ["city", "temp_c", "days"]
    assert len(least["days"]) == 1 and least["days"][0] == {"high": 0}
    most = value(WEATHER, Samples(edges=True), number=2)
    assert len(most["city"]) == 20 and most["temp_c"] == 60 and len(most["days"]) == 3
    assert most["days"][0]["high"] == 44 and len(most["note"]) == 200 and most["unit"] in ("c", "f")


def test_limits_that_contradict_are_left_alone() -> None:
    odd = {"type": "object", "properties": {"n": {"type": "integer", "multipleOf": 7, "maximum": 20, "minimum": 1}}}
    most = value(odd, Samples(edges=True), number=2)
    assert most == {"n": 14}
    fraction = {"type": "object", "properties": {"n": {"type": "number", "multipleOf": 0.5, "maximum": 20.2}}}
    assert violations(fraction, value(fraction, Samples(edges=True), number=2)) == ()
    content, notes = answer_of(tool({"enum": ["a"]}), Samples(edges=True), call(), 1)
    assert content == '"a"'
    assert not notes or "ordinary sample" in notes[0]


def test_without_an_output_schema_it_says_what_to_do() -> None:
    with pytest.raises(NoSchema, match="weather has no output schema.*Give it one"):
        answer_of(tool(None), Samples(), call(), 1)
    with pytest.raises(CannotSample):
        answer_of(tool({"type": "nonsense"}), Samples(), call(), 1)


@pytest.mark.parametrize("arguments", ["", "{", "[1]", '"\\ud800"', "[" * 900 + "]" * 900, '{"city": "\\ud800"}'])
def test_odd_arguments_break_nothing(arguments: str) -> None:
    content, _ = answer_of(tool(WEATHER), Samples(), call(arguments), 1)
    content.encode()
    assert violations(WEATHER, json.loads(content)) == ()


@settings(max_examples=80, deadline=None)
@given(
    schema=PARAMETERS,
    edges=st.booleans(),
    number=st.integers(1, 2),
    arguments=st.dictionaries(st.text("ab"), st.text("x")),
)
@pytest.mark.slow
def test_what_is_made_fits(schema: dict[str, Any], edges: bool, number: int, arguments: dict[str, str]) -> None:
    try:
        made = value(schema, Samples(edges=edges), arguments, number)
    except CannotSample:
        return
    assert violations(schema, made) == ()


def real_schemas(shared: Path, every: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, (where, definition) in enumerate(real_tools(shared)):
        schema = definition["parameters"]
        if place % every == 0 and isinstance(schema, dict) and check_schema(schema) is None:
            yield where, schema


@pytest.mark.slow
def test_real_schemas(shared: Path) -> None:
    made = failed = 0
    for where, schema in real_schemas(shared, 2):
        for samples, number in ((Samples(), 1), (Samples(edges=True), 1), (Samples(edges=True), 2)):
            try:
                found = value(schema, samples, {"id": 5, "name": "Ada"}, number)
            except CannotSample:
                failed += 1
                continue
            made += 1
            assert violations(schema, found) == (), where
    assert made > 300
    assert failed < made / 50
