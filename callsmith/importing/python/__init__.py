"""Python functions as tools, read from their source: signatures, annotations, docstrings. Nothing of it is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from callsmith.importing.python.classes import is_record
from callsmith.importing.python.functions import class_tool, function_tool
from callsmith.importing.python.module import Module, functions, parse
from callsmith.importing.python.types import Types
from callsmith.importing.types import Candidate, Imported, ImportProblem

MAX_FUNCTIONS = 5_000


def read(text: str, filename: str = "") -> Imported:
    """Every public function and method; classes of fields where there is no function. ImportProblem for neither."""
    module = parse(text)
    problems: list[str] = []
    found: dict[str, Candidate] = {}
    hidden = 0
    for node, owner in functions(module):
        if len(found) == MAX_FUNCTIONS:
            problems.append(f"Only the first {MAX_FUNCTIONS:,} functions were read")
            break
        if node.name.startswith("_") or _is_no_function(node.decorator_list, module):
            hidden += 1
            continue
        candidate = function_tool(module, node, owner, filename)
        # A function that is defined again replaces the one before, as in Python.
        found.pop(candidate.id, None)
        found[candidate.id] = candidate
    if hidden:
        problems.append(f"{hidden} private functions, properties or overloads were left out")
    if found:
        kind = f"{len(found)} Python function{'s' if len(found) > 1 else ''}"
        return Imported("python", kind, tuple(found.values()), tuple(problems))
    records = tuple(_records(module, filename))
    if not records:
        raise ImportProblem("This is Python, but it defines no public function, method, Pydantic model or dataclass")
    problems.append("There is no function in it: its classes are read, with their fields as arguments")
    return Imported(
        "python", f"{len(records)} Python class{'es' if len(records) > 1 else ''}", records, tuple(problems)
    )


def _records(module: Module, filename: str) -> Iterator[Candidate]:
    for node in module.classes.values():
        if is_record(Types(module), node):
            yield class_tool(module, node, filename)


def _is_no_function(decorators: list[ast.expr], module: Module) -> bool:
    names = [module.called(one) for one in decorators]
    return any(name in ("overload", "property", "cached_property", "setter", "getter", "deleter") for name in names)
