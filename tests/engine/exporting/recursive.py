"""Schemas that come back to themselves by references with rules beside them, and what becomes of them in code.

Run by itself, it exports the known ones, or so many drawn ones, and says that it ended: whoever runs it can stop it.
"""

from __future__ import annotations

import ast
import random
import sys
from typing import Any

from callsmith.exporting import export
from callsmith.types.tool import Tool

CODE = ("python", "pydantic", "zod", "markdown")


def node(**properties: Any) -> dict[str, Any]:
    again = {"type": "object", "properties": {"v": {"type": "integer"}, **properties}}
    return {"type": "object", "properties": {"first": {"$ref": "#/$defs/N"}}, "$defs": {"N": again}}


N = {"$ref": "#/$defs/N"}
KNOWN: dict[str, dict[str, Any]] = {
    "root": {"type": "object", "properties": {"a": {"$ref": "#", "minProperties": 1}}},
    "type": node(next={**N, "type": "object"}),
    "types": node(next={**N, "type": ["object", "null"]}),
    "items": node(kids={"type": "array", "items": {"allOf": [N, {"required": ["v"]}]}}),
    "list": {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/N"}},
        "$defs": {"N": {"type": "array", "items": {**N, "minItems": 1}}},
    },
    "union": {
        "type": "object",
        "properties": {"a": N},
        "$defs": {"N": {"anyOf": [{"type": "null"}, *({"allOf": [N, {"maxItems": n}]} for n in range(9))]}},
    },
    "long": {
        "type": "object",
        "properties": {"a": {"allOf": [{"$ref": f"#/$defs/D{length}of0"} for length in (7, 11, 13)]}},
        "$defs": {
            f"D{length}of{n}": {"properties": {"a": {"$ref": f"#/$defs/D{length}of{(n + 1) % length}"}}, "title": "T"}
            for length in (7, 11, 13)
            for n in range(length)
        },
    },
    "wide": {
        "type": "object",
        "properties": {f"p{n}": {"allOf": [{"$ref": "#"}, {"$ref": f"#/$defs/D{n}"}]} for n in range(14)},
        "$defs": {
            f"D{n}": {"properties": {f"p{m}": {"$ref": f"#/$defs/D{n}"} for m in range(14)}, "required": [f"p{n}"]}
            for n in range(14)
        },
    },
}
# Which of them lead to a thousand types one within the other, and to one for each order of each set of the properties.
GIVEN_UP = ("long", "wide")


def drawn(seed: int) -> dict[str, Any]:
    """A schema full of recursion inside allOf, anyOf, items, maps and properties, with rules beside the references."""
    chance = random.Random(seed)
    names = [f"D{number}" for number in range(chance.randint(1, 4))]

    def reference() -> dict[str, Any]:
        return {"$ref": chance.choice(["#", *(f"#/$defs/{name}" for name in names)])}

    def beside() -> dict[str, Any]:
        rules: list[dict[str, Any]] = [
            *(
                {"minProperties": 1},
                {"type": "object"},
                {"type": ["object", "null"]},
                {"required": ["a"]},
                {"title": "T"},
            ),
            *({"minItems": 1}, {"type": "array"}, {"additionalProperties": False}, {"enum": [None, 1]}, {}),
        ]
        return dict(chance.choice(rules))

    def schema(depth: int) -> Any:
        kind = chance.choice(["ref", "ref beside", "allOf", "anyOf", "object", "array", "map", "tuple", "scalar"])
        if depth > 4 or kind == "scalar":
            return chance.choice([{"type": "string"}, {"const": True}, True, {**reference(), **beside()}])
        parts = [schema(depth + 1) for _ in range(chance.randint(1, 3))]
        return {
            "ref": reference(),
            "ref beside": {**reference(), **beside(), "properties": {"a": parts[0]}},
            "allOf": {"allOf": [reference(), beside(), *parts]},
            "anyOf": {chance.choice(["anyOf", "oneOf"]): [*parts, {"allOf": [reference(), beside()]}], **beside()},
            "object": {**beside(), "properties": dict(zip("abc", parts, strict=False))},
            "array": {"type": chance.choice(["array", ["array", "null"]]), "items": parts[0]},
            "map": {"type": "object", "additionalProperties": {"allOf": [parts[0], reference()]}},
            "tuple": {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False},
        }[kind]

    properties = {name: schema(0) for name in "abcd"[: chance.randint(1, 4)]}
    return {"type": "object", "properties": properties, "$defs": {name: schema(0) for name in names}}


def code(schema: dict[str, Any]) -> None:
    """Every kind of code for a tool with these parameters."""
    for target in CODE:
        made = export(Tool("f", "", schema), target)
        assert made.text
        if target in ("python", "pydantic"):
            ast.parse(made.text)


def run(which: str) -> None:
    for schema in KNOWN.values() if which == "known" else map(drawn, range(int(which))):
        code(schema)
    print("ended")


if __name__ == "__main__":
    run(sys.argv[1])
