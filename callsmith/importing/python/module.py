"""What a Python source defines, read from its syntax tree: nothing of it is ever run."""

from __future__ import annotations

import ast
import json
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from callsmith.importing.types import ImportProblem

MAX_SOURCE = 2_000_000
_MAX_DEFAULT = 4_000
Function = ast.FunctionDef | ast.AsyncFunctionDef
NOTHING = object()


@dataclass(slots=True)
class Module:
    """``classes`` and ``values`` (what names are assigned to) by name; ``imported`` maps a name to what it is there."""

    tree: ast.Module
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)

    def called(self, node: ast.expr) -> str:
        """The last part of a name, as it is called where it comes from: ``t.Optional`` is ``Optional``."""
        if isinstance(node, ast.Attribute):
            return node.attr
        return self.imported.get(node.id, node.id) if isinstance(node, ast.Name) else ""

    def value(self, node: ast.expr | None) -> Any:
        """The JSON value of a literal, a constant of the module or a member of an Enum; NOTHING where it is none."""
        if node is None:
            return NOTHING
        if isinstance(node, ast.Name) and node.id in self.values:
            node = self.values[node.id]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.classes:
            return dict(members(self, self.classes[node.value.id])).get(node.attr, NOTHING)
        try:
            found = ast.literal_eval(node)
            text = json.dumps(found, allow_nan=False)
            text.encode()
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return NOTHING
        return json.loads(text) if len(text) <= _MAX_DEFAULT else NOTHING


def parse(text: str) -> Module:
    """ImportProblem with the line where the text is not Python."""
    if len(text) > MAX_SOURCE:
        raise ImportProblem(f"A Python source has at most {MAX_SOURCE:,} characters here")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(textwrap.dedent(text))
    except SyntaxError as error:
        raise ImportProblem(f"This is not Python: {error.msg}", error.lineno, error.offset) from error
    except (RecursionError, MemoryError) as error:
        raise ImportProblem("This Python source is nested too deeply to be read") from error
    except ValueError as error:
        raise ImportProblem(f"This is not Python: {error}") from error
    module = Module(tree)
    for node in _statements(tree.body):
        _collect(module, node)
    return module


def functions(module: Module) -> Iterator[tuple[Function, ast.ClassDef | None]]:
    """Functions and methods of the module with their class, and those inside of others that are decorated as tools."""
    waiting: list[tuple[ast.stmt, ast.ClassDef | None, bool]] = [
        (node, None, True) for node in reversed(list(_statements(module.tree.body)))
    ]
    while waiting:
        node, owner, outside = waiting.pop()
        inner: list[tuple[ast.stmt, ast.ClassDef | None, bool]] = []
        if isinstance(node, Function):
            if outside or any("tool" in ast.unparse(one).lower() for one in node.decorator_list):
                yield node, owner
            inner = [(one, None, False) for one in _statements(node.body)]
        elif isinstance(node, ast.ClassDef):
            inner = [(one, node, outside) for one in _statements(node.body)]
        waiting.extend(reversed(inner))


def members(module: Module, node: ast.ClassDef) -> list[tuple[str, Any]]:
    """Name and value of each member of an Enum."""
    found: list[tuple[str, Any]] = []
    texts = any(module.called(base) == "StrEnum" for base in node.bases)
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or target.id.startswith("_"):
            continue
        value: Any = NOTHING
        if isinstance(statement.value, ast.Call) and module.called(statement.value.func) == "auto":
            value = target.id.lower() if texts else len(found) + 1
        elif not isinstance(statement.value, ast.Name | ast.Attribute):
            value = module.value(statement.value)
        if value is not NOTHING:
            found.append((target.id, value))
    return found


def docstring(node: Function | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, also those under ``if`` and ``try``."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If):
            waiting.extend(reversed([*node.body, *node.orelse]))
        elif isinstance(node, ast.Try):
            handled = [one for handler in node.handlers for one in handler.body]
            waiting.extend(reversed([*node.body, *handled, *node.orelse, *node.finalbody]))
        else:
            yield node


def _collect(module: Module, node: ast.stmt) -> None:
    if isinstance(node, ast.ClassDef):
        module.classes[node.name] = node
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if alias.asname:
                module.imported[alias.asname] = alias.name.rpartition(".")[2]
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        module.values[node.targets[0].id] = node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        module.values[node.target.id] = node.value
