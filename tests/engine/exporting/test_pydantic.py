"""Exported Pydantic models: they run, accept and refuse what the schema does, and say the schema back."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
import pytest

from callsmith.exporting import export, export_all
from callsmith.exporting.differences import differences_after
from callsmith.exporting.pydantic_types import RESERVED
from callsmith.exporting.types import Note
from callsmith.types.tool import Tool
from tests.engine.exporting.corpora import tools
from tests.engine.exporting.mutations import fitting, refused


def module(code: str) -> ModuleType:
    made = ModuleType("exported_models")
    sys.modules[made.__name__] = made
    exec(compile(code, "exported_models.py", "exec"), made.__dict__)
    return made


def model_of(tool: Tool) -> tuple[pydantic.TypeAdapter[Any], tuple[str, ...]]:
    """The model and the notes. The tool's model is the last one, or what its name was given to."""
    exported = export(tool, "pydantic")
    lines = exported.text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"# The tool {tool.name.splitlines()[0]}"))
    start = next(line for line in lines[at:] if not line.startswith("#"))
    name = start.split()[1].split("(")[0] if start.startswith("class ") else start.split()[0]
    return pydantic.TypeAdapter(module(exported.text).__dict__[name]), exported.notes


def unnoted(differences: tuple[Note, ...], notes: tuple[str, ...]) -> list[str]:
    places = [note.partition(": ")[0] for note in notes]
    return [
        str(found)
        for found in differences
        if not any(found.at == place or found.at.startswith(f"{place}/") for place in places)
    ]


def check(tool: Tool, counts: Counter[str]) -> None:
    assert tool.parameters is not None
    model, notes = model_of(tool)
    differences = differences_after(tool.parameters, model.json_schema())
    assert unnoted(differences, notes) == [], tool.name
    counts["noted" if differences else "equal"] += 1
    for value in fitting(tool.parameters):
        model.validate_python(value)
        counts["accepted"] += 1
        for wrong, keyword in refused(tool.parameters, value):
            try:
                model.validate_python(wrong)
            except pydantic.ValidationError:
                counts["refused"] += 1
            else:
                noted = any(keyword in note or "checked" in note or "passes" in note for note in notes)
                assert notes and (noted or any("taken" in note for note in notes)), (tool.name, wrong, keyword, notes)
                counts["let pass, as noted"] += 1


@pytest.mark.slow
@pytest.mark.parametrize(("source", "least"), [("bfcl", 0.99), ("mcp", 0.99), ("openapi", 0.28)])
def test_all_corpora(shared: Path, source: str, least: float) -> None:
    counts: Counter[str] = Counter()
    # Discord's components share hundreds of definitions; each of the others counts.
    found = tools(shared, source)
    for number, tool in enumerate(found):
        if source != "openapi" or number % 3 == 0 or number % 40 == 0:
            check(tool, counts)
    print(source, dict(counts))
    assert counts["equal"] / (counts["equal"] + counts["noted"]) > least
    assert counts["let pass, as noted"] < 0.02 * counts["refused"]


def tool(**properties: Any) -> Tool:
    return Tool("t", "", {"type": "object", "properties": properties, "required": list(properties)})


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, [5, 5.0, 2**70], ["5", True, 5.5, None]),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 2}, [0, 1.5, 1], [2, -1, "1", True]),
        ({"type": "boolean"}, [True, False], [1, "true", "yes", None]),
        ({"type": "string", "minLength": 2, "pattern": "a$"}, ["aa"], ["a", "ab", 5, None]),
        ({"type": "string", "format": "date-time"}, ["2020-01-01T00:00:00Z"], [5]),
        ({"type": ["string", "null"]}, ["", None], [5]),
        ({"enum": ["a", 5, None]}, ["a", 5, None], ["b", 6, "5"]),
        ({"const": "x"}, ["x"], ["y", None]),
        ({"const": True}, [True], [1, 1.0, False, "true"]),
        ({"const": 1}, [1, 1.0], [True, 0]),
        ({"enum": [False, 1, "a"]}, [False, 1, 1.0, "a"], [True, 0, 0.0]),
        ({"enum": [0, None]}, [0, 0.0, None], [False, 1]),
        ({"anyOf": [{"const": True}, {"type": "string"}]}, [True, "a"], [1, 1.0, False]),
        ({"type": "array", "items": {"type": "integer", "minimum": 3}, "maxItems": 2}, [[], [3]], [[1], [3, 3, 3], {}]),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "minItems": 2, "items": False},
            [["a", 1]],
            [["a"], [1, "a"], ["a", 1, 2]],
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1}], [{"a": "1"}, []]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, [{}, {"a": "x"}, {"b": 1}], [{"a": None}]),
        ({"type": "object", "properties": {"a": True}, "additionalProperties": False}, [{"a": 1}], [{"b": 1}]),
        (
            {"type": "object", "properties": {"a": True}, "additionalProperties": {"type": "integer"}},
            [{"a": "x", "b": 1}],
            [{"b": "1"}],
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}, [1, ["a"]], ["a", [1]]),
    ],
)
def test_values_are_judged_as_by_the_schema(schema: Any, good: list[Any], bad: list[Any]) -> None:
    model, notes = model_of(tool(field=schema))
    for value in good:
        model.validate_python({"field": value})
    for value in bad:
        with pytest.raises(pydantic.ValidationError):
            model.validate_python({"field": value})
    assert unnoted(differences_after(tool(field=schema).parameters, model.json_schema()), notes) == []


def test_recursion_by_reference() -> None:
    node = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}},
        "required": ["n"],
    }
    tree = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/tree"}}]}
    schema = {
        "type": "object",
        "properties": {"list": {"$ref": "#/$defs/node"}, "tree": {"$ref": "#/$defs/tree"}, "self": {"$ref": "#"}},
        "$defs": {"node": node, "tree": tree},
    }
    model, _ = model_of(Tool("t", "", schema))
    model.validate_python({"list": {"n": 1, "next": {"n": 2}}, "tree": ["a", ["b", []]], "self": {"self": {}}})
    for wrong in ({"list": {"n": 1, "next": {}}}, {"tree": ["a", [5]]}, {"self": {"tree": 5}}):
        with pytest.raises(pydantic.ValidationError):
            model.validate_python(wrong)
    assert differences_after(schema, model.json_schema()) == ()


def test_names_that_python_has_taken() -> None:
    names = [
        "class",
        "None",
        "_x",
        "model_dump",
        "schema",
        "list",
        "Any",
        "Field",
        "",
        "a-b",
        "a_b",
        "é",
        "str",
        "T",
        "x" * 99,
    ]
    schema = {"type": "object", "properties": {name: {"type": "array", "items": {"type": "string"}} for name in names}}
    model, _ = model_of(Tool("t", "", schema))
    value = {name: ["a"] for name in names}
    assert model.dump_python(model.validate_python(value), by_alias=True, exclude_unset=True) == value
    assert differences_after(schema, model.json_schema()) == ()


def test_every_attribute_of_a_model_is_reserved() -> None:
    assert {name for name in dir(pydantic.BaseModel) if not name.startswith("_")} <= RESERVED


def test_what_is_not_said_is_noted() -> None:
    schema = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "uniqueItems": True},
            "ahead": {"type": "string", "pattern": "^(?=a)b"},
            "one": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        },
        "minProperties": 1,
    }
    _, notes = model_of(Tool("t", "", schema))
    for place in (
        "/properties/tags/uniqueItems",
        "/properties/ahead/pattern",
        "/properties/one/oneOf",
        "/minProperties",
    ):
        assert any(note.startswith(f"{place}: ") for note in notes), place


def test_several_tools_are_one_module() -> None:
    one = Tool(
        "get thing", "", {"type": "object", "properties": {"place": {"type": "object", "properties": {"x": {}}}}}
    )
    made = module(export_all([one, one], "pydantic").text)
    assert {"GetThing", "GetThing2", "Place", "Place2"} <= set(vars(made))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "A"}, ()),
        ({"const": 1}, {"enum": [1], "type": "integer"}, ()),
        ({"maxLength": 3, "type": "string"}, {"type": "string"}, ("/maxLength",)),
        ({"type": "string"}, {"type": "string", "default": None}, ("/default",)),
        ({"properties": {"a": {}}}, {"properties": {"b": {}}}, ("/properties/a", "/properties/b")),
        ({"title": "A"}, {"title": "B"}, ("/title",)),
        ({"enum": [1]}, {"enum": [True]}, ("/enum",)),
        ({"items": {"$ref": "#/$defs/x"}, "$defs": {"x": {"type": "null"}}}, {"items": {"type": "null"}}, ()),
        ({"items": {"$ref": "#"}}, {"items": {"items": {"items": {"$ref": "#"}}}}, ()),
    ],
)
def test_differences(one: Any, other: Any, found: tuple[str, ...]) -> None:
    assert tuple(note.at for note in differences_after(one, other)) == found
