"""Arguments as nested objects: values put at paths, completed, brought into the schema's order and made valid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsmith.demo.brain.slots import Path
from callsmith.schema.sample import sample
from callsmith.schema.validate import Violation, violations

_MAX_REPAIRS = 40


def record(values: Mapping[Path, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for path, value in values.items():
        put(record, path, value)
    return record


def put(target: dict[str, Any], path: Path, value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def get(value: Any, path: Path) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def complete(arguments: dict[str, Any], minimal: Any) -> None:
    """What the schema requires and the prompt did not give."""
    for name, value in minimal.items() if isinstance(minimal, dict) else ():
        if name not in arguments:
            arguments[name] = value
        elif isinstance(value, dict) and isinstance(arguments[name], dict):
            complete(arguments[name], value)


def in_order(arguments: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """The schema's order, which is also the order people read."""
    names = list(dict.fromkeys(path[0] for path in paths if path))
    ordered: dict[str, Any] = {}
    for name in (*(name for name in names if name in arguments), *(name for name in arguments if name not in names)):
        inner = [path[1:] for path in paths if len(path) > 1 and path[0] == name]
        value = arguments[name]
        ordered[name] = in_order(value, inner) if inner and isinstance(value, dict) else value
    return ordered


def repair(schema: Mapping[str, Any], arguments: dict[str, Any], minimal: Mapping[str, Any]) -> None:
    """Add what a partly given object lacks, then take back what breaks the schema: a field at a time, at last all."""
    for _ in range(_MAX_REPAIRS):
        found = violations(schema, arguments, 1)
        if not found:
            return
        path = tuple(token.replace("~1", "/").replace("~0", "~") for token in found[0].path.split("/")[1:])
        if _add_required(schema, arguments, path, found[0]):
            continue
        name = path[0] if path else ""
        if name in minimal and arguments.get(name) != minimal[name]:
            arguments[name] = minimal[name]
        elif name in arguments and name not in minimal:
            del arguments[name]
        else:
            break
    if violations(schema, arguments, 1):
        arguments.clear()
        arguments.update(minimal)


def _add_required(schema: Mapping[str, Any], arguments: dict[str, Any], path: Path, found: Violation) -> bool:
    """A required property of an object that the prompt filled in part, from a sample of the whole."""
    named = re.match(r'"(.*)" is a required property$', found.message)
    if found.keyword != "required" or not path or named is None:
        return False
    value = get(sample(schema), (*path, named.group(1)))
    container = get(arguments, path)
    if value is None or not isinstance(container, dict):
        return False
    container[named.group(1)] = value
    return True
