"""One Python function, or one class of fields, as a tool."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from callsmith.importing.python import docs
from callsmith.importing.python.classes import schema_of_class
from callsmith.importing.python.fields import constrained, default_of
from callsmith.importing.python.module import NOTHING, Function, Module, docstring
from callsmith.importing.python.types import TooMuch, Types, parsed
from callsmith.importing.python.unions import guessed, with_null
from callsmith.importing.types import Candidate, refused, shown
from callsmith.schema.changes import Change
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import escape
from callsmith.types.tool import Origin, Tool

# What a framework passes by itself: the model is not asked for it.
_PASSED = re.compile(r"(?:\w*Context(?:Wrapper)?|Request|Response|BackgroundTasks|RunnableConfig|\w*Runtime|Callbacks)")


@dataclass(slots=True)
class _Draft:
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def say(self, message: str, name: str = "") -> None:
        at = f"/parameters/properties/{escape(name)}" if name else "/parameters"
        self.changes.append(Change(at, message))


def function_tool(module: Module, node: Function, owner: ast.ClassDef | None, filename: str) -> Candidate:
    called = f"{owner.name}.{node.name}" if owner else node.name
    title = f"{called}({shown(ast.unparse(node.args), 100)})"
    try:
        made = _function_tool(module, node, owner, called, filename)
    except (TooMuch, RecursionError) as error:
        reason = str(error) if isinstance(error, TooMuch) else "It is nested too deeply"
        return refused(node.name, reason, title=title, group=owner.name if owner else "", id=called)
    return Candidate(made.tool, title, made.changes, made.refused, owner.name if owner else "", called)


def class_tool(module: Module, node: ast.ClassDef, filename: str) -> Candidate:
    """A Pydantic model, dataclass or TypedDict of which the fields are the arguments."""
    types = Types(module)
    title = f"class {node.name}"
    try:
        schema = schema_of_class(types, node) or {}
    except (TooMuch, RecursionError):
        return refused(node.name, "Its types stand for more than can be written down", title=title, id=node.name)
    about = schema.pop("description", "")
    notes = tuple(Change("/parameters", note) for note in dict.fromkeys(types.notes))
    tool = Tool(node.name, about, _whole(types, schema), origin=Origin("python", source=filename))
    return _checked(Candidate(tool, title, notes, id=node.name))


def _function_tool(module: Module, node: Function, owner: ast.ClassDef | None, called: str, filename: str) -> Candidate:
    draft, types = _Draft(), Types(module)
    about = docs.read(docstring(node))
    for parameter, default in _parameters(node, owner, draft):
        _add(draft, types, about, parameter, default)
    for note in dict.fromkeys(types.notes):
        draft.say(note)
    schema: dict[str, Any] = {"type": "object", "properties": draft.properties}
    if draft.required:
        schema["required"] = draft.required
    named, said = _decorated(module, node)
    name = named or node.name
    origin = Origin("python", called if called != name else "", filename)
    output = _output(module, node, draft)
    tool = Tool(name, said or about.about, _whole(types, schema), output_schema=output, origin=origin)
    return _checked(Candidate(tool, name, tuple(draft.changes)))


def _parameters(node: Function, owner: ast.ClassDef | None, draft: _Draft) -> list[tuple[ast.arg, ast.expr | None]]:
    """The parameters that a call can name, with their defaults."""
    given = node.args
    placed = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(placed) - len(given.defaults))
    found = list(zip(placed, [*defaults, *given.defaults], strict=True))
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
    if found and ((owner is not None and not static) or found[0][0].arg in ("self", "cls")):
        found = found[1:]
    if given.posonlyargs and len(found) > 0:
        named = ", ".join(one.arg for one in given.posonlyargs if one.arg not in ("self", "cls"))
        if named:
            draft.say(f"By position only in Python: {named}")
    if given.vararg is not None:
        draft.say(f"*{given.vararg.arg} takes any number of arguments without a name: left out")
    if given.kwarg is not None:
        draft.say(f"**{given.kwarg.arg} takes any other argument by name: left out")
    return found + list(zip(given.kwonlyargs, given.kw_defaults, strict=True))


def _add(draft: _Draft, types: Types, about: docs.Docs, parameter: ast.arg, default: ast.expr | None) -> None:
    name, annotation = parameter.arg, parameter.annotation
    module = types.module
    given = default_of(module, default)
    if given.injected or _passed(module, name, annotation):
        draft.say(f'"{name}" is passed by the program, not by the model: left out')
        return
    if annotation is None and name in about.types:
        annotation = parsed(about.types[name])
    schema, meta = types.annotated(annotation)
    meta = meta.over(given)
    if meta.injected:
        draft.say(f'"{name}" is passed by the program, not by the model: left out')
        return
    schema = constrained(schema, given) if annotation is not None else guessed(meta.default)
    if meta.default is None:
        schema = with_null(schema)
    said = meta.description or about.fields.get(name, "")
    if said:
        schema = {**schema, "description": said}
    if meta.default is not NOTHING:
        schema = {**schema, "default": meta.default}
    elif meta.optional and default is not None:
        draft.say(f"The default {shown(ast.unparse(default))} is computed: it is not told", name)
    name = meta.alias or name
    draft.properties[name] = schema
    if annotation is None:
        draft.say(
            f"It has no annotation: {'its default tells the type' if schema.get('type') else 'any value is allowed'}",
            name,
        )
    if not meta.optional:
        draft.required.append(name)


def _passed(module: Module, name: str, annotation: ast.expr | None) -> bool:
    if annotation is None:
        return name in ("ctx", "context", "run_context", "self", "cls")
    if isinstance(annotation, ast.BinOp):
        annotation = annotation.left
    inner = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if isinstance(inner, ast.Name) and inner.id in module.classes:
        return False
    called = module.called(inner)
    if called == "Optional" and isinstance(annotation, ast.Subscript):
        called = module.called(annotation.slice)
    return bool(_PASSED.fullmatch(called))


def _decorated(module: Module, node: Function) -> tuple[str, str]:
    """Name and description that a decorator such as ``@tool(name="x")`` gives; "" where it gives none."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call) or "tool" not in ast.unparse(decorator.func).lower():
            continue
        given = {one.arg: module.value(one.value) for one in decorator.keywords if one.arg}
        first = module.value(decorator.args[0]) if decorator.args else None
        name = given.get("name", given.get("name_override", first))
        said = given.get("description", given.get("description_override"))
        return name if isinstance(name, str) else "", said if isinstance(said, str) else ""
    return "", ""


def _output(module: Module, node: Function, draft: _Draft) -> dict[str, Any] | None:
    """The schema of what is returned, where its annotation says one."""
    if node.returns is None:
        return None
    types = Types(module)
    try:
        schema = types.annotated(node.returns)[0]
    except TooMuch:
        draft.changes.append(Change("/output_schema", "What it returns stands for more than can be written: left out"))
        return None
    if not schema or schema == {"type": "null"} or types.notes:
        return None
    return _whole(types, schema)


def _whole(types: Types, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the classes that it refers to."""
    return {**schema, "$defs": types.definitions} if types.definitions else schema


def _checked(candidate: Candidate) -> Candidate:
    tool = candidate.tool
    for at, schema in (("/parameters", tool.parameters), ("/output_schema", tool.output_schema)):
        error = check_schema(schema) if schema is not None else None
        if error is not None:
            reason = f"Its schema is broken: {at}{error.path}: {error.message}"
            return Candidate(tool, candidate.title, candidate.changes, reason, candidate.group, candidate.id)
    return candidate
