"""Exported zod schemas: tsc takes them, and run by Node they accept and refuse what the schema does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.exporting import export, export_all
from callsmith.types.tool import Tool
from tests.engine.exporting import node
from tests.engine.exporting.corpora import tools
from tests.engine.exporting.hostile import TEXTS, hostile_tools
from tests.engine.exporting.mutations import fitting, refused

pytestmark = pytest.mark.slow
GROUP = 60
CASES: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"type": "integer", "minimum": 1}, [5, 5.0], ["5", True, 5.5, None, 0]),
    ({"type": "string", "pattern": '^a\\/b"$', "maxLength": 5}, ['a/b"'], ["a", 5, None]),
    ({"type": ["string", "null"]}, ["", None], [5]),
    ({"enum": ["a", 5, None]}, ["a", 5, None], ["b", 6, "5"]),
    ({"const": 1}, [1], [True, 2]),
    (
        {"type": "array", "items": {"type": "integer"}, "maxItems": 2, "uniqueItems": True},
        [[], [1, 2]],
        [[1, 1], ["a"]],
    ),
    ({"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1}, [{"a": 1}], [{}, {"a": "1"}]),
    ({"type": "object", "properties": {"a": True}, "additionalProperties": False}, [{"a": 1}, {}], [{"b": 1}]),
    ({"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]}, [1, 5.5], [6, 1.5]),
    ({"type": "object", "properties": {"__proto__": {"type": "string"}}}, [{"a": 1}], []),
    ({"type": "integer", "default": 4}, [1], ["1"]),
]


def test_values_are_judged_as_by_the_schema(tmp_path: Path) -> None:
    node.ready()
    made = [
        Tool(f"t{number}", "", {"type": "object", "properties": {"field": schema}, "required": ["field"]})
        for number, (schema, _, _) in enumerate(CASES)
    ]
    node.compiled(tmp_path, {"cases": export_all(made, "zod").text})
    asked = [
        ("cases", f"T{number}Schema", [{"field": value} for value in [*good, *bad]])
        for number, (_, good, bad) in enumerate(CASES)
    ]
    for (schema, good, _), said in zip(CASES, node.judged(tmp_path, asked)["cases"], strict=True):
        assert said == [number < len(good) for number in range(len(said))], schema


def test_recursion_and_depth(tmp_path: Path) -> None:
    node.ready()
    step = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/$defs/step"}},
        "required": ["n"],
    }
    tree = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/tree"}}]}
    loops = {
        "type": "object",
        "properties": {"list": {"$ref": "#/$defs/step"}, "tree": {"$ref": "#/$defs/tree"}, "self": {"$ref": "#"}},
        "$defs": {"step": step, "tree": tree},
    }
    deep: dict[str, Any] = {"type": "integer"}
    for _ in range(220):
        deep = {"type": "object", "properties": {"a": {"type": "array", "items": deep}}}
    sources = {name: export(Tool(name, "", schema), "zod").text for name, schema in (("loops", loops), ("deep", deep))}
    node.compiled(tmp_path, sources)
    good = [{"list": {"n": 1, "next": {"n": 2}}, "tree": ["a", ["b", []]], "self": {"self": {}}}]
    bad = [{"list": {"n": 1, "next": {}}}, {"tree": ["a", [5]]}, {"self": {"tree": 5}}]
    said = node.judged(tmp_path, [("loops", "LoopsSchema", good + bad), ("deep", "DeepSchema", [{"a": [{"a": []}]}])])
    assert said == {"loops": [[True, False, False, False]], "deep": [[True]]}


@pytest.mark.parametrize("source", ["bfcl", "mcp", "openapi"])
def test_corpora(shared: Path, tmp_path: Path, source: str) -> None:
    node.ready()
    # Discord's components share hundreds of definitions.
    found = tools(shared, source)[:: 3 if source == "openapi" else 1]
    # A module a tool would take tsc minutes.
    groups = {f"g{at}": found[at : at + GROUP] for at in range(0, len(found), GROUP)}
    sources = {name: export_all(group, "zod").text for name, group in groups.items()}
    node.compiled(tmp_path, sources)
    rights: list[list[Any]] = []
    asked = []
    for name, group in groups.items():
        for tool, schema in zip(group, node.schemas_of(sources[name]), strict=True):
            right = fitting(tool.parameters or {})
            wrong = [changed for value in right[:1] for changed, _ in refused(tool.parameters or {}, value)]
            rights.append(right)
            asked.append((name, schema, [*right, *wrong]))
    said = [judged for group in node.judged(tmp_path, asked).values() for judged in group]
    counts: Counter[str] = Counter()
    for tool, right, judged in zip(found, rights, said, strict=True):
        assert all(judged[: len(right)]), (tool.name, right)
        counts["accepted"] += len(right)
        counts["refused"] += judged[len(right) :].count(False)
        if passed := judged[len(right) :].count(True):
            counts["let pass, as noted"] += passed
            notes = export(tool, "zod").notes
            assert any("checked" in note or "one type" in note or "object" in note for note in notes), tool.name
    print(source, len(found), dict(counts))
    assert counts["let pass, as noted"] < 0.02 * counts["refused"]


def test_texts_stay_texts(tmp_path: Path) -> None:
    """Whatever stands in names and descriptions: it compiles, and nothing of it runs."""
    node.ready()
    made = [
        Tool(
            text[:80],
            text,
            {"type": "object", "properties": {text: {"enum": [text], "description": text, "title": text}}},
        )
        for text in TEXTS
    ]
    drawn: list[Tool] = []

    @settings(max_examples=200, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        drawn.append(data.draw(hostile_tools()))

    draw()
    sources = {f"t{number}": export(tool, "zod").text for number, tool in enumerate([*made, *drawn[:200]])}
    node.compiled(tmp_path, sources)
    asked = []
    for number, text in enumerate(TEXTS):
        if text != "__proto__":
            asked.append((f"t{number}", node.schemas_of(sources[f"t{number}"])[0], [{text: text}, {text: "other"}]))
    for tool, name in zip(drawn[:200], list(sources)[len(TEXTS) :], strict=False):
        asked.append((name, node.schemas_of(sources[name])[0], fitting(tool.parameters or {}, 1)))
    said = node.judged(tmp_path, asked)
    for name, _, values in asked[: len(TEXTS) - 1]:
        assert said[name][0] == [True, False], values
