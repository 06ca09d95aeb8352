from __future__ import annotations

import threading
from types import MappingProxyType
from typing import Any

import pytest

from callsmith.schema.validate import SchemaError, check_schema, unchecked, violations

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}, "a/b": {"type": "integer"}},
    "required": ["city"],
}
TREE = {"$defs": {"n": {"type": "object", "additionalProperties": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    inner = value
    for _ in range(levels):
        inner["a"] = {}
        inner = inner["a"]
    return value


def test_a_value_that_fits_has_no_violations() -> None:
    assert violations(WEATHER, {"city": "Paris", "unit": "celsius"}) == ()


def test_each_violation_says_where_and_why() -> None:
    found = {item.path: item for item in violations(WEATHER, {"unit": "kelvin", "a/b": "x"})}
    assert set(found) == {"", "/unit", "/a~1b"}
    assert found[""].keyword == "required" and "city" in found[""].message
    assert found["/unit"].schema_path == "/properties/unit/enum"


def test_the_number_and_the_length_of_violations_are_bounded() -> None:
    found = violations({"items": {"type": "string"}}, list(range(500)), limit=7)
    assert len(found) == 7
    assert len(violations({"const": 1}, "x" * 10_000)[0].message) <= 300


def test_formats_are_checked_and_unknown_ones_are_not() -> None:
    assert violations({"type": "string", "format": "date"}, "3 March")[0].keyword == "format"
    assert violations({"type": "string", "format": "int32"}, "x") == ()


def test_beside_null_the_other_alternative_is_the_one_told_about() -> None:
    schema = {"anyOf": [{"type": "null"}, {"type": "object", "required": ["id"], "properties": {"id": {}}}]}
    assert [(item.keyword, item.path) for item in violations(schema, {})] == [("required", "")]


@pytest.mark.parametrize(
    ("schema", "path", "word"),
    [
        ({"required": "city"}, "/required", "array"),
        ({"properties": []}, "/properties", "object"),
        ({"properties": {"a": {"type": "dict"}}}, "/properties/a/type", "JSON Schema type"),
        ({"properties": {"a": {"pattern": "["}}}, "/properties/a/pattern", "regular expression"),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "/properties/a/$ref", "points at nothing"),
        ({"properties": {"a": {"$ref": "https://example.com/a.json"}}}, "/properties/a/$ref", "outside the schema"),
        ({"properties": {"a": {"$ref": "file:///etc/hostname"}}}, "/properties/a/$ref", "outside the schema"),
        ({"$ref": "#"}, "/$ref", "circle"),
        ({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}, "/$defs/a", "circle"),
        ({"minLength": -1}, "/minLength", "minimum"),
    ],
)
def test_a_broken_schema_says_where_it_is_broken(schema: dict[str, Any], path: str, word: str) -> None:
    error = check_schema(schema)
    assert error is not None
    assert error.path.startswith(path)
    assert word in error.message
    with pytest.raises(SchemaError):
        violations(schema, {})


def test_no_reference_reads_a_file(tmp_path: Any) -> None:
    (tmp_path / "city.json").write_text('{"type": "string"}')
    for ref, base in ((f"file://{tmp_path}/city.json", None), ("city.json", f"file://{tmp_path}/base.json")):
        schema = {"properties": {"a": {"$ref": ref}}, **({"$id": base} if base else {})}
        error = check_schema(schema)
        assert error is not None and "outside the schema" in error.message


def test_a_hostile_pattern_costs_nothing() -> None:
    """A backtracking engine needs longer than the age of the universe."""
    assert violations({"pattern": "^(a+)+$"}, "a" * 5_000 + "b")


def test_a_pattern_that_needs_backtracking_is_left_out_and_said_so() -> None:
    schema = {"properties": {"code": {"type": "string", "pattern": "^(?=.*\\d)x"}, "n": {"type": "integer"}}}
    assert [item.path for item in unchecked(schema)] == ["/properties/code/pattern"]
    assert [item.path for item in violations(schema, {"code": "y", "n": "z"})] == ["/n"]


def test_what_an_unreadable_pattern_allowed_is_not_refused_as_additional() -> None:
    schema = {"patternProperties": {"^(?!x)": {}}, "additionalProperties": False}
    assert violations(schema, {"a": 1}) == ()
    assert len(unchecked(schema)) == 1


def test_an_unknown_dialect_and_the_draft_4_spelling_are_read_anyway() -> None:
    schema = {"$schema": "https://example.com/mine", "type": "integer", "minimum": 0, "exclusiveMinimum": True}
    assert {item.path for item in unchecked(schema)} == {"/$schema", "/exclusiveMinimum"}
    assert violations(schema, 1) == ()
    assert violations(schema, 0)[0].keyword == "exclusiveMinimum"


def test_recursion_through_properties_is_fine() -> None:
    assert violations(TREE, {"a": {"b": {}}}) == ()
    assert violations(TREE, {"a": {"b": 3}})[0].path == "/a/b"


@pytest.mark.slow
def test_depth_is_refused_before_it_can_crash_the_process() -> None:
    assert violations(TREE, nested(50_000))[0].keyword == "depth"
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(5_000):
        deep = {"items": deep}
    error = check_schema(deep)
    assert error is not None and error.path == ""


def test_the_deepest_allowed_value_and_schema_together_do_not_crash_a_thread() -> None:
    inner: dict[str, Any] = {"type": "object", "additionalProperties": {"$ref": "#/$defs/n"}}
    for _ in range(45):
        inner = {"allOf": [inner]}
    found: list[int] = []
    schema = {"$defs": {"n": inner}, "$ref": "#/$defs/n"}
    thread = threading.Thread(target=lambda: found.append(len(violations(schema, nested(98)))))
    thread.start()
    thread.join()
    assert found == [0]


def test_alternatives_that_multiply_without_end_are_refused() -> None:
    parts: dict[str, Any] = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(14)}
    error = check_schema({"$ref": "#/$defs/d0", "$defs": {**parts, "d14": {"type": "string"}}})
    assert error is not None and "schemas to one value" in error.message


def test_a_frozen_mapping_is_a_schema_too_and_a_list_is_none() -> None:
    assert violations(MappingProxyType({"properties": MappingProxyType({"a": {"type": "string"}})}), {"a": 1})
    assert check_schema(["type"]) is not None  # type: ignore[arg-type]


def test_a_lone_surrogate_is_a_text_like_another() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    assert violations(schema, {"a": "\ud800x"}) == ()
    assert [item.keyword for item in violations(schema, {"a": "\ud800long"})] == ["maxLength"]


def test_a_pattern_that_compiles_to_megabytes_is_not_checked() -> None:
    schema = {"type": "string", "pattern": r"[\s\S]{0,5000}é"}
    assert violations(schema, "a" * 100_000) == ()
    assert [item.path for item in unchecked(schema)] == ["/pattern"]
