"""An answer that is data: JSON that fits the asked schema, from the prompt and the results where words match."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from callsmith.demo.brain.arguments import get, put
from callsmith.demo.brain.calling import fact, facts_of
from callsmith.demo.brain.fill import fill
from callsmith.demo.brain.slots import Path, slots_of
from callsmith.demo.brain.words import stem
from callsmith.demo.dialect import readable
from callsmith.schema.sample import sample
from callsmith.schema.validate import violations

# Fields that want what would otherwise have been said.
_SAID = frozenset(map(stem, ("answer", "reply", "summary", "text", "message", "explanation", "response", "reason")))


def structured(schema: Mapping[str, Any], prompt: str, said: str, contents: Sequence[Any], today: date) -> str:
    """JSON text that ``violations`` accepts. ``said`` is the answer in prose, ``contents`` the results as JSON.
    Raises CannotSample where the schema has no value."""
    schema = readable(schema)
    if schema.get("type", "object") != "object":
        return _written(sample(schema))
    filled = fill(schema, prompt, today)
    value: dict[str, Any] = filled.arguments
    if not value and not violations(schema, {"answer": said}, 1):
        return _written({"answer": said})
    facts = facts_of(contents)
    for slot in slots_of(schema):
        words = {stem(word) for word in slot.names}
        found = said if words & _SAID and slot.shape == "string" else None
        if found is None and slot.path not in filled.given:
            found = fact(slot.path, facts)
        if found is not None:
            _try(schema, value, slot.path, found)
    return _written(value if not violations(schema, value, 1) else sample(schema))


def _try(schema: Mapping[str, Any], value: dict[str, Any], path: Path, found: Any) -> None:
    """Put in place where it fits; otherwise all stays as it was."""
    before = get(value, path)
    if len(path) > 1 and not isinstance(get(value, path[:-1]), dict):
        return
    put(value, path, found)
    if not violations(schema, value, 1):
        return
    if before is not None:
        put(value, path, before)
        return
    container = get(value, path[:-1]) if len(path) > 1 else value
    del container[path[-1]]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
