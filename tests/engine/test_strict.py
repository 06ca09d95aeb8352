"""Strict conversion: fits, accepts the same, done twice is done once, and back is where it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.importing import each
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.strict import Converted, convert, fits, restore, to_original
from callsmith.schema.strict.exact import both, disjoint
from callsmith.schema.strict.nulls import takes_null
from callsmith.schema.text import same
from callsmith.schema.validate import violations


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def kinds(done: Converted) -> set[str]:
    return {step.kind for step in done.changes}


def one(schema: Any) -> Any:
    """What becomes of a required property."""
    done = convert(of(x=schema))
    assert done.schema is not None, done.refused
    assert fits(done.schema) == ()
    return done.schema["properties"]["x"]


def refusal(schema: Any) -> str:
    done = convert(of(x=schema))
    assert done.schema is None
    return done.refused[0].path


def test_a_plain_tool() -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "City", "minLength": 2},
            "unit": {"type": "string", "enum": ["c", "f"], "default": "c"},
            "days": {"type": "integer", "minimum": 1},
        },
        "required": ["city"],
    }
    done = convert(schema)
    assert done.schema == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "City (at least 2 characters)"},
            "unit": {"type": ["string", "null"], "enum": ["c", "f", None], "description": 'Default "c"'},
            "days": {"type": ["integer", "null"], "minimum": 1},
        },
        "required": ["city", "unit", "days"],
        "additionalProperties": False,
    }
    assert kinds(done) == {"loosened", "moved", "nullable", "closed"}
    assert restore(done.schema, done.changes) == (schema, ())


@pytest.mark.parametrize(
    ("given_schema", "wanted"),
    [
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"type": ["string"]}, {"type": "string"}),
        ({"type": ["integer", "number", "null"]}, {"type": ["number", "null"]}),
        ({"enum": ["a", "b"]}, {"enum": ["a", "b"], "type": "string"}),
        ({"enum": ["a", 1]}, {"anyOf": [{"enum": ["a"], "type": "string"}, {"enum": [1], "type": "integer"}]}),
        ({"const": 5}, {"const": 5, "type": "integer"}),
        ({"allOf": [{"type": "string"}, {"pattern": "a"}]}, {"type": "string", "pattern": "a"}),
        ({"allOf": [{"type": "integer", "minimum": 1}], "minimum": 3}, {"minimum": 3, "type": "integer"}),
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        ({"type": "integer", "pattern": "a"}, {"type": "integer"}),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 1}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "string", "examples": ["a"]}, {"type": "string", "description": 'For example "a"'}),
        ({"type": "string", "x-own": 1, "$comment": "c"}, {"type": "string"}),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1},) * 2,
    ],
)
def test_one_property(given_schema: Any, wanted: Any) -> None:
    assert one(given_schema) == wanted


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({}, "/properties/x"),
        (True, "/properties/x"),
        ({"type": "object"}, "/properties/x"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "/properties/x/additionalProperties"),
        ({"type": "object", "patternProperties": {"a": {"type": "string"}}}, "/properties/x/patternProperties"),
        ({"type": "array"}, "/properties/x/items"),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, "/properties/x"),
        ({"enum": [{"a": 1}]}, "/properties/x"),
        ({"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b"}]}, "/properties/x/allOf/1"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_place(schema: Any, path: str) -> None:
    assert refusal(schema) == path


def test_every_refusal_is_told() -> None:
    done = convert(of(a={}, b={"type": "array"}, c={"type": "string"}))
    assert [change.path for change in done.refused] == ["/properties/a", "/properties/b/items"]


def test_a_union_that_loses_its_exclusiveness_is_loosened() -> None:
    done = convert(of(x={"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3}]}))
    assert "loosened" in kinds(done)


def test_recursion_and_references() -> None:
    schema = {
        "type": "object",
        "properties": {
            "tree": {"$ref": "#/definitions/node", "description": "The tree"},
            "same": {"$ref": "#/properties/title"},
            "title": {"type": "string"},
        },
        "definitions": {
            "node": {"type": "object", "properties": {"left": {"$ref": "#/definitions/node"}}},
            "unused": {"type": "array"},
        },
    }
    done = convert(schema)
    assert done.schema is not None, done.refused
    assert fits(done.schema) == ()
    assert list(done.schema["$defs"]) == ["node"]
    assert done.schema["$defs"]["node"]["properties"]["left"] == {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}
    assert done.schema["properties"]["tree"]["description"] == "The tree"
    assert restore(done.schema, done.changes) == (schema, ())
    assert same(restore(done.schema, done.changes)[0], schema)


def test_the_top() -> None:
    assert convert({"anyOf": [of(a={"type": "string"})]}).schema is not None
    assert convert({"anyOf": [of(a={"type": "string"}), of(b={"type": "string"})]}).schema is None
    either = {**of(), "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    either["anyOf"] = [{"required": ["a"]}, {"required": ["b"]}]
    done = convert(either)
    assert done.schema is not None
    assert done.schema["description"] == "At least one of: a, b"
    assert convert({"type": "array", "items": {"type": "string"}}).schema is None
    assert convert({"$ref": "#/$defs/a", "$defs": {"a": of(x={"type": "string"})}}).schema is not None


def test_limits() -> None:
    many = {f"p{n}": {"type": "string"} for n in range(5001)}
    assert "5,000 properties" in convert(of(**many)).refused[0].message
    deep: Any = {"type": "string"}
    for _ in range(12):
        deep = of(x=deep)
    assert "10 levels" in convert(deep).refused[0].message
    assert "1,000 listed values" in convert(of(x={"enum": [str(n) for n in range(1001)]})).refused[0].message


def test_nulls_of_arguments() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "object", "properties": {"c": {"type": "integer"}, "d": {"type": ["string", "null"]}}},
            "e": {"anyOf": [{"type": "object", "properties": {"f": {"type": "string"}}}, {"type": "string"}]},
            "g": {"type": "array", "items": {"type": "object", "properties": {"h": {"type": "string"}}}},
        },
        "required": ["a"],
    }
    arguments = {"a": "x", "b": {"c": None, "d": None}, "e": {"f": None}, "g": [{"h": None}]}
    assert to_original(schema, arguments) == {"a": "x", "b": {"d": None}, "e": {}, "g": [{}]}
    assert to_original(schema, {"a": "x", "b": None, "e": None, "g": None}) == {"a": "x"}


def test_an_edit_in_between_is_kept() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 2}, "b": {"type": "string"}}}
    done = convert(schema)
    assert done.schema is not None
    edited = json.loads(json.dumps(done.schema))
    edited["properties"]["b"]["description"] = "New"
    back, stuck = restore(edited, done.changes)
    assert stuck == ()
    assert back["properties"] == {
        "a": {"type": "string", "minLength": 2},
        "b": {"type": "string", "description": "New"},
    }
    edited["properties"]["a"]["description"] = "Rewritten"
    _, stuck = restore(edited, done.changes)
    assert [(step.path, step.key) for step in stuck] == [("/properties/a", "description")]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": []},
        {"type": "object", "required": "a"},
        {"$ref": "#"},
        {"$ref": "http://x/y"},
        {"type": "nonsense"},
        {},
        {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
        {"type": "object", "properties": {"a": {"items": {"$ref": "#/properties/a"}, "type": "array"}}},
    ],
)
def test_junk_is_refused(schema: Any) -> None:
    done = convert(schema)
    assert done.schema is None
    assert done.refused


@pytest.mark.slow
def test_many_references_take_no_time() -> None:
    """A check of each against all definitions took minutes."""
    names = [f"d{n}" for n in range(2000)]
    schema = {
        "type": "object",
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names},
        "$defs": {name: {"type": "string"} for name in names},
    }
    done = convert(schema)
    assert done.schema is not None
    assert len(done.schema["required"]) == 2000


@pytest.mark.parametrize(
    ("schema", "null"),
    [
        (True, True),
        ({}, True),
        ({"type": ["string", "null"]}, True),
        ({"type": "string"}, False),
        ({"enum": ["a"]}, False),
        ({"enum": [None]}, True),
        ({"$ref": "#/$defs/maybe"}, True),
        ({"$ref": "#/$defs/loop"}, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"allOf": [{"type": "null"}, {"type": "string"}]}, False),
        ({"oneOf": [{"type": "null"}, {"type": ["null", "string"]}]}, False),
        ({"not": {"type": "null"}}, False),
    ],
)
def test_what_takes_null(schema: Any, null: bool) -> None:
    root = {
        "$defs": {"maybe": {"type": ["null", "string"]}, "loop": {"type": "array", "items": {"$ref": "#/$defs/loop"}}}
    }
    assert takes_null(root, schema) is null


def test_deep_schemas_are_refused_in_bounded_time() -> None:
    deep: Any = {"type": "string"}
    for _ in range(400):
        deep = {"anyOf": [deep, {"type": "null"}]}
    assert convert(of(x=deep)).schema is None


SCALARS = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "minLength": 1},
        {"type": "string", "pattern": "^[a-c]*$"},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "boolean"},
        {"type": ["string", "null"]},
        {"type": ["integer", "string"]},
        {"enum": ["a", "b"]},
        {"enum": ["a", 1, None]},
        {"const": "k"},
        {"type": "string", "default": "d", "title": "T", "deprecated": True},
        {"$ref": "#/$defs/name"},
        {"$ref": "#/$defs/node", "description": "A node"},
        {"allOf": [{"$ref": "#/$defs/name"}, {"type": "string", "enum": ["a", "ab"]}]},
    ]
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(st.sampled_from(["a", "b", "c", "d/e"]), inner, min_size=1, max_size=3)
    closed = st.sampled_from([{}, {"additionalProperties": False}])
    return st.tuples(properties, st.sets(st.sampled_from(["a", "b", "c"])), closed).map(
        lambda it: {"type": "object", "properties": it[0], "required": sorted(it[1] & set(it[0])), **it[2]}
    )


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = inner.map(lambda item: {"type": "array", "items": item, "minItems": 1})
    unions = st.tuples(st.sampled_from(["anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=3))
    return objects(inner) | lists | unions.map(lambda it: {it[0]: it[1]})


DEFS = {
    "name": {"type": "string", "maxLength": 3},
    "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "v": {"type": "integer"}}},
}
SCHEMAS = objects(st.recursive(SCALARS, nested, max_leaves=6)).map(lambda schema: {**schema, "$defs": DEFS})


@given(SCHEMAS, st.integers(0, 50))
@pytest.mark.slow
def test_what_is_converted_accepts_the_same(schema: dict[str, Any], seed: int) -> None:
    done = convert(schema)
    if done.schema is None:
        assert done.refused
        return
    assert fits(done.schema) == ()
    again = convert(done.schema)
    assert again.changes == ()
    assert same(again.schema, done.schema)
    back, stuck = restore(done.schema, done.changes)
    assert stuck == ()
    assert same(back, schema)
    loosened = "loosened" in kinds(done)
    for value in sampled(done.schema, seed):
        found = violations(schema, to_original(schema, value))
        assert not found or loosened, (found, value)
    for value in sampled(schema, seed):
        assert not violations(done.schema, filled(done.schema, value)), value


def sampled(schema: dict[str, Any], seed: int) -> list[Any]:
    found = []
    for optional in (True, False):
        try:
            found.append(sample(schema, seed, optional=optional))
        except CannotSample:
            continue
    return found


def filled(root: dict[str, Any], value: Any, schema: Any = None) -> Any:
    """Arguments as strict mode wants them: null where something is left out."""
    schema = root if schema is None else schema
    if "$ref" in schema:
        return filled(root, value, root["$defs"][schema["$ref"].rpartition("/")[2]])
    for branch in schema.get("anyOf", ()):
        tried = filled(root, value, branch)
        if not violations({"$defs": root["$defs"], **branch} if "$defs" in root else branch, tried, 1):
            return tried
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        given_ones = {name: filled(root, item, known[name]) if name in known else item for name, item in value.items()}
        return {**dict.fromkeys(known), **given_ones}
    if isinstance(value, list) and "items" in schema:
        return [filled(root, item, schema["items"]) for item in value]
    return value


@pytest.mark.parametrize(
    ("one_schema", "other", "apart"),
    [
        ({"type": "string"}, {"type": "integer"}, True),
        ({"type": "number"}, {"type": "integer"}, False),
        ({"const": 1}, {"const": 1.0}, False),
        ({"enum": ["a"]}, {"enum": ["b", "c"]}, True),
        (of(k={"const": "a"}), of(k={"const": "b"}), True),
        ({"type": "object", "properties": {"k": {"const": "a"}}}, of(k={"const": "b"}), False),
        ({}, {"type": "string"}, False),
    ],
)
def test_disjoint(one_schema: Any, other: Any, apart: bool) -> None:
    assert disjoint(one_schema, other) is apart
    assert disjoint(other, one_schema) is apart


def test_both() -> None:
    assert both({"type": "number"}, {"type": "integer"}) == {"type": "integer"}
    assert both({"type": "string"}, {"type": "integer"}) is None
    closed = {"properties": {"a": {}}, "additionalProperties": False}
    assert both(closed, {"properties": {"b": {}}}) is None
    assert both(True, {"type": "string"}) == {"type": "string"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "fewest"), [("mcp-tools-dev.jsonl.gz", 447), ("bfcl-dev.jsonl.gz", 4150), ("openapi/discord.json", 205)]
)
def test_real_tools(shared: Path, file: str, fewest: int) -> None:
    path = shared / "schemas" / file
    converted = 0
    for candidate in each(path.read_bytes(), path.name):
        schema = candidate.tool.parameters
        if schema is None:
            continue
        done = convert(schema)
        if done.schema is None:
            assert done.refused
            continue
        converted += 1
        assert fits(done.schema) == (), candidate.title
        assert convert(done.schema).changes == (), candidate.title
        assert same(restore(done.schema, done.changes)[0], schema), candidate.title
        if "loosened" not in kinds(done):
            for value in sampled(done.schema, 1):
                assert not violations(schema, to_original(schema, value)), candidate.title
    assert converted >= fewest
