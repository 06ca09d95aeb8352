"""Each rule of lint at its place, and what its fix leaves behind."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from callsmith.schema.document import EditError
from callsmith.schema.lint import Finding, lint, lint_set, mended
from callsmith.schema.tool_document import document_of, tool_of
from callsmith.types.tool import Tool
from tests.engine.lint_kit import RULES

P = "/parameters/properties/p"
TOLD = {"description": "What is meant"}


def tool(schema: Any, **more: Any) -> Tool:
    return Tool("measure", "Measures a thing", {"type": "object", "properties": {"p": schema}, **more})


def found(schema: Any, rule: str, **more: Any) -> list[Finding]:
    inner = {**TOLD, **schema} if isinstance(schema, dict) else schema
    return [finding for finding in lint(tool(inner, **more)) if finding.rule == rule]


@pytest.mark.parametrize(("schema", "rule", "severity", "place", "after"), RULES)
def test_a_fault_is_told_and_mended(schema: Any, rule: str, severity: str, place: str, after: Any) -> None:
    findings = found(schema, rule)
    assert [(finding.severity, finding.path) for finding in findings] == [(severity, P + place)]
    fix = findings[0].fix
    assert (fix is None) == (after is None)
    if fix is not None:
        document = document_of(tool({**TOLD, **schema}))
        before = json.dumps(document)
        changed = fix.change(document)
        assert changed["parameters"]["properties"]["p"] == {**TOLD, **after}
        assert json.dumps(document) == before
        assert rule not in [finding.rule for finding in lint(tool_of(changed)) if finding.path == P + place]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "minLength": 1, "enum": ["a", None]},
        {"type": "string", "pattern": "^(?=a)", "enum": ["b"]},
        {"type": "string", "pattern": "(", "enum": ["b"]},
        {"type": "array", "items": {"enum": ["a"]}, "minItems": 2},
        {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True, "minItems": 2},
        {"allOf": [{"properties": {"b": {}}}], "properties": {"a": {}}, "dependentRequired": {"b": ["a"]}},
        {"dependentRequired": {"b": ["a"]}},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    ],
)
def test_what_may_be_meant_is_no_contradiction(schema: dict[str, Any]) -> None:
    rules = {"enum-contradicts", "bounds-contradict", "dependent-unknown", "branch-dead", "branch-swallowed"}
    assert not rules & {finding.rule for finding in lint(tool({**TOLD, **schema}))}


def test_names_that_are_reserved_are_told() -> None:
    rules = [(finding.severity, finding.rule) for finding in lint(Tool("web_search", "Searches the web"))]
    assert rules == [("warning", "name-reserved")]
    renamed = lint(Tool("get weather", "Weather of a place"), ("get_weather",))[0]
    assert renamed.fix is not None and renamed.fix.label == 'Rename to "get_weather_2"'
    assert renamed.fix.change({"name": "get weather"}) == {"name": "get_weather_2"}


@pytest.mark.parametrize(
    ("description", "rule"),
    [
        ("TODO", "description-useless"),
        ("TODO: write this", "description-useless"),
        ("Get weather", "description-useless"),
        ("...", "description-useless"),
        ("Weather", "description-short"),
        ("Weather of a place. " * 60, "description-long"),
        ("What is to be done (a todo list)", None),
    ],
)
def test_a_description_has_to_say_something(description: str, rule: str | None) -> None:
    assert [finding.rule for finding in lint(Tool("get_weather", description))] == ([rule] if rule else [])


def test_a_required_property_that_can_never_be_given_is_told() -> None:
    assert [finding.severity for finding in found(False, "required-impossible", required=["p"])] == ["error"]
    assert [finding.path for finding in found({}, "required-unknown", required=["p", "q", "q2"])] == [
        "/parameters/required/1",
        "/parameters/required/2",
    ]


def test_a_flag_moves_into_the_list_of_the_object() -> None:
    flagged = tool({**TOLD, "type": "string", "required": True}, required=["q"])
    (finding,) = (one for one in lint(flagged) if one.rule == "required-flag")
    assert finding.fix is not None
    changed = finding.fix.change(document_of(flagged))["parameters"]
    assert changed["required"] == ["q", "p"] and changed["properties"]["p"] == {**TOLD, "type": "string"}


def test_definitions_that_only_use_themselves_are_not_used() -> None:
    definitions = {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}, "c": {"items": {"$ref": "#/$defs/c"}}}
    findings = found({"$ref": "#/$defs/a"}, "definition-unused", **{"$defs": definitions})
    assert [(finding.severity, finding.path) for finding in findings] == [("info", "/parameters/$defs/c")]


@pytest.mark.parametrize(("levels", "severity"), [(5, None), (6, "info"), (10, "info"), (11, "warning")])
def test_deep_nesting_is_told_once(levels: int, severity: str | None) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels - 1):
        schema = {"type": "object", "properties": {"p": schema}}
    assert [finding.severity for finding in found(schema, "nesting-deep")] == ([severity] if severity else [])


def test_null_is_fine_where_openapi_says_so() -> None:
    assert found({"type": "string", "nullable": True, "default": None, "enum": ["a", None]}, "enum-type") == []


def test_a_fix_for_what_is_gone_changes_nothing() -> None:
    (finding,) = found({}, "required-unknown", required=["p", "q"])
    assert finding.fix is not None
    with pytest.raises(EditError):
        finding.fix.change(document_of(tool({}, required=["p"])))


def test_findings_can_be_cached() -> None:
    findings = lint(tool({"type": "float", "enum": ["a", "a"]}, required=["q"]))
    copied = pickle.loads(pickle.dumps(findings))
    assert copied == findings and copied[0].fix.label == findings[0].fix.label


def test_everything_is_mended_at_once() -> None:
    schema = {"type": "flaot", "minLenght": 1, "enum": ["a", "a"]}
    wrong = tool(schema, required=["p", "q", "r"], **{"$defs": {"x": {"$ref": "#/$defs/y"}, "y": {}}})
    document = mended(document_of(wrong), lint(wrong))
    assert not [finding for finding in lint(tool_of(document)) if finding.fix is not None]
    assert document["parameters"]["required"] == ["p"]
    assert "$defs" not in document["parameters"] or document["parameters"]["$defs"] == {}


@pytest.mark.slow
def test_real_tools_of_servers_have_no_errors(shared: Path) -> None:
    with gzip.open(shared / "schemas" / "mcp-tools-dev.jsonl.gz", "rt") as rows:
        tools = [Tool(row["name"], row["description"] or "", row["inputSchema"]) for row in map(json.loads, rows)]
    findings = lint_set(tools)
    assert [finding for one in findings for finding in one if finding.severity == "error"] == []
