"""Tools as Python functions: name, typed parameters, docstring, and a body that answers from what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.exporting import pytext
from callsmith.exporting.names import PYTHON_WORDS, Names, value_name
from callsmith.takeaway.literals import Python, literal
from callsmith.takeaway.types import Case, Check, Param, Stub

_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]"}
_MOST_LISTED = 6


def functions(stubs: tuple[Stub, ...], taken: frozenset[str], used: set[str]) -> list[str]:
    """One block a tool, and the table of them by the names the model knows. ``used`` learns what they import."""
    names = Names(taken | PYTHON_WORDS)
    given = [names.new(value_name(stub.tool, "tool")) for stub in stubs]
    blocks = [_function(stub, name, used) for stub, name in zip(stubs, given, strict=True)]
    flat = "TOOLS = {" + ", ".join(f"{pytext.text(s.tool)}: {n}" for s, n in zip(stubs, given, strict=True)) + "}"
    if len(flat) > Python.width:
        rows = [f"    {pytext.text(stub.tool)}: {name}," for stub, name in zip(stubs, given, strict=True)]
        flat = "\n".join(["TOOLS = {", *rows, "}"])
    return [*blocks, flat]


def _function(stub: Stub, name: str, used: set[str]) -> str:
    used.add("Any")
    params = ["**arguments: Any"] if stub.params is None else [_param(param, used) for param in stub.params]
    head = f"def {name}({', '.join(params)}) -> Any:"
    if len(head) > Python.width:
        head = "\n".join([f"def {name}(", *(f"    {param}," for param in params), ") -> Any:"])
    dialect = Python("arguments" if stub.params is None else "")
    lines = [head, _docstring(stub).rstrip("\n")]
    optional = {param.name for param in stub.params or () if not param.required}
    for case in stub.cases:
        lines += _condition(case, dialect, optional, used)
        lines += _ending(case, dialect, 8)
    if stub.todo:
        lines.append(f"    # TODO: {stub.todo}")
    lines += _ending(stub.otherwise, dialect, 4)
    return "\n".join(lines)


def _docstring(stub: Stub) -> str:
    text = stub.description.strip() or f"{stub.tool}."
    told = [
        f"    {param.name}: {' '.join(said.split())}"
        for param in stub.params or ()
        if isinstance(said := param.schema.get("description"), str) and said.strip()
    ]
    return pytext.prose(text + ("\n\nArgs:\n" + "\n".join(told) if told else ""), 4)


def _param(param: Param, used: set[str]) -> str:
    kind = _type(param.schema, used)
    if param.required:
        return f"{param.name}: {kind}"
    return f"{param.name}: {kind if kind == 'Any' or kind.endswith('None') else f'{kind} | None'} = None"


def _type(schema: Mapping[str, Any], used: set[str]) -> str:
    listed = schema.get("enum")
    if isinstance(listed, list) and 0 < len(listed) <= _MOST_LISTED and all(isinstance(v, str) for v in listed):
        used.add("Literal")
        return f"Literal[{', '.join(map(pytext.text, listed))}]"
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    said = [_one(one, schema, used) for one in kinds if one != "null"]
    if not said or "Any" in said:
        return "Any"
    return " | ".join([*dict.fromkeys(said), *(["None"] if "null" in kinds else [])])


def _one(kind: Any, schema: Mapping[str, Any], used: set[str]) -> str:
    if kind == "array":
        items = schema.get("items")
        return f"list[{_type(items, used) if isinstance(items, Mapping) else 'Any'}]"
    return _TYPES.get(kind, "Any") if isinstance(kind, str) else "Any"


def _condition(case: Case, dialect: Python, optional: set[str], used: set[str]) -> list[str]:
    said = [_check(check, dialect, check.argument in optional, used) for check in case.checks]
    line = f"    if {' and '.join(said)}:"
    if len(line) <= Python.width or len(said) == 1:
        return [line]
    return ["    if (", f"        {said[0]}", *(f"        and {one}" for one in said[1:]), "    ):"]


def _check(check: Check, dialect: Python, optional: bool, used: set[str]) -> str:
    name, value = dialect.name(check.argument), check.value
    optional = optional or "(" in name
    match check.test:
        case "present":
            return f"{name} is not None"
        case "contains":
            return f"{literal(value, dialect)} in {_or_empty(name, optional)}"
        case "regex":
            used.add("re")
            return f"re.search({pytext.text(value)}, {_or_empty(name, optional)})"
        case "range":
            low, high = value
            within = f"{low!r} <= {name}" if high is None else f"{name} <= {high!r}"
            if low is not None and high is not None:
                within = f"{low!r} <= {name} <= {high!r}"
            return f"{name} is not None and {within}" if optional else within
    if value is None or isinstance(value, bool):
        return f"{name} is {value!r}"
    return f"{name} == {literal(value, Python(), 8, len(name) + 8)}"


def _or_empty(name: str, optional: bool) -> str:
    return f'({name} or "")' if optional else name


def _ending(case: Case, dialect: Python, indent: int) -> list[str]:
    pad = " " * indent
    if case.is_error:
        said = case.value.get("error", case.value) if isinstance(case.value, Mapping) else case.value
        text = literal(said, dialect, indent, 20)
        line = f"{pad}raise RuntimeError({text})"
        if "\n" in text or len(line) <= Python.width:
            return [line]
        return [f"{pad}raise RuntimeError(", f"{pad}    {text}", f"{pad})"]
    return [f"{pad}return {literal(case.value, dialect, indent, 7)}"]
