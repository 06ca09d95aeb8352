"""Values that fit a schema, and values beside them that do not."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import check_schema, checker


def fitting(schema: Mapping[str, Any], seeds: int = 3) -> list[Any]:
    if check_schema(schema) is not None:
        return []
    try:
        return [sample(schema, seed) for seed in range(seeds)]
    except CannotSample:
        return []


def refused(schema: Mapping[str, Any], value: Any, most: int = 6) -> list[tuple[Any, str]]:
    """Changed copies that the schema refuses, with the keyword that does."""
    out: list[tuple[Any, str]] = []
    violations = checker(schema)
    for changed in _changed(value):
        if len(out) >= most:
            break
        if found := violations(changed, 1):
            out.append((changed, found[0].keyword))
    return out


def _changed(value: Any) -> Iterator[Any]:
    """Copies with one thing changed, one level deep and one below."""
    if not isinstance(value, dict):
        return
    for name, held in value.items():
        yield {key: item for key, item in value.items() if key != name}
        others: tuple[Any, ...] = ("not a number", 1.5, True, None, [], {}, -(10**9))
        for other in others:
            if type(other) is not type(held):
                yield {**value, name: other}
        if isinstance(held, str):
            yield {**value, name: held + "￿" * 40}
        if isinstance(held, dict):
            for inner in list(_changed(held))[:12]:
                yield {**value, name: inner}
        if isinstance(held, list) and held:
            for wrong in (None, "x", 7.25):
                yield {**value, name: [wrong, *copy.deepcopy(held[1:])]}
    yield {**value, "no_such_name": 1}
