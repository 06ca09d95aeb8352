"""Recorded calls against a schema: what would fail now, and what was never used, against counts made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsmith.evidence.calls import RecordedCall
from callsmith.evidence.coverage import Coverage, coverage
from callsmith.evidence.replay import Dated, replayed
from callsmith.schema.validate import SchemaError

PLACE = {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}}}


def call(arguments: str, at: float = 10) -> RecordedCall:
    return RecordedCall("c", "Weather", "n", f"id-{arguments}", "weather", arguments, at, "m")


def test_a_call_would_now_fail_only_where_the_schema_it_was_made_under_took_it() -> None:
    new = {**PLACE, "required": ["place"]}
    calls = [call('{"place": "Oslo"}'), call("{}"), call('{"days": "two"}'), call("{"), call("{}", at=30)]
    versions = [Dated(5, PLACE), Dated(20, new)]
    found = replayed(new, calls, versions)
    assert (found.total, found.valid, len(found.failing), len(found.malformed)) == (5, 1, 3, 1)
    assert [failing.before for failing in found.failing] == [True, False, False]
    assert [failing.call for failing in found.would_now_fail] == [calls[1]]
    assert found.failing[0].reasons[0].message == '"place" is a required property'
    assert found.malformed[0].call == calls[3] and found.malformed[0].why.line == 1
    assert found.values == (({"place": "Oslo"}, 1), ({}, 2), ({"days": "two"}, 1))


def test_calls_older_than_every_version_count_as_made_under_the_first() -> None:
    versions = [Dated(50, PLACE), Dated(60, {**PLACE, "required": ["days"]})]
    assert replayed({**PLACE, "required": ["days"]}, [call("{}")], versions).failing[0].before is True


def test_where_no_version_can_tell_a_failing_call_counts() -> None:
    broken = [Dated(0, {"type": "nonsense"})]
    for versions in ([], broken):
        found = replayed({**PLACE, "required": ["days"]}, [call("{}")], versions)
        assert found.would_now_fail == found.failing and found.failing[0].before is None


def test_a_broken_schema_is_an_error() -> None:
    with pytest.raises(SchemaError):
        replayed({"type": "nonsense"}, [call("{}")])
    with pytest.raises(SchemaError):
        coverage({"$ref": "#/nowhere"}, [])


def counted(covered: Coverage) -> dict[tuple[str, str], tuple[int, int]]:
    return {(use.path, use.kind): (use.times, use.chances) for use in covered.uses}


def once(*values: Any) -> list[tuple[Any, int]]:
    return [(value, 1) for value in values]


def test_properties_given_and_left_out() -> None:
    schema = {**PLACE, "required": ["place"]}
    found = coverage(schema, [({"place": "a"}, 3), ({"place": "b", "days": 1, "other": 2}, 2), ("no object", 1)])
    assert counted(found) == {
        ("/properties/place", "property"): (5, 5),
        ("/properties/days", "property"): (2, 5),
        ("/properties/days", "left out"): (3, 5),
    }
    assert found.unused == ()


def test_allowed_values_are_told_apart_as_json_schema_does() -> None:
    schema = {"enum": [1, True, "1", None, {"a": 1, "b": 2}]}
    found = coverage(schema, once(1.0, 1, {"b": 2, "a": 1}, "other"))
    times = [use.times for use in found.uses]
    assert times == [2, 0, 0, 0, 1]
    assert [use.name for use in found.unused] == ["true", '"1"', "null"]


def test_alternatives_types_and_lists() -> None:
    schema = {
        "properties": {
            "to": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/person"}, {"type": "null"}]},
            "size": {"type": ["integer", "number", "null"]},
            "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
            "kind": {"oneOf": [{"const": "x"}, {"const": "y", "title": "Why"}]},
        },
        "$defs": {"person": {"type": "object", "properties": {"name": {}}}},
    }
    found = coverage(
        schema, once({"to": "me", "size": 2.0, "tags": []}, {"to": {"name": "Ann"}, "tags": [], "kind": "y"})
    )
    at = counted(found)
    assert [at[f"/properties/to/anyOf/{n}", "alternative"] for n in range(3)] == [(1, 2), (1, 2), (0, 2)]
    assert [at[f"/properties/size/type/{n}", "type"] for n in range(3)] == [(1, 1), (1, 1), (0, 1)]
    assert at["/properties/tags", "items"] == (0, 2)
    assert at["/$defs/person/properties/name", "property"] == (1, 1)
    assert [use.name for use in found.unused if use.kind == "alternative"] == ["null", '"x"']
    assert [use.path for use in found.unused if use.kind == "value"] == []  # nothing ever reached them


def test_what_several_ways_lead_to_is_counted_once_and_recursion_ends() -> None:
    node = {"type": "object", "properties": {"v": {"enum": [1, 2]}, "next": {"$ref": "#/$defs/node"}}}
    schema = {"allOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/node"}], "$defs": {"node": node}}
    at = counted(coverage(schema, once({"v": 1, "next": {"v": 1, "next": {}}})))
    assert at["/$defs/node/properties/v", "property"] == (2, 3)
    assert at["/$defs/node/properties/v/enum/0", "value"] == (2, 2)


@pytest.mark.parametrize("dialect", [None, "http://json-schema.org/draft-07/schema#"])
@pytest.mark.parametrize("own", [None, "https://example.org/s", "http://example.org/s#"])
@pytest.mark.parametrize("ref", ["#", "#/properties/one", "#/$defs/one"])
def test_alternatives_find_what_they_refer_to(dialect: str | None, own: str | None, ref: str) -> None:
    one = {"type": "object", "properties": {"more": {}}, "required": ["one"]}
    schema = {
        **({"$schema": dialect} if dialect else {}),
        **({"$id": own} if own else {}),
        **one,
        "properties": {"one": one, "two": {"anyOf": [{"$ref": ref}, {"type": "null"}]}},
        "$defs": {"one": one},
    }
    at = counted(coverage(schema, once({"one": {"one": 1}, "two": {"one": {"one": 2}}}, {"two": None}, {"two": {}})))
    assert [at[f"/properties/two/anyOf/{n}", "alternative"] for n in range(2)] == [(1, 3), (1, 3)]


def test_maps_tuples_conditions_and_draft_7() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"pair": {"items": [{"enum": ["l"]}, {"enum": ["r"]}], "additionalItems": {"enum": ["more"]}}},
        "patternProperties": {"^x-": {"enum": ["x"]}},
        "additionalProperties": {"enum": ["else"]},
        "if": {"required": ["pair"]},
        "then": {"properties": {"pair": {"minItems": 1}}},
        "else": {"properties": {"lone": {}}},
        "dependencies": {"x-a": {"properties": {"x-b": {}}}},
    }
    at = counted(coverage(schema, once({"pair": ["l", "r", "more"], "x-a": "x", "other": "else"}, {"lone": "else"})))
    used = {path: times for (path, kind), (times, _) in at.items() if kind == "value"}
    assert used == {
        "/properties/pair/items/0/enum/0": 1,
        "/properties/pair/items/1/enum/0": 1,
        "/properties/pair/additionalItems/enum/0": 1,
        "/patternProperties/^x-/enum/0": 1,
        "/additionalProperties/enum/0": 2,
    }
    assert at["/then/properties/pair", "property"] == (1, 1)
    assert at["/else/properties/lone", "property"] == (1, 1)
    assert at["/dependencies/x-a/properties/x-b", "property"] == (0, 1)


NAMES = ("a", "b", "c")
LEAVES = st.sampled_from([1, 2, "x", None, True])
SCHEMAS = st.recursive(
    st.fixed_dictionaries({"enum": st.lists(LEAVES, min_size=1, max_size=3)}) | st.just({}),
    lambda inner: (
        st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)})
        | st.fixed_dictionaries({"items": inner})
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
)


def by_hand(schema: Mapping[str, Any], value: Any, at: str, used: dict[str, int]) -> None:
    """The same count by plain recursion."""
    for number, allowed in enumerate(schema.get("enum", ())):
        used[f"{at}/enum/{number}"] = used.get(f"{at}/enum/{number}", 0) + (json.dumps(allowed) == json.dumps(value))
    for name, child in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            used[f"{at}/properties/{name}"] = used.get(f"{at}/properties/{name}", 0) + 1
            by_hand(child, value[name], f"{at}/properties/{name}", used)
    if "items" in schema and isinstance(value, list):
        for item in value:
            by_hand(schema["items"], item, f"{at}/items", used)


@settings(max_examples=150)
@given(SCHEMAS, st.lists(VALUES, max_size=5))
@pytest.mark.slow
def test_counts_equal_those_made_by_hand(schema: dict[str, Any], values: list[Any]) -> None:
    used: dict[str, int] = {}
    for value in values:
        by_hand(schema, value, "", used)
    uses = coverage(schema, once(*values)).uses
    assert {use.path: use.times for use in uses if use.kind in ("property", "value") and use.times} == {
        path: times for path, times in used.items() if times
    }


@pytest.mark.slow
def test_ten_thousand_calls_are_checked() -> None:
    properties = {f"p{number}": {"type": "string", "enum": ["a", "b"]} for number in range(300)}
    schema = {"type": "object", "properties": properties}
    calls = [
        call(json.dumps({f"p{(number + step) % 300}": "a" for step in range(10)} | {"n": number}))
        for number in range(10_000)
    ]
    found = replayed({**schema, "required": ["p1"]}, calls, [Dated(0, schema)])
    assert len(found.would_now_fail) == 10_000 - found.valid > 9_000
