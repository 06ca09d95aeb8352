"""What differs between two tools: verdicts known beforehand, and none that a value refutes."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from callsmith.schema.diff import Difference, differences, in_words, place_in_words, schema_differences
from callsmith.schema.diff.compare import KNOWN as KNOWN_KEYWORDS
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import check_schema, violations
from callsmith.schema.walk import subschemas
from callsmith.types.tool import Grammar, Tool
from tests.engine.schema_kit import PARAMETERS, real_tools

SHARED = Path(__file__).resolve().parents[3] / "shared"
TEXT, WHOLE, NUMBER, NULL = ({"type": name} for name in ("string", "integer", "number", "null"))
LOOSE: dict[str, Any] = {"type": "object", "properties": {"a": TEXT, "b": WHOLE}, "required": ["a"]}
CLOSED = {**LOOSE, "additionalProperties": False}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def kind_of(tag: str, **more: Any) -> dict[str, Any]:
    return {**obj(kind={"const": tag}, **more), "required": ["kind"]}


KNOWN: list[tuple[str, Any, Any, list[tuple[str, bool | None]]]] = [
    ("optional added", LOOSE, {**LOOSE, "properties": {**LOOSE["properties"], "c": TEXT}}, [("added", False)]),
    (
        "optional added, closed",
        CLOSED,
        {**CLOSED, "properties": {**LOOSE["properties"], "c": TEXT}},
        [("added", False)],
    ),
    (
        "required added",
        LOOSE,
        {**LOOSE, "properties": {**LOOSE["properties"], "c": TEXT}, "required": ["a", "c"]},
        [("added", True)],
    ),
    (
        "added to a map",
        {**LOOSE, "additionalProperties": WHOLE},
        {**LOOSE, "additionalProperties": WHOLE, "properties": {**LOOSE["properties"], "c": TEXT}},
        [("added", None)],
    ),
    ("removed, open", LOOSE, {**LOOSE, "properties": {"a": TEXT}}, [("removed", False)]),
    ("removed, closed", CLOSED, {**CLOSED, "properties": {"a": TEXT}}, [("removed", True)]),
    ("renamed", CLOSED, {**CLOSED, "properties": {"a": TEXT, "z": WHOLE}}, [("renamed", True)]),
    ("renamed, open", LOOSE, {**LOOSE, "properties": {"a": TEXT, "z": WHOLE}}, [("renamed", None)]),
    ("required now", LOOSE, {**LOOSE, "required": ["a", "b"]}, [("narrowed", True)]),
    ("optional now", LOOSE, {**LOOSE, "required": []}, [("widened", False)]),
    ("closed", LOOSE, CLOSED, [("narrowed", True)]),
    ("opened", CLOSED, LOOSE, [("widened", False)]),
    ("others typed", LOOSE, {**LOOSE, "additionalProperties": TEXT}, [("narrowed", True)]),
    ("order", LOOSE, {**LOOSE, "properties": {"b": WHOLE, "a": TEXT}}, [("moved", False)]),
    ("number to integer", obj(a=NUMBER), obj(a=WHOLE), [("narrowed", True)]),
    ("integer to number", obj(a=WHOLE), obj(a=NUMBER), [("widened", False)]),
    ("string to integer", obj(a=TEXT), obj(a=WHOLE), [("changed", True)]),
    ("type added", obj(a={}), obj(a=TEXT), [("narrowed", True)]),
    ("type that enum implied", {"enum": ["x"]}, {"type": "string", "enum": ["x"]}, [("changed", False)]),
    ("nullable", {"type": "string"}, {"type": ["string", "null"]}, [("widened", False)]),
    ("nullable by anyOf", obj(a=TEXT), obj(a={"anyOf": [TEXT, NULL]}), [("added", False)]),
    ("not nullable by anyOf", obj(a={"anyOf": [TEXT, NULL]}), obj(a=TEXT), [("removed", True)]),
    ("anyOf for types", {"type": ["string", "null"]}, {"anyOf": [TEXT, NULL]}, [("changed", False)]),
    ("enum value added", {"enum": ["x"]}, {"enum": ["x", "y"]}, [("widened", False)]),
    ("enum value removed", {"enum": ["x", "y"]}, {"enum": ["x"]}, [("narrowed", True)]),
    ("enum swapped", {"enum": ["x", "y"]}, {"enum": ["x", "z"]}, [("narrowed", True), ("widened", False)]),
    ("enum order", {"enum": ["x", "y"]}, {"enum": ["y", "x"]}, [("moved", False)]),
    ("1 is 1.0", {"enum": [1]}, {"enum": [1.0]}, [("moved", False)]),
    ("1 is not true", {"enum": [1, True]}, {"enum": [1]}, [("narrowed", True)]),
    ("enum removed", {"enum": ["x"]}, {}, [("widened", False)]),
    ("enum to const", {"enum": ["x", "y"]}, {"const": "x"}, [("narrowed", True)]),
    ("const null", {"const": None}, {}, [("widened", False)]),
    ("const", {"const": 1}, {"const": 2}, [("narrowed", True), ("widened", False)]),
    ("minimum up", {**NUMBER, "minimum": 1}, {**NUMBER, "minimum": 2}, [("narrowed", True)]),
    ("minimum gone", {**NUMBER, "minimum": 1}, NUMBER, [("widened", False)]),
    ("exclusive", {**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}, [("narrowed", True)]),
    ("exclusive, whole", {**WHOLE, "minimum": 1}, {**WHOLE, "exclusiveMinimum": 0}, [("changed", False)]),
    ("draft 4", {**NUMBER, "maximum": 1}, {**NUMBER, "maximum": 1, "exclusiveMaximum": True}, [("narrowed", True)]),
    ("maximum up", {**NUMBER, "maximum": 1}, {**NUMBER, "maximum": 1.5}, [("widened", False)]),
    ("longer", {**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 9}, [("widened", False)]),
    ("shorter", TEXT, {**TEXT, "maxLength": 9}, [("narrowed", True)]),
    ("at least", {"type": "array"}, {"type": "array", "minItems": 1}, [("narrowed", True)]),
    ("at most", {"type": "object"}, {"type": "object", "maxProperties": 1}, [("narrowed", True)]),
    ("unique", {"type": "array"}, {"type": "array", "uniqueItems": True}, [("narrowed", True)]),
    ("multiple of less", {**NUMBER, "multipleOf": 0.3}, {**NUMBER, "multipleOf": 0.1}, [("widened", False)]),
    ("multiple of more", {**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 4}, [("narrowed", True)]),
    ("multiple of another", {**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 3}, [("changed", True)]),
    ("pattern", {**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, [("changed", None)]),
    ("pattern gone", {**TEXT, "pattern": "a"}, TEXT, [("widened", False)]),
    ("pattern added", TEXT, {**TEXT, "pattern": "a"}, [("narrowed", True)]),
    ("format", {**TEXT, "format": "date"}, {**TEXT, "format": "time"}, [("changed", None)]),
    ("format added", TEXT, {**TEXT, "format": "date"}, [("changed", None)]),
    ("anyOf one more", {"anyOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL, WHOLE]}, [("added", False)]),
    ("anyOf one less", {"anyOf": [TEXT, NULL, WHOLE]}, {"anyOf": [TEXT, NULL]}, [("removed", True)]),
    ("anyOf less, may be covered", {"anyOf": [NUMBER, WHOLE]}, {"anyOf": [NUMBER]}, [("removed", None)]),
    ("anyOf narrowed", {"anyOf": [TEXT, NULL]}, {"anyOf": [{**TEXT, "maxLength": 1}, NULL]}, [("narrowed", True)]),
    (
        "overlapping anyOf narrowed",
        {"anyOf": [NUMBER, WHOLE]},
        {"anyOf": [NUMBER, {**WHOLE, "minimum": 0}]},
        [("narrowed", None)],
    ),
    ("anyOf order", {"anyOf": [TEXT, NULL]}, {"anyOf": [NULL, TEXT]}, [("moved", False)]),
    ("oneOf one more, apart", {"oneOf": [TEXT, NULL]}, {"oneOf": [TEXT, NULL, WHOLE]}, [("added", False)]),
    ("oneOf one more, overlapping", {"oneOf": [TEXT, WHOLE]}, {"oneOf": [TEXT, WHOLE, NUMBER]}, [("added", None)]),
    (
        "oneOf wider, overlapping",
        {"oneOf": [obj(a=WHOLE), obj()]},
        {"oneOf": [obj(a=NUMBER), obj()]},
        [("widened", None)],
    ),
    (
        "oneOf told apart by a property",
        {"oneOf": [kind_of("x", v=WHOLE), kind_of("y", v=WHOLE)]},
        {"oneOf": [kind_of("x", v=NUMBER), kind_of("y", v=WHOLE)]},
        [("widened", False)],
    ),
    ("allOf more", {"allOf": [TEXT]}, {"allOf": [TEXT, {"maxLength": 3}]}, [("added", True)]),
    ("allOf less", {"allOf": [TEXT, {"maxLength": 3}]}, {"allOf": [TEXT]}, [("removed", False)]),
    ("allOf of one", obj(a={"$ref": "#/$defs/x"}), obj(a={"allOf": [{"$ref": "#/$defs/x"}]}), [("changed", False)]),
    ("items", {"type": "array", "items": NUMBER}, {"type": "array", "items": WHOLE}, [("narrowed", True)]),
    ("items added", {"type": "array"}, {"type": "array", "items": WHOLE}, [("narrowed", True)]),
    (
        "tuple longer",
        {"prefixItems": [TEXT], "items": WHOLE},
        {"prefixItems": [TEXT, NUMBER], "items": WHOLE},
        [("widened", False)],
    ),
    ("tuple in two dialects", {"prefixItems": [TEXT]}, {"items": [TEXT]}, [("changed", False)]),
    ("tuple closed", {"prefixItems": [TEXT]}, {"prefixItems": [TEXT], "items": False}, [("narrowed", True)]),
    (
        "pattern property",
        {"patternProperties": {"^x": NUMBER}},
        {"patternProperties": {"^x": WHOLE}},
        [("narrowed", True)],
    ),
    ("pattern property added", {}, {"patternProperties": {"^x": WHOLE}}, [("added", None)]),
    ("property names", {}, {"propertyNames": {"maxLength": 3}}, [("narrowed", True)]),
    ("dependent", {}, {"dependentRequired": {"a": ["b"]}}, [("narrowed", True)]),
    ("not narrower", {"not": WHOLE}, {"not": NUMBER}, [("narrowed", True)]),
    ("not wider", {"not": NUMBER}, {"not": WHOLE}, [("widened", False)]),
    ("condition", {"if": TEXT, "then": {}}, {"if": WHOLE, "then": {}}, [("changed", None)]),
    ("then", {"if": TEXT, "then": {"maxLength": 5}}, {"if": TEXT, "then": {"maxLength": 9}}, [("widened", False)]),
    ("words", {**TEXT, "description": "x"}, {**TEXT, "description": "y", "title": "T"}, [("described", False)] * 2),
    ("default", {**TEXT, "default": "x"}, TEXT, [("described", False)]),
    ("unknown", {**TEXT, "nullable": False}, {**TEXT, "nullable": True}, [("changed", None)]),
    ("false", obj(a=TEXT), obj(a=False), [("narrowed", True)]),
    ("unevaluated", {"allOf": [CLOSED]}, {"allOf": [CLOSED], "unevaluatedProperties": False}, [("narrowed", None)]),
    ("keys only", {"type": "string", "maxLength": 1}, {"maxLength": 1, "type": "string"}, [("moved", False)]),
    ("junk", {"properties": []}, {"properties": [1]}, [("changed", None)]),
    ("junk items", {"items": 5}, {"items": TEXT}, [("changed", None)]),
    ("another dialect's type", {"type": "dict"}, {"type": "object"}, [("changed", None)]),
]


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in KNOWN], ids=[case[0] for case in KNOWN])
def test_known_verdicts(old: Any, new: Any, expected: list[tuple[str, bool | None]]) -> None:
    found = schema_differences(old, new)

    assert [(difference.kind, difference.breaking) for difference in found] == expected


def test_a_result_is_the_other_way_round() -> None:
    assert [d.breaking for d in schema_differences({**LOOSE, "required": ["a", "b"]}, LOOSE, role="output")] == [True]
    assert [d.breaking for d in schema_differences(obj(a=NUMBER), obj(a=WHOLE), role="output")] == [False]
    assert [d.breaking for d in schema_differences({"enum": [1]}, {"enum": [1, 2]}, role="output")] == [True]


def test_references_are_followed() -> None:
    def schema(**definition: Any) -> dict[str, Any]:
        return {**obj(a={"$ref": "#/$defs/x"}, b={"$ref": "#/$defs/x"}), "$defs": {"x": definition}}

    (narrowed,) = schema_differences(schema(**NUMBER), schema(**WHOLE))
    assert (narrowed.path, narrowed.breaking) == ("/$defs/x/type", True)
    inlined = schema_differences(schema(**NUMBER), obj(a=NUMBER, b=NUMBER))
    assert [(d.kind, d.breaking) for d in inlined] == [("changed", False)]
    moved = schema_differences(schema(**NUMBER), {**obj(a={"$ref": "#/$defs/y"}, b=NUMBER), "$defs": {"y": NUMBER}})
    assert [d.breaking for d in moved] == [False]


def test_circles_of_references_end() -> None:
    def tree(value: Any) -> dict[str, Any]:
        return {**obj(value=value, children={"type": "array", "items": {"$ref": "#"}}), "required": ["value"]}

    assert schema_differences(tree(TEXT), copy.deepcopy(tree(TEXT))) == ()
    assert [d.path for d in schema_differences(tree(NUMBER), tree(WHOLE))] == ["/properties/value/type"]
    circle = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert isinstance(schema_differences(circle, TEXT), tuple)
    assert isinstance(schema_differences(TEXT, circle), tuple)


def test_the_whole_tool() -> None:
    old = Tool("find", "Finds.", LOOSE, strict=None, output_schema=obj(a=TEXT))
    new = Tool("seek", "Seeks.", {**LOOSE, "required": ["a", "b"]}, strict=True, output_schema=None)

    found = differences(old, new)

    assert [(d.path, d.kind, d.breaking) for d in found] == [
        ("/name", "renamed", True),
        ("/description", "described", False),
        ("/parameters/properties/b", "narrowed", True),
        ("/strict", "described", False),
        ("/output_schema", "removed", True),
    ]
    assert in_words(found) == "3 breaking changes, 2 changes of wording or order"
    assert differences(old, old) == () and in_words(()) == "No difference"


def test_tools_without_parameters_and_with_free_text() -> None:
    bare = Tool("t")
    assert [d.breaking for d in differences(bare, Tool("t", parameters=LOOSE))] == [True, False]
    assert [d.breaking for d in differences(Tool("t", parameters=LOOSE), bare)] == [None]
    free = Tool("t", type="custom")
    held, other = (Tool("t", type="custom", grammar=Grammar("regex", text)) for text in "ab")
    assert [d.breaking for d in differences(bare, free)] == [True]
    assert [d.breaking for old, new in ((free, held), (held, free), (held, other)) for d in differences(old, new)] == [
        True,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ""),
        ("/name", "name"),
        ("/parameters/properties/address/properties/city/type", "address › city"),
        ("/parameters/properties/tags/items/enum", "tags › items"),
        ("/parameters/properties/a/anyOf/1", "a › alternative 2"),
        ("/output_schema/properties/type", "result › type"),
        ("/parameters/$defs/Node/required", "Node"),
    ],
)
def test_places_in_words(path: str, words: str) -> None:
    assert place_in_words(path) == words


@pytest.mark.slow
def test_every_real_tool_is_itself_and_only_reordered_when_reordered() -> None:
    for where, tool in real_tools(SHARED):
        schema = tool.get("parameters")
        if not isinstance(schema, dict):
            continue
        assert schema_differences(schema, copy.deepcopy(schema)) == (), where
        backwards = _backwards(schema)
        assert all(d.kind == "moved" and d.breaking is False for d in schema_differences(schema, backwards)), where


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _backwards(item) for name, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


@pytest.mark.slow
def test_what_is_called_compatible_refuses_no_value_of_real_tools() -> None:
    tools = [tool["parameters"] for where, tool in real_tools(SHARED) if isinstance(tool.get("parameters"), dict)]
    chance = random.Random(7)
    verdicts: dict[bool, int] = {True: 0, False: 0}
    for schema in chance.sample(tools, 700):
        changed = _mutated(schema, chance)
        fine = _compatible(schema, changed)
        verdicts[fine] += 1
        if fine:
            _refuse_nothing(schema, changed)
        if _compatible(changed, schema):
            _refuse_nothing(changed, schema)
    assert min(verdicts.values()) > 50


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(PARAMETERS, PARAMETERS)
@pytest.mark.slow
def test_any_two_schemas_are_compared(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = schema_differences(old, new)

    assert all(isinstance(difference, Difference) for difference in found)
    assert schema_differences(old, copy.deepcopy(old)) == ()
    if all(difference.breaking is False for difference in found):
        _refuse_nothing(old, new)


def _compatible(old: Any, new: Any) -> bool:
    return all(difference.breaking is False for difference in schema_differences(old, new))


def _refuse_nothing(old: Any, new: Any) -> None:
    if check_schema(old) is not None or check_schema(new) is not None:
        return
    for value in _values(old):
        assert not violations(old, value, 1)
        assert not violations(new, value, 1), (value, schema_differences(old, new))


def _values(schema: Any) -> Iterator[Any]:
    for seed in range(3):
        for optional in (True, False):
            try:
                yield sample(schema, seed, optional=optional)
            except CannotSample:
                return


def _mutated(schema: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(schema)
    parts = [part for _, part in subschemas(changed)]
    for _ in range(chance.randint(1, 2)):
        part: Any = chance.choice(parts)
        chance.choice(MUTATIONS)(part, chance)
    return changed


def _add(part: Any, chance: random.Random) -> None:
    if isinstance(part.get("properties"), dict):
        part["properties"]["zz_new"] = {"type": "string"}
        if chance.random() < 0.3:
            part["required"] = [*part.get("required", []), "zz_new"]


def _drop(part: Any, chance: random.Random) -> None:
    if part.get("properties") and isinstance(part["properties"], dict):
        del part["properties"][chance.choice(sorted(part["properties"]))]


def _type(part: Any, chance: random.Random) -> None:
    part["type"] = chance.choice(["number", "integer", "string", ["string", "null"], ["number", "string"]])


def _forget(part: Any, chance: random.Random) -> None:
    keys = [name for name in part if name not in ("properties", "$defs", "definitions")]
    if keys:
        del part[chance.choice(keys)]


def _bound(part: Any, chance: random.Random) -> None:
    name = chance.choice(["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf"])
    part[name] = chance.randint(1, 3)


def _enum(part: Any, chance: random.Random) -> None:
    if isinstance(part.get("enum"), list):
        part["enum"] = [*part["enum"], "zz"] if chance.random() < 0.5 else part["enum"][1:]


def _open(part: Any, chance: random.Random) -> None:
    part["additionalProperties"] = chance.choice([True, False, {"type": "string"}])


def _require(part: Any, chance: random.Random) -> None:
    part["required"] = list(part["properties"]) if isinstance(part.get("properties"), dict) else []


def _combine(part: Any, chance: random.Random) -> None:
    inner = {name: part.pop(name) for name in list(part) if name not in ("$defs", "definitions", "$schema")}
    part[chance.choice(["anyOf", "oneOf", "allOf"])] = [inner, *chance.choice([[], [{"type": "null"}]])]


MUTATIONS = (_add, _drop, _type, _forget, _bound, _enum, _open, _require, _combine)


@pytest.mark.slow
def test_hostile_schemas_take_bounded_time() -> None:
    many = obj(**{f"p{number}": {"type": "string", "maxLength": number} for number in range(10_000)})
    less = obj(**{f"p{number}": {"type": "string", "maxLength": 5} for number in range(0, 10_000, 2)})
    assert len(schema_differences(many, less)) > 5_000
    assert [d.breaking for d in schema_differences(_chain(500), _chain(500, leaf="integer"))] == [True]
    wide = {"anyOf": [obj(**{f"p{n}": TEXT}) for n in range(2_000)]}
    assert isinstance(schema_differences(wide, {"anyOf": [obj(**{f"q{n}": TEXT}) for n in range(2_000)]}), tuple)


def _chain(levels: int, leaf: str = "string") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": leaf}
    for _ in range(levels):
        schema = obj(a=schema)
    return schema


JUNK: list[Any] = [None, 5, "x", [], {}, [[]], {"a": 5}, True, 1e400, [{"type": 5}], {"x": {"$ref": 5}}, "#", "#/a/0"]


@pytest.mark.slow
def test_junk_is_told_of_and_never_raised() -> None:
    for name in KNOWN_KEYWORDS:
        for value in JUNK:
            for other in (LOOSE, {name: 7}, {name: TEXT}, {name: [TEXT]}):
                for old, new in (({name: value}, other), (other, {name: value})):
                    assert all(isinstance(d, Difference) for d in schema_differences(old, new))
