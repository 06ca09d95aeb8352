"""A schema being changed step by step, each step told in words and able to be taken back.

Steps are undone last first, so every path of a step is one of the document as it was just after that step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.schema.changes import Change
from callsmith.schema.document import EditError, get

Kind = Literal["nullable", "closed", "narrowed", "rewritten", "loosened", "moved", "dropped", "note"]
Op = Literal["put", "remove", "rename", "replace", "wrap", "none"]


@dataclass(frozen=True, slots=True)
class Step(Change):
    """``kind`` says what it means for the values that are accepted:

    - ``nullable``: null now stands for a property that is left out; ``note``: it may be null by itself too
    - ``closed``: properties that the schema does not name were accepted before; ``narrowed``: values of another type
      were
    - ``loosened``: a rule is told in the description, but not held any more
    - ``rewritten``, ``moved``, ``dropped``: the same values are accepted; it is said otherwise, in the description, or
      not at all

    ``op`` changed ``key`` of the schema at ``path``: ``before`` and ``after`` are empty (no such key) or hold the
    value, ``at`` is the place the key had.
    """

    kind: Kind = "rewritten"
    op: Op = "none"
    key: str = ""
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    at: int = 0


def copied(value: Any) -> Any:
    """A copy in which no two places are one object, as they may be in what it was made of."""
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


class Draft:
    """The document is this object's own: what it was made of is never changed."""

    def __init__(self, schema: Any) -> None:
        self.document: Any = copied(schema)
        self.steps: list[Step] = []
        # Before 2019-09 what stands beside $ref is ignored, and contentEncoding is checked.
        self.old_dialect = isinstance(schema, Mapping) and "draft-0" in str(schema.get("$schema", ""))

    def at(self, path: str) -> Any:
        return get(self.document, path)

    def note(self, path: str, message: str, kind: Kind = "note") -> None:
        self.steps.append(Step(path, message, kind))

    def put(self, path: str, key: str, value: Any, kind: Kind, message: str) -> None:
        schema = self.at(path)
        before = (copied(schema[key]),) if key in schema else ()
        schema[key] = copied(value)
        self.steps.append(Step(path, message, kind, "put", key, before, (copied(value),)))

    def remove(self, path: str, key: str, kind: Kind, message: str) -> None:
        schema = self.at(path)
        place = list(schema).index(key)
        self.steps.append(Step(path, message, kind, "remove", key, (schema.pop(key),), (), place))

    def rename(self, path: str, old: str, new: str, kind: Kind, message: str) -> None:
        _renamed(self.at(path), old, new)
        self.steps.append(Step(path, message, kind, "rename", new, (old,)))

    def replace(self, path: str, value: Any, kind: Kind, message: str) -> None:
        before = copied(self.at(path))
        self.document = _with(self.document, path, copied(value))
        self.steps.append(Step(path, message, kind, "replace", "", (before,), (copied(value),)))

    def wrap(self, path: str, inside: Sequence[str], more: list[Any], kind: Kind, message: str) -> None:
        """The keywords ``inside`` become the first alternative of an ``anyOf``, ``more`` the further ones."""
        schema = self.at(path)
        order = list(schema)
        first = {key: schema[key] for key in order if key in inside}
        wrapped: dict[str, Any] = {"anyOf": [first, *copied(more)]}
        wrapped.update((key, schema[key]) for key in order if key not in inside)
        self.document = _with(self.document, path, wrapped)
        self.steps.append(Step(path, message, kind, "wrap", "", (order,)))


def undone(document: Any, steps: Sequence[Step]) -> tuple[Any, tuple[Step, ...]]:
    """The document before the steps, and those that could not be taken back since their place was edited after."""
    document = copied(document)
    stuck: list[Step] = []
    for step in reversed(steps):
        try:
            document = _undo(document, step)
        except (EditError, KeyError, TypeError, IndexError, ValueError):
            stuck.append(step)
    return document, tuple(stuck)


def _undo(document: Any, step: Step) -> Any:
    if step.op == "none":
        return document
    schema = get(document, step.path)
    if step.op == "replace":
        if schema != step.after[0]:
            raise EditError("edited since")
        return _with(document, step.path, copied(step.before[0]))
    if step.op == "wrap":
        first = schema["anyOf"][0]
        return _with(document, step.path, _ordered({**first, **_without(schema, "anyOf")}, step.before[0]))
    if step.op == "rename":
        _renamed(schema, step.key, step.before[0])
    elif step.op == "remove":
        if step.key in schema:
            raise EditError("there again")
        items = list(schema.items())
        items.insert(step.at, (step.key, copied(step.before[0])))
        schema.clear()
        schema.update(items)
    elif schema.get(step.key, step) != step.after[0]:
        raise EditError("edited since")
    elif step.before:
        schema[step.key] = copied(step.before[0])
    else:
        del schema[step.key]
    return document


def _with(document: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    above, _, step = path.rpartition("/")
    holder = get(document, above)
    key = step.replace("~1", "/").replace("~0", "~")
    holder[int(key) if isinstance(holder, list) else key] = value
    return document


def _renamed(schema: dict[str, Any], old: str, new: str) -> None:
    if old not in schema or new in schema:
        raise EditError("There is no such key, or the new one is there already")
    items = [(new if key == old else key, value) for key, value in schema.items()]
    schema.clear()
    schema.update(items)


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}


def _ordered(schema: dict[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """Keys in their old order; new ones, which someone added since, at the end."""
    known = {key: schema[key] for key in order if key in schema}
    return {**known, **{key: value for key, value in schema.items() if key not in known}}
