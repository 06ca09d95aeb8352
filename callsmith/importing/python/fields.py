"""What is said of a field besides its type: ``Field(...)``, bounds in ``Annotated``, defaults."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callsmith.importing.python.module import NOTHING, Module

# Pydantic's and FastAPI's functions that describe a field, and attrs' and dataclasses'.
_FIELDS = (
    "Field",
    "Query",
    "Path",
    "Body",
    "Header",
    "Cookie",
    "Form",
    "File",
    "field",
    "attrib",
    "ib",
    "Param",
    "Arg",
)
_INJECTED = ("Depends", "Security", "InjectedToolArg", "InjectedState", "InjectedStore", "InjectedToolCallId", "Inject")
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_OTHERS = {"multiple_of": "multipleOf", "pattern": "pattern", "regex": "pattern", "title": "title"}
_ANNOTATED_TYPES = {"Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt", "MinLen": "min_length", "MaxLen": "max_length"}


@dataclass(frozen=True, slots=True)
class Meta:
    """``default`` NOTHING means none is known; ``optional`` that there is one. ``alias`` is the name in JSON."""

    description: str = ""
    default: Any = NOTHING
    optional: bool | None = None
    injected: bool = False
    left_out: bool = False
    alias: str = ""
    lengths: Mapping[str, int] = field(default_factory=dict)
    keywords: Mapping[str, Any] = field(default_factory=dict)

    def over(self, other: Meta) -> Meta:
        """What ``other`` says, and this where that says nothing."""
        return Meta(
            other.description or self.description,
            self.default if other.default is NOTHING else other.default,
            self.optional if other.optional is None else other.optional,
            self.injected or other.injected,
            self.left_out or other.left_out,
            other.alias or self.alias,
            {**self.lengths, **other.lengths},
            {**self.keywords, **other.keywords},
        )


def meta_of(module: Module, node: ast.expr) -> Meta:
    """What one piece of metadata says: a text describes, ``Field`` says many things, the unknown says nothing."""
    if isinstance(node, ast.Constant):
        return Meta(node.value) if isinstance(node.value, str) else Meta()
    name = module.called(node.func) if isinstance(node, ast.Call) else module.called(node)
    if name in _INJECTED:
        return Meta(injected=True)
    if not isinstance(node, ast.Call):
        return Meta()
    given = {one.arg: module.value(one.value) for one in node.keywords if one.arg}
    first = module.value(node.args[0]) if node.args else NOTHING
    if name == "Doc" and isinstance(first, str):
        return Meta(first)
    if name in _ANNOTATED_TYPES and node.args:
        given = {_ANNOTATED_TYPES[name]: first}
    elif name == "Len":
        limits = [module.value(one) for one in node.args]
        given = {**dict(zip(("min_length", "max_length"), limits, strict=False)), **given}
    elif name == "Interval" or name in _FIELDS or name == "StringConstraints":
        pass
    else:
        return Meta()
    return replace(_said(given), **_default(module, node, name)) if name in _FIELDS else _said(given)


def default_of(module: Module, node: ast.expr | None) -> Meta:
    """What stands behind the equals sign of a parameter or field."""
    if node is None:
        return Meta()
    if isinstance(node, ast.Call) and module.called(node.func) in (*_FIELDS, *_INJECTED):
        return meta_of(module, node)
    if isinstance(node, ast.Constant) and node.value is ...:
        return Meta()
    return Meta(default=module.value(node), optional=True)


def constrained(schema: dict[str, Any], meta: Meta) -> dict[str, Any]:
    """The schema with the bounds that were said."""
    made = {**schema, **meta.keywords}
    types = schema.get("type")
    kinds = types if isinstance(types, list) else [types]
    what = "Items" if "array" in kinds else "Properties" if "object" in kinds else "Length"
    for end, value in meta.lengths.items():
        made[f"{end}{what}"] = value
    return made


def _said(given: Mapping[str, Any]) -> Meta:
    keywords: dict[str, Any] = {}
    for argument, keyword in (*_BOUNDS.items(), *_OTHERS.items()):
        value = given.get(argument, NOTHING)
        wanted = (int, float) if argument in (*_BOUNDS, "multiple_of") else (str,)
        if isinstance(value, wanted) and not isinstance(value, bool):
            keywords[keyword] = value
    if isinstance(given.get("examples"), list):
        keywords["examples"] = given["examples"]
    lengths = {
        end: given[argument]
        for argument, end in (("min_length", "min"), ("max_length", "max"), ("min_items", "min"), ("max_items", "max"))
        if isinstance(given.get(argument), int)
    }
    description, alias = given.get("description"), given.get("alias")
    return Meta(
        description if isinstance(description, str) else "",
        alias=alias if isinstance(alias, str) else "",
        left_out=given.get("init") is False or given.get("exclude") is True,
        lengths=lengths,
        keywords=keywords,
    )


def _default(module: Module, call: ast.Call, name: str) -> dict[str, Any]:
    """The default that ``Field(3)``, ``Field(default=3)`` or a factory gives."""
    given = {one.arg: one.value for one in call.keywords if one.arg}
    if "default_factory" in given or "factory" in given:
        factory = given.get("default_factory") or given["factory"]
        empty: dict[str, Any] = {"list": [], "dict": {}, "set": []}
        return {"optional": True, "default": empty.get(module.called(factory), NOTHING)}
    node = given.get("default") or (call.args[0] if call.args else None)
    if node is None or (isinstance(node, ast.Constant) and node.value is ...):
        return {}
    return {"optional": True, "default": module.value(node)}
