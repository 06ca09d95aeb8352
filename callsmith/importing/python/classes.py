"""Dataclasses, TypedDicts, NamedTuples and Pydantic models of the same source as object schemas."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from callsmith.importing.python import docs
from callsmith.importing.python.fields import constrained, default_of
from callsmith.importing.python.module import NOTHING, docstring
from callsmith.importing.python.unions import with_null

if TYPE_CHECKING:
    from callsmith.importing.python.types import Types

_BASES = ("BaseModel", "TypedDict", "NamedTuple", "SQLModel", "BaseSettings", "Struct", "RootModel")
_DECORATORS = ("dataclass", "define", "frozen", "mutable", "attrs", "s", "dataclass_json")
_MAX_BASES = 50


def is_record(types: Types, node: ast.ClassDef) -> bool:
    """Whether the fields of a class are those of its values."""
    return any(_tells(types, one) for one in lineage(types, node))


def lineage(types: Types, node: ast.ClassDef) -> list[ast.ClassDef]:
    """The class and its bases in the same source, furthest first."""
    found: list[ast.ClassDef] = []
    waiting = [node]
    while waiting and len(found) < _MAX_BASES:
        one = waiting.pop()
        if one in found:
            continue
        found.append(one)
        for base in reversed(one.bases):
            inner = base.value if isinstance(base, ast.Subscript) else base
            if isinstance(inner, ast.Name) and inner.id in types.module.classes:
                waiting.append(types.module.classes[inner.id])
    return list(reversed(found))


def schema_of_class(types: Types, node: ast.ClassDef) -> dict[str, Any] | None:
    """None for a class that is no record of fields."""
    if not is_record(types, node):
        return None
    about = docs.read(docstring(node))
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    closed = False
    for one in lineage(types, node):
        told = docs.read(docstring(one)).fields
        total = not any(keyword.arg == "total" and _is(keyword.value, False) for keyword in one.keywords)
        closed = closed or _closed(one)
        for place, statement in enumerate(one.body):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                following = one.body[place + 1] if place + 1 < len(one.body) else None
                _add(types, statement, total, told, following, properties, required)
    schema: dict[str, Any] = {"type": "object"}
    if about.about:
        schema["description"] = about.about
    schema["properties"] = properties
    if required:
        schema["required"] = list(required)
    return {**schema, "additionalProperties": False} if closed else schema


def _add(
    types: Types,
    statement: ast.AnnAssign,
    total: bool,
    told: Any,
    following: ast.stmt | None,
    properties: dict[str, Any],
    required: dict[str, None],
) -> None:
    assert isinstance(statement.target, ast.Name)
    name, annotation = statement.target.id, statement.annotation
    around = types.module.called(annotation.value) if isinstance(annotation, ast.Subscript) else ""
    if around == "ClassVar" or name.startswith("_") or name == "model_config":
        return
    schema, meta = types.annotated(annotation)
    given = default_of(types.module, statement.value)
    meta = meta.over(given)
    if meta.left_out:
        return
    schema = constrained(schema, given)
    said = meta.description or told.get(name, "") or _text_of(following)
    if said:
        schema = {**schema, "description": said}
    if meta.default is None:
        schema = with_null(schema)
    if meta.default is not NOTHING:
        schema = {**schema, "default": meta.default}
    name = meta.alias or name
    properties[name] = schema
    required.pop(name, None)
    if (total or around == "Required") and around != "NotRequired" and not meta.optional:
        required[name] = None


def _tells(types: Types, node: ast.ClassDef) -> bool:
    called = types.module.called
    bases = [called(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
    marks = [called(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
    return any(base in _BASES for base in bases) or any(mark in _DECORATORS for mark in marks)


def _closed(node: ast.ClassDef) -> bool:
    """``model_config = ConfigDict(extra="forbid")``, or the older ``class Config``."""
    for statement in node.body:
        inner = statement.body if isinstance(statement, ast.ClassDef) and statement.name == "Config" else [statement]
        for one in inner:
            if isinstance(one, ast.Assign) and "forbid" in ast.unparse(one) and "extra" in ast.unparse(one):
                return True
    return False


def _text_of(statement: ast.stmt | None) -> str:
    """The text below a field, by which some describe it."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value.strip() if isinstance(statement.value.value, str) else ""
    return ""


def _is(node: ast.expr, value: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
