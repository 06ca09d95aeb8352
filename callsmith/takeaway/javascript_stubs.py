"""Tools as JavaScript functions: name, parameters with their types in JSDoc, and a body that answers from what is
known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.exporting import jstext, pytext
from callsmith.exporting.names import TYPESCRIPT_WORDS, Names, value_name
from callsmith.takeaway.literals import JavaScript, literal
from callsmith.takeaway.types import Case, Check, Stub

_TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "object": "object"}
_MOST_LISTED = 6
_ANY_CASE = "(?i)"


def functions(stubs: tuple[Stub, ...], taken: frozenset[str]) -> list[str]:
    """One block a tool, and the table of them by the names the model knows."""
    names = Names(taken | TYPESCRIPT_WORDS)
    given = [names.new(_camel(value_name(stub.tool, "tool", TYPESCRIPT_WORDS))) for stub in stubs]
    blocks = [_function(stub, name) for stub, name in zip(stubs, given, strict=True)]
    rows = [f"  [{jstext.text(stub.tool)}, {name}]," for stub, name in zip(stubs, given, strict=True)]
    flat = f"const TOOLS = new Map([{rows[0].strip()[:-1]}]);"
    table = flat if len(rows) == 1 and len(flat) <= JavaScript.width else None
    return [*blocks, table or "\n".join(["const TOOLS = new Map([", *rows, "]);"])]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return (first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in others)) or name


def _function(stub: Stub, name: str) -> str:
    dialect = JavaScript("args" if stub.params is None else "")
    head = f"function {name}({_signature(stub)}) {{"
    if len(head) > JavaScript.width:
        fields = [f"  {param.name}," for param in stub.params or ()]
        head = "\n".join([f"function {name}({{", *fields, "}) {"])
    lines = [*_doc(stub), head]
    for case in stub.cases:
        lines += _condition(case, dialect)
        lines += [*_ending(case, dialect, 4), "  }"]
    if stub.todo:
        lines.append(f"  // TODO: {stub.todo}")
    return "\n".join([*lines, *_ending(stub.otherwise, dialect, 2), "}"])


def _signature(stub: Stub) -> str:
    if stub.params is None:
        return "args"
    return f"{{ {', '.join(param.name for param in stub.params)} }}" if stub.params else ""


def _doc(stub: Stub) -> list[str]:
    lines = (stub.description.strip() or f"{stub.tool}.").split("\n")
    if stub.params is None:
        lines.append("@param {object} args")
    elif stub.params:
        lines.append("@param {object} args")
        for param in stub.params:
            name = f"args.{param.name}" if param.required else f"[args.{param.name}]"
            said = param.schema.get("description")
            told = f" {' '.join(said.split())}" if isinstance(said, str) and said.strip() else ""
            lines.append(f"@param {{{_type(param.schema)}}} {name}{told}")
    shown = pytext.printable("\n".join(lines)).replace("*/", "*\\/").split("\n")
    return ["/**", *(f" * {line}".rstrip() for line in shown), " */"]


def _type(schema: Mapping[str, Any]) -> str:
    listed = schema.get("enum")
    if isinstance(listed, list) and 0 < len(listed) <= _MOST_LISTED and all(isinstance(v, str) for v in listed):
        return "|".join(map(jstext.text, listed))
    kind = schema.get("type")
    said = [_one(one, schema) for one in (kind if isinstance(kind, list) else [kind])]
    return "|".join(dict.fromkeys(said)) or "any"


def _one(kind: Any, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        items = schema.get("items")
        return f"Array<{_type(items) if isinstance(items, Mapping) else 'any'}>"
    return "null" if kind == "null" else _TYPES.get(kind, "any") if isinstance(kind, str) else "any"


def _condition(case: Case, dialect: JavaScript) -> list[str]:
    said = [_check(check, dialect) for check in case.checks]
    line = f"  if ({' && '.join(said)}) {{"
    if len(line) <= JavaScript.width:
        return [line]
    return ["  if (", *(f"    {one} &&" for one in said[:-1]), f"    {said[-1]}", "  ) {"]


def _check(check: Check, dialect: JavaScript) -> str:
    name, value = dialect.name(check.argument), check.value
    match check.test:
        case "present":
            return f"{name} !== undefined"
        case "contains":
            return f"{name}?.includes({literal(value, dialect)})"
        case "regex":
            flags = ', "i"' if value.startswith(_ANY_CASE) else ""
            return f'new RegExp({jstext.text(value.removeprefix(_ANY_CASE))}{flags}).test({name} ?? "")'
        case "range":
            ends = ((value[0], f"{name} >= "), (value[1], f"{name} <= "))
            return " && ".join(f"{side}{json.dumps(end)}" for end, side in ends if end is not None)
    if isinstance(value, Mapping | list):
        compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return f"JSON.stringify({name}) === {jstext.text(compact)}"
    return f"{name} === {literal(value, dialect)}"


def _ending(case: Case, dialect: JavaScript, indent: int) -> list[str]:
    pad = " " * indent
    if case.is_error:
        said = case.value.get("error", case.value) if isinstance(case.value, Mapping) else case.value
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
        return [f"{pad}throw new Error({jstext.text(text)});"]
    return [f"{pad}return {literal(case.value, dialect, indent, 8)};"]
